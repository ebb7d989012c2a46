"""Coinbell: a Telegram bot that rings when crypto news breaks or a price crosses a line."""
