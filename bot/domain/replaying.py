"""What an alert would have done on candles of the past.

Pure. Owns how a candle is walked: its prices in the order that is assumed of them, and its last
one as the close of the longer candle that ends with it; of an alert on volume, the 24 hours that
it ends. Uses the machine that the watch over markets uses, for closes too; prices of candles are
never wild.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from bot.domain.alerts import Memory, Watch
from bot.domain.candles import Candle
from bot.domain.conditions import Close, Condition, Figure, Gauge
from bot.domain.errors import ParseError
from bot.domain.volumes import DAY, ratios_on
from bot.domain.watching import begun_watch, close_step, closed_at, watch_step


@dataclass(frozen=True, slots=True)
class Replayed:
    """A firing of the past: when its candle began, the line that was reached, and why.

    Of an alert on volume, `price` is how many means were asked for.
    """

    open_at: datetime
    price: Decimal
    reason: str


def untold_figure(condition: Condition) -> Figure | None:
    """The figure an alert looks at that candles do not tell; None where they tell all it needs."""
    if not isinstance(condition, Gauge) or condition.figure is Figure.VOLUME:
        return None
    return condition.figure


def firings_on(
    condition: Condition, candles: Sequence[Candle], past: Memory | None = None
) -> Iterator[Replayed]:
    """What a condition that is set at the first candle's open fires, oldest first.

    The alert begins at that price; beyond its line already, it is armed once the price came
    back. Each candle closes before the next begins, so that what closes with it fires in it.
    An alert on volume begins with the first 24 hours that can be compared; `past` is what is
    known of the window before the first candle, without which it begins there. Raises
    ParseError for candles that are too long, and for figures that candles do not tell.
    """
    if (untold := untold_figure(condition)) is not None:
        raise ParseError(f"candles tell nothing of {untold}")
    if not candles:
        return
    length = _length_of(candles)
    if isinstance(condition, Gauge):
        yield from _volume_firings(condition, candles, length)
        return
    if isinstance(condition, Close):
        yield from _close_firings(condition, candles, length)
        return
    watch = begun_watch(condition, candles[0].open, candles[0].open_at, past)
    for candle in candles:
        for price in walked(candle):
            step = watch_step(condition, watch, price, candle.open_at)
            watch = step.watch
            if step.fires and step.line is not None:
                yield Replayed(candle.open_at, step.line, step.reason)


def _close_firings(
    condition: Close, candles: Sequence[Candle], length: timedelta
) -> Iterator[Replayed]:
    if length > timedelta(seconds=condition.frame.seconds):
        raise ParseError(f"the candles are longer than {condition.frame.value}")
    watch = begun_watch(condition, candles[0].open, candles[0].open_at)
    ends = [*(candle.open_at for candle in candles[1:]), candles[-1].open_at + length]
    for candle, unseen_until in zip(candles, ends, strict=True):
        # Its last price belongs to it, not to the one that begins where it ends.
        seen_at = max(candle.open_at, candle.open_at + length - timedelta.resolution)
        ended_at = closed_at(condition.frame, seen_at, unseen_until)
        if ended_at is None:
            continue
        step = close_step(condition, watch, candle.close, ended_at)
        watch = step.watch
        if step.fires:
            yield Replayed(candle.open_at, condition.level, step.reason)


def _volume_firings(
    condition: Gauge, candles: Sequence[Candle], length: timedelta
) -> Iterator[Replayed]:
    if length > DAY:
        raise ParseError("the candles are longer than a day")
    watch: Watch | None = None
    for open_at, ratio in ratios_on(candles, length):
        if watch is None:
            watch = begun_watch(condition, ratio, open_at)
            continue
        step = watch_step(condition, watch, ratio, open_at)
        watch = step.watch
        if step.fires:
            yield Replayed(open_at, condition.level, f"volume {step.reason}")


def walked(candle: Candle) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """A candle's prices in the order that is assumed of them."""
    if candle.close > candle.open:
        return candle.open, candle.low, candle.high, candle.close
    return candle.open, candle.high, candle.low, candle.close


def _length_of(candles: Sequence[Candle]) -> timedelta:
    """The shortest time between two candles; no time at all for a single one."""
    times = [candle.open_at for candle in candles]
    gaps = (later - earlier for earlier, later in pairwise(times))
    return min(gaps, default=timedelta(0))
