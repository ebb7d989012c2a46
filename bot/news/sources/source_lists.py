"""The sources as one file that feed readers take, out and in.

Owns what `coinbell sources export` and `coinbell sources import` do with an open, migrated
database. News APIs are no feeds and stay out of it.
"""

import asyncio
from datetime import datetime

from bot.domain.feeds import ListedFeed
from bot.domain.sources import SourceKind, SourceState
from bot.news.sources.opml import listed_feeds, opml_document
from storage.database import Database
from storage.source_admin import import_feeds
from storage.sources import known_sources


async def exported_sources(database: Database, now: datetime) -> bytes:
    """An OPML file of every feed that is polled or paused, by key; `now` is its date."""
    async with database.reading() as tx:
        known = await known_sources(tx)
    feeds = [
        ListedFeed(source.address, source.name)
        for source in known
        if source.kind is SourceKind.FEED and source.state is not SourceState.RETIRED
    ]
    return opml_document(feeds, now)


async def import_sources(database: Database, body: bytes) -> list[str]:
    """Add the feeds of an OPML file, as `/source add` does but unread; gives lines to print.

    A running bot polls them within a second. Raises ParseError for what is no such file.
    """
    feeds = await asyncio.to_thread(listed_feeds, body)
    async with database.writing() as tx:
        imported = await import_feeds(tx, feeds)
    return [
        *(f"added @{key}" for key in imported.added),
        f"{len(imported.added):,} added, {imported.known:,} known before",
    ]
