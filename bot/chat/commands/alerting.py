"""/alert, and the buttons that set an alert.

Owns how an alert begins and what its owner reads: the line as it was understood, the price
now, and how far there is to go.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from bot.chat.alert_arguments import AskedAlert, read_alert
from bot.chat.answers import Answer, Apply, Room, Say, Visit, message, said, settled, toast
from bot.chat.arguments import NamedAsset
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.formatting import exact_percent_text, level_text, price_text, share_text
from bot.chat.keyboards import Action, Press, button, pressed
from bot.chat.labels import alert_label, pair_symbol, shared_name_note
from bot.chat.presets import preset_asset, suggested_levels
from bot.chat.request import Request
from bot.chat.story_buttons import direction_to, pressed_level
from bot.domain.alerts import AlertState, Direction, Line, Watch, started_watch
from bot.domain.errors import ArgumentError
from bot.domain.markets import Market, Tick
from storage import alerts, chats, story_pages
from storage.alerts import NewAlert, StoredAlert

MAX_ALERTS = 200
_LARGEST_LEVEL = 10**12

_SET = {
    Direction.ABOVE: "alert.set_above",
    Direction.BELOW: "alert.set_below",
    Direction.CROSS: "alert.set_cross",
}
_WAITS = {
    Direction.ABOVE: "alert.waits_above",
    Direction.BELOW: "alert.waits_below",
    Direction.CROSS: "alert.waits_cross",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An alert about to be set, with the market's tick; `named` where somebody typed a name."""

    market: Market
    line: Line
    tick: Tick | None
    named: NamedAsset | None = None


async def prepare_alert(request: Request, room: Room) -> Apply:
    """/alert ASSET PRICE."""
    asked: AskedAlert = read_alert(request.argument_text, room.assets, room.prices.quote)
    ticks = await room.ticks([asked.market])
    wanted = Wanted(asked.market, asked.line, ticks.get(asked.market), asked.named)
    return partial(_set_alert, room, wanted)


async def prepare_level(request: Request, room: Room) -> Apply:
    """A button that sets an alert at a suggested level."""
    press = pressed(request.callback_data) or Press(Action.LEVEL, -1)
    asset_id = preset_asset(press.first)
    level = abs(press.second)
    if asset_id is None or not 0 < level <= _LARGEST_LEVEL:
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    direction = Direction.ABOVE if press.second > 0 else Direction.BELOW
    market = Market(asset_id, room.prices.quote)
    tick = (await room.ticks([market])).get(market)
    return partial(_set_alert, room, Wanted(market, Line(direction, Decimal(level)), tick))


async def prepare_story_level(request: Request, room: Room) -> Apply:
    """A button of a story that sets an alert at a level which the story names."""
    voice = room.voice(request)
    press = pressed(request.callback_data) or Press(Action.STORY_LEVEL)
    async with room.database.reading() as tx:
        members = await story_pages.story_members(tx, press.first)
    if not members:
        return settled(toast(voice.plain("story.gone"), is_popup=True))
    found = pressed_level((member.article for member in members), press.second)
    if found is None:
        return settled(toast(voice.plain("button.old"), is_popup=True))
    tick = (await room.ticks([found.market])).get(found.market)
    is_fresh = tick is not None and not room.prices.is_stale(tick, room.clock())
    direction = direction_to(found.level, tick.price if tick and is_fresh else None)
    return partial(_set_alert, room, Wanted(found.market, Line(direction, found.level), tick))


async def prepare_again(request: Request, room: Room) -> Apply:
    """The button on a fired alert that sets it once more."""
    stored = await _alert_here(request, room)
    if stored is None:
        return settled(toast(room.voice(request).plain("alert.gone"), is_popup=True))
    tick = (await room.ticks([stored.market])).get(stored.market)
    return partial(_set_alert, room, Wanted(stored.market, stored.line, tick))


async def _alert_here(request: Request, room: Room) -> StoredAlert | None:
    """The alert of a pressed button, if it belongs to where the button was pressed."""
    press = pressed(request.callback_data)
    if press is None or request.chat is None:
        return None
    async with room.database.reading() as tx:
        here = await chats.known_destination(tx, request.chat.telegram_chat_id, request.thread_id)
        stored = await alerts.alert(tx, press.first)
    return stored if stored and here and stored.destination_id == here.id else None


async def _set_alert(room: Room, wanted: Wanted, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    tx, here = visit.tx, visit.here
    label = alert_label(wanted.market, wanted.line, room.assets)
    mine = button(voice.plain("button.my_alerts"), Action.SHOW_ALERTS)
    if await alerts.same_alert(tx, here.id, wanted.market, wanted.line) is not None:
        return said(voice.html("alert.exists", alert=label), ((mine,),))
    if await alerts.count_alerts_of_chat(tx, here.telegram_chat_id) >= MAX_ALERTS:
        raise ArgumentError("alert.limit", limit=str(MAX_ALERTS))
    is_fresh = wanted.tick is not None and not room.prices.is_stale(wanted.tick, visit.now)
    price = wanted.tick.price if wanted.tick and is_fresh else None
    watch = started_watch(wanted.line, price)
    alert_id = await alerts.add_alert(
        tx,
        NewAlert(here.id, wanted.market, wanted.line, watch, price, visit.request.user_id),
        visit.now,
    )
    undo = button(voice.plain("button.undo_alert"), Action.UNDO_ALERT, alert_id)
    text = _set_text(room, voice, wanted, watch, price)
    return Answer((Say(message(text, ((undo, mine),))),), voice.plain("alert.toast"))


def _set_text(
    room: Room, voice: Voice, wanted: Wanted, watch: Watch, price: Decimal | None
) -> Html:
    line, quote = wanted.line, wanted.market.quote
    symbol = pair_symbol(wanted.market, room.assets)
    level = level_text(line.level, quote)
    repeats = voice.html("alert.repeats", band=exact_percent_text(line.band))
    return joined(
        "\n",
        [
            voice.html(_SET[line.direction], symbol=symbol, level=level),
            _distance(voice, wanted, watch, price, symbol),
            repeats if line.repeat else Html(),
            shared_name_note(wanted.named, voice) if wanted.named else Html(),
        ],
    )


def _distance(
    voice: Voice, wanted: Wanted, watch: Watch, price: Decimal | None, symbol: str
) -> Html:
    if price is None:
        return voice.html("alert.no_tick", symbol=symbol)
    level = level_text(wanted.line.level, wanted.market.quote)
    now = price_text(price, wanted.market.quote)
    if watch.state is AlertState.WAITING:
        text_id = _WAITS[wanted.line.direction]
        return voice.html(text_id, symbol=symbol, price=now, level=level)
    return voice.html(
        "alert.distance", price=now, distance=share_text(distance(price, wanted.line.level))
    )


def distance(price: Decimal, level: Decimal) -> Decimal:
    """How far a level is from a price, in percent of the price, without a sign."""
    return abs(level - price) / price * 100


async def prepare_end(request: Request, room: Room) -> Apply:
    """A button that removes one alert: under the answer that set it, or on a firing."""
    press = pressed(request.callback_data) or Press(Action.UNDO_ALERT)
    return partial(_end, room, press)


async def _end(room: Room, press: Press, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    stored = await alerts.alert(visit.tx, press.first)
    if stored is None or not await alerts.remove_alert(visit.tx, press.first, visit.here.id):
        return toast(voice.plain("alert.gone"))
    label = alert_label(stored.market, stored.line, room.assets)
    # What fired stays in the chat as it was; an answer is replaced by what became of it.
    edits = press.action is Action.UNDO_ALERT
    text = voice.html("alert.ended", alert=label)
    return Answer((Say(message(text), edits=edits),), voice.plain("list.removed"))


async def prepare_suggest(request: Request, room: Room) -> Apply:
    """A button that offers two levels of a preset coin."""
    voice = room.voice(request)
    press = pressed(request.callback_data) or Press(Action.SUGGEST, -1)
    asset_id = preset_asset(press.first)
    if asset_id is None:
        return settled(toast(voice.plain("button.old"), is_popup=True))
    market = Market(asset_id, room.prices.quote)
    tick = (await room.ticks([market])).get(market)
    levels = suggested_levels(tick.price) if tick else None
    symbol = pair_symbol(market, room.assets)
    if tick is None or levels is None:
        return settled(said(voice.html("alert.type_it", symbol=symbol)))
    above, below = levels
    rows = tuple(
        (
            button(
                voice.plain(text_id, level=level_text(Decimal(level), market.quote)),
                Action.LEVEL,
                press.first,
                signed,
            ),
        )
        for text_id, level, signed in (
            ("button.rises", above, above),
            ("button.falls", below, -below),
        )
    )
    price = price_text(tick.price, market.quote)
    return settled(said(voice.html("alert.suggest", symbol=symbol, price=price), rows))
