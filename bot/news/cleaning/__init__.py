"""Texts and addresses as a person would write them, and the language they are in."""
