"""The buttons that mute the topic of a story for a while, and end that again.

Owns how long, and what the person is told: until when, and for what else such stories still
come.
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
from bot.domain.topics import EVERYTHING, StoredTopic, Topic, matching_topics
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
    return partial(_mute_story, room, await room.sources(), topic, articles[-1])


async def _mute_story(
    room: Room, sources: Mapping[str, str], topic: Topic, article: Article, visit: Visit
) -> Answer:
    voice = room.voice(visit.request)
    topic_id = await subscriptions.interned_topic(visit.tx, topic)
    await mutes.mute_topic(visit.tx, visit.here.id, topic_id, visit.now + _DAY)
    others = await _still_asked(topic, article, visit)
    labels = [topic_label(one, room.assets, sources, voice, short=True) for one in others]
    still = voice.html("mute.others", topics=", ".join(labels)) if others else Html()
    text = joined("\n", [_muted_text(room, sources, topic, _DAY, visit), still])
    buttons = [
        button(
            voice.plain("button.mute_also", topic=label),
            Action.MUTE_TOPIC,
            await subscriptions.interned_topic(visit.tx, one),
        )
        for one, label in zip(others, labels, strict=True)
    ]
    rows = (_day_row(voice, topic_id), *((one,) for one in buttons))
    return _answer(voice, text, rows, "mute.toast_day")


async def _still_asked(topic: Topic, article: Article, visit: Visit) -> Sequence[Topic]:
    """The other topics of an article that the chat follows: for these such stories still come."""
    hushed = {mute.topic for mute in await mutes.mutes_of(visit.tx, visit.here.id, visit.now)}
    followed = [
        one.topic
        for one in await subscriptions.subscriptions_of(visit.tx, visit.here.id)
        if one.topic not in hushed | {topic, EVERYTHING}
    ]
    asked = [StoredTopic(index, one) for index, one in enumerate(followed)]
    return [followed[match.topic_id] for match in matching_topics(article, asked)][:_MOST_OTHERS]


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
