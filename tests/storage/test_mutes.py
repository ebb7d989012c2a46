"""What a muted topic holds back, and what it lets through."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.topics import EVERYTHING, Topic, TopicKind
from storage.database import Database
from storage.mutes import mute_topic, muted_topics, mutes_of, prune_mutes, unmute_topic
from storage.owing import owe_story
from storage.subscriptions import interned_topic, subscribe

if TYPE_CHECKING:
    from datetime import datetime

    from tests.storage.conftest import Given

BITCOIN = Topic(TopicKind.ASSET, "bitcoin")
HACK = Topic(TopicKind.CATEGORY, "hack")
HOUR = timedelta(hours=1)


async def test_a_mute_holds_back_its_topic_and_everything_but_no_other_topic(
    database: Database, given: Given, now: datetime
) -> None:
    """A story on bitcoin and a hack, where bitcoin is muted: who asked for hacks still gets it."""
    muted = [await given.subscriber(chat_id, BITCOIN) for chat_id in (1, 2)]
    await given.subscriber(2, HACK)
    muted.append(await given.subscriber(3, EVERYTHING))
    await given.subscriber(4, BITCOIN)
    await given.subscriber(5, EVERYTHING)
    story = await given.story()
    async with database.writing() as tx:
        ids = [await interned_topic(tx, topic) for topic in (BITCOIN, HACK, EVERYTHING)]
        for destination_id in muted:
            await mute_topic(tx, destination_id, ids[0], now + HOUR)
        assert await owe_story(tx, story, 1, ids, now, muted_ids=ids[:1]) == 3
        later = now + 2 * HOUR
        assert await owe_story(tx, story, 1, ids, later, muted_ids=ids[:1]) == 2, "the mutes ended"


async def test_a_mute_of_another_topic_holds_nothing_back(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.subscriber(1, EVERYTHING)
    story = await given.story()
    async with database.writing() as tx:
        bitcoin, everything = [await interned_topic(tx, topic) for topic in (BITCOIN, EVERYTHING)]
        hack = await interned_topic(tx, HACK)
        await mute_topic(tx, here, hack, now + HOUR)
        owed = await owe_story(tx, story, 1, [bitcoin, everything], now, muted_ids=[bitcoin])
    assert owed == 1


async def test_mutes_are_listed_until_they_end_or_are_ended(
    database: Database, given: Given, now: datetime
) -> None:
    """Muting again moves the end."""
    here = await given.destination()
    async with database.writing() as tx:
        topic_id = await interned_topic(tx, BITCOIN)
        await mute_topic(tx, here, topic_id, now + HOUR)
        await mute_topic(tx, here, topic_id, now + 2 * HOUR)
        (mute,) = await mutes_of(tx, here, now + HOUR)
        assert (mute.topic, mute.until_at) == (BITCOIN, now + 2 * HOUR)
        assert [stored.topic for stored in await muted_topics(tx, now)] == [BITCOIN]
        assert await mutes_of(tx, here, now + 2 * HOUR) == []
        assert await muted_topics(tx, now + 2 * HOUR) == []
        assert await unmute_topic(tx, here, topic_id)
        assert not await unmute_topic(tx, here, topic_id)


async def test_only_mutes_that_have_ended_are_pruned(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        for topic, hours in ((BITCOIN, 1), (HACK, 3)):
            await mute_topic(tx, here, await interned_topic(tx, topic), now + hours * HOUR)
        assert await prune_mutes(tx, now + 2 * HOUR) == 1
        assert [mute.topic for mute in await mutes_of(tx, here, now)] == [HACK]


async def test_mutes_do_not_subscribe(database: Database, given: Given, now: datetime) -> None:
    here = await given.destination()
    story = await given.story()
    async with database.writing() as tx:
        topic_id = await interned_topic(tx, BITCOIN)
        await mute_topic(tx, here, topic_id, now)
        assert await owe_story(tx, story, 1, [topic_id], now) == 0
        await subscribe(tx, here, BITCOIN, None, now)
        assert await owe_story(tx, story, 1, [topic_id], now) == 1
