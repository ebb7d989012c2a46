"""The largest moves of a market within a span of candles.

Owns what counts as large: a change measured against how much the market usually moves in that
time, so that 2 % is a swing of bitcoin and none of a small coin. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import log, sqrt
from statistics import median

from bot.domain.candles import Candle

_WINDOWS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
_HOUR = timedelta(hours=1)
# Of a normal distribution the median lies at 0.6745 standard deviations from the mean.
_DEVIATIONS_OF_MEDIAN = 0.6745
_LEAST_PAIRS = 12
_LEAST_TIMES = 2.0
_LEAST_CHANGE = 0.002


@dataclass(frozen=True, slots=True)
class Swing:
    """A move: from which price when to which price when.

    `times` is its size as a multiple of the usual move over as long.
    """

    began_at: datetime
    ended_at: datetime
    from_price: Decimal
    to_price: Decimal
    times: float

    @property
    def change(self) -> Decimal:
        """The change in percent."""
        return (self.to_price - self.from_price) / self.from_price * 100


@dataclass(frozen=True, slots=True)
class _Point:
    at: datetime
    price: Decimal
    height: float


def usual_hourly_move(hours: Sequence[Candle]) -> float | None:
    """How much a market usually moves in an hour, as a standard deviation of log returns.

    Taken from the median of the moves between the closes of candles of an hour that follow
    each other (oldest first), so that a single crash does not make everything usual. None with
    fewer than twelve, or for a price that stands still.
    """
    moves = [
        abs(log(later.close / earlier.close))
        for earlier, later in pairwise(hours)
        if later.open_at - earlier.open_at == _HOUR and min(earlier.close, later.close) > 0
    ]
    if len(moves) < _LEAST_PAIRS:
        return None
    return median(moves) / _DEVIATIONS_OF_MEDIAN or None


def largest_swings(
    candles: Sequence[Candle], length: timedelta, usual: float, now: datetime, most: int = 3
) -> list[Swing]:
    """The largest moves within candles of one length, oldest first, none overlapping another.

    A candle whose span goes on at `now` ends there.

    Looked for within 15 minutes, an hour and four hours, and measured against `usual`, as
    `usual_hourly_move` gives it; volatility grows with the square root of time. The largest
    first. Moves of less than twice the usual, or of less than 0.2 %, are none.
    """
    points = _points(candles, length, now)
    found = [swing for window in _WINDOWS for swing in _moves(points, window, usual)]
    chosen: list[Swing] = []
    for swing in sorted(found, key=lambda one: (-one.times, one.began_at, one.ended_at)):
        if len(chosen) == most:
            break
        if all(swing.ended_at <= o.began_at or swing.began_at >= o.ended_at for o in chosen):
            chosen.append(swing)
    return chosen


def _points(candles: Iterable[Candle], length: timedelta, now: datetime) -> list[_Point]:
    """The closes of candles, each at its candle's end, with the open of the first before them."""
    points: list[_Point] = []
    for candle in candles:
        if not points and candle.open > 0:
            points.append(_Point(candle.open_at, candle.open, log(candle.open)))
        if candle.close > 0:
            ended_at = min(candle.open_at + length, max(now, candle.open_at))
            points.append(_Point(ended_at, candle.close, log(candle.close)))
    return points


def _moves(points: Sequence[_Point], window: timedelta, usual: float) -> Iterable[Swing]:
    """For each point the largest move that ends there within a window, where it is large."""
    least = max(_LEAST_CHANGE, _LEAST_TIMES * usual * sqrt(window / _HOUR))
    first = 0
    for last, end in enumerate(points):
        while points[first].at < end.at - window:
            first += 1
        reached = points[first : last + 1]
        # Of equal ends the later: a move does not begin before the price left.
        start = max(reached, key=lambda point: (abs(end.height - point.height), point.at))
        size = abs(end.height - start.height)
        if size >= least:
            # Measured over the whole window, or a single jump would count as a hundred times.
            times = size / (usual * sqrt(window / _HOUR))
            yield Swing(start.at, end.at, start.price, end.price, times)
