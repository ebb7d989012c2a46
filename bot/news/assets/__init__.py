"""The coins that are known, and which of them an article is about."""
