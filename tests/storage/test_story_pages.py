"""Stories as they are counted, and found by the message that told them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.articles import IMPORTANT, Importance, Mention, Role
from bot.domain.outbox import Fold, MessageState, Priority, Result
from bot.domain.topics import EVERYTHING, Topic, TopicKind, words_topic
from storage.folding import backlogs, fold_owed
from storage.outbox import candidates, record_results
from storage.owing import owe_story
from storage.story_pages import count_stories_since, story_of_message

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from tests.storage.conftest import Given

CHAT, MESSAGE = 7, 400


@pytest.mark.parametrize(
    ("topic", "all_of_them", "important"),
    [
        (EVERYTHING, 4, 2),
        (Topic(TopicKind.ASSET, "bitcoin"), 3, 1),
        (words_topic("big news"), 2, 1),
        (words_topic("no such words"), 0, 0),
    ],
)
async def test_only_stories_that_matter_enough_are_counted(
    database: Database,
    given: Given,
    now: datetime,
    topic: Topic,
    all_of_them: int,
    important: int,
) -> None:
    bitcoin = (Mention("bitcoin", "BTC", Role.PRIMARY, ""),)
    source = await given.source()
    for guid, title, score, mentions in (
        ("a", "Big news", IMPORTANT, bitcoin),
        ("b", "Big news of less", IMPORTANT - 1, bitcoin),
        ("c", "Another", IMPORTANT + 1, ()),
        ("d", "Nobody judged it", None, bitcoin),
    ):
        importance = None if score is None else Importance(score, "")
        await given.story(guid, source, title=title, mentions=mentions, importance=importance)
    since = now - timedelta(days=7)
    async with database.reading() as tx:
        assert await count_stories_since(tx, topic, since) == all_of_them
        assert await count_stories_since(tx, topic, since, IMPORTANT) == important
        assert await count_stories_since(tx, topic, now + timedelta(1), IMPORTANT) == 0


async def _send(database: Database, now: datetime, telegram_message_id: int) -> None:
    """Send all that is owed, with one message id of Telegram's."""
    async with database.writing() as tx:
        due = await candidates(tx, now, 10, {})
        sent = [
            Result(one.id, MessageState.SENT, telegram_message_id=telegram_message_id)
            for one in due
        ]
        await record_results(tx, sent, now)


async def test_a_story_is_found_by_the_message_that_told_it(
    database: Database, given: Given, now: datetime
) -> None:
    """In that chat alone, with the revision that the message told."""
    source = await given.source()
    await given.subscriber(CHAT, thread_id=3)
    topic_id = await given.topic_id()
    ids = [await given.story(guid, source) for guid in "ab"]
    for number, story_id in enumerate(ids):
        async with database.writing() as tx:
            await owe_story(tx, story_id, 1, [topic_id], now)
        await _send(database, now, MESSAGE + number)
    async with database.reading() as tx:
        assert await story_of_message(tx, CHAT, MESSAGE) == (ids[0], 1)
        assert await story_of_message(tx, CHAT, MESSAGE + 1) == (ids[1], 1)
        assert await story_of_message(tx, CHAT, MESSAGE + 2) is None
        assert await story_of_message(tx, CHAT + 1, MESSAGE) is None


async def test_a_message_that_told_many_stories_tells_none(
    database: Database, given: Given, now: datetime
) -> None:
    source = await given.source()
    here = await given.subscriber(CHAT)
    topic_id = await given.topic_id()
    for guid in "ab":
        story_id = await given.story(guid, source)
        async with database.writing() as tx:
            await owe_story(tx, story_id, 1, [topic_id], now)
    async with database.writing() as tx:
        (backlog,) = await backlogs(tx, Priority.NEWS, here, here)
        owed = tuple(one.notification_id for one in backlog.owed)
        await fold_owed(tx, Priority.NEWS, [Fold(here, owed, now)], now, now)
    await _send(database, now, MESSAGE)
    async with database.reading() as tx:
        assert await story_of_message(tx, CHAT, MESSAGE) is None
