"""/news: the latest stories, five to a page."""

from collections.abc import Mapping
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said, settled, toast
from bot.chat.arguments import read_asked_topics
from bot.chat.catalogue import Html, joined
from bot.chat.keyboards import Action, Press, button, pressed
from bot.chat.labels import shared_name_note, topic_label
from bot.chat.pushes import story_entry
from bot.chat.request import Request
from bot.domain.errors import ArgumentError
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind
from storage import story_pages, subscriptions

PAGE = 5
_EVERYTHING_ID = 0
_LAST_PAGE = 1000


async def prepare_news(request: Request, room: Room) -> Apply:
    """/news, with or without a topic."""
    sources = await room.sources()
    if not request.argument_text:
        return partial(_page, room, sources, EVERYTHING, 0, Html())
    asked = read_asked_topics(request.argument_text, room.assets, sources)
    topics = asked.topics
    if asked.narrowed is not Filter.NONE:
        raise ArgumentError("news.not_narrowed")
    if len(topics) > 1:
        raise ArgumentError("news.one_topic")
    named = topics[0].named
    note = shared_name_note(named, room.voice(request)) if named else Html()
    return partial(_page, room, sources, topics[0].topic, 0, note)


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
    stories = [story_entry(stored, room.assets, voice, visit.now) for stored in found[:PAGE]]
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
