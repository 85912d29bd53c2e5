"""Views: a Computation to HTML, one file a view."""
