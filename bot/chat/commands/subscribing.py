"""/subscribe and /unsubscribe.

Owns what a chat asks to be told of, and the preview of how much that would have been.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Rows, Say, Visit, message, said, settled, toast
from bot.chat.arguments import AskedTopics, NamedAsset, ReadTopic, read_asked_topics
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.choices import MOST_CHOICES, choices_of, pressed_coin, shared_ones, which_coin
from bot.chat.commands.lists import topics_view
from bot.chat.keyboards import Action, Press, button, number_of, pressed
from bot.chat.labels import shared_name_note, subscription_label
from bot.chat.presets import preset_topic
from bot.chat.request import Request
from bot.domain.articles import IMPORTANT
from bot.domain.assets import Asset
from bot.domain.errors import ArgumentError
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind
from storage import story_pages, subscriptions

MAX_SUBSCRIPTIONS = 100
_LOOK_BACK = timedelta(days=7)
# In callback data: only what is important.
_NARROWED = 1


async def prepare_subscribe(request: Request, room: Room) -> Apply:
    """/subscribe and at least one topic, all of them narrowed by the word `important`."""
    sources = await room.sources()
    asked = read_asked_topics(request.argument_text, room.assets, sources)
    shared = shared_ones(read.named for read in asked.topics if read.named)
    plain = [read for read in asked.topics if read.named not in shared]
    return partial(_answer, room, sources, replace(asked, topics=plain), shared)


async def prepare_follow_coin(request: Request, room: Room) -> Apply:
    """The button of a question: the coin that was meant is followed."""
    press = pressed(request.callback_data)
    coin = pressed_coin(press, room.assets)
    if coin is None or press is None:
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    narrowed = Filter.IMPORTANT if press.second == _NARROWED else Filter.NONE
    asked = AskedTopics([ReadTopic(_topic_of(coin))], narrowed)
    return partial(_subscribe, room, await room.sources(), asked, edits=True)


def _topic_of(coin: Asset) -> Topic:
    return Topic(TopicKind.ASSET, coin.id)


async def _answer(
    room: Room,
    sources: Mapping[str, str],
    asked: AskedTopics,
    shared: Sequence[NamedAsset],
    visit: Visit,
) -> Answer:
    """What was subscribed to, then a question for each symbol that coins share."""
    voice = room.voice(visit.request)
    narrowed = _NARROWED if asked.narrowed is Filter.IMPORTANT else 0

    def press_for(coin: Asset) -> Press:
        """What the button of a coin sends."""
        return Press(Action.FOLLOW_COIN, number_of(coin.id), narrowed)

    questions = [which_coin(choices_of(one), press_for, room.assets, voice) for one in shared]
    done = await _subscribe(room, sources, asked, visit) if asked.topics else Answer()
    return Answer((*done.says, *questions))


async def prepare_follow(request: Request, room: Room) -> Apply:
    """A button that subscribes to a preset topic."""
    press = pressed(request.callback_data) or Press(Action.FOLLOW, -1)
    topic = preset_topic(press.first)
    if topic is None:
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    return partial(_subscribe, room, {}, AskedTopics([ReadTopic(topic)]))


async def _subscribe(
    room: Room,
    sources: Mapping[str, str],
    asked: AskedTopics,
    visit: Visit,
    *,
    edits: bool = False,
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
    return said(joined("\n", parts), _my_list(voice), edits=edits)


def _my_list(voice: Voice) -> Rows:
    return ((button(voice.plain("button.my_list"), Action.SHOW_LIST),),)


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


async def prepare_leave_coin(request: Request, room: Room) -> Apply:
    """The button of a question: the coin that was meant is followed no more."""
    coin = pressed_coin(pressed(request.callback_data), room.assets)
    if coin is None:
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    asked = AskedTopics([ReadTopic(_topic_of(coin))])
    return partial(_unsubscribe, room, await room.sources(), asked, edits=True)


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
    room: Room,
    sources: Mapping[str, str],
    asked: AskedTopics,
    visit: Visit,
    *,
    edits: bool = False,
) -> Answer:
    voice = room.voice(visit.request)
    # "all" ends every subscription, "all important" the one of that name.
    is_everything = any(read.topic == EVERYTHING for read in asked.topics)
    if is_everything and asked.narrowed is Filter.NONE:
        count = await subscriptions.unsubscribe_all(visit.tx, visit.here.id)
        text_id = "unsubscribe.all" if count else "unsubscribe.nothing"
        return said(voice.html(text_id, n=count) if count else voice.html(text_id))
    left = await _left(room, sources, asked, visit)
    everything = await subscriptions.subscriptions_of(visit.tx, visit.here.id)
    is_flooded = left.missing and any(s.topic == EVERYTHING for s in everything)
    parts = [
        voice.html("unsubscribe.done", topics=", ".join(left.removed)) if left.removed else Html(),
        voice.html("unsubscribe.missing", topics=", ".join(left.missing))
        if left.missing
        else Html(),
        voice.html("unsubscribe.everything") if is_flooded else Html(),
    ]
    text = joined("\n", parts)
    says = (Say(message(text, _my_list(voice)), edits=edits),) if text else ()
    return Answer((*says, *left.questions))


@dataclass(frozen=True, slots=True)
class _Left:
    """What became of the topics to leave: the labels of those that went, and that were none."""

    removed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    questions: list[Say] = field(default_factory=list)


async def _left(room: Room, sources: Mapping[str, str], asked: AskedTopics, visit: Visit) -> _Left:
    voice, left = room.voice(visit.request), _Left()
    have = await _subscribed(visit)
    for read in asked.topics:
        coins = _followed_coins(read, have)
        if len(coins) > 1:
            offered = coins[:MOST_CHOICES]
            left.questions.append(which_coin(offered, _leaving, room.assets, voice))
            continue
        topic = _topic_of(coins[0]) if coins else read.topic
        was_there = await subscriptions.unsubscribe(visit.tx, visit.here.id, topic)
        narrowed = have.get(topic, asked.narrowed)
        label = subscription_label(topic, narrowed, room.assets, sources, voice)
        (left.removed if was_there else left.missing).append(label)
    return left


def _followed_coins(read: ReadTopic, have: Mapping[Topic, Filter]) -> list[Asset]:
    """The coins of a typed name that are followed, by rank: one of them is meant."""
    named = (read.named.asset, *read.named.others) if read.named else ()
    return [coin for coin in named if _topic_of(coin) in have]


def _leaving(coin: Asset) -> Press:
    return Press(Action.LEAVE_COIN, number_of(coin.id))
