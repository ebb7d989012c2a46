"""Where every market stands."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.markets import Market, Tick
from bot.domain.topics import Topic, TopicKind
from storage.alerts import alert, set_watches, unsettle_market
from storage.markets import (
    StoredMarket,
    ask_market,
    ask_markets,
    hold_wild_tick,
    settle_markets,
    store_tick,
    store_ticks,
    stored_market,
    stored_markets,
    watched_markets,
)

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from tests.storage.conftest import Given

BITCOIN, ETHER, IN_EUR = Market("bitcoin"), Market("ethereum"), Market("bitcoin", "EUR")


def _tick(market: Market, now: datetime, price: str = "95000.10") -> Tick:
    return Tick(
        market,
        Decimal(price),
        "coingecko",
        now,
        now,
        Decimal("-0.5"),
        high_24h=Decimal(9),
        volume_24h=Decimal("1.5"),
        ath=Decimal(126_000),
        atl=Decimal("0.05"),
    )


async def test_a_tick_is_kept_digit_for_digit(database: Database, now: datetime) -> None:
    tick = _tick(BITCOIN, now, "0.000000001234567890123456789")
    async with database.writing() as tx:
        await store_tick(tx, tick)
        assert await stored_market(tx, BITCOIN) == StoredMarket(BITCOIN, tick)


async def test_a_market_never_seen_has_no_tick(database: Database) -> None:
    async with database.reading() as tx:
        assert await stored_market(tx, BITCOIN) == StoredMarket(BITCOIN, None)
        assert await stored_markets(tx, []) == {}


async def test_each_market_is_its_own(database: Database, now: datetime) -> None:
    ticks = [_tick(market, now, price) for market, price in ((BITCOIN, "3"), (IN_EUR, "2"))]
    async with database.writing() as tx:
        await store_ticks(tx, [])
        await store_ticks(tx, ticks)
        found = await stored_markets(tx, [BITCOIN, IN_EUR, Market("ethereum", "EUR")], to_move=True)
    expected = {tick.market: StoredMarket(tick.market, tick) for tick in ticks}
    assert found == expected | {
        Market("ethereum", "EUR"): StoredMarket(Market("ethereum", "EUR"), None)
    }


async def test_a_wild_tick_waits_beside_the_last_good_one(
    database: Database, now: datetime
) -> None:
    good, later = _tick(BITCOIN, now), now + timedelta(seconds=5)
    wild = _tick(BITCOIN, later, "40000")
    async with database.writing() as tx:
        await store_tick(tx, good)
        await hold_wild_tick(tx, wild)
        held = await stored_market(tx, BITCOIN)
        assert held == StoredMarket(BITCOIN, good, Decimal(40000), later)
        confirmed = replace(wild, provider_at=later + timedelta(seconds=5))
        await store_tick(tx, confirmed)
        assert await stored_market(tx, BITCOIN) == StoredMarket(BITCOIN, confirmed)


@pytest.mark.parametrize(
    ("quiet", "measures"),
    [
        ((-math.inf, math.inf), ()),
        ((0.0, 94999.999999999), ("close:1h", "high:0", "up:3600")),
        ((95000.1, 1e-18), ("funding",)),
    ],
)
async def test_what_was_found_out_of_a_markets_alerts_is_kept_until_they_change(
    database: Database, now: datetime, quiet: tuple[float, float], measures: tuple[str, ...]
) -> None:
    """Through ticks, wild ones and questions; the first of the two prices may be the higher."""
    tick = _tick(BITCOIN, now)
    async with database.writing() as tx:
        await store_ticks(tx, [tick, _tick(ETHER, now)])
        await settle_markets(tx, [])
        found = StoredMarket(BITCOIN, tick, quiet=quiet, measures=measures)
        await settle_markets(tx, [found, StoredMarket(ETHER, tick)])
        assert await stored_market(tx, BITCOIN) == found
        assert (await stored_market(tx, ETHER)).measures is None
        await hold_wild_tick(tx, tick)
        await ask_market(tx, BITCOIN, now)
        await store_tick(tx, tick)
        assert await stored_market(tx, BITCOIN) == found
        await unsettle_market(tx, BITCOIN)
        assert await stored_market(tx, BITCOIN) == StoredMarket(BITCOIN, tick)


async def test_a_market_without_a_row_is_unsettled_too(database: Database, now: datetime) -> None:
    """The row is made, and is no market that somebody watches."""
    async with database.writing() as tx:
        await unsettle_market(tx, BITCOIN)
        assert await stored_market(tx, BITCOIN) == StoredMarket(BITCOIN, None)
        assert await watched_markets(tx, "USD", now - timedelta(days=9)) == set()


async def test_asking_for_a_market_leaves_its_tick(database: Database, now: datetime) -> None:
    tick = _tick(BITCOIN, now)
    async with database.writing() as tx:
        await store_tick(tx, tick)
        await ask_market(tx, BITCOIN, now)
        await store_tick(tx, tick)
        assert (await stored_market(tx, BITCOIN)).tick == tick
        assert await watched_markets(tx, "USD", now) == {BITCOIN}


async def test_watched_is_what_alerts_subscriptions_and_questions_name(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.subscriber(1, Topic(TopicKind.ASSET, "solana"))
    await given.subscriber(1, Topic(TopicKind.CATEGORY, "regulation"))
    number = await given.alert(here)
    async with database.writing() as tx:
        await ask_markets(tx, [ETHER], now)
        await ask_markets(tx, [IN_EUR], now - timedelta(hours=1))
        solana = Market("solana", "EUR")
        assert await watched_markets(tx, "EUR", now) == {BITCOIN, solana, ETHER}
        stored = await alert(tx, number)
        assert stored is not None
        done = replace(stored.watch, state=type(stored.watch.state).DONE)
        await set_watches(tx, [(stored, done)])
        assert await watched_markets(tx, "EUR", now) == {solana, ETHER}
