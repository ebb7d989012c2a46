"""Stories as they are counted, and found by the message that told them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.articles import IMPORTANT, Article, Importance, Mention, Role
from bot.domain.outbox import Fold, MessageState, Priority, Result
from bot.domain.topics import EVERYTHING, Topic, TopicKind, words_topic
from storage.articles import Place, add_article
from storage.folding import backlogs, fold_owed
from storage.outbox import candidates, record_results
from storage.owing import owe_story
from storage.story_pages import count_stories_since, story, story_of_message, told_story

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


@pytest.fixture
async def joined(database: Database, given: Given, now: datetime) -> int:
    """The id of a story with three articles; two minutes after the first another joins it.

    The third begins a second revision, five minutes after the first.
    """
    story_id = await given.story("first")
    wire, ledger = await given.source(), await given.source("ledger", "The Ledger")
    async with database.writing() as tx:
        for guid, source_id, minutes, revision in (
            ("joins", ledger, 2, 1),
            ("news", wire, 5, 2),
        ):
            at = now + timedelta(minutes=minutes)
            article = Article("wire", guid, f"Title {guid}", at)
            await add_article(tx, source_id, article, at, Place(story_id, revision, "alike"))
    return story_id


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
    """In that chat alone, with the article that the message showed."""
    source = await given.source()
    await given.subscriber(CHAT, thread_id=3)
    topic_id = await given.topic_id()
    ids = [await given.story(guid, source) for guid in "ab"]
    for number, story_id in enumerate(ids):
        async with database.writing() as tx:
            await owe_story(tx, story_id, 1, [topic_id], now)
        await _send(database, now, MESSAGE + number)
    async with database.reading() as tx:
        shown = [await story(tx, story_id) for story_id in ids]
        for number, one in enumerate(shown):
            assert one is not None
            found = await story_of_message(tx, CHAT, MESSAGE + number)
            assert found == (one.id, one.article_id)
        assert await story_of_message(tx, CHAT, MESSAGE + 2) is None
        assert await story_of_message(tx, CHAT + 1, MESSAGE) is None


@pytest.mark.parametrize(
    ("revision", "owed_after", "guid"),
    [
        (1, None, "first"),
        (1, 0, "first"),
        (1, 1, "first"),
        (1, 2, "joins"),
        (1, 9, "joins"),
        (2, 9, "news"),
        (2, 0, "news"),
        (3, 9, "first"),
        (1, -1, "first"),
    ],
)
async def test_a_story_is_told_by_the_article_that_it_was_owed_for(
    joined: int, database: Database, now: datetime, revision: int, owed_after: int | None, guid: str
) -> None:
    """The last of the revision that was there when it was owed, `owed_after` in minutes."""
    owed_at = None if owed_after is None else now + timedelta(minutes=owed_after)
    async with database.reading() as tx:
        found = await told_story(tx, joined, revision, owed_at)
        assert await told_story(tx, 404, revision, owed_at) is None
    assert found is not None
    assert found.article.guid == guid
    assert found.others == (("The Wire",) if guid == "joins" else ("The Ledger",))


async def test_a_story_is_told_by_the_article_that_is_asked_for(
    joined: int, database: Database
) -> None:
    """Where the story has no such article, by the first of its newest revision."""
    async with database.reading() as tx:
        ids = {}
        for revision, owed_at in ((1, None), (2, None)):
            told = await told_story(tx, joined, revision, owed_at)
            assert told is not None
            ids[told.article_id] = told.article.guid
        for article_id, guid in (ids | {0: "news", 404: "news"}).items():
            found = await story(tx, joined, article_id)
            assert found is not None
            assert found.article.guid == guid


async def test_a_message_tells_which_article_it_showed(
    joined: int, database: Database, given: Given, now: datetime
) -> None:
    """Not the first of the story, where its chat was owed it by another."""
    await given.subscriber(CHAT)
    async with database.writing() as tx:
        at = now + timedelta(minutes=2)
        await owe_story(tx, joined, 1, [await given.topic_id()], at)
    await _send(database, at, MESSAGE)
    async with database.reading() as tx:
        found = await story_of_message(tx, CHAT, MESSAGE)
        assert found is not None
        shown = await story(tx, *found)
    assert shown is not None
    assert shown.article.guid == "joins"


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
