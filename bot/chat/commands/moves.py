"""/why: the largest moves of the day, and the stories beside them."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said, settled, toast
from bot.chat.arguments import NamedAsset, read_assets
from bot.chat.catalogue import Html, joined
from bot.chat.choices import choices_of, pressed_coin, which_coin
from bot.chat.keyboards import Action, Press, number_of, pressed
from bot.chat.labels import name_of, shared_name_note
from bot.chat.move_stories import swing_move, swing_part
from bot.chat.request import Request
from bot.domain.assets import Asset
from bot.domain.candles import Timeframe
from bot.domain.errors import ArgumentError
from bot.domain.markets import Market
from bot.domain.move_stories import span_around, stories_beside
from bot.domain.swings import Swing, largest_swings, usual_hourly_move
from storage import candles, markets, move_stories
from storage.database import Transaction
from storage.move_stories import ToldBeside

_DAY = timedelta(hours=24)
_USUAL_OVER = timedelta(days=7)
_LATE_START = timedelta(hours=1)


async def prepare_why(request: Request, room: Room) -> Apply:
    """/why ASSET."""
    asked = read_assets(request.argument_text, room.assets)
    if len(asked.known) > 1 or asked.unknown:
        raise ArgumentError("swings.one_coin")
    (named,) = asked.known
    if named.rivals:
        coins, voice = choices_of(named), room.voice(request)
        return settled(Answer((which_coin(coins, _press_for, room.assets, voice),)))
    return await _explained(room, named)


async def prepare_why_of(request: Request, room: Room) -> Apply:
    """The button of a question: what moved the coin that was meant."""
    coin = pressed_coin(pressed(request.callback_data), room.assets)
    if coin is None:
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    return await _explained(room, NamedAsset(coin), edits=True)


def _press_for(coin: Asset) -> Press:
    return Press(Action.WHY_OF, number_of(coin.id))


async def _explained(room: Room, named: NamedAsset, *, edits: bool = False) -> Apply:
    market = Market(named.asset.id, room.prices.quote)
    return partial(_answer, room, named, market, await _swings(room, market), edits=edits)


async def _swings(room: Room, market: Market) -> list[Swing] | None:
    """The largest moves of the last day; None when too little is known of the price."""
    now = room.clock()
    async with room.database.reading() as tx:
        minutes = await candles.candles_since(tx, market, Timeframe.MINUTE, now - _DAY)
        hours = await candles.candles_since(tx, market, Timeframe.HOUR, now - _USUAL_OVER)
    usual = usual_hourly_move(hours)
    if usual is None:
        return None
    if minutes and minutes[0].open_at <= now - _DAY + _LATE_START:
        return largest_swings(minutes, Timeframe.MINUTE.length, usual, now)
    recent = [candle for candle in hours if candle.open_at >= now - _DAY]
    return largest_swings(recent, Timeframe.HOUR.length, usual, now)


async def _answer(
    room: Room,
    named: NamedAsset,
    market: Market,
    swings: Sequence[Swing] | None,
    visit: Visit,
    *,
    edits: bool,
) -> Answer:
    voice = room.voice(visit.request)
    # Asked for, it is watched for a while: the next question finds more.
    await markets.ask_market(visit.tx, market, visit.now)
    name = name_of(market.asset_id, room.assets)
    note = shared_name_note(named, voice)
    if swings is None:
        return said(joined("\n", [voice.html("swings.unknown", name=name), note]), edits=edits)
    if not swings:
        return said(joined("\n", [voice.html("swings.none", name=name), note]), edits=edits)
    parts: list[Html] = [voice.html("swings.title", name=name)]
    for swing in swings:
        told = await _beside(visit.tx, market.asset_id, swing)
        parts.append(swing_part(swing, market.quote, told, voice, visit.now))
    return said(joined("\n\n", [*parts, note]), edits=edits)


async def _beside(tx: Transaction, asset_id: str, swing: Swing) -> list[ToldBeside]:
    """The stories beside a swing, the likeliest first."""
    move = swing_move(swing)
    found = await move_stories.stories_between(tx, asset_id, *span_around(move))
    return await move_stories.told(tx, stories_beside(found, move))
