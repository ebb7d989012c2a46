"""What an operator does by hand to a database: its registry of assets, its sources.

Owns those chores, a command each; the database is migrated before. Raises StorageError beside
what each of them raises.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.config import Settings
from bot.http import GuardedClient
from bot.news.assets.refreshing import refresh_assets
from bot.news.sources.source_lists import exported_sources, import_sources
from storage.database import Database
from storage.migrating import migrate


@asynccontextmanager
async def _migrated(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.storage.url)
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()


async def refresh_registry(settings: Settings) -> list[str]:
    """What bringing the registry of assets up to date from CoinGecko changed, as lines.

    Raises FetchError or ParseError.
    """
    found = settings.prices.coingecko
    async with _migrated(settings) as database, GuardedClient() as client:
        key = found.api_key.get_secret_value()
        return (await refresh_assets(database, client, found.api_url, key)).lines


async def opml_of_sources(settings: Settings) -> bytes:
    """All sources as an OPML document."""
    async with _migrated(settings) as database:
        return await exported_sources(database, datetime.now(UTC))


async def add_sources(settings: Settings, body: bytes) -> list[str]:
    """What adding the feeds of an OPML document did, as lines; raises ParseError."""
    async with _migrated(settings) as database:
        return await import_sources(database, body)
