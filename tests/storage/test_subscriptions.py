"""Who asked for what."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import given as each
from hypothesis import strategies as st

from bot.domain.topics import EVERYTHING, StoredTopic, Topic, TopicKind, words_topic
from storage.chats import forget_chat
from storage.database import Database
from storage.schema import filters, topics
from storage.subscriptions import (
    asked_asset_ids,
    asked_topics,
    remove_subscription,
    subscribe,
    subscription,
    subscription_counts,
    subscriptions_of,
    unsubscribe,
    unsubscribe_all,
)

if TYPE_CHECKING:
    from datetime import datetime

    from tests.storage.conftest import Given

BITCOIN, ETHER = Topic(TopicKind.ASSET, "bitcoin"), Topic(TopicKind.ASSET, "ethereum")
TOPICS = st.one_of(
    st.builds(
        Topic,
        st.sampled_from([TopicKind.ASSET, TopicKind.CATEGORY, TopicKind.SOURCE]),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40),
    ),
    st.text(max_size=40).map(words_topic),
    st.just(EVERYTHING),
)


async def test_a_subscription_is_made_once(database: Database, given: Given, now: datetime) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        assert await subscribe(tx, here, BITCOIN, 42, now)
        assert not await subscribe(tx, here, BITCOIN, 43, now)
        assert await subscribe(tx, here, ETHER, None, now)
        found = await subscriptions_of(tx, here)
        assert [one.topic for one in found] == [BITCOIN, ETHER]
        assert found[0].created_at == now
        assert found[0].destination_id == here
        assert await subscription(tx, found[0].id) == found[0]
        assert await subscription(tx, 404) is None
        assert await subscription_counts(tx) == (2, 1)


async def test_a_value_is_another_topic_as_another_kind(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        for kind in TopicKind:
            assert await subscribe(tx, here, Topic(kind, "x"), None, now)
        assert len(await asked_topics(tx)) == len(TopicKind)


async def test_the_same_topic_of_many_is_one_row(database: Database, given: Given) -> None:
    for chat_id in range(1, 5):
        await given.subscriber(chat_id, BITCOIN)
    async with database.reading() as tx:
        assert [one.topic for one in await asked_topics(tx)] == [BITCOIN]
        assert await tx.scalar(sa.select(sa.func.count()).select_from(topics)) == 1
        assert await tx.scalar(sa.select(sa.func.count()).select_from(filters)) == 1
        assert await subscription_counts(tx) == (4, 4)


async def test_two_who_are_the_first_to_ask_for_a_topic_get_the_same(
    database: Database, database_url: str, given: Given, now: datetime
) -> None:
    destinations = [await given.destination(chat_id) for chat_id in range(1, 9)]
    rival = Database(database_url)

    async def ask(which: Database, destination_id: int) -> bool:
        async with which.writing() as tx:
            return await subscribe(tx, destination_id, BITCOIN, None, now)

    asked = [ask((database, rival)[i % 2], one) for i, one in enumerate(destinations)]
    assert await asyncio.gather(*asked) == [True] * 8
    await rival.close()
    async with database.reading() as tx:
        assert [one.topic for one in await asked_topics(tx)] == [BITCOIN]


async def test_what_is_unsubscribed_is_gone_and_nothing_else(
    database: Database, given: Given, now: datetime
) -> None:
    here, there = await given.subscriber(1, BITCOIN), await given.subscriber(2, BITCOIN)
    async with database.writing() as tx:
        await subscribe(tx, here, ETHER, None, now)
        assert await unsubscribe(tx, here, BITCOIN)
        assert not await unsubscribe(tx, here, BITCOIN)
        assert not await unsubscribe(tx, here, words_topic("never asked for"))
        assert [one.topic for one in await subscriptions_of(tx, here)] == [ETHER]
        assert len(await subscriptions_of(tx, there)) == 1
        assert await unsubscribe_all(tx, here) == 1
        assert await unsubscribe_all(tx, here) == 0


async def test_a_subscription_is_removed_only_by_its_own_destination(
    database: Database, given: Given
) -> None:
    """A forged button names any id."""
    here, there = await given.subscriber(1, BITCOIN), await given.destination(2)
    async with database.writing() as tx:
        (mine,) = await subscriptions_of(tx, here)
        assert not await remove_subscription(tx, mine.id, there)
        assert await remove_subscription(tx, mine.id, here)
        assert not await remove_subscription(tx, mine.id, here)


async def test_a_topic_that_nobody_asks_for_any_more_matches_nobody(
    database: Database, given: Given
) -> None:
    await given.subscriber(1, BITCOIN)
    await given.subscriber(2, Topic(TopicKind.SOURCE, "bitcoin"))
    async with database.writing() as tx:
        assert await asked_asset_ids(tx) == {"bitcoin"}
        await forget_chat(tx, 1)
        assert [one.topic.kind for one in await asked_topics(tx)] == [TopicKind.SOURCE]
        assert await asked_asset_ids(tx) == set()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@each(topic=TOPICS)
async def test_a_topic_comes_back_as_it_was_interned(
    database: Database, given: Given, now: datetime, topic: Topic
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        await unsubscribe_all(tx, here)
        await subscribe(tx, here, topic, None, now)
        (stored,) = await asked_topics(tx)
        assert stored == StoredTopic(stored.id, topic)
        assert [one.topic for one in await subscriptions_of(tx, here)] == [topic]
