"""Where a market stands against a condition, before it is set and while it waits.

Owns the reading of what a condition looks back on: candles, the last close, a figure's value.
What follows from it is decided by the machine that the watch over markets uses.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.chat.alert_texts import Standing
from bot.domain.alerts import Direction, Line, Memory, Watch
from bot.domain.candles import Candle, Timeframe, merged
from bot.domain.conditions import Close, Condition, Extreme, Gauge, Move, Range
from bot.domain.markets import Market, Tick
from bot.domain.measures import measure_of
from bot.domain.pasts import look_back, memory_of
from bot.domain.replaying import firings_on
from bot.domain.watching import begun_watch, corridor_of
from storage.candles import candles_since
from storage.database import Transaction
from storage.readings import last_reading

PREVIEWED = timedelta(days=30)
# What is known for less is no preview.
_LEAST_PREVIEWED = timedelta(days=2)
_EVER = timedelta(0)
_HOUR = timedelta(hours=1)
_READ_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a market when an alert is set or shown.

    `memory` is of the window that the condition looks back on, `value` the last close or the
    figure's value. Each is None where the condition needs none or it is not known.
    """

    price: Decimal | None
    at: datetime
    memory: Memory | None = None
    value: Decimal | None = None

    def watch(self, condition: Condition) -> Watch:
        """How an alert begins with it."""
        if isinstance(condition, Close):
            known = self.price if self.value is None else self.value
            return begun_watch(condition, known, self.at)
        known = self.value if isinstance(condition, Gauge) else self.price
        return begun_watch(condition, known, self.at, self.memory)

    def standing(self, condition: Condition, watch: Watch) -> Standing:
        """How near an alert is."""
        match condition:
            case Line() | Close():
                level = condition.level
                low = None if condition.direction is Direction.ABOVE else level
                high = None if condition.direction is Direction.BELOW else level
                value = self.value if isinstance(condition, Close) else None
                return Standing(self.price, low, high, value)
            case Gauge():
                return Standing(self.price, value=self.value)
            case Range() | Move() | Extreme():
                memory = self.memory or watch.memory
                lines = corridor_of(condition, memory, self.at)
                return Standing(self.price, lines.low, lines.high)


async def read_past(
    tx: Transaction, market: Market, condition: Condition, tick: Tick | None, now: datetime
) -> Past:
    """What is known of a market for a condition; `tick` None where no fresh price is known."""
    price = tick.price if tick else None
    if isinstance(condition, Close):
        return Past(price, now, value=await _last_close(tx, market, condition, now))
    if isinstance(condition, Gauge):
        told = await last_reading(tx, market, measure_of(condition), now - _READ_WITHIN)
        return Past(price, now, value=told.value if told else None)
    is_windowed = isinstance(condition, Extreme) or (
        isinstance(condition, Move) and condition.window is not None
    )
    if is_windowed and isinstance(condition, Extreme | Move) and tick is not None:
        window = condition.window or _EVER
        frame, since = look_back(window, now)
        found = await candles_since(tx, market, frame, since)
        return Past(price, now, memory_of(found, window, now, tick.ath, tick.atl))
    return Past(price, now)


async def _last_close(
    tx: Transaction, market: Market, condition: Close, now: datetime
) -> Decimal | None:
    """The close of the newest candle that is over, None where it is not known."""
    length = timedelta(seconds=condition.frame.seconds)
    frame = Timeframe.HOUR if length < Timeframe.DAY.length else Timeframe.DAY
    candles = merged(await candles_since(tx, market, frame, now - 2 * length), length)
    over = [candle for candle in candles if candle.open_at + length <= now]
    return over[-1].close if over and over[-1].open_at + 2 * length > now else None


@dataclass(frozen=True, slots=True)
class Preview:
    """How often an alert would have fired in so many days that are known."""

    times: int
    days: int


async def read_preview(
    tx: Transaction, market: Market, condition: Condition, now: datetime
) -> Preview | None:
    """What the last 30 days of candles would have fired; None where they tell nothing of it.

    A one-time alert counts as a repeating one: what happened, not what would have been told.
    """
    if not _is_in_hours(condition):
        return None
    candles = await candles_since(tx, market, Timeframe.HOUR, now - PREVIEWED)
    if not candles or now - candles[0].open_at < _LEAST_PREVIEWED:
        return None
    return Preview(fired_on(condition, candles), (now - candles[0].open_at).days)


def _is_in_hours(condition: Condition) -> bool:
    """Whether candles of an hour tell when a condition was met."""
    match condition:
        case Gauge():
            return False
        case Move() | Extreme():
            is_ever = isinstance(condition, Extreme) and condition.window is None
            return is_ever or (condition.window is not None and condition.window >= _HOUR)
        case _:
            return True


def fired_on(condition: Condition, candles: list[Candle]) -> int:
    """How often a condition, repeating and without an end, would have fired on candles."""
    endless = replace(condition, repeat=True, until=None, told=None)
    return sum(1 for _ in firings_on(endless, candles))
