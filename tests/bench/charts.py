"""Charts: what one costs the worker process that draws it, and how much memory that takes."""

import random
import resource
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bot.domain.candles import Candle
from bot.domain.charts import asked_charts, fired_line
from bot.domain.markets import Market
from bot.prices.chart_layout import Picture, laid_out
from bot.prices.charts import Worker
from tests.bench.figures import Figure

NOW = datetime(2026, 3, 14, 12, 30, tzinfo=UTC)
WARM = 40


def picture() -> Picture:
    """A fired alert on a day of candles a minute each."""
    chance, price, candles = random.Random(7), 93_500.0, []
    for ago in reversed(range(1440)):
        first, price = price, price + chance.gauss(1, 40)
        high, low = max(first, price) + 15, min(first, price) - 15
        prices = (Decimal(round(value)) for value in (first, high, low, price, ago % 9 + 1))
        candles.append(Candle(NOW - timedelta(minutes=ago), *prices))
    last = candles[-1].close
    fired = fired_line(Market("bitcoin"), "price", last - 20, last, NOW)
    found = laid_out(asked_charts(fired, "BTC")[0], candles, NOW)
    assert found is not None
    return found


async def _cost(shown: Picture, count: int) -> tuple[float, int]:
    """The CPU seconds of a process that draws so many, and the size of the last in bytes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    worker = Worker(idle_seconds=60)
    for _ in range(count):
        png = await worker.drawn(shown)
    await worker.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, len(png)


async def charts(folder: Path) -> list[Figure]:
    """A chart from a worker that has drawn one, and the most memory that it ever had."""
    del folder
    shown = picture()
    first, size = await _cost(shown, 1)
    all_of_them, _ = await _cost(shown, 1 + WARM)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        Figure("CPU of a chart", (all_of_them - first) / WARM * 1000, "ms", most=100),
        Figure("CPU of the first, with its process", first * 1000, "ms"),
        Figure("memory of the process that draws", peak, "MB", most=120),
        Figure("size of a chart", size / 1000, "kB", most=100),
    ]
