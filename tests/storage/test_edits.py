"""Which pushes are brought up to date when more is known of their story."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.chats import ChatKind
from bot.domain.outbox import MessageState, Method, Priority, Result, Subject
from bot.domain.topics import EVERYTHING
from storage.articles import mark_changed, mark_pushed
from storage.batches import fold_stories
from storage.database import Database, Transaction
from storage.edits import plan_edits
from storage.outbox import candidates, record_results
from storage.owing import owe_story
from storage.schema import stories
from storage.subscriptions import subscribe

if TYPE_CHECKING:
    from datetime import datetime

    from tests.storage.conftest import Given

SETTLED = timedelta(seconds=16)


async def _told(database: Database, given: Given, now: datetime, story: int) -> None:
    """Owe a story to everybody, and have it sent; the messages are numbered from 501."""
    topic_id = await given.topic_id()
    async with database.writing() as tx:
        await owe_story(tx, story, 1, [topic_id], now)
        await mark_pushed(tx, story, now)
        await _send(tx, now)


async def _send(tx: Transaction, now: datetime) -> None:
    due = await candidates(tx, now, 20, {})
    results = [Result(m.id, MessageState.SENT, "", 500 + m.id) for m in due]
    await record_results(tx, results, now)


async def test_the_pushes_of_a_story_that_changed_are_edited_once_it_settled(
    database: Database, given: Given, now: datetime
) -> None:
    """In private chats alone, as edits of the messages that were sent, and only once."""
    await given.subscriber(1)
    group = await given.destination(-2, kind=ChatKind.SUPERGROUP)
    async with database.writing() as tx:
        await subscribe(tx, group, EVERYTHING, None, now)
    story = await given.story()
    await _told(database, given, now, story)
    async with database.writing() as tx:
        await mark_changed(tx, story, now)
        assert await plan_edits(tx, now, budget=10) == 0, "more may come"
        assert await plan_edits(tx, now + SETTLED, budget=10) == 1
        assert await plan_edits(tx, now + SETTLED, budget=10) == 0
        (edit,) = await candidates(tx, now + SETTLED, 5, {})
    assert (edit.method, edit.subject, edit.subject_id) == (Method.EDIT, Subject.STORY, story)
    assert (edit.telegram_chat_id, edit.edit_message_id) == (1, 501)
    assert edit.priority is Priority.DIGEST
    assert not edit.view.is_reply


async def test_an_edited_reply_stays_one(database: Database, given: Given, now: datetime) -> None:
    """Only a chat that was told the revision before has an update edited, with its mark."""
    await given.subscriber(1)
    story = await given.story()
    await _told(database, given, now, story)
    await given.subscriber(2)
    async with database.writing() as tx:
        await tx.execute(sa.update(stories).where(stories.c.id == story).values(revision=2))
        await owe_story(tx, story, 2, [await given.topic_id()], now)
        await _send(tx, now)
        await mark_changed(tx, story, now)
        await plan_edits(tx, now + SETTLED, budget=10)
        edits = [one for one in await candidates(tx, now + SETTLED, 9, {}) if one.revision == 2]
    assert {one.telegram_chat_id: one.view.is_reply for one in edits} == {1: True, 2: False}


@pytest.mark.parametrize(
    ("chats", "hours", "planned"), [(3, 1, 3), (4, 1, 0), (3, 7, 0)], ids=["few", "many", "old"]
)
async def test_a_story_told_to_many_or_long_ago_is_left_as_it_is(
    database: Database, given: Given, now: datetime, chats: int, hours: int, planned: int
) -> None:
    for chat_id in range(1, chats + 1):
        await given.subscriber(chat_id)
    story = await given.story()
    await _told(database, given, now, story)
    later = now + timedelta(hours=hours)
    async with database.writing() as tx:
        await mark_changed(tx, story, later)
        assert await plan_edits(tx, later + SETTLED, budget=3) == planned


async def test_a_story_is_brought_up_to_date_four_times_at_most(
    database: Database, given: Given, now: datetime
) -> None:
    await given.subscriber(1)
    story = await given.story()
    await _told(database, given, now, story)
    planned = []
    async with database.writing() as tx:
        for minute in range(6):
            at = now + timedelta(minutes=minute)
            await mark_changed(tx, story, at)
            planned.append(await plan_edits(tx, at + SETTLED, budget=10))
    assert planned == [1, 1, 1, 1, 0, 0]


async def test_a_story_that_nobody_was_told_of_is_not_noted_as_changed(
    database: Database, given: Given, now: datetime
) -> None:
    story = await given.story()
    async with database.writing() as tx:
        await mark_changed(tx, story, now)
        assert await plan_edits(tx, now + SETTLED, budget=10) == 0


async def test_a_digest_is_never_edited_into_one_of_its_stories(
    database: Database, given: Given, now: datetime
) -> None:
    await given.subscriber(1)
    stories = [await given.story(f"g{n}") for n in range(2)]
    topic_id = await given.topic_id()
    async with database.writing() as tx:
        for story in stories:
            await owe_story(tx, story, 1, [topic_id], now)
            await mark_pushed(tx, story, now)
        assert await fold_stories(tx, stories, now, now + timedelta(days=1)) == 1
        await _send(tx, now)
        await mark_changed(tx, stories[0], now)
        assert await plan_edits(tx, now + SETTLED, budget=10) == 0


async def test_an_edit_that_is_tried_again_stays_an_edit_of_its_message(
    database: Database, given: Given, now: datetime
) -> None:
    """Or the story would be pushed a second time after a 429, or a stop at the wrong moment."""
    await given.subscriber(1)
    story = await given.story()
    await _told(database, given, now, story)
    later = now + SETTLED
    async with database.writing() as tx:
        await mark_changed(tx, story, now)
        await plan_edits(tx, later, budget=10)
        (edit,) = await candidates(tx, later, 5, {})
        wait = Result(edit.id, MessageState.WAITING, "flood", not_before_at=later, spent=False)
        await record_results(tx, [wait], later)
        (again,) = await candidates(tx, later, 5, {})
        assert (again.method, again.edit_message_id) == (Method.EDIT, 501)


async def test_an_edit_shows_what_the_push_that_it_edits_showed(
    database: Database, given: Given, now: datetime
) -> None:
    """Each chat's since the time at which the story was owed to it, not that of the edit."""
    await given.subscriber(1)
    story = await given.story()
    await _told(database, given, now, story)
    await given.subscriber(2)
    joined_at = now + timedelta(minutes=5)
    async with database.writing() as tx:
        await owe_story(tx, story, 1, [await given.topic_id()], joined_at)
        await _send(tx, joined_at)
        await mark_changed(tx, story, joined_at)
        assert await plan_edits(tx, joined_at + SETTLED, budget=10) == 2
        edits = await candidates(tx, joined_at + SETTLED, 5, {})
    owed = {edit.telegram_chat_id: edit.view.owed_at for edit in edits}
    assert owed == {1: now, 2: joined_at}
