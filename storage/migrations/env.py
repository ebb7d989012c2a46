"""What Alembic runs for each command: revisions on the connection that it was given.

Refuses to connect by itself: `storage.migrating` owns the lock and the transaction.
"""

from alembic import context

from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()
