"""/chart, and the buttons that show another span of one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256

from bot.chat.answers import Answer, Apply, Room, Rows, Say, Visit, message, said, settled, toast
from bot.chat.arguments import NamedAsset, read_assets
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.choices import choices_of, pressed_coin, which_coin
from bot.chat.formatting import age_text, window_text
from bot.chat.keyboards import Action, Press, button, number_of, pressed
from bot.chat.labels import name_of, shared_name_note
from bot.chat.pushes import linked_title
from bot.chat.request import Request
from bot.domain.alerts import Line
from bot.domain.articles import IMPORTANT
from bot.domain.candles import Timeframe
from bot.domain.charts import HANDFUL, AskedChart, ChartSpan
from bot.domain.errors import ArgumentError
from bot.domain.markets import Market
from bot.domain.outbox import Button
from bot.domain.topics import Topic, TopicKind
from storage import alerts, candles, chats, markets, pictures, story_pages
from storage.story_pages import StoredStory

_SPANS = tuple(ChartSpan)
_WORDS = {
    **{span.value: span for span in ChartSpan},
    "1d": ChartSpan.DAY,
    "1w": ChartSpan.WEEK,
    "365d": ChartSpan.YEAR,
    "12m": ChartSpan.YEAR,
}
_THEMES = {"dark": True, "light": False}
_MOST_STORIES = 3
_TITLE_UNITS = 120
_STORIES_LOOKED_AT = 50
# The past of a market newly watched is asked for within seconds; what comes at all is there then.
_FETCHED_WITHIN = timedelta(minutes=5)
_LOOKED_BACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A chart that somebody asked for."""

    named: NamedAsset
    span: ChartSpan = ChartSpan.DAY
    is_dark: bool = True


async def prepare_chart(request: Request, room: Room) -> Apply:
    """/chart ASSET [1h, 24h, 7d, 30d or 1y] [dark or light]."""
    wish = _read(request.argument_text, room)
    if wish.named.rivals:
        code, voice = _code(wish.span, is_dark=wish.is_dark), room.voice(request)
        question = which_coin(
            choices_of(wish.named),
            lambda coin: Press(Action.CHART, number_of(coin.id), code),
            room.assets,
            voice,
        )
        return settled(Answer((question,)))
    return await _drawn(request, room, wish)


async def prepare_chart_press(request: Request, room: Room) -> Apply:
    """A button under a chart, a price or a question: a coin over the span that it names."""
    press = pressed(request.callback_data)
    coin = pressed_coin(press, room.assets)
    if coin is None or press is None or not 0 <= press.second < 2 * len(_SPANS):
        return settled(toast(room.voice(request).plain("button.old")))
    span, is_dark = _SPANS[press.second // 2], press.second % 2 == 0
    return await _drawn(request, room, _Wish(NamedAsset(coin), span, is_dark))


def _read(text: str, room: Room) -> _Wish:
    """What was typed; the span and the theme are its last words, in any order."""
    words = text.split()
    span, is_dark = ChartSpan.DAY, True
    while len(words) > 1 and (word := words[-1].lower()) in {*_WORDS, *_THEMES}:
        words.pop()
        span, is_dark = _WORDS.get(word, span), _THEMES.get(word, is_dark)
    asked = read_assets(" ".join(words), room.assets)
    if asked.unknown:
        raise ArgumentError("chart.unknown", word=asked.unknown[-1])
    if len(asked.known) > 1:
        raise ArgumentError("swings.one_coin")
    return _Wish(asked.known[0], span, is_dark)


async def _drawn(request: Request, room: Room, wish: _Wish) -> Apply:
    market = Market(wish.named.asset.id, room.prices.quote)
    stories = await _important_stories(room, market, wish.span)
    asked = AskedChart(
        market,
        wish.named.asset.symbol,
        wish.span,
        await _lines(request, room, market),
        tuple(stored.article.published_at for stored in stories),
        wish.is_dark,
        fewest_bars=HANDFUL,
    )
    png = await room.charts.chart(asked)
    if png is None:
        text_id = "chart.none" if await _is_coming(room, market) else "chart.no_past"
        return partial(_undrawn, room, wish, text_id)
    return partial(_answer, room, wish, stories, png)


async def _is_coming(room: Room, market: Market) -> bool:
    """Whether a market's past may be on its way: it has a price, and was seen just now only.

    Of one that has been seen for a while the past was given up, or there is none.
    """
    if not await room.ticks([market]):
        return False
    now = room.clock()
    async with room.database.reading() as tx:
        seen = await candles.candles_since(tx, market, Timeframe.MINUTE, now - _LOOKED_BACK)
    return all(candle.open_at > now - _FETCHED_WITHIN for candle in seen)


async def _lines(request: Request, room: Room, market: Market) -> tuple[Decimal, ...]:
    """The levels of the chat's alerts on a market."""
    if request.chat is None:
        return ()
    async with room.database.reading() as tx:
        here = await chats.known_destination(tx, request.chat.telegram_chat_id, request.thread_id)
        found = await alerts.alerts_of(tx, here.id) if here else []
    return tuple(
        one.condition.level
        for one in found
        if one.market == market and isinstance(one.condition, Line)
    )


async def _important_stories(room: Room, market: Market, span: ChartSpan) -> list[StoredStory]:
    """The most important stories about a coin in a span, oldest first."""
    since = room.clock() - span.length
    topic = Topic(TopicKind.ASSET, market.asset_id)
    async with room.database.reading() as tx:
        latest = await story_pages.latest_stories(tx, topic, _STORIES_LOOKED_AT)
    found = [s for s in latest if s.article.published_at >= since and s.importance >= IMPORTANT]
    best = sorted(found, key=lambda stored: -stored.importance)[:_MOST_STORIES]
    return sorted(best, key=lambda stored: stored.article.published_at)


async def _undrawn(room: Room, wish: _Wish, text_id: str, visit: Visit) -> Answer:
    voice, asset = room.voice(visit.request), wish.named.asset
    await _watch(room, wish, visit)
    name, span = name_of(asset.id, room.assets), window_text(voice, wish.span.length)
    nothing = voice.html(text_id, name=name, span=span)
    return said(joined("\n", [nothing, shared_name_note(wish.named, voice)]), _rows(wish))


async def _answer(
    room: Room, wish: _Wish, stories: Sequence[StoredStory], png: bytes, visit: Visit
) -> Answer:
    voice = room.voice(visit.request)
    await _watch(room, wish, visit)
    name = name_of(wish.named.asset.id, room.assets)
    title = voice.html("chart.title", name=name, span=window_text(voice, wish.span.length))
    told = [_story_line(number, one, voice, visit) for number, one in enumerate(stories, start=1)]
    caption = joined("\n", [title, *told, shared_name_note(wish.named, voice)])
    # Asked for by many in the same minute, it is kept and uploaded once.
    key = f"asked {sha256(png).hexdigest()}"
    picture_id = await pictures.add_picture(visit.tx, png, visit.now, key)
    return Answer((Say(replace(message(caption, _rows(wish)), picture_id=picture_id)),))


async def _watch(room: Room, wish: _Wish, visit: Visit) -> None:
    """Asked for, a coin is watched for a while: the next chart finds more."""
    market = Market(wish.named.asset.id, room.prices.quote)
    await markets.ask_market(visit.tx, market, visit.now)


def _story_line(number: int, stored: StoredStory, voice: Voice, visit: Visit) -> Html:
    return voice.html(
        "chart.story",
        number=str(number),
        title=linked_title(stored.article, voice, _TITLE_UNITS),
        age=age_text(voice, stored.article.published_at, visit.now),
    )


def _rows(wish: _Wish) -> Rows:
    return (tuple(_span_button(wish, span) for span in _SPANS),)


def _span_button(wish: _Wish, span: ChartSpan) -> Button:
    label = f"· {span.value} ·" if span is wish.span else span.value
    code = _code(span, is_dark=wish.is_dark)
    return button(label, Action.CHART, number_of(wish.named.asset.id), code)


def _code(span: ChartSpan, *, is_dark: bool) -> int:
    return 2 * _SPANS.index(span) + (0 if is_dark else 1)


def chart_button(asset_id: str, symbol: str, voice: Voice) -> Button:
    """The button that shows a coin's chart of the day."""
    label = voice.plain("button.chart", symbol=symbol)
    return button(label, Action.CHART, number_of(asset_id), _code(ChartSpan.DAY, is_dark=True))
