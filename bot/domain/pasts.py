"""What a market's candles tell of the window that a condition looks back on.

Pure. Owns which candles are read for a window, since when they tell everything, and the memory
that is made of them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from bot.domain.alerts import Memory
from bot.domain.candles import Candle, Timeframe, opened_at
from bot.domain.windows import Extremes, with_high, with_low

_BY_MINUTES = timedelta(days=1)
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
# What is missing between candles for longer is not known.
_LONGEST_HOLE = {
    Timeframe.MINUTE: timedelta(minutes=15),
    Timeframe.HOUR: timedelta(hours=3),
    Timeframe.DAY: timedelta(days=3),
}
# "The highest ever" of what is known for less is no news.
_EVER_FROM = timedelta(days=90)


def look_back(window: timedelta, at: datetime) -> tuple[Timeframe, datetime]:
    """The candles that tell a window which ends at a time, and since when they are read.

    Minutes up to a day, hours beyond, and days for a window of 0 s: all time. They are read from
    so long before the window that one is among them where no hole is too long.
    """
    if not window:
        return Timeframe.DAY, _ALWAYS
    frame = _frame_of(window)
    return frame, at - window - frame.length - _LONGEST_HOLE[frame]


def _frame_of(window: timedelta) -> Timeframe:
    if not window:
        return Timeframe.DAY
    return Timeframe.MINUTE if window <= _BY_MINUTES else Timeframe.HOUR


def memory_of(
    candles: Sequence[Candle],
    window: timedelta,
    at: datetime,
    ath: Decimal | None = None,
    atl: Decimal | None = None,
) -> Memory:
    """What candles, oldest first, tell of the window that ends at a time; 0 s: of all time.

    They are those that `look_back` names. It is known since the last long hole between them. When
    in its candle an extreme was is not known: it counts as of the end, so that what is within the
    window is never left out, and none stays for longer than a candle beyond it.
    The highest and lowest ever that a provider tells count; where it tells none, what is known
    for less than 90 days gives no extreme.
    """
    frame = _frame_of(window)
    since = known_since([c.open_at for c in candles], frame, at)
    span = window or None
    lows: Extremes = ()
    highs: Extremes = ()
    for candle in candles:
        seen_at = min(candle.open_at + frame.length, at)
        lows = with_low(lows, span, candle.low, seen_at)
        highs = with_high(highs, span, candle.high, seen_at)
    if span is None:
        is_long = since <= at - _EVER_FROM
        lows = lows if atl is None else with_low(lows, None, atl, since)
        highs = highs if ath is None else with_high(highs, None, ath, since)
        lows, highs = lows if atl or is_long else (), highs if ath or is_long else ()
    return Memory(lows=lows, highs=highs, since=since)


def known_since(opened: Iterable[datetime], frame: Timeframe, at: datetime) -> datetime:
    """Since when candles that opened at these times tell everything until `at`."""
    times = [*opened, opened_at(at, frame.length)]
    since = times[0]
    for before, after in pairwise(times):
        if _is_hole(before, after, frame):
            since = after
    return since


def is_silence(window: timedelta, before: datetime, at: datetime) -> bool:
    """Whether prices at these two times leave unknown what was between them, for a window."""
    frame = _frame_of(window)
    # So it is with most ticks, and opening times take longer to find.
    if at - before <= _LONGEST_HOLE[frame]:
        return False
    return _is_hole(opened_at(before, frame.length), opened_at(at, frame.length), frame)


def _is_hole(before: datetime, after: datetime, frame: Timeframe) -> bool:
    return after - before > frame.length + _LONGEST_HOLE[frame]
