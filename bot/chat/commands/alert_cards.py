"""The card of one alert: what it waits for, and buttons that change, silence or end it.

Owns what each of them does. A changed alert begins anew at the price now, as a new one does, and
keeps counting its armings, so that none fires twice. The button that silences below a fired
alert names its hours as less than nothing: what was told there stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import partial

from bot.chat.alert_setting import Wanted, set_text, wanted_alert
from bot.chat.alert_texts import SNOOZE_HOURS
from bot.chat.answers import Answer, Apply, Room, Rows, Visit, said, settled, toast
from bot.chat.catalogue import Voice, joined
from bot.chat.commands.alerting import alert_here
from bot.chat.formatting import clock_text, percent_text
from bot.chat.keyboards import Action, Press, button, pressed
from bot.chat.labels import alert_label, coin_labels
from bot.chat.request import Request
from bot.domain.alerts import AlertState, Direction, Line, Watch
from bot.domain.conditions import Close, Condition
from bot.domain.outbox import Button
from storage import alerts
from storage.alert_rows import StoredAlert

_SHIFTS = (-1, 1)
_LONGEST_SNOOZE_HOURS = 24 * 7
_SNOOZES = (1, SNOOZE_HOURS, 24)
_LEVEL_DIGITS = 5
_FLIPPED = {
    Direction.ABOVE: Direction.BELOW,
    Direction.BELOW: Direction.CROSS,
    Direction.CROSS: Direction.ABOVE,
}


@dataclass(frozen=True, slots=True)
class Card:
    """An alert as a press found it, with what is known of its market."""

    stored: StoredAlert
    wanted: Wanted
    press: Press


async def prepare_card(request: Request, room: Room) -> Apply:
    """A button that opens an alert's card, and those on it."""
    voice = room.voice(request)
    press = pressed(request.callback_data)
    stored = await alert_here(request, room)
    if press is None or stored is None or stored.watch.state is AlertState.OFFERED:
        return settled(toast(voice.plain("alert.gone"), is_popup=True))
    condition = changed(stored.condition, press)
    if condition is None:
        return settled(toast(voice.plain("button.old"), is_popup=True))
    wanted = await wanted_alert(room, stored.market, condition)
    return partial(_apply, room, Card(stored, wanted, press))


def changed(condition: Condition, press: Press) -> Condition | None:
    """The condition after a press, the same where it changes none; None where it cannot."""
    match press.action:
        case Action.ALERT_REPEAT:
            return replace(condition, repeat=not condition.repeat)
        case Action.ALERT_FLIP if isinstance(condition, Line | Close):
            return replace(condition, direction=_FLIPPED[condition.direction])
        case Action.ALERT_SHIFT if isinstance(condition, Line | Close):
            if press.second not in _SHIFTS:
                return None
            return replace(condition, level=shifted(condition.level, press.second))
        case Action.ALERT_CARD | Action.ALERT_WAKE:
            return condition
        case Action.ALERT_SNOOZE if 0 < abs(press.second) <= _LONGEST_SNOOZE_HOURS:
            return condition
        case _:
            return None


def shifted(level: Decimal, percent: int) -> Decimal:
    """A level so many percent away, with no more digits than a person would write."""
    exact = level * (100 + percent) / 100
    places = exact.adjusted() - _LEVEL_DIGITS + 1
    return exact.quantize(Decimal(1).scaleb(places), ROUND_HALF_EVEN)


async def _apply(room: Room, card: Card, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    stored = await alerts.alert(visit.tx, card.stored.id)
    if stored is None:
        return toast(voice.plain("alert.gone"), is_popup=True)
    watch, told = stored.watch, None
    match card.press.action:
        case Action.ALERT_CARD:
            pass
        case Action.ALERT_SNOOZE:
            hours = abs(card.press.second)
            watch = _snoozed(stored, hours, visit)
            told = voice.plain("alert.snoozed", hours=str(hours))
        case Action.ALERT_WAKE:
            watch, told = _begun(stored, card.wanted), voice.plain("alert.changed")
        case _:
            watch, told = _asleep_still(stored, card.wanted, visit), voice.plain("alert.changed")
    condition = card.wanted.condition
    if told is not None:
        if await _is_double(stored, condition, visit):
            return toast(voice.plain("alert.double"), is_popup=True)
        since = _since(stored, card, watch, visit)
        await alerts.change_alert(visit.tx, stored, condition, watch, since)
        stored = replace(stored, condition=condition, watch=watch, armed_at=since)
    if card.press.second < 0 and card.press.action is Action.ALERT_SNOOZE:
        return toast(told or "")
    watched = await alerts.alerts_of(visit.tx, visit.here.id)
    coins = coin_labels((alert.market.asset_id for alert in watched), room.assets)
    answer = card_answer(room, stored, card, visit, coins)
    return Answer(answer.says, told)


async def _is_double(stored: StoredAlert, condition: Condition, visit: Visit) -> bool:
    same = await alerts.same_alert(visit.tx, visit.here.id, stored.market, condition)
    return same is not None and same.id != stored.id


def _begun(stored: StoredAlert, wanted: Wanted) -> Watch:
    """How the alert begins anew at the price now; its armings go on counting."""
    watch = wanted.watch
    return replace(watch, arming=stored.watch.arming + watch.arming)


def _asleep_still(stored: StoredAlert, wanted: Wanted, visit: Visit) -> Watch:
    """The alert begun anew; one that is silent stays so until its time."""
    begun, until = _begun(stored, wanted), stored.watch.rests_until
    if until is None or until <= visit.now:
        return begun
    return replace(begun, state=AlertState.WAITING, fired=True, rests_until=until)


def _snoozed(stored: StoredAlert, hours: int, visit: Visit) -> Watch:
    """The alert asleep; it is armed again after that, once the price is off its line."""
    until = visit.now + timedelta(hours=hours)
    return replace(stored.watch, state=AlertState.WAITING, fired=True, rests_until=until)


def _since(stored: StoredAlert, card: Card, watch: Watch, visit: Visit) -> datetime:
    """When the alert was set, as a change leaves it: a silence keeps the time it began at."""
    until = watch.rests_until
    sleeps_on = until is not None and until > visit.now
    if stored.armed_at is None or card.press.action is Action.ALERT_SNOOZE or not sleeps_on:
        return visit.now
    return stored.armed_at


def is_snoozed(stored: StoredAlert) -> bool:
    """Whether an alert that rests was silenced by its owner, and does not rest after a ring.

    A silence ends whole hours after it was asked for, to the microsecond, and only then is an
    alert set without a ring: a rest ends its cooldown after the price that rang.
    """
    rests, since = stored.watch.rests_until, stored.armed_at
    if stored.condition.cooldown is None or rests is None or since is None:
        return rests is not None
    return any(rests - since == timedelta(hours=hours) for hours in _SNOOZES)


def card_answer(
    room: Room, stored: StoredAlert, card: Card, visit: Visit, coins: Mapping[str, str]
) -> Answer:
    """The card: the alert as a sentence, where it stands, and its buttons.

    `coins` is what the coins of the chat's alerts are called where they are listed.
    """
    voice = room.voice(visit.request)
    text = set_text(room, card.wanted, visit)
    rests = stored.watch.rests_until
    if rests is not None and rests > visit.now:
        text_id = "alert.rests_until" if is_snoozed(stored) else "alert.cools_until"
        asleep = voice.html(text_id, time=clock_text(rests, visit.now))
        text = joined("\n", [text, asleep])
    page = card.press.second if card.press.action is Action.ALERT_CARD else 0
    label = alert_label(stored.market, stored.condition, room.assets, coins)
    text = joined("\n", [voice.html("alert.card", alert=label), text])
    return said(text, _rows(stored, page, voice), edits=True)


def _rows(stored: StoredAlert, page: int, voice: Voice) -> Rows:
    condition, alert_id = stored.condition, stored.id
    snoozes = tuple(
        button(voice.plain("button.snooze", hours=str(hours)), Action.ALERT_SNOOZE, alert_id, hours)
        for hours in _SNOOZES
    )
    repeat = "button.once" if condition.repeat else "button.repeat"
    changes = [button(voice.plain(repeat), Action.ALERT_REPEAT, alert_id)]
    rows: list[tuple[Button, ...]] = []
    if isinstance(condition, Line | Close):
        changes.append(button(voice.plain("button.flip"), Action.ALERT_FLIP, alert_id))
        rows.append(
            tuple(
                button(percent_text(Decimal(percent)), Action.ALERT_SHIFT, alert_id, percent)
                for percent in _SHIFTS
            )
        )
    rows.append(tuple(changes))
    if stored.watch.state is AlertState.WAITING:
        rows.append((button(voice.plain("button.wake"), Action.ALERT_WAKE, alert_id),))
    rows.append(snoozes)
    remove = button(voice.plain("button.remove_alert"), Action.END_ALERT, alert_id, page)
    back = button(voice.plain("button.back"), Action.ALERTS_PAGE, page)
    return (*rows, (remove, back))
