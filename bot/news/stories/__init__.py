"""Which articles tell the same event, and when a story changes."""
