"""/alert, and the buttons that set an alert.

Owns which alert each of them asks for; setting it is `bot.chat.alert_setting`'s.
"""

from dataclasses import replace
from decimal import Decimal
from functools import partial

from bot.chat.alert_arguments import read_alert
from bot.chat.alert_setting import ask_which, set_alert, wanted_alert
from bot.chat.answers import Answer, Apply, Room, Say, Visit, message, said, settled, toast
from bot.chat.formatting import level_text, price_text
from bot.chat.keyboards import Action, Press, button, pressed
from bot.chat.labels import alert_label, pair_symbol
from bot.chat.presets import preset_asset, suggested_levels
from bot.chat.request import Request
from bot.chat.story_buttons import LARGEST_LEVEL, direction_to, pressed_level
from bot.domain.alerts import Direction, Line
from bot.domain.markets import Market
from storage import alerts, chats, story_pages
from storage.alert_rows import StoredAlert


async def prepare_alert(request: Request, room: Room) -> Apply:
    """/alert ASSET CONDITION."""
    text, quote = request.argument_text, room.prices.quote
    asked = read_alert(text, room.assets, quote, room.clock())
    if asked.named.rivals:
        return partial(ask_which, room, asked)
    wanted = await wanted_alert(room, asked.market, asked.condition)
    wanted = replace(wanted, named=asked.named, may_be_thousands=asked.may_be_thousands)
    return partial(set_alert, room, wanted)


async def prepare_level(request: Request, room: Room) -> Apply:
    """A button that sets an alert at a suggested level."""
    press = pressed(request.callback_data) or Press(Action.LEVEL, -1)
    asset_id = preset_asset(press.first)
    level = abs(press.second)
    if asset_id is None or not 0 < level <= LARGEST_LEVEL:
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    direction = Direction.ABOVE if press.second > 0 else Direction.BELOW
    market = Market(asset_id, room.prices.quote)
    line = Line(direction, Decimal(level))
    return partial(set_alert, room, await wanted_alert(room, market, line))


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
    line = Line(direction, found.level)
    return partial(set_alert, room, await wanted_alert(room, found.market, line))


async def prepare_again(request: Request, room: Room) -> Apply:
    """The button on a fired alert that sets it once more."""
    stored = await alert_here(request, room)
    if stored is None:
        return settled(toast(room.voice(request).plain("alert.gone"), is_popup=True))
    wanted = await wanted_alert(room, stored.market, stored.condition)
    # Right after it fired the price is beyond the line, and the next time is what is meant.
    return partial(set_alert, room, wanted, even_beyond=True)


async def alert_here(request: Request, room: Room) -> StoredAlert | None:
    """The alert of a pressed button, if it belongs to where the button was pressed."""
    press = pressed(request.callback_data)
    if press is None or request.chat is None:
        return None
    async with room.database.reading() as tx:
        here = await chats.known_destination(tx, request.chat.telegram_chat_id, request.thread_id)
        stored = await alerts.alert(tx, press.first)
    return stored if stored and here and stored.destination_id == here.id else None


async def prepare_end(request: Request, room: Room) -> Apply:
    """A button that removes one alert: under the answer that set it, or on a firing."""
    press = pressed(request.callback_data) or Press(Action.UNDO_ALERT)
    return partial(_end, room, press)


async def _end(room: Room, press: Press, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    stored = await alerts.alert(visit.tx, press.first)
    if stored is None or not await alerts.remove_alert(visit.tx, press.first, visit.here.id):
        return toast(voice.plain("alert.gone"))
    label = alert_label(stored.market, stored.condition, room.assets)
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
