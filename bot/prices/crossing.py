"""What a tick does: whether it is believed, and which alerts it moves or fires.

Owns the judgement of one tick against what its market last showed. Pure: values in, verdict
out. The state machine of a single alert is `bot.domain.watching`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.alerts import Memory, Step, Watch
from bot.domain.conditions import Close, Condition, Gauge, Way
from bot.domain.markets import Tick, is_ahead, is_jump, is_stale, wild_within
from bot.domain.measures import PRICE
from bot.domain.watching import is_heard, told_way, watch_step
from storage.alert_rows import StoredAlert, shares_memory
from storage.firings import Firing
from storage.markets import StoredMarket


class Reason(StrEnum):
    """Why a tick fires nothing."""

    AHEAD = "ahead"
    OLDER = "older"
    NO_NEWS = "no_news"
    STALE = "stale"
    WILD = "wild"
    SWITCHED = "switched"


@dataclass(frozen=True, slots=True)
class Accept:
    """The tick is believed: it moves alerts and becomes the market's last."""


@dataclass(frozen=True, slots=True)
class Show:
    """The tick is newer than what is stored, but may not fire: it is stored to be shown."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Hold:
    """The tick waits until a later one confirms it; the market's last tick stays."""

    reason: Reason = Reason.WILD


@dataclass(frozen=True, slots=True)
class Refuse:
    """The tick says nothing that can be used."""

    reason: Reason


Verdict = Accept | Show | Hold | Refuse


def tick_verdict(stored: StoredMarket, tick: Tick, now: datetime, poll_seconds: float) -> Verdict:
    """What becomes of a tick, given the market's last tick and the wild one that waits.

    The first that would be believed from another provider than the last tick's is shown only:
    two providers differ by a little, and that alone is no crossing. What crossed meanwhile fires
    with the second one, if it still holds.
    """
    verdict = _own_verdict(stored, tick, now, poll_seconds)
    switched = stored.tick is not None and stored.tick.provider != tick.provider
    return Show(Reason.SWITCHED) if switched and isinstance(verdict, Accept) else verdict


def _own_verdict(stored: StoredMarket, tick: Tick, now: datetime, poll_seconds: float) -> Verdict:
    """The verdict on a tick whoever gave it.

    Refused: a provider's time ahead of ours by more than clocks differ, one that goes back
    (behind the last tick, or behind the one that waits), and one that stands still at the same
    price. A stale tick is shown only. A jump of more than 20 % within a minute is held.
    """
    if is_ahead(tick, now):
        return Refuse(Reason.AHEAD)
    previous = stored.tick
    seen = [at for at in (stored.pending_at, previous and previous.provider_at) if at]
    if any(tick.provider_at < at for at in seen):
        return Refuse(Reason.OLDER)
    if previous and _same_news(tick, previous.provider_at, previous.price):
        return Refuse(Reason.NO_NEWS)
    if is_stale(tick, now, poll_seconds):
        return Show(Reason.STALE)
    if previous is None or not is_jump(previous.price, tick.price):
        return Accept()
    return _jump_verdict(stored, previous, tick, poll_seconds)


def _jump_verdict(stored: StoredMarket, previous: Tick, tick: Tick, poll_seconds: float) -> Verdict:
    """The verdict on a tick more than 20 % off the last one.

    One that waits is confirmed by a price within 20 % of its own at a later time; a tick that
    agrees with neither takes its place. After a long gap a jump is not wild.
    """
    if stored.pending_price is None or stored.pending_at is None:
        wild = tick.provider_at - previous.provider_at <= wild_within(poll_seconds)
        return Hold() if wild else Accept()
    if _same_news(tick, stored.pending_at, stored.pending_price):
        return Refuse(Reason.NO_NEWS)
    if tick.provider_at == stored.pending_at:
        return Hold()
    if not is_jump(stored.pending_price, tick.price):
        return Accept()
    return Hold() if tick.provider_at - stored.pending_at <= wild_within(poll_seconds) else Accept()


def _same_news(tick: Tick, at: datetime, price: object) -> bool:
    return tick.provider_at == at and tick.price == price


@dataclass(frozen=True, slots=True)
class Seen:
    """What alerts on one measure look at: its value, and when it had it.

    `price` is the market's then, `memory` what was known of it before, for conditions with a
    window; `previous_at` and `previous_price` are the market's tick before, for the crossing
    lies between the two.
    """

    measure: str
    value: Decimal
    price: Decimal
    at: datetime
    memory: Memory = field(default_factory=Memory)
    previous_at: datetime | None = None
    previous_price: Decimal | None = None
    change_1h: Decimal | None = None
    change_24h: Decimal | None = None
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Effects:
    """What a tick did to alerts: where each that moved stands now, and what fired."""

    moved: list[tuple[StoredAlert, Watch]]
    firings: list[Firing]


def tick_effects(
    alerts: Iterable[StoredAlert], seen: Seen, now: datetime, *, is_explained: bool
) -> Effects:
    """What is seen does to these alerts; those that stay as they are are left out.

    `is_explained` tells whether stories stand beside the move: some alerts ring only with one,
    others only without.
    """
    effects = Effects([], [])
    for alert in alerts:
        step = _step(alert.condition, alert.watch, seen)
        # What was heard falling says nothing of the whole.
        is_unsure = seen.is_partial and told_way(step.reason) is not Way.UP
        heard = is_heard(alert.condition, is_explained=is_explained)
        if step.fires and (is_unsure or not heard):
            # It was no crossing for this alert, which is armed again as a repeating one is.
            again = replace(alert.condition, repeat=True)
            step = replace(_step(again, alert.watch, seen), fires=False)
        if step.watch != alert.watch:
            effects.moved.append((alert, step.watch))
        if step.fires:
            effects.firings.append(_firing(alert, step, seen, now))
    return effects


def _step(condition: Condition, watch: Watch, seen: Seen) -> Step:
    if isinstance(condition, Close | Gauge):
        return watch_step(condition, watch, seen.value, seen.at)
    if not shares_memory(condition):
        return watch_step(condition, watch, seen.price, seen.at)
    # What it remembers is the market's, and stays there.
    step = watch_step(condition, replace(watch, memory=seen.memory), seen.price, seen.at)
    return replace(step, watch=replace(step.watch, memory=watch.memory))


def _firing(alert: StoredAlert, step: Step, seen: Seen, now: datetime) -> Firing:
    return Firing(
        alert_id=alert.id,
        arming=alert.watch.arming,
        price=seen.price,
        price_at=seen.at,
        fired_at=now,
        previous_price=seen.previous_price,
        previous_at=seen.previous_at,
        change_1h=seen.change_1h,
        change_24h=seen.change_24h,
        reason=step.reason,
        line=step.line,
        value=None if seen.measure == PRICE else seen.value,
        is_partial=seen.is_partial,
    )
