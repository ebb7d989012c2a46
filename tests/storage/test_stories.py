"""What the articles of the last days told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.articles import Category, Figure, FigureKind, Mention, Role
from storage.articles import mark_pushed
from storage.database import Database
from storage.stories import recent_told, take_filing_turn, told_by_source

if TYPE_CHECKING:
    from datetime import datetime

    from tests.storage.conftest import Given

FIGURE = Figure(FigureKind.LIQUIDATION, Decimal(260_000_000), "USD", "$260M")


async def test_an_article_is_told_with_all_that_is_compared(
    database: Database, given: Given, now: datetime
) -> None:
    story_id = await given.story(
        title="Ether climbs",
        summary="It climbs.",
        mentions=(
            Mention("ethereum", "ETH", Role.PRIMARY, "title"),
            Mention("bitcoin", "BTC", Role.MENTIONED, "body"),
        ),
        categories=(Category("macro", "words"),),
        figures=(FIGURE,),
    )
    async with database.writing() as tx:
        await mark_pushed(tx, story_id, now)
    async with database.reading() as tx:
        (told,) = await recent_told(tx, now - timedelta(hours=1))
    assert told.story_id == story_id
    assert told.article_id > 0
    assert (told.title, told.summary, told.source_key) == ("Ether climbs", "It climbs.", "wire")
    assert (told.assets, told.symbols) == (("ethereum",), ("ETH",))
    assert (told.figures, told.categories) == ((FIGURE,), ("macro",))
    assert told.published_at == now
    assert told.revision == 1
    assert told.pushed


async def test_older_and_known_articles_are_left_out(
    database: Database, given: Given, now: datetime
) -> None:
    source_id = await given.source()
    await given.story("old", source_id, published_at=now - timedelta(hours=50))
    await given.story("one", source_id)
    await given.story("two", source_id)
    async with database.reading() as tx:
        one, two = await recent_told(tx, now - timedelta(hours=48))
        assert [told.title for told in (one, two)] == ["Title one", "Title two"]
        assert await recent_told(tx, now - timedelta(hours=48), one.article_id) == [two]
        assert await recent_told(tx, now - timedelta(hours=48), two.article_id) == []


async def test_an_empty_database_told_nothing(database: Database, now: datetime) -> None:
    async with database.reading() as tx:
        assert await recent_told(tx, now) == []


async def test_what_a_source_told_at_these_times_and_lately(
    database: Database, given: Given, now: datetime
) -> None:
    """Of that source only, whichever story its articles stand in."""
    source_id = await given.source()
    for hours in (1, 30, 40):
        at = now - timedelta(hours=hours)
        await given.story(f"{hours}", source_id, published_at=at, summary="It did.")
    times = {now - timedelta(hours=40)}
    async with database.reading() as tx:
        told = await told_by_source(tx, source_id, times, now - timedelta(hours=20))
        assert await told_by_source(tx, source_id + 1, times, now - timedelta(hours=20)) == []
    assert {(one.title, one.summary) for one in told} == {
        ("Title 1", "It did."),
        ("Title 40", "It did."),
    }


async def test_processes_store_articles_one_after_the_other(
    database: Database, database_url: str
) -> None:
    """Who waited is told that another may have stored some; SQLite has one process only."""
    rival = Database(database_url)
    seen: list[str] = []

    async def file(where: Database, name: str, go: asyncio.Event) -> bool:
        async with where.writing() as tx:
            found = await take_filing_turn(tx)
            seen.append(f"{name} begins")
            go.set()
            await asyncio.sleep(0.05)
            seen.append(f"{name} ends")
            return found

    begun = asyncio.Event()
    first = asyncio.create_task(file(database, "one", begun))
    await begun.wait()
    answers = [await file(rival, "two", begun), await first]
    await rival.close()
    assert seen == ["one begins", "one ends", "two begins", "two ends"]
    assert answers == [not database.is_sqlite] * 2
