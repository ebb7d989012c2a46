"""Charts of stored candles: drawn in a process of their own that ends, kept for a minute."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.domain.candles import Candle, Timeframe
from bot.domain.charts import AskedChart, ChartSpan
from bot.domain.errors import ChartFailed
from bot.domain.markets import Market
from bot.prices.charts import DrawnCharts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import StandingClock

ASKED = AskedChart(Market("bitcoin"), "BTC", ChartSpan.HOUR)


@dataclass
class SomeCandles:
    """Candles of one price up to now, and what was asked."""

    now: datetime
    price: Decimal = Decimal(5)
    count: int = 60
    asked: list[tuple[Market, Timeframe, datetime]] = field(default_factory=list)

    async def candles(self, market: Market, timeframe: Timeframe, since: datetime) -> list[Candle]:
        self.asked.append((market, timeframe, since))
        price = self.price
        times = [self.now - timedelta(minutes=n) for n in reversed(range(self.count))]
        return [Candle(at, price, price, price, price) for at in times]


@pytest.fixture
def some(clock: StandingClock) -> SomeCandles:
    return SomeCandles(clock())


@dataclass
class Passing:
    """Monotonic seconds that pass when a test says so."""

    now: float = 5000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def at_work(
    some: SomeCandles, clock: StandingClock, seconds: Passing, idle_seconds: float = 60
) -> AsyncIterator[DrawnCharts]:
    charts = DrawnCharts(some, clock, seconds, idle_seconds=idle_seconds)
    try:
        yield charts
    finally:
        await charts.close()


async def until_ended(charts: DrawnCharts) -> None:
    while charts.worker.pid is not None:  # noqa: ASYNC110  # nothing tells
        await asyncio.sleep(0.01)


def peak_kilobytes(pid: int) -> int | None:
    """The most memory that a process has held; None where no /proc tells."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    words = status.read_text(encoding="utf-8").split()
    return int(words[words.index("VmHWM:") + 1])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_chart_is_drawn_elsewhere_and_kept_for_a_minute(
    some: SomeCandles, clock: StandingClock
) -> None:
    """Those who ask for the same at once get the same; after a minute it is drawn anew."""
    seconds = Passing()
    async with at_work(some, clock, seconds) as charts:
        first, second = await asyncio.gather(charts.chart(ASKED), charts.chart(ASKED))
        assert first is not None
        assert first.startswith(b"\x89PNG")
        assert second is first
        pid = charts.worker.pid
        assert pid not in (None, os.getpid())
        assert len(some.asked) == 1
        market, frame, since = some.asked[0]
        assert (market, frame) == (ASKED.market, Timeframe.MINUTE)
        assert since <= clock() - timedelta(hours=1)
        some.price = Decimal(7)
        seconds.now += 60
        assert await charts.chart(ASKED) is first
        seconds.now += 1
        assert await charts.chart(ASKED) != first
        assert charts.worker.pid == pid
    assert pid is not None
    assert not is_alive(pid)


async def test_without_candles_nothing_is_drawn(some: SomeCandles, clock: StandingClock) -> None:
    some.count = 0
    async with at_work(some, clock, Passing()) as charts:
        assert await charts.chart(ASKED) is None
        assert charts.worker.pid is None


async def test_that_nothing_could_be_drawn_is_not_kept(
    some: SomeCandles, clock: StandingClock
) -> None:
    """The past of a market newly watched comes within seconds, and the next question finds it."""
    asked = replace(ASKED, fewest_bars=5)
    some.count = 4
    async with at_work(some, clock, Passing()) as charts:
        assert await charts.chart(asked) is None
        some.count = 5
        assert await charts.chart(asked)


async def test_the_process_ends_when_nobody_asks(some: SomeCandles, clock: StandingClock) -> None:
    """And is started again for the next chart."""
    seconds = Passing()
    async with at_work(some, clock, seconds, idle_seconds=0) as charts:
        for _ in range(2):
            assert await charts.chart(ASKED)
            pid = charts.worker.pid
            await until_ended(charts)
            assert pid is None or not is_alive(pid)
            seconds.now += 61


async def test_a_process_that_dies_fails_one_chart(some: SomeCandles, clock: StandingClock) -> None:
    seconds = Passing()
    async with at_work(some, clock, seconds) as charts:
        assert await charts.chart(ASKED)
        assert charts.worker.pid is not None
        os.kill(charts.worker.pid, signal.SIGSTOP)
        os.kill(charts.worker.pid, signal.SIGKILL)
        seconds.now += 61
        with pytest.raises(ChartFailed, match="the drawing process"):
            await charts.chart(ASKED)
        assert await charts.chart(ASKED)


async def test_the_process_needs_little_memory(some: SomeCandles, clock: StandingClock) -> None:
    """It loads the drawing, and nothing of the bot."""
    async with at_work(some, clock, Passing()) as charts:
        await charts.chart(ASKED)
        assert charts.worker.pid is not None
        peak = peak_kilobytes(charts.worker.pid)
    if peak is None:
        pytest.skip("no /proc to read a process's memory from")
    assert peak < 120_000
