"""The outbox at rest: counts, leases after a crash, and what may go when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.audiences import Audience
from bot.domain.outbox import MessageState, Priority, Rendered, Reply, Result
from storage.alerts import remove_alert
from storage.articles import prune_articles
from storage.audiences import owe_audience
from storage.broadcasts import add_broadcast
from storage.outbox import add_reply, candidates, defer_messages, lease_messages, record_results
from storage.outbox_upkeep import (
    extras_waiting,
    free_leases,
    next_due_at,
    prune_messages,
    release_waiting,
    sent_count,
    sweep_notifications,
    waiting_counts,
    waits_more_than,
)
from storage.owing import owe_firings, owe_story
from storage.schema import messages, notifications, stories

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction
    from tests.storage.conftest import Given

MINUTE = timedelta(minutes=1)


async def _reply(tx: Transaction, here: int, number: int, now: datetime) -> int:
    await add_reply(tx, Reply(here, Rendered("x")), f"update:{number}", now)
    due = await candidates(tx, now, 100, {})
    return due[-1].id


async def _count(tx: Transaction, table: sa.Table) -> int:
    return await tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("all_owners", "expected"), [(True, {"fresh", "stale"}), (False, {"stale"})]
)
async def test_leases_of_the_dead_are_freed_and_sent_again(
    database: Database,
    given: Given,
    now: datetime,
    all_owners: bool,
    expected: set[str],
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        ids = {}
        for number, owner in enumerate(("fresh", "stale"), 1):
            ids[owner] = await _reply(tx, here, number, now)
            until = now + MINUTE if owner == "fresh" else now - MINUTE
            await lease_messages(tx, [ids[owner]], owner, until)
        assert await free_leases(tx, now, all_owners=all_owners) == len(expected)
        due = await candidates(tx, now, 10, {})
        assert {one.id for one in due} == {ids[owner] for owner in expected}
        assert {one.attempts for one in due} == {0}
        assert await free_leases(tx, now, all_owners=all_owners) == 0


@pytest.mark.parametrize(
    ("made", "ended", "is_let_go"),
    [
        (timedelta(0), None, False),
        (timedelta(0), timedelta(seconds=1), False),  # clocks of replicas differ
        (timedelta(hours=1), None, True),
        (timedelta(hours=-1), timedelta(minutes=59), True),
    ],
)
async def test_a_start_after_the_clock_was_set_back_lets_all_that_waits_go(
    database: Database,
    given: Given,
    now: datetime,
    made: timedelta,
    ended: timedelta | None,
    is_let_go: bool,
) -> None:
    """Rows of a time that has not come yet tell; else what waits goes on waiting."""
    here = await given.destination()
    async with database.writing() as tx:
        waits = await _reply(tx, here, 1, now + made)
        await defer_messages(tx, {waits: now + MINUTE * 61})
        if ended is not None:
            await add_reply(tx, Reply(here, Rendered("x")), "update:2", now)
            (other,) = await candidates(tx, now, 9, {})
            await record_results(tx, [Result(other.id, MessageState.SENT)], now + ended)
        await free_leases(tx, now, all_owners=True)
        assert [one.id for one in await candidates(tx, now, 9, {})] == [waits] * is_let_go


async def test_the_next_time_is_the_earliest_of_any_priority(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.subscriber()
    story = await given.story()
    async with database.writing() as tx:
        assert await next_due_at(tx) is None
        reply = await _reply(tx, here, 1, now)
        assert await next_due_at(tx) == now
        await owe_story(tx, story, 1, [await given.topic_id()], now)
        news = (await candidates(tx, now, 10, {}))[1].id
        await defer_messages(tx, {reply: now + 2 * MINUTE, news: now + MINUTE})
        assert await next_due_at(tx) == now + MINUTE
        await lease_messages(tx, [news], "me", now)
        assert await next_due_at(tx) == now + 2 * MINUTE


async def test_what_waits_is_counted_by_priority(
    database: Database, given: Given, now: datetime
) -> None:
    for chat_id in (1, 2, 3):
        here = await given.subscriber(chat_id)
    story = await given.story()
    async with database.writing() as tx:
        assert await waiting_counts(tx) == {}
        reply = await _reply(tx, here, 1, now)
        await owe_story(tx, story, 1, [await given.topic_id()], now)
        await candidates(tx, now, 2, {})
        assert await waiting_counts(tx) == {Priority.REPLY: 1, Priority.NEWS: 3}
        await record_results(tx, [Result(reply, MessageState.SENT, "", 5)], now)
        assert await waiting_counts(tx) == {Priority.NEWS: 3}
        assert await sent_count(tx, now) == 1
        assert await sent_count(tx, now + MINUTE) == 0


async def test_a_backlog_is_what_is_owed_and_what_waits_up_to_a_priority(
    database: Database, given: Given, now: datetime
) -> None:
    """Two messages and two notifications before the broadcasts, which do not count."""
    here = await given.subscriber()
    await given.subscriber(2)
    story = await given.story()
    async with database.writing() as tx:
        await owe_story(tx, story, 1, [await given.topic_id()], now)
        for number, priority in enumerate((Priority.REPLY, Priority.NEWS, Priority.BROADCAST)):
            reply = Reply(here, Rendered("x"))
            await add_reply(tx, reply, f"update:{number}", now, priority=priority)
        assert await waits_more_than(tx, 3, Priority.NEWS)
        assert not await waits_more_than(tx, 4, Priority.NEWS)
        assert await waits_more_than(tx, 4, Priority.BROADCAST)
        assert await waits_more_than(tx, 0, Priority.REPLY)
        assert not await waits_more_than(tx, 1, Priority.ALERT)


async def test_edits_that_only_add_are_counted_up_to_a_bound(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    edit = Reply(here, Rendered("x"), edit_message_id=7)
    async with database.writing() as tx:
        await add_reply(tx, edit, "update:1", now)
        assert await extras_waiting(tx, 5) == 0, "somebody waits for that one"
        for number in range(3):
            await add_reply(tx, edit, f"e:{number}", now, priority=Priority.DIGEST)
        assert await extras_waiting(tx, 5) == 3
        assert await extras_waiting(tx, 2) == 2


async def test_pruned_messages_leave_the_keys_of_what_was_owed(
    database: Database, given: Given, now: datetime
) -> None:
    """A pushed story is not pushed again, and its Telegram message can still be edited."""
    here = await given.subscriber()
    story = await given.story()
    topic = await given.topic_id()
    async with database.writing() as tx:
        await owe_story(tx, story, 1, [topic], now)
        (news,) = await candidates(tx, now, 10, {})
        await record_results(tx, [Result(news.id, MessageState.SENT, "", 77)], now)
        waiting = await _reply(tx, here, 1, now)
        later = await _reply(tx, here, 2, now)
        await record_results(tx, [Result(later, MessageState.FAILED, "x")], now + MINUTE)
        assert await prune_messages(tx, now) == 0
        assert await prune_messages(tx, now + MINUTE, limit=5) == 1
        assert set(await tx.scalars(sa.select(messages.c.id))) == {waiting, later}
        owed = (await tx.execute(sa.select(notifications))).one()
        assert (owed.state, owed.telegram_message_id, owed.message_id) == ("sent", 77, None)
        assert await owe_story(tx, story, 1, [topic], now) == 0


async def test_pruning_goes_in_bites(database: Database, given: Given, now: datetime) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        ids = [await _reply(tx, here, number, now) for number in range(5)]
        results = [Result(number, MessageState.SENT, "", 1) for number in ids]
        await record_results(tx, results, now)
        end = now + MINUTE
        assert [await prune_messages(tx, end, limit=2) for _ in range(4)] == [2, 2, 1, 0]


async def test_sweeping_takes_what_tells_of_nothing_and_nothing_else(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.subscriber()
    alerts = [await given.alert(here, f"{level}") for level in (100, 200)]
    firings = [await given.firing(number) for number in alerts]
    story = await given.story()
    topic = await given.topic_id()
    async with database.writing() as tx:
        await owe_story(tx, story, 1, [topic], now)
        await owe_story(tx, 404, 1, [topic], now)  # a story that is gone
        await owe_firings(tx, firings, now)
        await remove_alert(tx, alerts[0], here)
        await owe_audience(tx, await add_broadcast(tx, 1, here, "hello", now), Audience(), now)
        owed = {"subject": "story", "subject_id": story, "revision": 1, "priority": 2}
        homeless = {"destination_id": 404, "state": "owed", "created_at": now}
        await tx.execute(sa.insert(notifications).values(owed | homeless))
        assert await _count(tx, notifications) == 6
        at: int | None = 0
        rounds = 0
        while at is not None:
            at = await sweep_notifications(tx, at, limit=2)
            rounds += 1
        assert rounds == 4
        rows = await tx.execute(sa.select(notifications.c.subject, notifications.c.subject_id))
        kept = {(subject, subject_id) for subject, subject_id in rows}
    assert kept == {("story", story), ("firing", firings[1]), ("broadcast", 1)}


async def test_a_pruned_story_takes_its_keys_along(
    database: Database, given: Given, now: datetime
) -> None:
    await given.subscriber()
    story = await given.story(published_at=now - timedelta(days=100))
    async with database.writing() as tx:
        await owe_story(tx, story, 1, [await given.topic_id()], now)
        await tx.execute(sa.update(stories).values(created_at=now - timedelta(days=100)))
        assert await prune_articles(tx, now - timedelta(days=90)) == 1
        assert await _count(tx, notifications) == 0


async def test_after_a_step_of_the_clock_what_waits_may_go(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        late, wire = [await _reply(tx, here, number, now) for number in (1, 2)]
        await lease_messages(tx, [wire], "me", now)
        await defer_messages(tx, {late: now + 9 * MINUTE})
        assert await release_waiting(tx, now) == 1
        assert [one.id for one in await candidates(tx, now, 10, {})] == [late]
        assert await release_waiting(tx, now) == 0
