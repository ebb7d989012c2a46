"""What of a market each alert looks at, as a name and a number that can be indexed.

Pure. A price line looks at the price; a percentage within an hour looks at how far the price
has risen over the hour's lowest. Each such series has a name, its measure, and every alert has
the values of its measure at which something can happen to it, so that a database finds those
that a tick touches without walking all. The exact decision stays `bot.domain.watching`'s: the
values here touch an alert too often rather than once too seldom.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.domain.alerts import AlertState, Line, Memory, Triggers, Watch, triggers
from bot.domain.conditions import Close, Condition, Extreme, Figure, Gauge, Move, Range, Way
from bot.domain.watching import Corridor, corridor_of, line_of

PRICE = "price"
_NEVER = Triggers(None, None)
# Every value is at or under this one.
_ALWAYS = Triggers(Decimal(10) ** 300, None)
# A corridor without a window is the same at any time.
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_EXTREMES = {"high": Way.UP, "low": Way.DOWN}
_MOVES = {"up": Way.UP, "down": Way.DOWN, "either": Way.EITHER}


@dataclass(frozen=True, slots=True)
class Reading:
    """A value of a measure at a time, of a market; `is_partial`: at least so much."""

    measure: str
    value: Decimal
    at: datetime
    is_partial: bool = False


def measure_of(condition: Condition) -> str:
    """The measure that a condition looks at: "price", "up:3600", "high:0" (ever), "close:1d"."""
    match condition:
        case Move(window=timedelta() as window):
            return f"{condition.way.value}:{_seconds(window)}"
        case Line() | Range() | Move():
            return PRICE
        case Extreme():
            kind = "high" if condition.way is Way.UP else "low"
            return f"{kind}:{_seconds(condition.window)}"
        case Close():
            return close_measure(condition.frame.value)
        case Gauge():
            if condition.figure is not Figure.LIQUIDATIONS:
                return condition.figure.value
            return f"{condition.figure}:{condition.side}:{_seconds(condition.window)}"


def close_measure(frame: str) -> str:
    """The measure of the closes of candles."""
    return f"close:{frame}"


def _seconds(window: timedelta | None) -> int:
    return 0 if window is None else int(window.total_seconds())


def window_of_measure(measure: str) -> timedelta | None:
    """The window that a windowed measure needs to know; nothing (0 s) for all that is known.

    None for a measure that needs none.
    """
    kind, _, seconds = measure.partition(":")
    if kind not in _EXTREMES and kind not in _MOVES:
        return None
    return timedelta(seconds=int(seconds))


def value_of(measure: str, memory: Memory, price: Decimal, at: datetime) -> Decimal | None:
    """The value of a windowed measure at a price, with what was known before that price.

    How far the price lies over the window's lowest or under its highest, as a share; for new
    highs and lows, the price against the extreme before it, over 1 where it is beyond. None
    where too little is known.
    """
    kind, _, seconds = measure.partition(":")
    window = timedelta(seconds=int(seconds)) or None
    if (way := _EXTREMES.get(kind)) is not None:
        found = corridor_of(Extreme(way, window), memory, at)
        return _beyond(found, price)
    assert window is not None  # noqa: S101  # a move without one looks at the price itself
    found = corridor_of(Move(_MOVES[kind], Decimal(0), window), memory, at)
    rise = Decimal(0) if found.high is None else price / min(found.high, price) - 1
    fall = Decimal(0) if found.low is None else 1 - price / max(found.low, price)
    return max(rise, fall)


def _beyond(found: Corridor, price: Decimal) -> Decimal | None:
    if found.high is not None:
        return price / found.high
    return None if found.low is None else found.low / price


def triggers_of(condition: Condition, watch: Watch) -> Triggers:
    """The values of its measure at which something can happen to an alert."""
    if watch.state in (AlertState.DONE, AlertState.OFFERED):
        return _NEVER
    is_armed = watch.state is AlertState.ARMED
    match condition:
        case Line() | Close() | Gauge():
            return triggers(line_of(condition), watch)
        case Extreme():
            return _one_sided(Decimal(1), is_armed=is_armed)
        case Move(window=timedelta()):
            return _one_sided(condition.share, is_armed=is_armed)
        case Range() | Move():
            if watch.memory == Memory():
                return _ALWAYS
            found = corridor_of(condition, watch.memory, _ANY_TIME)
            # Back inside: under what it left upwards, or over what it left downwards.
            return Triggers(found.low, found.high) if is_armed else Triggers(found.high, found.low)


def _one_sided(value: Decimal, *, is_armed: bool) -> Triggers:
    return Triggers(None, value) if is_armed else Triggers(value, None)
