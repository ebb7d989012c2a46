"""Markets to ticks, and ticks to fired alerts."""
