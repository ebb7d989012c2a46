"""/price, and the button on a story that shows its coins' prices in a popup."""

from collections.abc import Mapping, Sequence
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Say, Visit, message, settled, toast
from bot.chat.arguments import AskedAssets, NamedAsset, read_assets
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.choices import choices_of, pressed_coin, shared_ones, which_coin
from bot.chat.commands.charting import chart_button
from bot.chat.fitting import cut_text
from bot.chat.formatting import age_text, percent_text, price_text
from bot.chat.keyboards import Action, Press, number_of, pressed, rows_of
from bot.chat.labels import primary_mentions, shared_name_note, symbol_of
from bot.chat.rendering import moves_line
from bot.chat.request import Request
from bot.domain.assets import Asset
from bot.domain.markets import Market, Tick
from storage import markets, story_pages

TOAST_LIMIT = 200
_CHARTS_IN_A_ROW = 3
_MAX_POPUP_LINES = 4


async def prepare_price(request: Request, room: Room) -> Apply:
    """/price ASSET…, or a message that is nothing but a coin."""
    asked = read_assets(request.argument_text, room.assets)
    shared = shared_ones(asked.known)
    plain = tuple(named for named in asked.known if not named.rivals)
    ticks = await room.ticks(Market(named.asset.id, room.prices.quote) for named in plain)
    return partial(_answer, room, AskedAssets(plain, asked.unknown), shared, ticks)


async def prepare_price_of(request: Request, room: Room) -> Apply:
    """The button of a question: the price of the coin that was meant."""
    coin = pressed_coin(pressed(request.callback_data), room.assets)
    if coin is None:
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    ticks = await room.ticks([Market(coin.id, room.prices.quote)])
    return partial(_answer, room, AskedAssets((NamedAsset(coin),)), (), ticks, edits=True)


async def _answer(
    room: Room,
    asked: AskedAssets,
    shared: Sequence[NamedAsset],
    ticks: Mapping[Market, Tick],
    visit: Visit,
    *,
    edits: bool = False,
) -> Answer:
    """The prices in one message, then a question for each symbol that coins share."""
    voice = room.voice(visit.request)
    says = [which_coin(choices_of(one), _press_for, room.assets, voice) for one in shared]
    if asked.known or asked.unknown:
        says.insert(0, await _prices(room, asked, ticks, visit, edits=edits))
    return Answer(tuple(says))


def _press_for(coin: Asset) -> Press:
    return Press(Action.PRICE_OF, number_of(coin.id))


async def _prices(
    room: Room, asked: AskedAssets, ticks: Mapping[Market, Tick], visit: Visit, *, edits: bool
) -> Say:
    voice = room.voice(visit.request)
    blocks = []
    for named in asked.known:
        market = Market(named.asset.id, room.prices.quote)
        # Asked for, it is watched for a while: the next question finds a fresh price.
        await markets.ask_market(visit.tx, market, visit.now)
        blocks.append(_block(room, voice, named, ticks.get(market), visit))
    if asked.unknown:
        blocks.append(voice.html("price.unknown", words=", ".join(asked.unknown)))
    buttons = [
        chart_button(named.asset.id, named.asset.symbol, voice)
        for named in asked.known
        if Market(named.asset.id, room.prices.quote) in ticks
    ]
    rows = rows_of(buttons, _CHARTS_IN_A_ROW)
    return Say(message(joined("\n\n", blocks), rows), edits=edits)


def _block(room: Room, voice: Voice, named: NamedAsset, tick: Tick | None, visit: Visit) -> Html:
    asset = named.asset
    note = shared_name_note(named, voice)
    if tick is None:
        nothing = voice.html("price.none", name=asset.name, symbol=asset.symbol)
        return joined("\n", [nothing, note])
    quote = tick.market.quote
    head = voice.html(
        "price.head", name=asset.name, symbol=asset.symbol, price=price_text(tick.price, quote)
    )
    changes = {"1h": tick.change_1h, "24h": tick.change_24h, "7d": tick.change_7d}
    day = Html()
    if tick.low_24h is not None and tick.high_24h is not None:
        low, high = price_text(tick.low_24h, quote), price_text(tick.high_24h, quote)
        day = voice.html("price.day", low=low, high=high)
    stale = Html()
    if room.prices.is_stale(tick, visit.now):
        stale = voice.html("price.stale", age=age_text(voice, tick.provider_at, visit.now))
    return joined("\n", [head, moves_line(voice, changes), day, stale, note])


async def prepare_story_price(request: Request, room: Room) -> Apply:
    """The button on a story: a popup, so that a group is not filled with prices."""
    voice = room.voice(request)
    press = pressed(request.callback_data)
    async with room.database.reading() as tx:
        stored = await story_pages.story(tx, press.first, press.second) if press else None
    if stored is None:
        return settled(toast(voice.plain("story.gone"), is_popup=True))
    primary = primary_mentions(stored.article, room.assets)[:_MAX_POPUP_LINES]
    wanted = [Market(mention.asset_id, room.prices.quote) for mention in primary]
    ticks = await room.ticks(wanted)
    lines = [_popup_line(room, voice, market, ticks.get(market)) for market in wanted]
    text = cut_text("\n".join(lines), TOAST_LIMIT) or voice.plain("story.gone")
    return settled(toast(text, is_popup=True))


def _popup_line(room: Room, voice: Voice, market: Market, tick: Tick | None) -> str:
    symbol = symbol_of(market.asset_id, room.assets)
    if tick is None:
        return voice.plain("price.popup_none", symbol=symbol)
    price = price_text(tick.price, market.quote)
    if room.prices.is_stale(tick, room.clock()):
        age = age_text(voice, tick.provider_at, room.clock())
        return voice.plain("price.popup_stale", symbol=symbol, price=price, age=age)
    if tick.change_24h is None:
        return voice.plain("price.popup", symbol=symbol, price=price)
    change = percent_text(tick.change_24h)
    return voice.plain("price.popup_change", symbol=symbol, price=price, change=change)
