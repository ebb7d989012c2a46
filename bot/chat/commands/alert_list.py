"""/alerts: a chat's alerts, nearest to firing first.

Owns their order and their distances; each has a button that opens its card.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from bot.chat.alert_past import Past, read_past
from bot.chat.alert_texts import Standing, figure_text
from bot.chat.answers import Answer, Apply, Room, Visit, said
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.commands.alert_cards import is_snoozed
from bot.chat.commands.lists import PAGE, page_of, turning
from bot.chat.formatting import clock_text, price_text, share_text
from bot.chat.keyboards import Action, Press, button, pressed, rows_of
from bot.chat.labels import alert_label, coin_labels
from bot.chat.request import Request
from bot.domain.alerts import AlertState, Told
from bot.domain.conditions import Gauge
from bot.domain.markets import Market, Tick
from bot.domain.outbox import Button
from storage import alerts, chats
from storage.alert_rows import StoredAlert, shares_memory
from storage.database import Transaction

_FAR = Decimal("Infinity")
_BUTTONS_A_ROW = 2
# Reading what a window looks back on takes some 5 ms; nobody waits for hundreds of them.
_MOST_PASTS = 40
_SIGNS = {Told.EXPLAINED: "alerts.explained", Told.UNEXPLAINED: "alerts.unexplained"}


@dataclass(frozen=True, slots=True)
class Near:
    """An alert, the last tick of its market, and how near it is."""

    alert: StoredAlert
    tick: Tick | None
    standing: Standing

    @property
    def order(self) -> tuple[int, Decimal, int]:
        """Nearest first; then those that wait, at last those of which nothing is known."""
        if self.tick is None:
            return 2, _FAR, self.alert.id
        away = self.standing.percent_away
        is_waiting = self.alert.watch.state is AlertState.WAITING
        return int(is_waiting), _FAR if away is None else away, self.alert.id


async def prepare_alerts(request: Request, room: Room) -> Apply:
    """/alerts, the button that shows it anew, and those on it."""
    found = await _near_here(request, room)
    press = pressed(request.callback_data)
    if press is not None and press.action is Action.END_ALERT:
        return partial(_end, room, found, press)
    is_page = press is not None and press.action is Action.ALERTS_PAGE
    return partial(_view, room, found, press.first if press and is_page else 0, is_page, None)


async def _near_here(request: Request, room: Room) -> list[Near]:
    if request.chat is None:
        return []
    async with room.database.reading() as tx:
        here = await chats.known_destination(tx, request.chat.telegram_chat_id, request.thread_id)
        watched = await alerts.alerts_of(tx, here.id) if here else []
    ticks = await room.ticks(alert.market for alert in watched)
    async with room.database.reading() as tx:
        return await near_alerts(tx, room, watched, ticks)


async def near_alerts(
    tx: Transaction, room: Room, watched: list[StoredAlert], ticks: Mapping[Market, Tick]
) -> list[Near]:
    """The alerts with how near each is, nearest first."""
    found, read = [], 0
    for alert in watched:
        tick = ticks.get(alert.market)
        past = Past(tick.price if tick else None, room.clock())
        is_read = shares_memory(alert.condition) or isinstance(alert.condition, Gauge)
        if is_read and read < _MOST_PASTS:
            read += 1
            past = await read_past(tx, alert.market, alert.condition, tick, room.clock())
        found.append(Near(alert, tick, past.standing(alert.condition, alert.watch)))
    return sorted(found, key=lambda near: near.order)


async def _end(room: Room, found: list[Near], press: Press, visit: Visit) -> Answer:
    was_there = await alerts.remove_alert(visit.tx, press.first, visit.here.id)
    told = room.voice(visit.request).plain("list.removed" if was_there else "list.gone_already")
    left = [near for near in found if near.alert.id != press.first]
    return await _view(room, left, press.second, True, told, visit)


async def _view(
    room: Room,
    found: list[Near],
    page: int,
    edits: bool,  # bound by partial, by position
    toast_text: str | None,
    visit: Visit,
) -> Answer:
    voice = room.voice(visit.request)
    # One that was set or removed meanwhile would else be shown as it was.
    here = await alerts.alerts_of(visit.tx, visit.here.id)
    ids = {alert.id for alert in here}
    watched = [near for near in found if near.alert.id in ids]
    if not watched:
        row = (button(voice.plain("button.first_alert"), Action.SUGGEST, 0),)
        empty = said(voice.html("alerts.empty"), (row,), edits=edits)
        return Answer(empty.says, toast_text)
    page = page_of(len(watched), page)
    shown = watched[page * PAGE : (page + 1) * PAGE]
    coins = coin_labels((alert.market.asset_id for alert in here), room.assets)
    lines: list[Html] = []
    buttons: list[Button] = []
    for near in shown:
        alert = near.alert
        label = alert_label(alert.market, alert.condition, room.assets, coins)
        lines.append(_line(voice, near, label, room, visit))
        buttons.append(button(label, Action.ALERT_CARD, alert.id, page))
    rows = rows_of(buttons, _BUTTONS_A_ROW) + turning(voice, Action.ALERTS_PAGE, page, len(watched))
    text = joined("\n", [voice.html("alerts.title"), *lines])
    answer = said(joined("\n\n", [text, _signs_html(shown, voice)]), rows, edits=edits)
    return Answer(answer.says, toast_text)


def _signs_html(shown: list[Near], voice: Voice) -> Html:
    """What the signs of alerts that heed stories mean, each once; empty without any."""
    told = {near.alert.condition.told for near in shown}
    return joined("\n", [voice.html(text_id) for way, text_id in _SIGNS.items() if way in told])


def _line(voice: Voice, near: Near, label: str, room: Room, visit: Visit) -> Html:
    alert, tick, now = near.alert, near.tick, visit.now
    rests = alert.watch.rests_until
    if rests is not None and rests > now:
        text_id = "alerts.line_resting" if is_snoozed(alert) else "alerts.line_cooling"
        return voice.html(text_id, alert=label, time=clock_text(rests, now))
    if isinstance(alert.condition, Gauge):
        value = near.standing.value
        if value is None:
            return voice.html("alerts.line_no_figure", alert=label)
        shown = figure_text(alert.condition.figure, value)
        return voice.html("alerts.line_figure", alert=label, value=shown)
    if tick is None:
        return voice.html("alerts.line_unknown", alert=label)
    price = price_text(tick.price, alert.market.quote)
    if alert.watch.state is AlertState.WAITING:
        return voice.html("alerts.line_waiting", alert=label, price=price)
    if near.standing.percent_away is None:
        return voice.html("alerts.line_only_price", alert=label, price=price)
    text_id = "alerts.line_stale" if room.prices.is_stale(tick, now) else "alerts.line"
    away = share_text(near.standing.percent_away)
    return voice.html(text_id, alert=label, price=price, distance=away)
