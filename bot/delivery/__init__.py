"""From the outbox to Telegram: pacing, failures, and the wire."""
