"""The schema, step by step: Alembic revisions, and how they are run.

Owns how an old database becomes a new one. Refuses to go back: a backup does that.
"""
