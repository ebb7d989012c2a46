"""/subscribe and /unsubscribe.

Owns what a chat asks to be told of, and the preview of how much that would have been.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said, settled, toast
from bot.chat.arguments import AskedTopics, ReadTopic, read_asked_topics
from bot.chat.catalogue import Html, joined
from bot.chat.commands.lists import topics_view
from bot.chat.keyboards import Action, Press, button, pressed
from bot.chat.labels import shared_name_note, subscription_label
from bot.chat.presets import preset_topic
from bot.chat.request import Request
from bot.domain.articles import IMPORTANT
from bot.domain.errors import ArgumentError
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind
from storage import story_pages, subscriptions

MAX_SUBSCRIPTIONS = 100
_LOOK_BACK = timedelta(days=7)


async def prepare_subscribe(request: Request, room: Room) -> Apply:
    """/subscribe and at least one topic, all of them narrowed by the word `important`."""
    sources = await room.sources()
    asked = read_asked_topics(request.argument_text, room.assets, sources)
    return partial(_subscribe, room, sources, asked)


async def prepare_follow(request: Request, room: Room) -> Apply:
    """A button that subscribes to a preset topic."""
    press = pressed(request.callback_data) or Press(Action.FOLLOW, -1)
    topic = preset_topic(press.first)
    if topic is None:
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    return partial(_subscribe, room, {}, AskedTopics([ReadTopic(topic)]))


async def _subscribe(
    room: Room, sources: Mapping[str, str], asked: AskedTopics, visit: Visit
) -> Answer:
    voice = room.voice(visit.request)
    have = await _subscribed(visit)
    topics = [read.topic for read in asked.topics]
    fresh = [topic for topic in topics if topic not in have]
    changed = [topic for topic in topics if have.get(topic, asked.narrowed) != asked.narrowed]
    same = [topic for topic in topics if have.get(topic) == asked.narrowed]
    if len(have) + len(fresh) > MAX_SUBSCRIPTIONS:
        raise ArgumentError("subscribe.limit", limit=str(MAX_SUBSCRIPTIONS))
    for topic in (*fresh, *changed):
        await subscriptions.subscribe(
            visit.tx, visit.here.id, topic, visit.request.user_id, visit.now, asked.narrowed
        )
    noise = partial(_noise_lines, room, sources, asked.narrowed, visit)
    otherwise = "subscribe.widened" if asked.narrowed is Filter.NONE else "subscribe.narrowed"
    is_covered = have.get(EVERYTHING) is Filter.NONE and bool(fresh)
    labels = [subscription_label(t, asked.narrowed, room.assets, sources, voice) for t in same]
    parts = [
        *await noise("subscribe.done", fresh),
        *await noise(otherwise, changed),
        voice.html("subscribe.already", topics=", ".join(labels)) if same else Html(),
        *(shared_name_note(read.named, voice) for read in asked.topics if read.named),
        voice.html("subscribe.covered") if is_covered else Html(),
    ]
    rows = ((button(voice.plain("button.my_list"), Action.SHOW_LIST),),)
    return said(joined("\n", parts), rows)


async def _subscribed(visit: Visit) -> dict[Topic, Filter]:
    found = await subscriptions.subscriptions_of(visit.tx, visit.here.id)
    return {one.topic: one.filter for one in found}


async def _noise_lines(
    room: Room,
    sources: Mapping[str, str],
    narrowed: Filter,
    visit: Visit,
    heading_id: str,
    topics: Sequence[Topic],
) -> list[Html]:
    """A heading, and each topic with how many stories it would have sent in seven days."""
    if not topics:
        return []
    heading = room.voice(visit.request).html(heading_id)
    return [
        heading,
        *[await _noise_line(room, sources, narrowed, visit, topic) for topic in topics],
    ]


async def _noise_line(
    room: Room, sources: Mapping[str, str], narrowed: Filter, visit: Visit, topic: Topic
) -> Html:
    """A topic with how many stories it would have sent in the last seven days."""
    voice = room.voice(visit.request)
    label = subscription_label(topic, narrowed, room.assets, sources, voice)
    least = IMPORTANT if narrowed is Filter.IMPORTANT else 0
    since = visit.now - _LOOK_BACK
    count = await story_pages.count_stories_since(visit.tx, topic, since, least)
    if count == 0:
        return voice.html("subscribe.line_none", topic=label)
    return voice.html("subscribe.line", n=count, topic=label)


async def prepare_unsubscribe(request: Request, room: Room) -> Apply:
    """/unsubscribe TOPIC…, /unsubscribe all, or alone: a list with buttons."""
    if not request.argument_text:
        return partial(_show_topics, room)
    sources = await _subscribed_sources(room) | dict(await room.sources())
    asked = read_asked_topics(request.argument_text, room.assets, sources)
    return partial(_unsubscribe, room, sources, asked)


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
    room: Room, sources: Mapping[str, str], asked: AskedTopics, visit: Visit
) -> Answer:
    voice = room.voice(visit.request)
    # "all" ends every subscription, "all important" the one of that name.
    is_everything = any(read.topic == EVERYTHING for read in asked.topics)
    if is_everything and asked.narrowed is Filter.NONE:
        count = await subscriptions.unsubscribe_all(visit.tx, visit.here.id)
        text_id = "unsubscribe.all" if count else "unsubscribe.nothing"
        return said(voice.html(text_id, n=count) if count else voice.html(text_id))
    have = await _subscribed(visit)
    removed: list[str] = []
    missing: list[str] = []
    for read in asked.topics:
        was_there = await subscriptions.unsubscribe(visit.tx, visit.here.id, read.topic)
        narrowed = have.get(read.topic, asked.narrowed)
        label = subscription_label(read.topic, narrowed, room.assets, sources, voice)
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
