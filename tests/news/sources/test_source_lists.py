"""Sources out to a file and in again, against a real database."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain.errors import ParseError
from bot.domain.sources import PollResult, SourceKind, SourceSettings, SourceState
from bot.news.sources.opml import listed_feeds
from bot.news.sources.source_lists import exported_sources, import_sources
from storage.database import Database
from storage.schema import sources
from storage.sources import active_sources, configure_sources, record_poll

SETTINGS = [
    SourceSettings("api", "An API", SourceKind.CRYPTOCOMPARE, "https://api.example/news"),
    SourceSettings("gone", "Gone", SourceKind.FEED, "https://gone.example/rss"),
    SourceSettings("ledger", "Ledger & Co", SourceKind.FEED, "https://ledger.example/rss"),
    SourceSettings("paused", "Paused", SourceKind.FEED, "https://paused.example/rss"),
]


async def test_every_feed_in_use_is_exported_and_is_known_when_it_comes_back(
    database: Database, now: datetime
) -> None:
    """Where it moved to, for readers of the file know of no redirect."""
    async with database.writing() as tx:
        await configure_sources(tx, SETTINGS)
        ids = {one.key: one.id for one in await active_sources(tx)}
        moved = PollResult(now, now + timedelta(hours=1), moved_url="https://ledger.example/new")
        await record_poll(tx, ids["ledger"], moved)
        for key, state in (("gone", SourceState.RETIRED), ("paused", SourceState.PAUSED)):
            await tx.execute(
                sa.update(sources).where(sources.c.id == ids[key]).values(state=state.value)
            )
    body = await exported_sources(database, now)
    assert [(feed.name, feed.url) for feed in listed_feeds(body)] == [
        ("Ledger & Co", "https://ledger.example/new"),
        ("Paused", "https://paused.example/rss"),
    ]
    assert await import_sources(database, body) == ["0 added, 2 known before"]


async def test_an_imported_file_adds_its_feeds_and_says_which(database: Database) -> None:
    body = b'<opml><body><outline title="A &amp; B" xmlUrl="https://a.example/"/></body></opml>'
    assert await import_sources(database, body) == ["added @a-b", "1 added, 0 known before"]
    async with database.reading() as tx:
        assert [one.key for one in await active_sources(tx)] == ["a-b"]


async def test_what_is_no_list_changes_nothing(database: Database) -> None:
    with pytest.raises(ParseError, match="no OPML"):
        await import_sources(database, b"<html></html>")
    async with database.reading() as tx:
        assert await active_sources(tx) == []
