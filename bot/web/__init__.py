"""The HTTP server: health, metrics, and what other parts mount."""
