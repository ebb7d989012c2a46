"""What is owed, planned, on the wire and ended: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.articles import IMPORTANT
from bot.domain.audiences import Audience
from bot.domain.chats import ChatState
from bot.domain.outbox import (
    Claimed,
    MessageState,
    Method,
    Priority,
    Rendered,
    Reply,
    Result,
    Subject,
    View,
)
from bot.domain.payloads import Payload, payload_from
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind, admitting_filters
from storage.audiences import owe_audience
from storage.broadcasts import add_broadcast
from storage.chats import forget_chat, set_chat_state
from storage.database import Database
from storage.outbox import (
    add_reply,
    candidates,
    defer_messages,
    lease_messages,
    plan_messages,
    record_results,
)
from storage.owing import owe_firings, owe_story
from storage.schema import messages, notifications
from storage.subscriptions import subscribe

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Transaction
    from tests.storage.conftest import Given

BITCOIN = Topic(TopicKind.ASSET, "bitcoin")
SECOND = timedelta(seconds=1)


async def _states(tx: Transaction, table: sa.Table) -> dict[str, int]:
    rows = await tx.execute(sa.select(table.c.state, sa.func.count()).group_by(table.c.state))
    return {row[0]: row[1] for row in rows}


async def _owe(tx: Transaction, given: Given, story: int, now: datetime, revision: int = 1) -> int:
    return await owe_story(tx, story, revision, [await given.topic_id()], now)


# ---- owing


async def test_a_story_is_owed_once_to_each_destination_however_often(
    database: Database, given: Given, now: datetime
) -> None:
    """Those who asked for it twice over, and each thread, get one each."""
    here = await given.subscriber(1)
    await given.subscriber(1, thread_id=7)
    await given.subscriber(2, BITCOIN)
    async with database.writing() as tx:
        await subscribe(tx, here, BITCOIN, None, now)
    ids = [await given.topic_id(), await given.topic_id(BITCOIN)]
    story = await given.story()
    async with database.writing() as tx:
        assert await owe_story(tx, story, 1, [], now) == 0
        assert await owe_story(tx, story, 1, ids[1:], now) == 2
        assert await owe_story(tx, story, 1, ids, now) == 1
        assert await owe_story(tx, story, 1, ids, now) == 0
        assert await owe_story(tx, story, 2, ids, now) == 3, "another revision is another message"


async def test_who_asked_for_important_news_gets_no_other(
    database: Database, given: Given, now: datetime
) -> None:
    here, other = await given.subscriber(1), await given.destination(2)
    story = await given.story()
    async with database.writing() as tx:
        await subscribe(tx, other, EVERYTHING, None, now, Filter.IMPORTANT)
        assert await _owe(tx, given, story, now) == 1
        ids = [await given.topic_id()]
        through = admitting_filters(IMPORTANT)
        assert await owe_story(tx, story, 1, ids, now, through=through) == 1
        assert await owe_story(tx, story, 1, ids, now, through=through) == 0
        due = await candidates(tx, now, 10, {})
    assert {one.destination_id for one in due} == {here, other}


async def test_a_later_revision_replies_to_what_the_chat_was_told_before(
    database: Database, given: Given, now: datetime
) -> None:
    """Who was told nothing before gets it as a message of its own."""
    here = await given.subscriber(1)
    story = await given.story()
    async with database.writing() as tx:
        await _owe(tx, given, story, now)
        (first,) = await candidates(tx, now, 10, {})
        assert first.reply_to_message_id is None
        await record_results(tx, [Result(first.id, MessageState.SENT, "", 77)], now)
    other = await given.subscriber(2)
    async with database.writing() as tx:
        await _owe(tx, given, story, now, revision=2)
        due = await candidates(tx, now, 10, {})
    assert {one.destination_id: one.reply_to_message_id for one in due} == {here: 77, other: None}
    assert {one.destination_id: one.view.is_reply for one in due} == {here: True, other: False}


async def test_a_story_is_owed_only_to_chats_that_can_be_written_to(
    database: Database, given: Given, now: datetime
) -> None:
    for chat_id in (1, 2, 3):
        await given.subscriber(chat_id)
    story = await given.story()
    async with database.writing() as tx:
        await set_chat_state(tx, 2, ChatState.GONE, None, now)
        await set_chat_state(tx, 3, ChatState.PAUSED, None, now)
        assert await _owe(tx, given, story, now) == 1
        await set_chat_state(tx, 3, ChatState.ACTIVE, None, now)
        assert await _owe(tx, given, story, now) == 1


async def test_a_broadcast_is_owed_once_to_every_active_chat_in_its_main_thread(
    database: Database, given: Given, now: datetime
) -> None:
    admin = await given.destination(1)
    await given.destination(-2, 5)
    await given.destination(-2)
    await given.destination(3)
    async with database.writing() as tx:
        await set_chat_state(tx, 3, ChatState.GONE, None, now)
        number = await add_broadcast(tx, 1, admin, "hello", now)
        assert await owe_audience(tx, number, Audience(), now) == 2
        assert await owe_audience(tx, number, Audience(), now) == 0
        due = await candidates(tx, now, 10, {})
        assert {(one.telegram_chat_id, one.thread_id) for one in due} == {(1, 0), (-2, 0)}


async def test_a_firing_is_owed_once_to_the_destination_of_its_alert(
    database: Database, given: Given, now: datetime
) -> None:
    here, gone = await given.destination(1, 7), await given.destination(2)
    firings = [await given.firing(await given.alert(one)) for one in (here, gone)]
    async with database.writing() as tx:
        await set_chat_state(tx, 2, ChatState.GONE, None, now)
        assert await owe_firings(tx, [], now) == 0
        assert await owe_firings(tx, firings, now) == 1
        assert await owe_firings(tx, firings, now) == 0
        (due,) = await candidates(tx, now, 10, {})
        assert (due.destination_id, due.subject, due.subject_id) == (
            here,
            Subject.FIRING,
            firings[0],
        )
        assert due.priority is Priority.ALERT


async def test_an_id_beyond_32_bits_can_be_owed(
    database: Database, given: Given, now: datetime
) -> None:
    await given.subscriber()
    async with database.writing() as tx:
        assert await _owe(tx, given, 2**40, now) == 1


# ---- replies


async def test_a_reply_is_stored_once_by_its_producer(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination(-5, 7)
    reply = Reply(here, Rendered("<b>hi</b>"), reply_to_message_id=11)
    edit = Reply(here, Rendered("changed"), edit_message_id=12)
    async with database.writing() as tx:
        assert await add_reply(tx, reply, "update:1", now, now + SECOND)
        assert not await add_reply(tx, edit, "update:1", now)
        assert await add_reply(tx, edit, "update:2", now)
        first, second = await candidates(tx, now, 10, {})
    assert first.payload is not None
    assert second.payload is not None
    assert payload_from(first.payload) == Payload(Rendered("<b>hi</b>"), reply_to_message_id=11)
    assert payload_from(second.payload) == Payload(Rendered("changed"), edit_message_id=12)
    assert (first.method, second.method) == (Method.SEND, Method.EDIT)
    assert (first.priority, first.expires_at, second.expires_at) == (
        Priority.REPLY,
        now + SECOND,
        None,
    )
    assert (first.telegram_chat_id, first.thread_id, first.subject) == (-5, 7, None)


# ---- planning and claiming


async def test_a_candidate_tells_all_that_its_call_needs(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.subscriber(-5, thread_id=7)
    story = await given.story()
    async with database.writing() as tx:
        await _owe(tx, given, story, now, revision=3)
        later = now + timedelta(minutes=1)
        expires = {Priority.NEWS: now + timedelta(hours=6)}
        (found,) = await candidates(tx, later, 10, expires)
    assert found == Claimed(
        id=found.id,
        destination_id=here,
        telegram_chat_id=-5,
        thread_id=7,
        chat_kind="private",
        method=Method.SEND,
        priority=Priority.NEWS,
        attempts=0,
        created_at=now,
        expires_at=now + timedelta(hours=6),
        subject=Subject.STORY,
        subject_id=story,
        revision=3,
        view=View(owed_at=now),
    )


async def test_replies_and_alerts_overtake_and_the_older_go_first(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.subscriber(1)
    story, firing = await given.story(), await given.firing(await given.alert(here))
    async with database.writing() as tx:
        number = await add_broadcast(tx, 1, here, "hello", now)
        await owe_audience(tx, number, Audience(), now)
        await _owe(tx, given, story, now)
        await owe_firings(tx, [firing], now)
        await add_reply(tx, Reply(here, Rendered("b")), "update:2", now + SECOND)
        await add_reply(tx, Reply(here, Rendered("a")), "update:1", now)
        due = await candidates(tx, now + SECOND, 10, {})
        assert [one.priority for one in due] == [
            Priority.REPLY,
            Priority.REPLY,
            Priority.ALERT,
            Priority.NEWS,
            Priority.BROADCAST,
        ]
        assert [payload_from(one.payload or "").rendered.text_html for one in due[:2]] == ["a", "b"]
        assert await candidates(tx, now + SECOND, 3, {}) == due[:3]
        assert await candidates(tx, now + SECOND, 0, {}) == []


async def test_only_as_many_are_planned_as_are_missing(
    database: Database, given: Given, now: datetime
) -> None:
    for chat_id in range(1, 11):
        await given.subscriber(chat_id)
    story = await given.story()
    async with database.writing() as tx:
        await _owe(tx, given, story, now)
        first = await candidates(tx, now, 3, {})
        assert await _states(tx, messages) == {"waiting": 3}
        assert await candidates(tx, now, 3, {}) == first, "taken by nobody, they come again"
        assert await _states(tx, messages) == {"waiting": 3}
        assert (await candidates(tx, now, 5, {}))[:3] == first
        assert await _states(tx, notifications) == {"planned": 5, "owed": 5}
        assert [one.telegram_chat_id for one in first] == [1, 2, 3], "in the order they were owed"


async def test_what_is_owed_to_chats_that_left_meanwhile_is_dropped(
    database: Database, given: Given, now: datetime
) -> None:
    for chat_id in (1, 2, 3, 4):
        await given.subscriber(chat_id)
    story = await given.story()
    async with database.writing() as tx:
        await _owe(tx, given, story, now)
        await set_chat_state(tx, 1, ChatState.GONE, None, now)
        await set_chat_state(tx, 2, ChatState.PAUSED, None, now)
        await forget_chat(tx, 3)
        assert await plan_messages(tx, Priority.NEWS, now, 10, {}) == 3
        assert [one.telegram_chat_id for one in await candidates(tx, now, 10, {})] == [4]
        assert await _states(tx, notifications) == {"dropped": 2, "planned": 1}


async def test_a_message_that_waits_for_its_time_is_no_candidate_before(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        for number in (1, 2):
            await add_reply(tx, Reply(here, Rendered(f"{number}")), f"update:{number}", now)
        first, second = await candidates(tx, now, 10, {})
        await defer_messages(tx, {})
        await defer_messages(tx, {first.id: now + SECOND})
        assert await candidates(tx, now, 10, {}) == [second]
        assert [one.id for one in await candidates(tx, now + SECOND, 10, {})] == [
            second.id,
            first.id,
        ]


async def test_what_is_on_the_wire_is_no_candidate(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        await add_reply(tx, Reply(here, Rendered("x")), "update:1", now)
        (one,) = await candidates(tx, now, 10, {})
        await lease_messages(tx, [], "me", now)
        await lease_messages(tx, [one.id], "me", now + SECOND)
        assert await candidates(tx, now, 10, {}) == []
        row = (await tx.execute(sa.select(messages))).one()
        assert (row.state, row.owner, row.leased_until) == ("wire", "me", now + SECOND)


# ---- results


@pytest.mark.parametrize(
    ("state", "message", "notification"),
    [
        (MessageState.SENT, "sent", "sent"),
        (MessageState.UNKNOWN, "unknown", "sent"),
        (MessageState.FAILED, "failed", "dropped"),
        (MessageState.DROPPED, "dropped", "dropped"),
        (MessageState.WAITING, "waiting", "planned"),
    ],
)
async def test_a_result_ends_the_message_and_what_was_owed(
    database: Database,
    given: Given,
    now: datetime,
    state: MessageState,
    message: str,
    notification: str,
) -> None:
    await given.subscriber()
    story = await given.story()
    telegram_id = 77 if state is MessageState.SENT else None
    async with database.writing() as tx:
        await _owe(tx, given, story, now)
        (one,) = await candidates(tx, now, 10, {})
        await lease_messages(tx, [one.id], "me", now + SECOND)
        await record_results(tx, [], now)
        await record_results(tx, [Result(one.id, state, "why " * 500, telegram_id)], now)
        row = (await tx.execute(sa.select(messages))).one()
        owed = (await tx.execute(sa.select(notifications))).one()
        assert await _owe(tx, given, story, now) == 0, "however it ended, it is not owed again"
    assert (row.state, owed.state) == (message, notification)
    assert (row.owner, row.leased_until, row.attempts) == (None, None, 1)
    assert (row.telegram_message_id, owed.telegram_message_id) == (telegram_id, telegram_id)
    assert len(row.reason) == 500
    assert row.finished_at == (None if state is MessageState.WAITING else now)


async def test_a_message_that_is_tried_again_waits_and_may_be_spared_the_attempt(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        await add_reply(tx, Reply(here, Rendered("x")), "update:1", now)
        (one,) = await candidates(tx, now, 10, {})
        wait = Result(one.id, MessageState.WAITING, not_before_at=now + SECOND, spent=False)
        await record_results(tx, [wait], now)
        assert await candidates(tx, now, 10, {}) == []
        (again,) = await candidates(tx, now + SECOND, 10, {})
        assert (again.id, again.attempts) == (one.id, 0)


async def test_results_of_forgotten_messages_are_nothing(
    database: Database, given: Given, now: datetime
) -> None:
    """The chat was forgotten while its message was on the wire."""
    here = await given.destination()
    async with database.writing() as tx:
        await add_reply(tx, Reply(here, Rendered("x")), "update:1", now)
        (one,) = await candidates(tx, now, 10, {})
        await forget_chat(tx, 1)
        await record_results(tx, [Result(one.id, MessageState.SENT, "", 77)], now)
        assert await _states(tx, messages) == {}


async def test_a_notifications_id_is_never_used_again(
    database: Database, given: Given, now: datetime
) -> None:
    """Its message is known by it: a second one of that id would be taken for sent."""
    await given.subscriber()
    story, later = await given.story("a"), await given.story("b")
    async with database.writing() as tx:
        await _owe(tx, given, story, now)
        (one,) = await candidates(tx, now, 10, {})
        await record_results(tx, [Result(one.id, MessageState.SENT, "", 77)], now)
        await tx.execute(sa.delete(notifications))
        await _owe(tx, given, later, now)
        (due,) = await candidates(tx, now, 10, {})
        assert due.subject_id == later


async def test_two_drains_that_claim_at_once_never_get_the_same_message(
    database: Database, database_url: str, given: Given, now: datetime
) -> None:
    """Of what waits already, and of what both of them plan."""
    for chat_id in range(1, 41):
        await given.subscriber(chat_id)
    story = await given.story()
    rival = Database(database_url)
    async with database.writing() as tx:
        await _owe(tx, given, story, now)
        await plan_messages(tx, Priority.NEWS, now, 7, {})

    async def claim(which: Database, owner: str) -> list[int]:
        taken: list[int] = []
        for _ in range(6):
            async with which.writing() as tx:
                due = await candidates(tx, now, 5, {})
                await asyncio.sleep(0.001)
                await lease_messages(tx, [one.id for one in due], owner, now)
                taken += [one.telegram_chat_id for one in due]
        return taken

    first, second = await asyncio.gather(claim(database, "a"), claim(rival, "b"))
    await rival.close()
    assert sorted(first + second) == list(range(1, 41))


async def test_everything_of_a_claim_is_undone_when_its_transaction_fails(
    database: Database, given: Given, now: datetime
) -> None:
    await given.subscriber()
    story = await given.story()
    async with database.writing() as tx:
        await _owe(tx, given, story, now)

    async def claim_and_fail() -> None:
        async with database.writing() as tx:
            due = await candidates(tx, now, 10, {})
            await lease_messages(tx, [one.id for one in due], "me", now)
            raise KeyError

    with pytest.raises(KeyError):
        await claim_and_fail()
    async with database.reading() as tx:
        assert await _states(tx, messages) == {}
        assert await _states(tx, notifications) == {"owed": 1}
