"""The lowest and highest prices of a moving span of time, in little memory.

Pure. Owns the monotonic queue: of the extremes of each minute (each hour, where the span is
longer than a day) it keeps those that can still become the extreme of the whole span, the
oldest first. On a random walk that is some dozens, however many prices there were.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import dropwhile

# A span's extremes: (when its minute or hour began, in seconds since 1970; the extreme).
Extremes = tuple[tuple[int, Decimal], ...]

_MINUTE, _HOUR = 60, 3600
_BY_MINUTES = timedelta(days=1)


def with_low(lows: Extremes, window: timedelta | None, price: Decimal, at: datetime) -> Extremes:
    """The lows of the window that ends at `at`, with this price among them.

    Without a window only the lowest of all is kept. What began a window or more before is
    dropped; prices come in the order of time.
    """
    kept = _within(lows, window, at)
    while kept and kept[-1][1] >= price:
        kept = kept[:-1]
    is_held = bool(kept) and (window is None or kept[-1][0] == began(window, at))
    return kept if is_held else (*kept, (began(window, at), price))


def with_high(highs: Extremes, window: timedelta | None, price: Decimal, at: datetime) -> Extremes:
    """The highs of the window that ends at `at`, with this price among them; see `with_low`."""
    mirrored = tuple((began, -high) for began, high in highs)
    return tuple((began, -low) for began, low in with_low(mirrored, window, -price, at))


def extreme(extremes: Extremes, window: timedelta | None, at: datetime) -> Decimal | None:
    """The extreme of the window that ends at `at`; None where nothing in it is known."""
    kept = _within(extremes, window, at)
    return kept[0][1] if kept else None


def began(window: timedelta | None, at: datetime) -> int:
    """When the minute or hour of a time began, in seconds since 1970."""
    grain = _MINUTE if window is None or window <= _BY_MINUTES else _HOUR
    seconds = int(at.astimezone(UTC).timestamp())
    return seconds - seconds % grain


def _within(extremes: Extremes, window: timedelta | None, at: datetime) -> Extremes:
    if window is None:
        return extremes
    since = began(window, at) - int(window.total_seconds())
    return tuple(dropwhile(lambda one: one[0] <= since, extremes))
