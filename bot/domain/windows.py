"""The lowest and highest prices of a moving span of time, in little memory.

Pure. Owns the monotonic queue: of the extremes of each grain of time (5 seconds in spans up to an
hour, a minute up to a day, an hour beyond) it keeps those that can still become the extreme of
the whole span, the oldest first. On a random walk that is some dozens, however many prices there
were.

An extreme stays for the span from its grain's last price on. So no price of the span is ever left
out, and none stays for longer than a grain beyond it: a move that happened within the time asked
for is always seen, at the cost of one that took up to a grain longer. Where prices are further
apart than a grain, the span is exact.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from operator import ge, le

# A span's extremes: (when its grain's last price was, in seconds since 1970; the extreme).
Extremes = tuple[tuple[float, Decimal], ...]

_SHORT, _LONG = timedelta(hours=1), timedelta(days=1)


def grain_seconds(window: timedelta) -> int:
    """How finely a span is kept: by how much at most an extreme outstays it."""
    if window <= _SHORT:
        return 5
    return 60 if window <= _LONG else 3600


def with_low(lows: Extremes, window: timedelta | None, price: Decimal, at: datetime) -> Extremes:
    """The lows of the window that ends at `at`, with this price among them.

    Without a window only the lowest of all is kept. What was seen a window or more before is
    dropped; prices come in the order of time.
    """
    return _with(lows, window, price, at, ge)


def with_high(highs: Extremes, window: timedelta | None, price: Decimal, at: datetime) -> Extremes:
    """The highs of the window that ends at `at`, with this price among them; see `with_low`."""
    return _with(highs, window, price, at, le)


def extreme(extremes: Extremes, window: timedelta | None, at: datetime) -> Decimal | None:
    """The extreme of the window that ends at `at`; None where nothing in it is known."""
    first = _first_within(extremes, window, at.timestamp())
    return extremes[first][1] if first < len(extremes) else None


def _with(
    extremes: Extremes,
    window: timedelta | None,
    price: Decimal,
    at: datetime,
    gives_way: Callable[[Decimal, Decimal], bool],
) -> Extremes:
    """The extremes with a price among them, to which those give way that it outdoes."""
    seconds = at.timestamp()
    first, end = _first_within(extremes, window, seconds), len(extremes)
    while end > first and gives_way(extremes[end - 1][1], price):
        end -= 1
    if end == first:
        return ((seconds, price),)
    if window is None:
        return extremes[first:end]
    seen_at, last = extremes[end - 1]
    grain = grain_seconds(window)
    # A grain ends with its whole second: what a candle tells has the time of its end.
    if math.ceil(seen_at / grain) == math.ceil(seconds / grain):
        return (*extremes[first : end - 1], (seconds, last))
    return (*extremes[first:end], (seconds, price))


def _first_within(extremes: Extremes, window: timedelta | None, seconds: float) -> int:
    """The number of the first extreme that is not too old."""
    if window is None:
        return 0
    since = seconds - window.total_seconds()
    first = 0
    for seen_at, _ in extremes:
        if seen_at > since:
            break
        first += 1
    return first
