"""/subscribe and /unsubscribe.

Owns what a chat asks to be told of, and the preview of how much that would have been.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said, settled, toast
from bot.chat.arguments import ReadTopic, read_topics
from bot.chat.catalogue import Html, joined
from bot.chat.commands.lists import topics_view
from bot.chat.keyboards import Action, Press, button, pressed
from bot.chat.labels import shared_name_note, topic_label
from bot.chat.presets import preset_topic
from bot.chat.request import Request
from bot.domain.errors import ArgumentError
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from storage import articles, subscriptions

MAX_SUBSCRIPTIONS = 100
_LOOK_BACK = timedelta(days=7)


async def prepare_subscribe(request: Request, room: Room) -> Apply:
    """/subscribe and at least one topic."""
    sources = await room.sources()
    topics = read_topics(request.argument_text, room.assets, sources)
    return partial(_subscribe, room, sources, topics)


async def prepare_follow(request: Request, room: Room) -> Apply:
    """A button that subscribes to a preset topic."""
    press = pressed(request.callback_data) or Press(Action.FOLLOW, -1)
    topic = preset_topic(press.first)
    if topic is None:
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    return partial(_subscribe, room, {}, [ReadTopic(topic)])


async def _subscribe(
    room: Room, sources: Mapping[str, str], topics: Sequence[ReadTopic], visit: Visit
) -> Answer:
    voice = room.voice(visit.request)
    have = {s.topic for s in await subscriptions.subscriptions_of(visit.tx, visit.here.id)}
    fresh = [read.topic for read in topics if read.topic not in have]
    if len(have) + len(fresh) > MAX_SUBSCRIPTIONS:
        raise ArgumentError("subscribe.limit", limit=str(MAX_SUBSCRIPTIONS))
    for topic in fresh:
        await subscriptions.subscribe(
            visit.tx, visit.here.id, topic, visit.request.user_id, visit.now
        )
    known = [
        topic_label(read.topic, room.assets, sources, voice)
        for read in topics
        if read.topic in have
    ]
    lines = [await _noise_line(room, sources, topic, visit) for topic in fresh]
    parts = [
        voice.html("subscribe.done") if fresh else Html(),
        *lines,
        voice.html("subscribe.already", topics=", ".join(known)) if known else Html(),
        *(shared_name_note(read.named, voice) for read in topics if read.named),
        voice.html("subscribe.covered") if EVERYTHING in have and fresh else Html(),
    ]
    rows = ((button(voice.plain("button.my_list"), Action.SHOW_LIST),),)
    return said(joined("\n", parts), rows)


async def _noise_line(room: Room, sources: Mapping[str, str], topic: Topic, visit: Visit) -> Html:
    """A topic with how many stories it would have sent in the last seven days."""
    voice = room.voice(visit.request)
    label = topic_label(topic, room.assets, sources, voice)
    count = await articles.count_stories_since(visit.tx, topic, visit.now - _LOOK_BACK)
    if count == 0:
        return voice.html("subscribe.line_none", topic=label)
    return voice.html("subscribe.line", n=count, topic=label)


async def prepare_unsubscribe(request: Request, room: Room) -> Apply:
    """/unsubscribe TOPIC…, /unsubscribe all, or alone: a list with buttons."""
    if not request.argument_text:
        return partial(_show_topics, room)
    sources = await _subscribed_sources(room) | dict(await room.sources())
    topics = read_topics(request.argument_text, room.assets, sources)
    return partial(_unsubscribe, room, sources, topics)


async def _subscribed_sources(room: Room) -> dict[str, str]:
    """The sources that somebody still subscribes to, though the settings may lack them."""
    async with room.database.reading() as tx:
        asked = await subscriptions.asked_topics(tx)
    return {
        stored.topic.value: stored.topic.value
        for stored in asked
        if stored.topic.kind is TopicKind.SOURCE
    }


async def _show_topics(room: Room, visit: Visit) -> Answer:
    return await topics_view(room, visit, 0, edits=False)


async def _unsubscribe(
    room: Room, sources: Mapping[str, str], topics: Sequence[ReadTopic], visit: Visit
) -> Answer:
    voice = room.voice(visit.request)
    if any(read.topic == EVERYTHING for read in topics):
        count = await subscriptions.unsubscribe_all(visit.tx, visit.here.id)
        text_id = "unsubscribe.all" if count else "unsubscribe.nothing"
        return said(voice.html(text_id, n=count) if count else voice.html(text_id))
    removed: list[str] = []
    missing: list[str] = []
    for read in topics:
        was_there = await subscriptions.unsubscribe(visit.tx, visit.here.id, read.topic)
        label = topic_label(read.topic, room.assets, sources, voice)
        (removed if was_there else missing).append(label)
    everything = await subscriptions.subscriptions_of(visit.tx, visit.here.id)
    is_flooded = missing and any(s.topic == EVERYTHING for s in everything)
    parts = [
        voice.html("unsubscribe.done", topics=", ".join(removed)) if removed else Html(),
        voice.html("unsubscribe.missing", topics=", ".join(missing)) if missing else Html(),
        voice.html("unsubscribe.everything") if is_flooded else Html(),
    ]
    rows = ((button(voice.plain("button.my_list"), Action.SHOW_LIST),),)
    return said(joined("\n", parts), rows)
