"""Alerts on a price line: when one fires, when it is armed again.

Owns the state machine of a level alert. A crossing is what fires, not being beyond the line:
an alert knows the side that it was armed on, and fires when the price reaches the line from
there. Firing disarms it; a repeating one is armed again once the price has left by the band.

Only where prices lie counts, not how many there are: a jump does to an alert what the same way
in small steps does. So a bare level that is jumped over by more than the band fires and is armed
on the far side by one price; the way back through the line fires again. A price that was inside
the band and jumps over the line to beyond the band's other edge arms there without firing, for
the alert was not armed when the line was crossed.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.windows import Extremes

DEFAULT_BAND = Decimal("0.005")
ROSE, FELL = "rose", "fell"
"""With which word the reason of a firing begins, by the way in which the line was crossed."""


class Direction(StrEnum):
    """Which crossing counts: rising through the line, falling through it, or either."""

    ABOVE = "above"
    BELOW = "below"
    CROSS = "cross"


class Side(StrEnum):
    """The side of the line that an armed alert waits on."""

    UNDER = "under"
    OVER = "over"


class AlertState(StrEnum):
    """Where an alert stands.

    Armed: fires on the next crossing. Waiting: until the price has come back. Done: fired, or
    its time is over. Offered: shown as a choice and not chosen yet, so that nothing moves it.
    """

    ARMED = "armed"
    WAITING = "waiting"
    DONE = "done"
    OFFERED = "offered"


class Told(StrEnum):
    """Which crossings count: those with a story beside the move that fits it, or without one."""

    EXPLAINED = "explained"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Line:
    """What an alert watches: a level of a market's price, and how it is crossed.

    `band` is the share of the level that the price must leave by before a repeating alert
    is armed again (0.005 is 0.5 %), and `cooldown` the time that must have passed. From
    `until` on nothing fires. `note` is what its owner wants to be reminded of. With `told` only
    crossings with a story, or without one, ring; the others count as if it repeated.
    """

    direction: Direction
    level: Decimal
    repeat: bool = False
    band: Decimal = DEFAULT_BAND
    cooldown: timedelta | None = None
    until: datetime | None = None
    note: str = ""
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What an alert knows of the past, as far as its condition needs it.

    `price` is a price that counts; `lows` and `highs` are the extremes of the window, known from
    `since` on.
    """

    price: Decimal | None = None
    lows: Extremes = ()
    highs: Extremes = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Where an alert stands: its state, the side it is armed on, and how often it was armed.

    `fired` tells that a WAITING alert waits after a firing, and so for the band; before the
    first firing it waits for the price to be on the line's other side, without a band.
    Until `rests_until` it is not armed, for it has fired lately or its owner wants silence.
    """

    state: AlertState
    side: Side | None = None
    arming: int = 0
    fired: bool = False
    rests_until: datetime | None = None
    memory: Memory = Memory()


@dataclass(frozen=True, slots=True)
class Step:
    """What a price does to an alert: the watch afterwards, whether it fired, and why.

    What fired is the arming of the watch *before* the step; one price fires at most once.
    `line` is the price that was reached, where it fires.
    """

    watch: Watch
    fires: bool
    reason: str
    line: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Triggers:
    """The prices at which something happens next: at or under `low`, at or over `high`."""

    low: Decimal | None
    high: Decimal | None


def started_watch(line: Line, price: Decimal | None) -> Watch:
    """How an alert begins at `price`: armed, or waiting when the price is beyond its line.

    With no price known yet it waits, and the first price arms it or not.
    """
    waiting = Watch(AlertState.WAITING)
    if price is None:
        return waiting
    return _arming_step(line, waiting, price).watch


def next_step(line: Line, watch: Watch, price: Decimal, at: datetime | None = None) -> Step:
    """What the next price does; reaching the level exactly counts as crossing it.

    `at` is when the price was; a cooldown needs it. The end of the alert is not looked at:
    `bot.domain.watching` does.
    """
    if watch.state in (AlertState.DONE, AlertState.OFFERED):
        return Step(watch, fires=False, reason=watch.state.value)
    if watch.state is AlertState.WAITING:
        return _arming_step(line, watch, price, at)
    reached = price >= line.level if watch.side is Side.UNDER else price <= line.level
    if not reached:
        return Step(watch, fires=False, reason="has not reached the line")
    way = ROSE if watch.side is Side.UNDER else FELL
    after = _disarmed(line, watch, price, at)
    return Step(after, fires=True, reason=f"{way} to the line", line=line.level)


def is_resting(watch: Watch, at: datetime | None) -> bool:
    """Whether an alert is not armed yet at that time, however the price stands."""
    return watch.rests_until is not None and at is not None and at < watch.rests_until


def rested_until(cooldown: timedelta | None, at: datetime | None) -> datetime | None:
    """Until when an alert that fires at `at` rests; None where it does not."""
    return None if cooldown is None or at is None else at + cooldown


def triggers(line: Line, watch: Watch) -> Triggers:
    """The prices that can change the watch; between them `next_step` changes nothing."""
    if watch.state in (AlertState.DONE, AlertState.OFFERED):
        return Triggers(None, None)
    if watch.state is AlertState.ARMED:
        under = watch.side is Side.UNDER
        return Triggers(None if under else line.level, line.level if under else None)
    low, high = _arming_lines(line, watch)
    return Triggers(
        low if line.direction is not Direction.BELOW else None,
        high if line.direction is not Direction.ABOVE else None,
    )


def _arming_lines(line: Line, watch: Watch) -> tuple[Decimal, Decimal]:
    gap = abs(line.level * line.band) if watch.fired else Decimal(0)
    return line.level - gap, line.level + gap


def _arming_step(line: Line, watch: Watch, price: Decimal, at: datetime | None = None) -> Step:
    if is_resting(watch, at):
        return Step(watch, fires=False, reason="rests after it fired")
    low, high = _arming_lines(line, watch)
    left_under = price <= low and price != line.level
    left_over = price >= high and price != line.level
    if left_under and line.direction is not Direction.BELOW:
        return Step(_armed(watch, Side.UNDER), fires=False, reason="armed under the line")
    if left_over and line.direction is not Direction.ABOVE:
        return Step(_armed(watch, Side.OVER), fires=False, reason="armed over the line")
    return Step(watch, fires=False, reason="waits for the price to come back")


def _disarmed(line: Line, watch: Watch, price: Decimal, at: datetime | None) -> Watch:
    """The watch after a firing; armed on the far side when the price is beyond the band there."""
    if not line.repeat:
        # As `replace` does it, in a tenth of the time: one tick does this to thousands.
        state = AlertState.DONE
        return Watch(state, watch.side, watch.arming, True, watch.rests_until, watch.memory)
    until = rested_until(line.cooldown, at)
    waiting = replace(watch, state=AlertState.WAITING, fired=True, rests_until=until)
    return _arming_step(line, waiting, price, at).watch


def _armed(watch: Watch, side: Side) -> Watch:
    return replace(watch, state=AlertState.ARMED, side=side, arming=watch.arming + 1)
