"""/alerts: a chat's alerts, nearest to firing first.

Owns their order and their distances; each has a button to remove it, in place.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.commands.alerting import distance
from bot.chat.commands.lists import PAGE, page_of, turning
from bot.chat.formatting import price_text, share_text
from bot.chat.keyboards import Action, Press, button, pressed, rows_of
from bot.chat.labels import alert_label
from bot.chat.request import Request
from bot.domain.alerts import AlertState
from bot.domain.markets import Market, Tick
from storage import alerts, chats
from storage.alerts import StoredAlert

_FAR = Decimal("Infinity")
_BUTTONS_A_ROW = 2


async def prepare_alerts(request: Request, room: Room) -> Apply:
    """/alerts, the button that shows it anew, and those on it."""
    ticks = await _ticks_here(request, room)
    press = pressed(request.callback_data)
    if press is not None and press.action is Action.END_ALERT:
        return partial(_end, room, ticks, press)
    is_page = press is not None and press.action is Action.ALERTS_PAGE
    return partial(_view, room, ticks, press.first if press and is_page else 0, is_page, None)


async def _ticks_here(request: Request, room: Room) -> dict[Market, Tick]:
    if request.chat is None:
        return {}
    async with room.database.reading() as tx:
        here = await chats.known_destination(tx, request.chat.telegram_chat_id, request.thread_id)
        watched = await alerts.alerts_of(tx, here.id) if here else []
    return await room.ticks(alert.market for alert in watched)


async def _end(room: Room, ticks: Mapping[Market, Tick], press: Press, visit: Visit) -> Answer:
    was_there = await alerts.remove_alert(visit.tx, press.first, visit.here.id)
    told = room.voice(visit.request).plain("list.removed" if was_there else "list.gone_already")
    return await _view(room, ticks, press.second, True, told, visit)


async def _view(
    room: Room,
    ticks: Mapping[Market, Tick],
    page: int,
    edits: bool,  # bound by partial, by position
    toast_text: str | None,
    visit: Visit,
) -> Answer:
    voice = room.voice(visit.request)
    watched = by_distance(await alerts.alerts_of(visit.tx, visit.here.id), ticks)
    if not watched:
        row = (button(voice.plain("button.first_alert"), Action.SUGGEST, 0),)
        empty = said(voice.html("alerts.empty"), (row,), edits=edits)
        return Answer(empty.says, toast_text)
    page = page_of(len(watched), page)
    shown = watched[page * PAGE : (page + 1) * PAGE]
    lines = [_line(voice, alert, ticks.get(alert.market), room, visit) for alert in shown]
    buttons = [
        button(
            voice.plain("button.remove", label=alert_label(alert.market, alert.line, room.assets)),
            Action.END_ALERT,
            alert.id,
            page,
        )
        for alert in shown
    ]
    rows = rows_of(buttons, _BUTTONS_A_ROW) + turning(voice, Action.ALERTS_PAGE, page, len(watched))
    answer = said(joined("\n", [voice.html("alerts.title"), *lines]), rows, edits=edits)
    return Answer(answer.says, toast_text)


def by_distance(watched: list[StoredAlert], ticks: Mapping[Market, Tick]) -> list[StoredAlert]:
    """The nearest to firing first; then those that wait, at last those without a price."""

    def nearness(alert: StoredAlert) -> tuple[int, Decimal, int]:
        tick = ticks.get(alert.market)
        if tick is None:
            return 2, _FAR, alert.id
        is_waiting = alert.watch.state is AlertState.WAITING
        return int(is_waiting), distance(tick.price, alert.line.level), alert.id

    return sorted(watched, key=nearness)


def _line(voice: Voice, alert: StoredAlert, tick: Tick | None, room: Room, visit: Visit) -> Html:
    label = alert_label(alert.market, alert.line, room.assets)
    if tick is None:
        return voice.html("alerts.line_unknown", alert=label)
    price = price_text(tick.price, alert.market.quote)
    if alert.watch.state is AlertState.WAITING:
        return voice.html("alerts.line_waiting", alert=label, price=price)
    text_id = "alerts.line_stale" if room.prices.is_stale(tick, visit.now) else "alerts.line"
    away = share_text(distance(tick.price, alert.line.level))
    return voice.html(text_id, alert=label, price=price, distance=away)
