"""What Coinbell keeps: tables, migrations, and one module of functions per aggregate.

Owns SQL and the database drivers; nothing outside this package imports SQLAlchemy.
Refuses to decide anything: it stores and finds, `bot` decides.
"""
