"""The largest moves of a market within a span of candles.

Owns what counts as large: a change measured against how much the market usually moves in that
time, so that 2 % is a swing of bitcoin and none of a small coin. Pure.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
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
    """A price that was reached, and the time after which it was; `height` is its logarithm.

    Of two the one with the smaller `place` certainly came first; it is not known of equal ones.
    """

    at: datetime
    place: int
    price: Decimal
    height: float


@dataclass(frozen=True, slots=True)
class _Move:
    start: _Point
    end: _Point
    ended_at: datetime
    times: float


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
    """The largest moves within candles of one length, none overlapping another.

    Two may share the candle in which one ends and the other begins, at the same price. A move
    goes from one price that a candle tells to another that certainly came after it: from and to
    highs and lows too, but for those of the same candle, whose order nobody knows. It lies
    between its two times; a candle whose span goes on at `now` ends there.

    Looked for within 15 minutes, an hour and four hours, and measured against `usual`, as
    `usual_hourly_move` gives it; volatility grows with the square root of time. The largest
    first. Moves of less than twice the usual, or of less than 0.2 %, are none.
    """
    told = [candle for candle in candles if candle.low > 0]
    found = [move for window in _WINDOWS for move in _moves(told, length, window, usual, now)]
    chosen: list[_Move] = []
    for move in sorted(found, key=lambda one: (-one.times, one.start.at, one.ended_at)):
        if len(chosen) == most:
            break
        if all(_are_apart(move, other) for other in chosen):
            chosen.append(move)
    return [_swing(move) for move in chosen]


def _are_apart(one: _Move, other: _Move) -> bool:
    first, second = (one, other) if one.start.place <= other.start.place else (other, one)
    is_turn = first.end.place == second.start.place and first.end.price == second.start.price
    return is_turn or first.end.place < second.start.place


def _swing(move: _Move) -> Swing:
    return Swing(move.start.at, move.ended_at, move.start.price, move.end.price, move.times)


def _moves(
    candles: Iterable[Candle], length: timedelta, window: timedelta, usual: float, now: datetime
) -> Iterator[_Move]:
    """For each high, low and close the largest move to it within a window, where it is large."""
    spread = usual * sqrt(window / _HOUR)
    starts = _Starts(window)
    for number, candle in enumerate(candles):
        ended_at = min(candle.open_at + length, max(now, candle.open_at))
        first, between, last = range(3 * number, 3 * number + 3)
        high, low = (_point(candle.open_at, between, p) for p in (candle.high, candle.low))
        close = _point(ended_at, last, candle.close)
        starts.add(_point(candle.open_at, first, candle.open))
        found = [(starts.lowest(ended_at), high), (starts.highest(ended_at), low)]
        starts.add(high)
        starts.add(low)
        found += [(starts.lowest(ended_at), close), (starts.highest(ended_at), close)]
        starts.add(close)
        for start, end in found:
            if start is None or start.at >= ended_at:
                continue
            size = abs(end.height - start.height)
            if size >= max(_LEAST_CHANGE, _LEAST_TIMES * spread):
                # Measured over the whole window, or a single jump would count as a hundred times.
                yield _Move(start, end, ended_at, size / spread)


def _point(at: datetime, place: int, price: Decimal) -> _Point:
    return _Point(at, place, price, log(price))


class _Starts:
    """The prices at which a move may have begun that ends now: the extremes of a window.

    Of equal ones the latest: a move does not begin before the price left.
    """

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._rising: deque[_Point] = deque()
        self._falling: deque[_Point] = deque()

    def add(self, point: _Point) -> None:
        """Let moves begin at a price that is no earlier than those before it."""
        while self._rising and self._rising[-1].height >= point.height:
            self._rising.pop()
        while self._falling and self._falling[-1].height <= point.height:
            self._falling.pop()
        self._rising.append(point)
        self._falling.append(point)

    def lowest(self, at: datetime) -> _Point | None:
        """The lowest price within the window that ends at a time; None without any."""
        return self._first(self._rising, at)

    def highest(self, at: datetime) -> _Point | None:
        """The highest price within the window that ends at a time; None without any."""
        return self._first(self._falling, at)

    def _first(self, points: deque[_Point], at: datetime) -> _Point | None:
        while points and points[0].at < at - self._window:
            points.popleft()
        return points[0] if points else None
