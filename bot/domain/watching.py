"""What a price does to an alert of any condition.

Pure. Owns one interface over all conditions: a price and its time go in, where the alert stands
and whether it fires come out. A line has a machine of its own (`bot.domain.alerts`), which
closes of candles go through too. The others watch a corridor: they fire when the price leaves
it, and are armed again when it is back inside by the band.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.alerts import (
    FELL,
    ROSE,
    AlertState,
    Line,
    Memory,
    Step,
    Told,
    Watch,
    is_resting,
    next_step,
    rested_until,
    started_watch,
)
from bot.domain.candles import opened_at
from bot.domain.conditions import Close, Condition, Extreme, Frame, Gauge, Move, Range, Way
from bot.domain.windows import extreme, with_high, with_low

# A candle's last price is its close when it was seen no longer before the end than this.
CLOSE_TOLERANCE = timedelta(minutes=5)
_STILL = (AlertState.DONE, AlertState.OFFERED)
FIRED_WORDS = {Way.UP: ROSE, Way.DOWN: FELL}
"""With which word the reason of a firing begins, by the way that went what its alert looks at."""


@dataclass(frozen=True, slots=True)
class Corridor:
    """The lines that a price may reach: `low` from above, `high` from below; None: no line.

    Where `is_beyond` a price must pass the line to fire, else reaching it is enough.
    """

    low: Decimal | None
    high: Decimal | None
    is_beyond: bool = False

    def left_by(self, price: Decimal) -> Way | None:
        """The way in which this price leaves it, None while it is inside."""
        if self.high is not None and (price > self.high or self._is_at(price, self.high)):
            return Way.UP
        if self.low is not None and (price < self.low or self._is_at(price, self.low)):
            return Way.DOWN
        return None

    def _is_at(self, price: Decimal, line: Decimal) -> bool:
        return price == line and not self.is_beyond

    def inside(self, band: Decimal) -> "Corridor":
        """The corridor that is narrower by the band, but by no more than a quarter of it."""
        low_gap = self.low * band if self.low is not None else None
        high_gap = self.high * band if self.high is not None else None
        if self.low is not None and self.high is not None:
            quarter = (self.high - self.low) / 4
            low_gap, high_gap = min(self.low * band, quarter), min(self.high * band, quarter)
        return Corridor(
            None if self.low is None or low_gap is None else self.low + low_gap,
            None if self.high is None or high_gap is None else self.high - high_gap,
        )

    def holds(self, price: Decimal) -> bool:
        """Whether a price lies inside or on its edges."""
        return (self.low is None or price >= self.low) and (self.high is None or price <= self.high)


def begun_watch(
    condition: Condition, price: Decimal | None, at: datetime, past: Memory | None = None
) -> Watch:
    """How an alert begins at `price`: armed, or waiting when the price is beyond already.

    With no price known yet it waits, and the first price decides. `past` is what is known of the
    window that a condition looks back on; without it the window begins now. Of a close and a
    gauge, `price` is the last close, or the figure's value.
    """
    if isinstance(condition, Line | Close | Gauge):
        return started_watch(line_of(condition), price)
    waiting = Watch(AlertState.WAITING)
    if price is None:
        return waiting
    if past is not None and past != Memory() and isinstance(condition, Move | Extreme):
        return watch_step(condition, replace(waiting, memory=past), price, at).watch
    return _first_step(condition, waiting, price, at).watch


def watch_step(condition: Condition, watch: Watch, price: Decimal, at: datetime) -> Step:
    """What the next price does; prices come in the order of time, and `at` is when it was.

    Of a Close it is the next close, of a Gauge the figure's next value.
    """
    if isinstance(condition, Close):
        return close_step(condition, watch, price, at)
    if watch.state in _STILL:
        return Step(watch, fires=False, reason=watch.state.value)
    if is_over(condition, at):
        return _ended(watch)
    if isinstance(condition, Line | Gauge):
        return next_step(line_of(condition), watch, price, at)
    if watch.memory == Memory():
        return _first_step(condition, watch, price, at)
    return _corridor_step(condition, watch, price, at)


def close_step(condition: Close, watch: Watch, close: Decimal, at: datetime) -> Step:
    """What the close of a candle does that ended at `at`; `closed_at` says which price is one."""
    if watch.state in _STILL:
        return Step(watch, fires=False, reason=watch.state.value)
    if is_over(condition, at):
        return _ended(watch)
    step = next_step(line_of(condition), watch, close, at)
    if not step.fires:
        return step
    return replace(step, reason=step.reason.replace(" to ", " and closed beyond "))


def closed_at(frame: Frame, seen_at: datetime, at: datetime) -> datetime | None:
    """When the candle ended whose close is the price of `seen_at`, if none came until `at`.

    None while that candle goes on, and where its last price was seen more than five minutes
    before its end: its close is not known then.
    """
    length = timedelta(seconds=frame.seconds)
    ended_at = opened_at(seen_at, length) + length
    is_known = at >= ended_at and ended_at - seen_at <= CLOSE_TOLERANCE
    return ended_at if is_known else None


def told_way(reason: str | None) -> Way | None:
    """Which way went what an alert looks at, told by why it fired; None where that says none."""
    found = [way for way, word in FIRED_WORDS.items() if reason and reason.startswith(word)]
    return found[0] if found else None


def is_heard(condition: Condition, *, is_explained: bool) -> bool:
    """Whether a crossing counts that has stories beside the move, or has none."""
    return condition.told is None or (condition.told is Told.EXPLAINED) == is_explained


def is_over(condition: Condition, at: datetime) -> bool:
    """Whether the time until which an alert was asked for has come."""
    return condition.until is not None and at >= condition.until


def line_of(condition: Line | Close | Gauge) -> Line:
    """The line that prices, closes, or a figure's values cross."""
    if isinstance(condition, Line):
        return condition
    return Line(
        condition.direction,
        condition.level,
        condition.repeat,
        condition.band,
        condition.cooldown,
        condition.until,
    )


def corridor_of(condition: Range | Move | Extreme, memory: Memory, at: datetime) -> Corridor:
    """The lines that are watched at that time, as far as the past is known."""
    match condition:
        case Range():
            return Corridor(condition.low, condition.high)
        case Extreme():
            return _extreme_corridor(condition, memory, at)
        case Move():
            lowest, highest = memory.price, memory.price
            if condition.window is not None:
                lowest = extreme(memory.lows, condition.window, at)
                highest = extreme(memory.highs, condition.window, at)
            up = None if condition.way is Way.DOWN or lowest is None else lowest
            down = None if condition.way is Way.UP or highest is None else highest
            return Corridor(
                None if down is None else down * (1 - condition.share),
                None if up is None else up * (1 + condition.share),
            )


def _extreme_corridor(condition: Extreme, memory: Memory, at: datetime) -> Corridor:
    window = condition.window
    # What was highest in half a window says nothing of the whole.
    is_known = window is None or (memory.since is not None and memory.since <= at - window)
    if not is_known:
        return Corridor(None, None, is_beyond=True)
    if condition.way is Way.UP:
        return Corridor(None, extreme(memory.highs, window, at), is_beyond=True)
    return Corridor(extreme(memory.lows, window, at), None, is_beyond=True)


def _first_step(condition: Condition, watch: Watch, price: Decimal, at: datetime) -> Step:
    """The first price that an alert sees."""
    match condition:
        case Line() | Close() | Gauge():
            return next_step(line_of(condition), watch, price, at)
        case _:
            memory = _remembered(condition, Memory(price, since=at), price, at)
            return _armed_again(condition, replace(watch, memory=memory), price, at)


def _corridor_step(
    condition: Range | Move | Extreme, watch: Watch, price: Decimal, at: datetime
) -> Step:
    # A new extreme is one beyond those before; a move is measured from all, its own included.
    before = corridor_of(condition, watch.memory, at)
    memory = _remembered(condition, watch.memory, price, at)
    seen = replace(watch, memory=memory)
    corridor = corridor_of(condition, memory, at) if isinstance(condition, Move) else before
    if watch.state is AlertState.WAITING:
        return _armed_again(condition, seen, price, at)
    left = corridor.left_by(price)
    if left is None:
        return Step(seen, fires=False, reason="has not reached the line")
    after = replace(seen, state=AlertState.DONE, fired=True, memory=Memory())
    if condition.repeat:
        until = rested_until(condition.cooldown, at)
        after = replace(seen, state=AlertState.WAITING, fired=True, rests_until=until)
    line = corridor.high if left is Way.UP else corridor.low
    return Step(after, fires=True, reason=_reason(condition, left), line=line)


def _armed_again(
    condition: Range | Move | Extreme, watch: Watch, price: Decimal, at: datetime
) -> Step:
    if is_resting(watch, at):
        return Step(watch, fires=False, reason="rests after it fired")
    corridor = corridor_of(condition, watch.memory, at)
    inner = corridor.inside(condition.band) if watch.fired else corridor
    if not inner.holds(price) or corridor.left_by(price) is not None:
        return Step(watch, fires=False, reason="waits for the price to come back")
    armed = replace(watch, state=AlertState.ARMED, arming=watch.arming + 1)
    return Step(armed, fires=False, reason="armed")


def _remembered(
    condition: Range | Move | Extreme, memory: Memory, price: Decimal, at: datetime
) -> Memory:
    """What is known after a price; a range needs to know that there was one, no more."""
    if isinstance(condition, Range) or (isinstance(condition, Move) and not condition.window):
        return memory
    lows, highs = memory.lows, memory.highs
    rises, falls = condition.way is not Way.DOWN, condition.way is not Way.UP
    if isinstance(condition, Extreme):
        rises, falls = falls, rises
    if rises:
        lows = with_low(lows, condition.window, price, at)
    if falls:
        highs = with_high(highs, condition.window, price, at)
    return Memory(lows=lows, highs=highs, since=memory.since)


def _reason(condition: Range | Move | Extreme, left: Way) -> str:
    way = FIRED_WORDS[left]
    match condition:
        case Range():
            return f"{way} out of the range"
        case Extreme():
            return f"{way} to a new {'high' if left is Way.UP else 'low'}"
        case Move():
            return f"{way} by the percentage"


def _ended(watch: Watch) -> Step:
    done = replace(watch, state=AlertState.DONE, memory=Memory())
    return Step(done, fires=False, reason="its time has passed")
