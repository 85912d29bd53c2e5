"""The readings of the rules that are for people: symbols, exact values, JavaScript."""
