"""The buttons that mute the topic of a story for a while, and end that again.

Owns what is muted, which is something that the chat follows, how long, and what the person is
told: until when, and for what else such stories still come.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Rows, Say, Visit, message, settled, toast
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.formatting import clock_text
from bot.chat.keyboards import Action, Press, button, pressed
from bot.chat.labels import topic_label
from bot.chat.request import Request
from bot.chat.story_buttons import pressed_topic
from bot.domain.articles import Article
from bot.domain.outbox import Button
from bot.domain.topics import EVERYTHING, StoredTopic, Topic, TopicKind, matching_topics
from storage import mutes, story_pages, subscriptions

_DAY = timedelta(hours=24)
_WEEK = timedelta(days=7)
_MOST_OTHERS = 2


async def prepare_mute(request: Request, room: Room) -> Apply:
    """The button of a story that mutes what it is about, for a day."""
    voice = room.voice(request)
    press = pressed(request.callback_data) or Press(Action.MUTE)
    async with room.database.reading() as tx:
        members = await story_pages.story_members(tx, press.first)
    if not members:
        return settled(toast(voice.plain("story.gone"), is_popup=True))
    articles = [member.article for member in members]
    topic = pressed_topic(articles, press.second, room.assets)
    if topic is None:
        return settled(toast(voice.plain("button.old"), is_popup=True))
    return partial(_mute_story, room, await room.sources(), topic, articles)


async def _mute_story(
    room: Room,
    sources: Mapping[str, str],
    pressed_one: Topic,
    articles: Sequence[Article],
    visit: Visit,
) -> Answer:
    followed = await _followed(visit)
    came_for = _answered(articles, followed)
    if not came_for or pressed_one in followed or EVERYTHING in followed:
        others = [one for one in came_for if one != pressed_one]
        return await _mute(room, sources, pressed_one, others, visit)
    if pressed_one.kind is TopicKind.ASSET:
        # The button names what this chat never asked for: it is to say what it wants.
        return await _came_for(room, sources, pressed_one, came_for, visit)
    return await _mute(room, sources, came_for[0], came_for[1:], visit)


async def _followed(visit: Visit) -> list[Topic]:
    """What the chat follows and has not muted, oldest first."""
    hushed = {mute.topic for mute in await mutes.mutes_of(visit.tx, visit.here.id, visit.now)}
    asked = await subscriptions.subscriptions_of(visit.tx, visit.here.id)
    return [one.topic for one in asked if one.topic not in hushed]


def _answered(articles: Sequence[Article], followed: Sequence[Topic]) -> list[Topic]:
    """The topics that any article of a story answers to, all news aside."""
    asked = [StoredTopic(index, one) for index, one in enumerate(followed)]
    found = {match.topic_id for article in articles for match in matching_topics(article, asked)}
    return [followed[index] for index in sorted(found) if followed[index] != EVERYTHING]


async def _came_for(
    room: Room,
    sources: Mapping[str, str],
    pressed_one: Topic,
    came_for: Sequence[Topic],
    visit: Visit,
) -> Answer:
    voice = room.voice(visit.request)
    label = topic_label(pressed_one, room.assets, sources, voice)
    told = came_for[:_MOST_OTHERS]
    labels = [topic_label(one, room.assets, sources, voice, short=True) for one in told]
    text = voice.html("mute.came_for", topic=label, topics=", ".join(labels))
    rows = await _offered("button.mute", told, labels, voice, visit)
    return Answer((Say(message(text, rows)),))


async def _mute(
    room: Room,
    sources: Mapping[str, str],
    topic: Topic,
    others: Sequence[Topic],
    visit: Visit,
) -> Answer:
    """Mute a topic; for `others`, which the chat follows too, such stories still come."""
    voice = room.voice(visit.request)
    topic_id = await subscriptions.interned_topic(visit.tx, topic)
    await mutes.mute_topic(visit.tx, visit.here.id, topic_id, visit.now + _DAY)
    told = others[:_MOST_OTHERS]
    labels = [topic_label(one, room.assets, sources, voice, short=True) for one in told]
    still = voice.html("mute.others", topics=", ".join(labels)) if told else Html()
    text = joined("\n", [_muted_text(room, sources, topic, _DAY, visit), still])
    also = await _offered("button.mute_also", told, labels, voice, visit)
    return _answer(voice, text, (_day_row(voice, topic_id), *also), "mute.toast_day")


async def _offered(
    text_id: str, topics: Sequence[Topic], labels: Sequence[str], voice: Voice, visit: Visit
) -> Rows:
    """A button for each of these topics, which the chat follows, to mute it."""
    return tuple(
        [
            (
                button(
                    voice.plain(text_id, topic=label),
                    Action.MUTE_TOPIC,
                    await subscriptions.interned_topic(visit.tx, topic),
                ),
            )
            for topic, label in zip(topics, labels, strict=True)
        ]
    )


async def prepare_mute_topic(request: Request, room: Room) -> Apply:
    """A button that mutes a topic which the chat follows, for a day."""
    press = pressed(request.callback_data) or Press(Action.MUTE_TOPIC)
    return partial(_mute_followed, room, await room.sources(), press.first)


async def _mute_followed(
    room: Room, sources: Mapping[str, str], topic_id: int, visit: Visit
) -> Answer:
    voice = room.voice(visit.request)
    topic = await subscriptions.topic_of(visit.tx, topic_id)
    followed = {one.topic for one in await subscriptions.subscriptions_of(visit.tx, visit.here.id)}
    # A forged number must not tell which words others follow.
    if topic is None or topic not in followed:
        return toast(voice.plain("button.old"), is_popup=True)
    await mutes.mute_topic(visit.tx, visit.here.id, topic_id, visit.now + _DAY)
    text = _muted_text(room, sources, topic, _DAY, visit)
    return _answer(voice, text, (_day_row(voice, topic_id),), "mute.toast_day")


async def prepare_mute_week(request: Request, room: Room) -> Apply:
    """The button that makes a week of a day."""
    press = pressed(request.callback_data) or Press(Action.MUTE_WEEK)
    return partial(_mute_week, room, await room.sources(), press.first)


async def _mute_week(room: Room, sources: Mapping[str, str], topic_id: int, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    topic = await _muted_topic(topic_id, visit)
    if topic is None:
        return toast(voice.plain("mute.over"), is_popup=True)
    await mutes.mute_topic(visit.tx, visit.here.id, topic_id, visit.now + _WEEK)
    text = _muted_text(room, sources, topic, _WEEK, visit)
    rows = ((_undo_button(voice, topic_id),),)
    return _answer(voice, text, rows, "mute.toast_week", edits=True)


async def prepare_unmute(request: Request, room: Room) -> Apply:
    """The button that takes a mute back."""
    press = pressed(request.callback_data) or Press(Action.UNMUTE)
    return partial(_unmute, room, await room.sources(), press.first)


async def _unmute(room: Room, sources: Mapping[str, str], topic_id: int, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    topic = await _muted_topic(topic_id, visit)
    if topic is None:
        return toast(voice.plain("mute.over"))
    await mutes.unmute_topic(visit.tx, visit.here.id, topic_id)
    label = topic_label(topic, room.assets, sources, voice)
    text = voice.html("mute.ended", topic=label)
    return _answer(voice, text, (), "mute.toast_ended", edits=True)


async def _muted_topic(topic_id: int, visit: Visit) -> Topic | None:
    """The topic of that id where it is muted here, else None."""
    standing = await mutes.mutes_of(visit.tx, visit.here.id, visit.now)
    return next((mute.topic for mute in standing if mute.topic_id == topic_id), None)


def _muted_text(
    room: Room, sources: Mapping[str, str], topic: Topic, span: timedelta, visit: Visit
) -> Html:
    voice = room.voice(visit.request)
    label = topic_label(topic, room.assets, sources, voice)
    until = clock_text(visit.now + span, visit.now)
    return voice.html("mute.done", topic=label, until=until)


def _day_row(voice: Voice, topic_id: int) -> tuple[Button, ...]:
    week = button(voice.plain("button.mute_week"), Action.MUTE_WEEK, topic_id)
    return (week, _undo_button(voice, topic_id))


def _undo_button(voice: Voice, topic_id: int) -> Button:
    return button(voice.plain("button.undo_mute"), Action.UNMUTE, topic_id)


def _answer(voice: Voice, text: Html, rows: Rows, toast_id: str, *, edits: bool = False) -> Answer:
    return Answer((Say(message(text, rows), edits=edits),), voice.plain(toast_id))
