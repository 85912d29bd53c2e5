"""Figures as SVG: layout, labels, lines and plots; nothing here knows an engine or a page."""
