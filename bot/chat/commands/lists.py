"""/list, and every list of subscriptions, alerts and mutes with a button each to remove it.

Owns the views that are edited in place when something on them is removed.
"""

from collections.abc import Mapping
from functools import partial
from typing import TypeVar

from bot.chat.answers import Answer, Apply, Room, Rows, Visit, said
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.formatting import clock_text
from bot.chat.keyboards import Action, Press, button, pressed, rows_of
from bot.chat.labels import alert_label, coin_labels, subscription_label, topic_label
from bot.chat.presets import EVERYTHING_PRESET
from bot.chat.request import Request
from bot.domain.outbox import Button
from storage import alerts, mutes, subscriptions
from storage.alert_rows import StoredAlert
from storage.mutes import Mute
from storage.subscriptions import Subscription

Entry = TypeVar("Entry")

Listed = Subscription | StoredAlert | Mute

PAGE = 8
_BUTTONS_A_ROW = 2


async def prepare_list(request: Request, room: Room) -> Apply:
    """/list, and the button that shows it anew."""
    del request
    return partial(_list_view, room, await room.sources(), 0, False, "")


async def prepare_list_page(request: Request, room: Room) -> Apply:
    """A button that turns the page of /list."""
    page = (pressed(request.callback_data) or Press(Action.LIST_PAGE)).first
    return partial(_list_view, room, await room.sources(), page, True, "")


async def _list_view(
    room: Room,
    sources: Mapping[str, str],
    page: int,
    edits: bool,  # bound by partial, by position
    toast_text: str,
    visit: Visit,
) -> Answer:
    voice = room.voice(visit.request)
    topics = await subscriptions.subscriptions_of(visit.tx, visit.here.id)
    watched = await alerts.alerts_of(visit.tx, visit.here.id)
    hushed = await mutes.mutes_of(visit.tx, visit.here.id, visit.now)
    entries: list[Listed] = [*topics, *watched, *hushed]
    if not entries:
        return _with_toast(
            said(voice.html("list.empty"), _first_steps(voice), edits=edits), toast_text
        )
    page, shown = _page(entries, page)
    coins = coin_labels((alert.market.asset_id for alert in watched), room.assets)
    lines: list[Html] = []
    buttons: list[Button] = []
    for entry in shown:
        heading = voice.html(_heading(entry))
        if heading not in lines:
            lines.append(heading)
        if isinstance(entry, StoredAlert):
            line, end = _alert_entry(entry, page, room, coins, voice)
        else:
            line, end = _entry(entry, page, room, sources, visit)
        lines.append(line)
        buttons.append(end)
    rows = rows_of(buttons, _BUTTONS_A_ROW) + turning(voice, Action.LIST_PAGE, page, len(entries))
    return _with_toast(said(joined("\n", lines), rows, edits=edits), toast_text)


def _heading(entry: Listed) -> str:
    match entry:
        case Subscription():
            return "list.topics"
        case StoredAlert():
            return "list.alerts"
        case _:
            return "list.mutes"


def _alert_entry(
    alert: StoredAlert, page: int, room: Room, coins: Mapping[str, str], voice: Voice
) -> tuple[Html, Button]:
    """The line of an alert, and the button that removes it."""
    label = alert_label(alert.market, alert.condition, room.assets, coins)
    remove = button(voice.plain("button.remove", label=label), Action.DROP_ALERT, alert.id, page)
    return voice.html("list.line", label=label), remove


def _entry(
    entry: Subscription | Mute, page: int, room: Room, sources: Mapping[str, str], visit: Visit
) -> tuple[Html, Button]:
    """The line of an entry, and the button that removes it."""
    voice = room.voice(visit.request)
    if isinstance(entry, Mute):
        return _mute_entry(entry, page, room, sources, visit)
    named = partial(subscription_label, entry.topic, entry.filter, room.assets, sources, voice)
    text = voice.plain("button.remove", label=named(short=True))
    return voice.html("list.line", label=named()), button(text, Action.DROP_TOPIC, entry.id, page)


def _mute_entry(
    mute: Mute, page: int, room: Room, sources: Mapping[str, str], visit: Visit
) -> tuple[Html, Button]:
    voice = room.voice(visit.request)
    label = topic_label(mute.topic, room.assets, sources, voice)
    short = topic_label(mute.topic, room.assets, sources, voice, short=True)
    until = clock_text(mute.until_at, visit.now)
    line = voice.html("list.mute", label=label, until=until)
    unmute = voice.plain("button.unmute", topic=short)
    return line, button(unmute, Action.UNMUTE_LISTED, mute.topic_id, page)


async def prepare_drop(request: Request, room: Room) -> Apply:
    """A button of /list that removes one entry."""
    press = pressed(request.callback_data) or Press(Action.DROP_TOPIC)
    return partial(_drop, room, await room.sources(), press)


async def _drop(room: Room, sources: Mapping[str, str], press: Press, visit: Visit) -> Answer:
    match press.action:
        case Action.UNMUTE_LISTED:
            was_there = await mutes.unmute_topic(visit.tx, visit.here.id, press.first)
        case Action.DROP_ALERT:
            was_there = await alerts.remove_alert(visit.tx, press.first, visit.here.id)
        case _:
            was_there = await subscriptions.remove_subscription(
                visit.tx, press.first, visit.here.id
            )
    told = room.voice(visit.request).plain("list.removed" if was_there else "list.gone_already")
    return await _list_view(room, sources, press.second, True, told, visit)


async def prepare_topics_page(request: Request, room: Room) -> Apply:
    """A button of /unsubscribe: turns the page, or removes a topic."""
    press = pressed(request.callback_data) or Press(Action.TOPICS_PAGE)
    if press.action is Action.TOPICS_PAGE:
        return partial(_turn_topics, room, press.first)
    return partial(_leave, room, press)


async def _turn_topics(room: Room, page: int, visit: Visit) -> Answer:
    return await topics_view(room, visit, page, edits=True)


async def _leave(room: Room, press: Press, visit: Visit) -> Answer:
    was_there = await subscriptions.remove_subscription(visit.tx, press.first, visit.here.id)
    told = room.voice(visit.request).plain("list.removed" if was_there else "list.gone_already")
    return _with_toast(await topics_view(room, visit, press.second, edits=True), told)


async def topics_view(room: Room, visit: Visit, page: int, *, edits: bool) -> Answer:
    """The subscriptions of a chat, a button each to leave it."""
    voice = room.voice(visit.request)
    entries = await subscriptions.subscriptions_of(visit.tx, visit.here.id)
    if not entries:
        return said(voice.html("unsubscribe.nothing"), _first_steps(voice), edits=edits)
    page, shown = _page(entries, page)
    buttons = [
        button(
            voice.plain(
                "button.remove",
                label=subscription_label(
                    entry.topic, entry.filter, room.assets, {}, voice, short=True
                ),
            ),
            Action.LEAVE_TOPIC,
            entry.id,
            page,
        )
        for entry in shown
    ]
    rows = rows_of(buttons, _BUTTONS_A_ROW)
    rows += turning(voice, Action.TOPICS_PAGE, page, len(entries))
    return said(voice.html("unsubscribe.choose"), rows, edits=edits)


def page_of(count: int, page: int, size: int = PAGE) -> int:
    """A page number brought inside what there is: a forged or outdated one is the nearest."""
    return min(max(page, 0), max(count - 1, 0) // size)


def _page(entries: list[Entry], page: int) -> tuple[int, list[Entry]]:
    page = page_of(len(entries), page)
    return page, entries[page * PAGE : (page + 1) * PAGE]


def turning(voice: Voice, action: Action, page: int, count: int) -> Rows:
    """The row that turns the pages of a list of `count` entries; none when it fits on one."""
    turns = []
    if page > 0:
        turns.append(button(voice.plain("button.previous"), action, page - 1))
    if (page + 1) * PAGE < count:
        turns.append(button(voice.plain("button.next"), action, page + 1))
    return (tuple(turns),) if turns else ()


def _first_steps(voice: Voice) -> Rows:
    return (
        (button(voice.plain("button.follow_bitcoin"), Action.FOLLOW, 0),),
        (button(voice.plain("button.follow_all"), Action.FOLLOW, EVERYTHING_PRESET),),
    )


def _with_toast(answer: Answer, toast_text: str) -> Answer:
    return Answer(answer.says, toast_text or None)
