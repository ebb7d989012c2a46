"""Where a market stands against a condition, before it is set and while it waits.

Owns the reading of what a condition looks back on: candles, the last close, a figure's value.
What follows from it is decided by the machine that the watch over markets uses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.chat.alert_texts import Standing
from bot.domain.alerts import Direction, Line, Memory, Watch
from bot.domain.candles import Candle, Timeframe, merged
from bot.domain.conditions import Close, Condition, Extreme, Gauge, Move, Range, Way
from bot.domain.markets import Market, Tick
from bot.domain.measures import measure_of
from bot.domain.pasts import look_back, memory_of
from bot.domain.replaying import firings_on, untold_figure
from bot.domain.volumes import DAYS, FEWEST_DAYS
from bot.domain.watching import begun_watch, corridor_of
from storage.candles import candles_since
from storage.database import Transaction
from storage.readings import last_reading

PREVIEWED = timedelta(days=30)
# What is known for less is no preview.
_LEAST_PREVIEWED_DAYS = 2
_EVER = timedelta(0)
_HOUR = timedelta(hours=1)
_A_DAY = timedelta(days=1)
_READ_WITHIN = timedelta(hours=1)
# A day's volume is compared with up to 30 whole days before it, and with 10 at least.
_VOLUME_LEAD = (DAYS + 1) * _A_DAY
_VOLUME_LEAST = (FEWEST_DAYS + 1) * _A_DAY
_NEVER = datetime.max.replace(tzinfo=UTC)


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
    tx: Transaction, market: Market, condition: Condition, tick: Tick | None, now: datetime
) -> Preview | None:
    """What the last 30 days of candles would have fired; None where they tell nothing of it.

    A one-time alert counts as a repeating one: what happened, not what would have been told.
    Days before which the window of a condition is not known are no days that are known.
    """
    if untold_figure(condition) is not None or not _is_in_hours(condition):
        return None
    lead, least = _lead(condition)
    found = await candles_since(tx, market, Timeframe.HOUR, now - PREVIEWED - lead)
    candles = [candle for candle in found if candle.open_at >= now - PREVIEWED]
    if not candles:
        return None
    past, known_from = await _before(tx, market, condition, candles, tick)
    days = days_known(max(known_from, found[0].open_at + least), now)
    if days < _LEAST_PREVIEWED_DAYS:
        return None
    since = now - timedelta(days=days) - _HOUR
    return Preview(fired_on(condition, found, since, past), days)


def _lead(condition: Condition) -> tuple[timedelta, timedelta]:
    """How long before the previewed days candles are walked, and how much of that is needed."""
    if isinstance(condition, Gauge):
        return _VOLUME_LEAD, _VOLUME_LEAST
    if isinstance(condition, Move | Extreme) and condition.window and condition.window <= _A_DAY:
        return condition.window, condition.window
    return _EVER, _EVER


async def _before(
    tx: Transaction,
    market: Market,
    condition: Condition,
    candles: Sequence[Candle],
    tick: Tick | None,
) -> tuple[Memory | None, datetime]:
    """What is known of a long window before candles, and from when on a firing can be told.

    A window that is no longer than the candles which are walked before needs none.
    """
    at = candles[0].open_at
    if not isinstance(condition, Move | Extreme) or _lead(condition)[0]:
        return None, at
    window = condition.window or _EVER
    frame, since = look_back(window, at)
    found = await candles_since(tx, market, frame, since)
    before = [candle for candle in found if candle.open_at + frame.length <= at]
    highest = max(candle.high for candle in candles)
    lowest = min(candle.low for candle in candles)
    # What a provider calls the highest ever may be of these very days.
    ath = tick.ath if tick and tick.ath is not None and tick.ath > highest else None
    atl = tick.atl if tick and tick.atl is not None and tick.atl < lowest else None
    memory = memory_of(before, window, at, ath, atl)
    if window:
        return memory, max(at, (memory.since or at) + window)
    is_known = bool(memory.highs if condition.way is Way.UP else memory.lows)
    return memory, at if is_known else _NEVER


def days_known(since: datetime, now: datetime) -> int:
    """For how many whole days prices are known since a time, but for two hours; 30 at most.

    Providers tell whole days of hours, less the one that is under way and the one that has just
    begun: counted to the minute, 30 days would be 29 for most of an hour, then 30.
    """
    return (now - since + 2 * _HOUR) // _A_DAY


def _is_in_hours(condition: Condition) -> bool:
    """Whether candles of an hour tell when a condition was met."""
    match condition:
        case Move() | Extreme():
            is_ever = isinstance(condition, Extreme) and condition.window is None
            return is_ever or (condition.window is not None and condition.window >= _HOUR)
        case _:
            return True


def fired_on(
    condition: Condition, candles: Sequence[Candle], since: datetime, past: Memory | None
) -> int:
    """How often a condition, repeating and without an end, would have fired since a time.

    `past` is what is known of its window before the first candle.
    """
    endless = replace(condition, repeat=True, until=None, told=None)
    return sum(1 for one in firings_on(endless, candles, past) if one.open_at >= since)
