"""One exchange's liquidations, heard over a websocket on loopback, through breaks."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.conditions import Side
from bot.prices.liquidation_stream import LiquidationStream, Pauses
from bot.prices.liquidation_sums import LiquidationSums
from tests.prices.conftest import Seconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.prices.swaps import Swaps
    from tests.conftest import StandingClock
    from tests.prices.local_swaps import LocalBinanceSwaps, LocalSwaps

    Opener = Callable[[LocalSwaps, str], Awaitable[Swaps]]

BITCOIN = frozenset({"bitcoin"})
QUICK = Pauses(first=0.05, longest=0.05, steady=0, idle=0.05)


class World:
    """A stream that runs, and what it counts."""

    def __init__(self, swaps: Swaps, clock: StandingClock) -> None:
        self.clock = clock
        self.sums = LiquidationSums()
        self.stream = LiquidationStream(
            swaps=swaps, sums=self.sums, clock=clock, monotonic=Seconds(), pauses=QUICK
        )
        self.task = asyncio.create_task(self.stream.run())

    def total(self) -> int:
        window = timedelta(hours=1)
        return int(self.sums.total("bitcoin", Side.BOTH, window, self.clock()))

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(15):
            while not condition():  # ccxt has no event for it
                assert not self.task.done()
                await asyncio.sleep(0.01)


@pytest.fixture
async def world(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock
) -> AsyncIterator[World]:
    made = World(await swap_server(usdm, "binanceusdm"), clock)
    yield made
    made.task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await made.task


async def test_nothing_is_connected_while_nothing_is_wanted(
    world: World, usdm: LocalBinanceSwaps
) -> None:
    for _ in range(20):
        await asyncio.sleep(0)
    assert usdm.asked == []
    assert usdm.sockets == []
    assert world.stream.heard_since("bitcoin") is None


async def test_an_event_that_comes_again_after_a_break_counts_once(
    world: World, usdm: LocalBinanceSwaps
) -> None:
    """And what is heard begins anew with the new connection."""
    world.stream.want(BITCOIN)
    await world.until(lambda: usdm.listening() and bool(world.stream.heard_since("bitcoin")))
    began = world.stream.heard_since("bitcoin")
    await usdm.liquidate("BTCUSDT", "SELL", "1", "95000")
    await world.until(lambda: world.total() == 95_000)
    await usdm.drop()
    await world.until(lambda: world.stream.heard_since("bitcoin") is None)
    assert not usdm.listening()
    world.clock.advance(30)
    await world.until(lambda: usdm.listening() and bool(world.stream.heard_since("bitcoin")))
    assert began is not None
    assert world.stream.heard_since("bitcoin") == began + timedelta(seconds=30)
    await usdm.liquidate("BTCUSDT", "SELL", "1", "95000", age=30)
    await usdm.liquidate("BTCUSDT", "SELL", "2", "95000")
    await world.until(lambda: world.total() > 95_000)
    assert world.total() == 285_000


async def test_an_exchange_that_refuses_is_tried_again(
    world: World, usdm: LocalBinanceSwaps
) -> None:
    usdm.refusal = (503, "<html>busy</html>")
    world.stream.want(BITCOIN)
    await world.until(lambda: len(usdm.asked) >= 3)
    assert not world.stream.lists("bitcoin")
    usdm.refusal = None
    await world.until(lambda: bool(world.stream.heard_since("bitcoin")))
    assert world.stream.lists("bitcoin")
    assert not world.stream.lists("solana")


async def test_it_is_left_when_nothing_is_wanted_any_more(
    world: World, usdm: LocalBinanceSwaps
) -> None:
    world.stream.want(BITCOIN)
    await world.until(lambda: usdm.listening() and bool(world.stream.heard_since("bitcoin")))
    world.stream.want(frozenset())
    await world.until(lambda: all(socket.closed for socket in usdm.sockets))
    await world.until(lambda: world.stream.heard_since("bitcoin") is None)
