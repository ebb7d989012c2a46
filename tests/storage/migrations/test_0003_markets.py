"""Alerts and firings of the second version are read, and still fire, after the upgrade."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.alerts import AlertState, Direction, Line, Side, Watch
from bot.domain.candles import Timeframe
from bot.domain.conditions import Extreme, Way
from bot.domain.markets import Market, Tick
from bot.domain.watching import begun_watch
from bot.prices.firing import pass_ticks
from bot.prices.tracks import Tracks
from storage.alerts import NewAlert, add_alert, alert, alerts_of, end_over, same_alert
from storage.candles import candles_since
from storage.database import Database
from storage.firings import Firing, firing_with_alert
from storage.markets import stored_market
from storage.schema import alerts, firings, notifications

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

THEN = datetime(2026, 3, 14, 11, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BITCOIN, ETHER = Market("bitcoin"), Market("ethereum", "EUR")

# Written by hand, not by the code of today; ids are the databases' own, each table's from 1 on.
# AT stands for a time.
_ROWS = """
INSERT INTO chats (telegram_chat_id, kind, title, state, state_at, created_at, seen_at)
 VALUES (7, 'private', 'Ann', 'active', AT, AT, AT);
INSERT INTO destinations (telegram_chat_id, thread_id) VALUES (7, 0);
INSERT INTO markets (asset_id, quote, price, provider, provider_at, received_at, pending_price,
  pending_at)
 VALUES ('bitcoin', 'USD', '96400.1', 'coingecko', AT, AT, NULL, NULL),
  ('ethereum', 'EUR', '3000', 'coingecko', AT, AT, '4000', AT);
INSERT INTO alerts (destination_id, asset_id, quote, direction, level, repeat, band, state, side,
  arming, fired, trigger_low, trigger_high, set_price, created_at)
 VALUES (1, 'bitcoin', 'USD', 'above', '100000', FALSE, '0.005', 'armed', 'under', 1, FALSE,
   NULL, 100000, '96000', AT),
  (1, 'bitcoin', 'USD', 'cross', '97000.5', TRUE, '0.0005', 'armed', 'under', 3, TRUE,
   NULL, 97000.5, '95000', AT),
  (1, 'bitcoin', 'USD', 'below', '96000', TRUE, '0.005', 'waiting', NULL, 1, TRUE,
   NULL, 96480, NULL, AT),
  (1, 'bitcoin', 'USD', 'above', '90000', FALSE, '0.005', 'done', 'under', 1, TRUE,
   NULL, NULL, '89000', AT),
  (1, 'ethereum', 'EUR', 'below', '2900', FALSE, '0.005', 'armed', 'over', 1, FALSE,
   2900, NULL, NULL, AT),
  (1, 'bitcoin', 'USD', 'above', '120000', FALSE, '0.005', 'offered', NULL, 0, FALSE,
   NULL, NULL, '96000', AT);
INSERT INTO firings (alert_id, arming, price, previous_price, previous_at, price_at, change_1h,
  change_24h, fired_at)
 VALUES (4, 1, '90000.5', '89999', AT, AT, '0.5', '-1.25', AT),
  (2, 2, '97001', NULL, NULL, AT, NULL, NULL, AT)
"""


@pytest.fixture
async def upgraded(upgrade: Callable[[str, str], Awaitable[Database]]) -> Database:
    """A database of the second version with alerts and firings, brought up to date."""
    return await upgrade("0002", _ROWS)


async def passed(database: Database, *prices: str, market: Market = BITCOIN) -> list[int]:
    """How many alerts each price fires, half a minute apart."""
    fired, tracks = [], Tracks()
    for number, price in enumerate(prices):
        at = NOW + number * timedelta(seconds=30)
        tick = Tick(market, Decimal(price), "coingecko", at, at)
        (one,) = await pass_ticks(database, [tick], at, 15, tracks)
        fired.append(one.fired)
    return fired


async def test_alerts_are_lines_and_stand_where_they_stood(upgraded: Database) -> None:
    """They look at the price, and have none of the options that there were not."""
    async with upgraded.reading() as tx:
        found = {one.id: one for one in await alerts_of(tx, 1)}
        rows = (await tx.execute(sa.select(alerts.c.id, alerts.c.measure, alerts.c.words))).all()
        done = await alert(tx, 4)
    assert {(measure, words) for _, measure, words in rows} == {("price", None)}
    assert len(rows) == 6
    assert set(found) == {1, 2, 3, 5}
    tight = Line(Direction.CROSS, Decimal("97000.5"), repeat=True, band=Decimal("0.0005"))
    assert [found[number].condition for number in (1, 2)] == [
        Line(Direction.ABOVE, Decimal(100_000)),
        tight,
    ]
    assert found[2].watch == Watch(AlertState.ARMED, Side.UNDER, 3, fired=True)
    assert found[3].watch == Watch(AlertState.WAITING, None, 1, fired=True)
    assert (found[5].market, found[1].set_price) == (ETHER, Decimal(96_000))
    assert (found[1].created_at, found[3].set_price) == (THEN, None)
    assert done is not None
    assert done.watch.state is AlertState.DONE


async def test_firings_are_the_facts_that_they_were(upgraded: Database) -> None:
    """Nothing is made up of what was not stored then."""
    async with upgraded.reading() as tx:
        full, bare = await firing_with_alert(tx, 1), await firing_with_alert(tx, 2)
    assert full is not None
    assert bare is not None
    assert full[0] == Firing(
        alert_id=4,
        arming=1,
        price=Decimal("90000.5"),
        price_at=THEN,
        fired_at=THEN,
        previous_price=Decimal(89_999),
        previous_at=THEN,
        change_1h=Decimal("0.5"),
        change_24h=Decimal("-1.25"),
        id=1,
    )
    assert full[1].id == 4
    assert (bare[0].reason, bare[0].line, bare[0].value, bare[0].is_partial) == (
        None,
        None,
        None,
        False,
    )


async def test_alerts_fire_as_they_would_have(upgraded: Database) -> None:
    """An arming that fired before fires no more, and the one that waited is armed again."""
    fired = await passed(upgraded, "96400.2", "97001", "95900", "96500", "96000", "100000")
    assert fired == [0, 1, 1, 0, 1, 2]
    async with upgraded.reading() as tx:
        rows = await tx.execute(
            sa.select(firings.c.alert_id, firings.c.arming, firings.c.line)
            .where(firings.c.id > 2)
            .order_by(firings.c.id, firings.c.alert_id)
        )
        told = [tuple(row) for row in rows]
        owed = await tx.scalar(sa.select(sa.func.count()).select_from(notifications))
        first = await alert(tx, 1)
    lines = {1: Decimal(100_000), 2: Decimal("97000.5"), 3: Decimal(96_000)}
    expected = [(2, 3), (3, 2), (3, 3), (1, 1), (2, 4)]
    assert told == [(number, arming, lines[number]) for number, arming in expected]
    assert owed == 5
    assert first is not None
    assert first.watch.state is AlertState.DONE


async def test_markets_stand_where_they_stood(upgraded: Database) -> None:
    """What touches their alerts is found out by the first tick, a wild one still waits."""
    async with upgraded.reading() as tx:
        bitcoin, ether = await stored_market(tx, BITCOIN), await stored_market(tx, ETHER)
    assert (bitcoin.quiet, bitcoin.measures) == (None, None)
    assert bitcoin.tick == Tick(BITCOIN, Decimal("96400.1"), "coingecko", THEN, THEN)
    assert (ether.pending_price, ether.pending_at) == (Decimal(4000), THEN)
    assert await passed(upgraded, "2950", "2890", market=ETHER) == [0, 1]
    assert await passed(upgraded, "96401") == [0]
    async with upgraded.reading() as tx:
        bitcoin = await stored_market(tx, BITCOIN)
        assert bitcoin.quiet is not None
        assert bitcoin.measures == ()
        assert await candles_since(tx, BITCOIN, Timeframe.MINUTE, NOW) != []


async def test_alerts_of_today_stand_beside_them(upgraded: Database) -> None:
    """A chat's line of the second version is known as the same, and other conditions are new."""
    high = Extreme(Way.UP, timedelta(hours=1))
    line = Line(Direction.ABOVE, Decimal("1E+5"))
    async with upgraded.writing() as tx:
        known = await same_alert(tx, 1, BITCOIN, line)
        assert known is not None
        assert known.id == 1
        assert await same_alert(tx, 1, BITCOIN, high) is None
        watch = begun_watch(high, Decimal(96_400), NOW)
        await add_alert(tx, NewAlert(1, BITCOIN, high, watch, None, None), NOW)
        found = await same_alert(tx, 1, BITCOIN, high)
        assert found is not None
        assert found.condition == high
        assert await end_over(tx, NOW + timedelta(days=2)) == 0
        assert await alert(tx, 6) is None, "a choice that nobody made goes after a day"
