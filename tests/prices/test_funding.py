"""Funding rates of alerts, from the first exchange that answers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.markets import Market
from bot.prices.funding import FundingRates
from tests.prices.conftest import Seconds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.prices.swaps import Swaps
    from tests.conftest import StandingClock
    from tests.prices.local_swaps import LocalBinanceSwaps, LocalBybit, LocalSwaps

    Opener = Callable[[LocalSwaps, str], Awaitable[Swaps]]

BTC = (Market("bitcoin"), "funding")
EUROS = (Market("bitcoin", "EUR"), "funding")
ETH = (Market("ethereum"), "funding")


class World:
    """Two exchanges in their order, and clocks that move together."""

    def __init__(self, first: LocalBinanceSwaps, second: LocalBybit, clock: StandingClock) -> None:
        self.first = first
        self.second = second
        self.clock = clock
        self.seconds = Seconds()
        self.rates: FundingRates

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.seconds.now += seconds

    async def told(self, *keys: tuple[Market, str]) -> dict[tuple[str, str], Decimal]:
        found = await self.rates.tell(keys, {})
        return {(market.asset_id, market.quote): reading.value for market, reading in found}


@pytest.fixture
async def world(
    usdm: LocalBinanceSwaps, bybit: LocalBybit, swap_server: Opener, clock: StandingClock
) -> World:
    made = World(usdm, bybit, clock)
    usdm.rates["BTCUSDT"], bybit.rates["BTCUSDT"] = "0.0001", "0.0009"
    swaps = [await swap_server(usdm, "binanceusdm"), await swap_server(bybit, "bybit")]
    made.rates = FundingRates(swaps, clock, made.seconds)
    return made


async def test_nothing_is_asked_while_nothing_is_wanted(world: World) -> None:
    assert await world.told() == {}
    assert world.first.asked == world.second.asked == []


async def test_the_first_exchange_tells_and_the_next_is_not_asked(world: World) -> None:
    """An asset's rate is that of all its markets."""
    assert await world.told(BTC, EUROS) == {
        ("bitcoin", "USD"): Decimal("0.0001"),
        ("bitcoin", "EUR"): Decimal("0.0001"),
    }
    assert world.second.asked == []


async def test_it_is_asked_once_a_minute_and_for_what_is_new_at_once(world: World) -> None:
    await world.told(BTC)
    asked = len(world.first.asked)
    world.advance(59)
    assert await world.told(BTC) == {}
    assert len(world.first.asked) == asked
    assert set(await world.told(BTC, ETH)) == {("bitcoin", "USD"), ("ethereum", "USD")}
    world.advance(60)
    assert await world.told(BTC)


async def test_the_next_exchange_tells_what_the_first_does_not_list(world: World) -> None:
    world.second.rates["SOLUSDT"] = "0.0004"
    sol = (Market("solana"), "funding")
    assert await world.told(BTC, sol) == {
        ("bitcoin", "USD"): Decimal("0.0001"),
        ("solana", "USD"): Decimal("0.0004"),
    }


async def test_the_next_exchange_tells_when_the_first_cannot_be_asked(world: World) -> None:
    world.first.refusal = (451, "not here")
    assert await world.told(BTC) == {("bitcoin", "USD"): Decimal("0.0009")}


async def test_a_rate_does_not_change_hands_for_a_failure(world: World) -> None:
    """Only after ten minutes: two exchanges by turns would cross a line again and again."""
    await world.told(BTC)
    world.first.refusal = (503, "busy")
    found = []
    for _ in range(11):
        world.advance(60)
        found.append(await world.told(BTC))
    assert found[:9] == [{}] * 9
    assert found[-1] == {("bitcoin", "USD"): Decimal("0.0009")}


async def test_an_exchange_that_fails_is_asked_ever_more_rarely(world: World) -> None:
    world.rates._swaps = world.rates._swaps[:1]
    world.first.refusal = (451, "not here")
    for _ in range(60):
        world.advance(60)
        assert await world.told(BTC) == {}
    assert len(world.first.asked) < 10
