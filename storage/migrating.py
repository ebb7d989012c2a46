"""Bringing a database to the schema of this version.

Owns the lock under which revisions run: two processes that start at once migrate once.
Raises what `Database.writing` raises, and SchemaTooNew for a database of a newer version.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.domain.errors import SchemaTooNew
from storage.database import Database

_REVISIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as every Coinbell uses the same one.
_ADVISORY_LOCK = 0xC01BE11


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_REVISIONS).replace("%", "%%"))
    return config


def newest_revision() -> str:
    """The revision that this version of Coinbell needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaTooNew("this installation holds no migrations; install it again")
    return head


async def migrate(database: Database) -> str:
    """Run every revision that the database lacks, in one transaction; returns the newest.

    On SQLite the transaction is the lock; PostgreSQL takes an advisory lock that ends with it.
    """
    async with database.writing() as tx:
        if not database.is_sqlite:
            # A rival's migration, and our own, may take as long as they need.
            await tx.execute(sa.text("SET LOCAL lock_timeout = 0"))
            await tx.execute(sa.text("SET LOCAL statement_timeout = 0"))
            await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        return await tx.run_sync(_upgrade)


async def schema_revision(database: Database) -> str | None:
    """The revision that the database is at; None when it is empty."""
    async with database.reading() as tx:
        return await tx.run_sync(
            lambda connection: MigrationContext.configure(connection).get_current_revision()
        )


def _upgrade(connection: sa.Connection) -> str:
    config = _config()
    config.attributes["connection"] = connection
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise SchemaTooNew(
            f"the database is at revision {current}, which this version does not know: "
            "install the newer Coinbell that wrote it"
        )
    head = newest_revision()
    if current != head:
        command.upgrade(config, "head")
    return head
