"""A small automatic differentiation engine whose rules can be read."""
