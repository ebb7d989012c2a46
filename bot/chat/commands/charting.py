"""/chart, and the buttons that show another span of one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Rows, Say, Visit, message, said, settled, toast
from bot.chat.arguments import NamedAsset, read_assets
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.formatting import age_text
from bot.chat.keyboards import Action, button, number_of, pressed
from bot.chat.labels import name_of, shared_name_note
from bot.chat.pushes import linked_title
from bot.chat.request import Request
from bot.domain.alerts import Line
from bot.domain.articles import IMPORTANT
from bot.domain.charts import AskedChart, ChartSpan
from bot.domain.errors import ArgumentError
from bot.domain.markets import Market
from bot.domain.outbox import Button
from bot.domain.topics import Topic, TopicKind
from storage import alerts, chats, markets, pictures, story_pages
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


@dataclass(frozen=True, slots=True)
class _Wish:
    """A chart that somebody asked for."""

    named: NamedAsset
    span: ChartSpan = ChartSpan.DAY
    is_dark: bool = True


async def prepare_chart(request: Request, room: Room) -> Apply:
    """/chart ASSET [1h, 24h, 7d, 30d or 1y] [dark or light]."""
    return await _drawn(request, room, _read(request.argument_text, room))


async def prepare_chart_press(request: Request, room: Room) -> Apply:
    """A button under a chart or a price: the same coin over the span that it names."""
    press = pressed(request.callback_data)
    found = [a for a in room.assets if press is not None and number_of(a.id) == press.first]
    if not found or press is None or not 0 <= press.second < 2 * len(_SPANS):
        return settled(toast(room.voice(request).plain("button.old")))
    span, is_dark = _SPANS[press.second // 2], press.second % 2 == 0
    return await _drawn(request, room, _Wish(NamedAsset(found[0]), span, is_dark))


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
    )
    return partial(_answer, room, wish, stories, await room.charts.chart(asked))


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


async def _answer(
    room: Room, wish: _Wish, stories: Sequence[StoredStory], png: bytes | None, visit: Visit
) -> Answer:
    voice = room.voice(visit.request)
    asset = wish.named.asset
    # Asked for, it is watched for a while: the next chart finds more.
    await markets.ask_market(visit.tx, Market(asset.id, room.prices.quote), visit.now)
    name, note = name_of(asset.id, room.assets), shared_name_note(wish.named, voice)
    rows = _rows(wish)
    if png is None:
        nothing = voice.html("chart.none", name=name, span=wish.span.value)
        return said(joined("\n", [nothing, note]), rows)
    title = voice.html("chart.title", name=name, span=wish.span.value)
    told = [_story_line(number, one, voice, visit) for number, one in enumerate(stories, start=1)]
    caption = joined("\n", [title, *told, note])
    picture_id = await pictures.add_picture(visit.tx, png, visit.now)
    return Answer((Say(replace(message(caption, rows), picture_id=picture_id)),))


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
