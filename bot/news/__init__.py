"""From sources to understood articles."""
