"""What feeds still list is not pruned: it would come back as new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.sources import PollResult, SourceState
from storage.articles import prune_articles
from storage.listings import count_arrivals, note_listed
from storage.schema import sources, stories
from storage.sources import active_sources, record_poll

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction
    from tests.storage.conftest import Given

KEEP = timedelta(days=90)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Item:
    """An item as a feed lists it."""

    guid: str
    published_at: datetime | None = None
    canonical_url: str | None = None


async def _stored(database: Database, given: Given, guid: str, at: datetime, **more: object) -> int:
    """A story that came at that time, and was dated so."""
    source = await given.source()
    story_id = await given.story(guid, source, published_at=at, **more)
    async with database.writing() as tx:
        await tx.execute(sa.update(stories).where(stories.c.id == story_id).values(created_at=at))
    return story_id


async def _pruned(database: Database, at: datetime) -> int:
    async with database.writing() as tx:
        return await prune_articles(tx, at - KEEP)


@pytest.mark.parametrize("known_by", ["guid", "address"])
async def test_an_undated_article_stays_as_long_as_its_feed_lists_it(
    database: Database, given: Given, now: datetime, known_by: str
) -> None:
    """And is kept as any other from when the feed listed it last."""
    await _stored(database, given, "pinned", now, canonical_url="https://a.example/1")
    source = await given.source()
    item = Item("pinned") if known_by == "guid" else Item("new guid", None, "https://a.example/1")
    for day in range(0, 200, 20):
        at = now + day * DAY
        await _stored(database, given, f"other {day}", at)
        async with database.writing() as tx:
            await note_listed(tx, source, [item], at)
        await _pruned(database, at)
    async with database.reading() as tx:
        assert await tx.scalar(sa.select(stories.c.id).where(stories.c.published_at == now))
    last_listed = now + 180 * DAY
    await _stored(database, given, "latest", last_listed + DAY)
    await _pruned(database, last_listed + KEEP + DAY)
    async with database.reading() as tx:
        assert not await tx.scalar(sa.select(stories.c.id).where(stories.c.published_at == now))


@pytest.mark.parametrize(
    ("days", "stays"), [(None, True), (10, True), (0, False), (-1, False)], ids=str
)
async def test_only_where_the_date_does_not_tell_its_age(
    database: Database, given: Given, now: datetime, days: int | None, stays: bool
) -> None:
    """Dated anew, an item would come back too; what is dated as ever is too old to be taken."""
    await _stored(database, given, "a", now)
    await _stored(database, given, "b", now + 2 * DAY)
    dated = None if days is None else now + days * DAY
    source = await given.source()
    async with database.writing() as tx:
        await note_listed(tx, source, [Item("a", dated)], now + 80 * DAY)
    assert await _pruned(database, now + KEEP + DAY) == (0 if stays else 1)


async def test_the_items_of_another_source_are_its_own(
    database: Database, given: Given, now: datetime
) -> None:
    await _stored(database, given, "a", now)
    await _stored(database, given, "b", now + 2 * DAY)
    other = await given.source("gazette", "The Gazette")
    async with database.writing() as tx:
        await note_listed(tx, other, [Item("a")], now + 80 * DAY)
    assert await _pruned(database, now + KEEP + DAY) == 1


async def _only_source(tx: Transaction) -> int:
    (source,) = await active_sources(tx)
    return source.id


async def test_of_a_source_that_fell_silent_the_last_articles_stay(
    database: Database, given: Given, now: datetime
) -> None:
    """Its feed does not change, so that nobody reads what it lists; unless it is removed."""
    for guid in ("a", "b"):
        await _stored(database, given, guid, now)
    async with database.writing() as tx:
        await record_poll(tx, await _only_source(tx), PollResult(now, now))
    a_year_later = now + 365 * DAY
    assert await _pruned(database, a_year_later) == 0
    await _stored(database, given, "awake", a_year_later)
    assert await _pruned(database, a_year_later) == 2
    async with database.writing() as tx:
        await tx.execute(sa.update(sources).values(state=SourceState.REMOVED.value))
    assert await _pruned(database, a_year_later + KEEP + DAY) == 1


async def test_arrivals_are_counted(database: Database, given: Given, now: datetime) -> None:
    """Those of the source, stored after a time, and published since another."""
    source = await given.source()
    for guid, hours in (("a", 1), ("b", 2), ("c", 5)):
        await given.story(guid, source, published_at=now - timedelta(hours=hours))
    await given.story("d", await given.source("gazette", "The Gazette"))
    async with database.reading() as tx:
        lately = now - timedelta(hours=3)
        assert await count_arrivals(tx, source, now - timedelta(seconds=1), lately) == 2
        assert await count_arrivals(tx, source, now, lately) == 0
