"""Which sums of what was heard are told, and when they may fall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.conditions import Side
from bot.domain.markets import Market
from bot.domain.measures import Reading
from bot.prices.liquidation_stream import LiquidationStream
from bot.prices.liquidation_sums import LiquidationSums
from bot.prices.liquidations import HeardLiquidations, liquidations_of, may_tell
from bot.prices.swap_rows import Liquidation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.prices.swaps import Swaps
    from tests.conftest import StandingClock
    from tests.prices.local_swaps import LocalBinanceSwaps, LocalSwaps

    Opener = Callable[[LocalSwaps, str], Awaitable[Swaps]]

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = (Market("bitcoin"), "liquidations:both:3600")


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("liquidations:both:3600", (Side.BOTH, HOUR)),
        ("liquidations:longs:300", (Side.LONGS, timedelta(minutes=5))),
        ("volume", None),
        ("up:3600", None),
        ("high:0", None),
    ],
)
def test_a_measure_of_liquidations_names_side_and_window(
    measure: str, expected: tuple[Side, timedelta] | None
) -> None:
    assert liquidations_of(measure) == expected


@pytest.mark.parametrize(
    ("value", "last", "age_minutes", "is_whole", "expected"),
    [
        (0, None, 0, False, True),
        (90, 80, 1, False, True),
        (80, 80, 1, False, True),
        (79, 80, 1, False, False),
        (79, 80, 59, False, False),
        (79, 80, 60, False, True),
        (79, 80, 1, True, True),
    ],
)
def test_a_sum_falls_only_when_that_is_known(
    value: int, last: int | None, age_minutes: int, is_whole: bool, expected: bool
) -> None:
    """Or when all that was told last has left the window."""
    before = (
        None
        if last is None
        else Reading(KEY[1], Decimal(last), NOW - timedelta(minutes=age_minutes))
    )
    assert may_tell(Decimal(value), before, HOUR, NOW, is_whole=is_whole) is expected


class World:
    """Liquidations of one exchange, whose stream says what it heard when a test says so."""

    def __init__(self, swaps: Swaps, clock: StandingClock) -> None:
        self.clock = clock
        self.sums = LiquidationSums()
        self.stream = LiquidationStream(
            swaps=swaps, sums=self.sums, clock=clock, monotonic=lambda: 0.0
        )
        self.left: set[str] = set()
        self.teller = HeardLiquidations(
            [self.stream], self.sums, lambda _market, measure: measure in self.left, clock
        )
        self.last: dict[tuple[Market, str], Reading] = {}

    def hear(self, dollars: int) -> None:
        event = Liquidation("BTC/USDT:USDT", Side.LONGS, Decimal(dollars), self.clock())
        self.stream._hear("bitcoin", event)

    async def told(self) -> Decimal | None:
        found = await self.teller.tell([KEY], self.last)
        self.last |= {(market, reading.measure): reading for market, reading in found}
        assert all(reading.is_partial for _, reading in found)
        return found[0][1].value if found else None


@pytest.fixture
async def world(usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock) -> World:
    swaps = await swap_server(usdm, "binanceusdm")
    await swaps.load(clock())
    return World(swaps, clock)


async def test_nothing_is_told_before_it_is_heard(world: World) -> None:
    """Nothing liquidated and nothing heard are not the same."""
    assert await world.told() is None
    world.stream._heard(["bitcoin"])
    assert await world.told() == 0


async def test_a_sum_rises_at_once_and_falls_when_the_whole_window_was_heard(
    world: World,
) -> None:
    await world.told()
    world.stream._heard(["bitcoin"])
    world.hear(80)
    assert await world.told() == 80
    world.clock.advance(1800)
    world.hear(30)
    assert await world.told() == 110
    world.clock.advance(1801)
    assert await world.told() == 30, "the first has left the window"


async def test_a_restart_is_no_fall(world: World) -> None:
    """What was told before it holds until it has left the window, or is exceeded."""
    world.last[KEY] = Reading(KEY[1], Decimal(80), NOW, is_partial=True)
    await world.told()
    world.clock.advance(60)
    world.stream._heard(["bitcoin"])
    world.hear(50)
    assert await world.told() is None
    world.hear(31)
    assert await world.told() == 81


async def test_a_break_makes_falls_unknown(world: World) -> None:
    """While it is not connected nothing is told; later a fall waits for a whole window."""
    await world.told()
    world.stream._heard(["bitcoin"])
    world.hear(80)
    world.clock.advance(3000)
    assert await world.told() == 80
    world.stream._heard([])
    assert await world.told() is None
    world.clock.advance(601)
    world.stream._heard(["bitcoin"])
    assert await world.told() is None
    world.clock.advance(3000)
    assert await world.told() == 0


async def test_what_another_tells_and_longer_windows_are_left(world: World) -> None:
    takes = world.teller.takes
    assert takes(*KEY)
    assert not takes(KEY[0], "liquidations:both:86401")
    assert not takes(KEY[0], "funding")
    world.left = {KEY[1]}
    assert not takes(*KEY)
