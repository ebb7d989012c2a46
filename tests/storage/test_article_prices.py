"""What the assets of articles cost when those came, and which price counts as that."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.articles import Mention, Role
from bot.domain.markets import Market, Tick
from storage.article_prices import (
    awaited_prices,
    is_starting_price,
    note_awaited,
    note_prices,
)
from storage.markets import ask_market, store_tick
from storage.story_pages import story

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction
    from tests.storage.conftest import Given

MINUTE = timedelta(minutes=1)
PEPE = Market("pepe", "USD")


@pytest.mark.parametrize(
    ("minutes", "counts"),
    [(-16, False), (-15, True), (0, True), (5, True), (6, False), (60, False)],
)
def test_a_price_counts_from_shortly_before_to_shortly_after(
    now: datetime, minutes: int, counts: bool
) -> None:
    """Later it may have moved by what the article tells."""
    assert is_starting_price(now + minutes * MINUTE, now) is counts


async def _come(database: Database, given: Given, now: datetime) -> int:
    """A story about a coin that nobody watched so far; its id."""
    source = await given.source()
    story_id = await given.story("g1", mentions=(Mention("pepe", "PEPE", Role.PRIMARY, ""),))
    async with database.writing() as tx:
        await note_prices(tx, source, "g1", {PEPE: None})
        await ask_market(tx, PEPE, now)
    return story_id


async def _ticks(
    tx: Transaction, now: datetime, price: int, at: datetime, quote: str = "USD"
) -> list[Decimal]:
    """A tick comes, and the prices that were awaited are noted; those that were found."""
    market = Market("pepe", quote)
    await store_tick(tx, Tick(market, Decimal(price), "x", at, at))
    found = await awaited_prices(tx, now)
    await note_awaited(tx, found, now)
    return [one.price for one in found]


async def test_the_first_price_of_a_coin_that_nobody_watched_is_noted_when_it_comes(
    database: Database, given: Given, now: datetime
) -> None:
    """Once, and the later ones are not."""
    story_id = await _come(database, given, now)
    async with database.writing() as tx:
        assert await awaited_prices(tx, now) == []
        before = await story(tx, story_id)
        assert before is not None
        assert before.prices == ()
        soon = now + MINUTE
        assert await _ticks(tx, soon, 100, soon) == [Decimal(100)]
        assert await _ticks(tx, soon + MINUTE, 110, soon + MINUTE) == []
        found = await story(tx, story_id)
    assert found is not None
    assert found.prices == ((PEPE, Decimal(100)),)
    assert found.came_at == now


@pytest.mark.parametrize(
    ("heard", "priced", "quote"),
    [(7, 6, "USD"), (1, -16, "USD"), (11, 4, "USD"), (1, 1, "EUR")],
    ids=["too late", "too old", "heard too late", "in another currency"],
)
async def test_a_price_that_is_none_of_that_time_is_left(
    database: Database, given: Given, now: datetime, heard: int, priced: int, quote: str
) -> None:
    """In minutes after the article came: when it is heard of, and of when it is."""
    await _come(database, given, now)
    async with database.writing() as tx:
        await ask_market(tx, Market("pepe", quote), now)
        assert await _ticks(tx, now + heard * MINUTE, 100, now + priced * MINUTE, quote) == []


async def test_a_price_that_is_kept_stays(database: Database, given: Given, now: datetime) -> None:
    """Neither a later one nor one that is not known takes its place."""
    story_id = await _come(database, given, now)
    source = await given.source()
    async with database.writing() as tx:
        for price in (Decimal(5), Decimal(6), None):
            await note_prices(tx, source, "g1", {PEPE: price})
        assert await _ticks(tx, now + MINUTE, 7, now + MINUTE) == []
        found = await story(tx, story_id)
    assert found is not None
    assert found.prices == ((PEPE, Decimal(5)),)


async def test_a_price_that_nobody_waits_for_is_not_noted(
    database: Database, given: Given, now: datetime
) -> None:
    """Of a story that was pushed to nobody."""
    await given.story("g1", mentions=(Mention("pepe", "PEPE", Role.PRIMARY, ""),))
    async with database.writing() as tx:
        await ask_market(tx, PEPE, now)
        assert await _ticks(tx, now + MINUTE, 7, now + MINUTE) == []
