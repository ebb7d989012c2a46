"""What a batch of sights does to alerts: all of it, once, however many there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.alerts import AlertState, Direction
from bot.domain.markets import Market
from bot.domain.measures import PRICE
from bot.prices import ringing
from bot.prices.courses import seen_price
from bot.prices.ringing import Sight, ring
from storage.alerts import alert

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence

    from tests.prices.conftest import PriceWorld

BITCOIN, ETHER = Market("bitcoin"), Market("ethereum")


def sights(prices: PriceWorld, told: Mapping[Market, Sequence[int]]) -> ringing.Sights:
    """Prices of markets, half a minute apart, numbered market by market."""
    found: dict[tuple[Market, str], list[Sight]] = {}
    number = 0
    for market, walk in told.items():
        for step, price in enumerate(walk):
            tick = prices.tick(price, market=market)
            at = prices.clock() + timedelta(seconds=30 * step)
            seen = seen_price(replace(tick, provider_at=at), None)
            found.setdefault((market, PRICE), []).append(Sight(number, seen))
            number += 1
    return found


async def rung(prices: PriceWorld, told: Mapping[Market, Sequence[int]]) -> Counter[int]:
    """How many alerts each of these prices fires, all in one batch."""
    async with prices.database.writing() as tx:
        return await ring(tx, sights(prices, told), prices.clock())


async def test_nothing_seen_does_nothing(prices: PriceWorld) -> None:
    assert await rung(prices, {}) == {}
    assert await rung(prices, {BITCOIN: [100]}) == {}


async def test_an_alert_may_fire_more_than_once_in_a_batch(prices: PriceWorld) -> None:
    """Each time with an arming of its own; where it stands in the end is stored."""
    number = await prices.add_alert(Direction.ABOVE, 100, 90, repeat=True)
    once = await prices.add_alert(Direction.BELOW, 95, 99)
    fired = await rung(prices, {BITCOIN: [99, 100, 101, 95, 105, 90]})
    assert fired == {1: 1, 3: 1, 4: 1}
    told = [(row[0], row[1], row[2]) for row in await prices.firings()]
    assert told == [(number, 1, Decimal(100)), (once, 1, Decimal(95)), (number, 2, Decimal(105))]
    assert await prices.owed() == 3
    async with prices.database.reading() as tx:
        stands = await alert(tx, number)
    assert stands is not None
    assert (stands.watch.state, stands.watch.arming) == (AlertState.ARMED, 3)
    assert stands.armed_at == prices.clock() + timedelta(seconds=150)


async def test_what_is_seen_again_fires_nothing_twice(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.ABOVE, 100, 90)
    assert await rung(prices, {BITCOIN: [100]}) == {0: 1}
    assert await rung(prices, {BITCOIN: [100]}) == {}
    assert await prices.owed() == 1


@pytest.mark.parametrize(
    ("name", "size"),
    [("_SERIES_AT_ONCE", 1), ("_IDS_AT_ONCE", 3), ("_ALERTS_AT_ONCE", 2), ("_IDS_AT_ONCE", 500)],
)
async def test_pages_of_any_size_fire_every_alert_once(
    prices: PriceWorld, monkeypatch: pytest.MonkeyPatch, name: str, size: int
) -> None:
    monkeypatch.setattr(ringing, name, size)
    levels = range(100, 107)
    ids = await prices.add_alerts(Direction.ABOVE, levels, 90, repeat=True)
    ids += await prices.add_alerts(Direction.CROSS, levels, 90, market=ETHER)
    fired = await rung(prices, {BITCOIN: [103, 90, 106], ETHER: [102, 200]})
    assert fired == {0: 4, 2: 7, 3: 3, 4: 4}
    rows = [(row[0], row[2]) for row in await prices.firings()]
    assert sorted(rows) == sorted(
        [(number, Decimal(103)) for number in ids[:4]]
        + [(number, Decimal(106)) for number in ids[:7]]
        + [(number, Decimal(102)) for number in ids[7:10]]
        + [(number, Decimal(200)) for number in ids[10:]]
    )
    assert await prices.owed() == 18
