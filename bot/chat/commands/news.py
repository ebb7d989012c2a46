"""/news: the latest stories, five to a page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said, settled, toast
from bot.chat.arguments import AskedTopics, read_asked_topics
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.choices import choices_of, pressed_coin, which_coin
from bot.chat.keyboards import Action, Press, button, number_of, pressed
from bot.chat.labels import article_tags, shared_name_note, tone_mark, topic_label
from bot.chat.pushes import story_entry
from bot.chat.request import Request
from bot.chat.story_prices import PricesNow, fresh_prices, prices_line, wanted_markets
from bot.domain.assets import Asset
from bot.domain.errors import ArgumentError
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind
from storage import markets, story_pages, subscriptions
from storage.story_pages import StoredStory

PAGE = 5
_EVERYTHING_ID = 0
_LAST_PAGE = 1000
_OWN_TEXTS = {
    "topic.none": "news.one_topic",
    "topic.too_many": "news.one_topic",
    "topic.unknown": "news.unknown",
    "topic.unknown_close": "news.unknown_close",
}


async def prepare_news(request: Request, room: Room) -> Apply:
    """/news, with or without a topic."""
    sources = await room.sources()
    if not request.argument_text:
        return partial(_page, room, sources, EVERYTHING, 0, Html())
    asked = _read(request.argument_text, room, sources)
    topics = asked.topics
    if asked.narrowed is not Filter.NONE:
        raise ArgumentError("news.not_narrowed")
    if len(topics) > 1:
        raise ArgumentError("news.one_topic")
    named = topics[0].named
    if named is not None and named.rivals:
        question = which_coin(choices_of(named), _press_for, room.assets, room.voice(request))
        return settled(Answer((question,)))
    note = shared_name_note(named, room.voice(request)) if named else Html()
    return partial(_page, room, sources, topics[0].topic, 0, note)


async def prepare_news_of(request: Request, room: Room) -> Apply:
    """The button of a question: the stories on the coin that was meant."""
    coin = pressed_coin(pressed(request.callback_data), room.assets)
    if coin is None:
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    topic = Topic(TopicKind.ASSET, coin.id)
    return partial(_page, room, await room.sources(), topic, 0, Html(), edits=True)


def _press_for(coin: Asset) -> Press:
    return Press(Action.NEWS_OF, number_of(coin.id))


def _read(typed: str, room: Room, sources: Mapping[str, str]) -> AskedTopics:
    try:
        return read_asked_topics(typed, room.assets, sources)
    except ArgumentError as error:
        # What is said of subscriptions does not fit here, where nothing could have changed.
        text_id = _OWN_TEXTS.get(error.argument_text_id, error.argument_text_id)
        raise ArgumentError(text_id, **error.values) from error


async def prepare_news_page(request: Request, room: Room) -> Apply:
    """A button that turns the page of /news."""
    press = pressed(request.callback_data) or Press(Action.NEWS_PAGE)
    topic: Topic | None = EVERYTHING
    if press.first != _EVERYTHING_ID:
        async with room.database.reading() as tx:
            topic = await subscriptions.topic_of(tx, press.first)
    if topic is None or not _is_theirs(topic, request):
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    page = min(max(press.second, 0), _LAST_PAGE)
    return partial(_page, room, await room.sources(), topic, page, Html(), edits=True)


def _is_theirs(topic: Topic, request: Request) -> bool:
    """Whether a topic may be shown here: a forged button could ask for others' words."""
    return topic.kind is not TopicKind.WORDS or topic.value in request.pressed_text


async def _page(
    room: Room,
    sources: Mapping[str, str],
    topic: Topic,
    page: int,
    note: Html,
    visit: Visit,
    *,
    edits: bool = False,
) -> Answer:
    voice = room.voice(visit.request)
    label = topic_label(topic, room.assets, sources, voice)
    found = await story_pages.latest_stories(visit.tx, topic, PAGE + 1, page * PAGE)
    if not found and page == 0:
        return said(joined("\n", [voice.html("news.none", topic=label), note]), edits=edits)
    prices = await _prices(room, found[:PAGE], visit)
    stories = [_entry(stored, prices, room, voice, visit.now) for stored in found[:PAGE]]
    turns = []
    if page > 0 or len(found) > PAGE:
        topic_id = _EVERYTHING_ID
        if topic != EVERYTHING:
            topic_id = await subscriptions.interned_topic(visit.tx, topic)
        if page > 0:
            turns.append(button(voice.plain("button.newer"), Action.NEWS_PAGE, topic_id, page - 1))
        if len(found) > PAGE:
            turns.append(button(voice.plain("button.older"), Action.NEWS_PAGE, topic_id, page + 1))
    title = voice.html("news.title", topic=label)
    body = stories or [voice.html("news.no_more")]
    return said(joined("\n\n", [title, *body, note]), (tuple(turns),) if turns else (), edits=edits)


async def _prices(room: Room, found: Sequence[StoredStory], visit: Visit) -> PricesNow:
    """What the coins of these stories cost now, as a push would tell it."""
    quote = room.prices.quote
    wanted = {m for one in found for m in wanted_markets(one.article, room.assets, quote)}
    known = await markets.stored_markets(visit.tx, wanted)
    ticks = [one.tick for one in known.values() if one.tick is not None]
    return fresh_prices(quote, ticks, lambda tick: room.prices.is_stale(tick, visit.now))


def _entry(stored: StoredStory, prices: PricesNow, room: Room, voice: Voice, now: datetime) -> Html:
    """A story as its push tells it, shorter: the prices stand before the tags, which are last."""
    entry = story_entry(stored, room.assets, voice, now)
    line = prices_line(stored, prices, room.assets, voice, now)
    has_tags = tone_mark(stored.article) or article_tags(stored.article, room.assets)
    if not line or not has_tags:
        return joined("\n", [entry, line])
    head, _, tags = entry.rpartition("\n")
    return joined("\n", [Html(head), line, Html(tags)])
