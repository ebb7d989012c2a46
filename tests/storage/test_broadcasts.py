"""Broadcasts: from draft to done, and how far they are."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.domain.audiences import EVERYBODY, Audience
from bot.domain.chats import ChatKind, ChatState
from bot.domain.outbox import Button, MessageState, Rendered, Reply, Result
from storage.audiences import owe_audience
from storage.broadcasts import (
    Broadcast,
    BroadcastState,
    Progress,
    Shown,
    add_broadcast,
    broadcast,
    broadcast_progress,
    drafts_not_shown,
    drop_broadcast,
    hold_broadcast,
    move_broadcast,
    note_report,
    open_broadcasts,
    preview_key,
    release_broadcast,
    shown_message,
    start_next_broadcast,
)
from storage.chat_moves import migrate_chat
from storage.chats import forget_chat, set_chat_state
from storage.outbox import add_reply, candidates, lease_messages, record_results

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction
    from tests.storage.conftest import Given

State = BroadcastState
MINUTE = timedelta(minutes=1)


async def _draft(tx: Transaction, here: int, now: datetime) -> int:
    return await add_broadcast(tx, 42, here, "<b>hello</b>", now)


async def _town(given: Given, size: int = 6) -> int:
    """So many chats; the destination of the last."""
    for chat_id in range(1, size + 1):
        here = await given.destination(chat_id)
    return here


async def _owed(tx: Transaction, here: int, now: datetime) -> int:
    number = await _draft(tx, here, now)
    await move_broadcast(tx, number, State.DRAFT, State.RUNNING, now)
    await owe_audience(tx, number, EVERYBODY, now)
    return number


async def _queued(tx: Transaction, here: int, now: datetime) -> int:
    number = await _draft(tx, here, now)
    await move_broadcast(tx, number, State.DRAFT, State.QUEUED, now)
    return number


async def test_a_draft_comes_back_as_it_was_made(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    rows = ((Button("Read", url="https://example.org"),),)
    private = Audience((ChatKind.PRIVATE,), ("de",), (), timedelta(days=3))
    async with database.writing() as tx:
        number = await add_broadcast(
            tx, 42, here, "<b>hello</b>", now, photo="AgA", rows=rows, audience=private
        )
        assert await broadcast(tx, number) == Broadcast(
            number,
            42,
            here,
            "<b>hello</b>",
            State.DRAFT,
            0,
            None,
            now,
            photo="AgA",
            rows=rows,
            audience=private,
        )
        assert await broadcast(tx, 404) is None
        assert await open_broadcasts(tx) == []


@pytest.mark.parametrize(
    ("way", "started", "finished", "is_open"),
    [
        ([State.DRAFT, State.QUEUED], False, False, True),
        ([State.DRAFT, State.QUEUED, State.CANCELLED], False, True, False),
        ([State.DRAFT, State.REFUSED], False, False, False),
        ([State.DRAFT, State.QUEUED, State.RUNNING], True, False, True),
        ([State.DRAFT, State.RUNNING, State.PAUSED], True, False, True),
        ([State.DRAFT, State.RUNNING, State.PAUSED, State.RUNNING], True, False, True),
        ([State.DRAFT, State.RUNNING, State.DONE], True, True, False),
        ([State.DRAFT, State.RUNNING, State.CANCELLING], True, False, True),
        ([State.DRAFT, State.RUNNING, State.CANCELLING, State.CANCELLED], True, True, False),
    ],
)
async def test_a_broadcast_moves_once_from_each_state(
    database: Database,
    given: Given,
    now: datetime,
    way: list[BroadcastState],
    started: bool,
    finished: bool,
    is_open: bool,
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        number = await _draft(tx, here, now)
        times: dict[BroadcastState, datetime] = {}
        for index, (before, after) in enumerate(pairwise(way)):
            at = now + index * MINUTE
            times.setdefault(after, at)
            assert await move_broadcast(tx, number, before, after, at, total=7)
            assert not await move_broadcast(tx, number, before, after, at), "a second press"
        found = await broadcast(tx, number)
        assert found is not None
        assert (found.state, found.total) == (way[-1], 7)
        assert found.queued_at == times.get(State.QUEUED)
        assert found.started_at == (times.get(State.RUNNING) if started else None)
        assert (found.finished_at is not None) == finished
        assert (await open_broadcasts(tx) == [found]) == is_open


async def test_one_broadcast_at_a_time_in_the_order_they_were_confirmed(
    database: Database, given: Given, now: datetime
) -> None:
    """The audience is that of the moment it begins; pausing or cancelling holds up the next."""
    here = await _town(given, 2)
    async with database.writing() as tx:
        first = await _draft(tx, here, now)
        second = await _queued(tx, here, now)
        await move_broadcast(tx, first, State.DRAFT, State.QUEUED, now + MINUTE)
        assert await start_next_broadcast(tx, now + MINUTE) == second
        assert await start_next_broadcast(tx, now + MINUTE) is None
        for state in (State.PAUSED, State.RUNNING, State.CANCELLING):
            before = await broadcast(tx, second)
            assert before is not None
            await move_broadcast(tx, second, before.state, state, now)
            assert await start_next_broadcast(tx, now + MINUTE) is None
        await move_broadcast(tx, second, State.CANCELLING, State.CANCELLED, now)
    await given.destination(77)
    async with database.writing() as tx:
        assert await start_next_broadcast(tx, now + 2 * MINUTE) == first
        found = await broadcast(tx, first)
        assert found is not None
        assert (found.state, found.total) == (State.RUNNING, 3)
        assert found.started_at == now + 2 * MINUTE
        assert await start_next_broadcast(tx, now) is None


async def test_the_broadcast_of_an_admin_who_left_goes_on(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        number = await _draft(tx, here, now)
        await move_broadcast(tx, number, State.DRAFT, State.RUNNING, now)
        await forget_chat(tx, 1)
        (found,) = await open_broadcasts(tx)
        assert found.destination_id is None
        assert found.id == number


async def test_what_was_reported_is_kept(database: Database, given: Given, now: datetime) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        number = await _draft(tx, here, now)
        await note_report(tx, number, "running:5", now + MINUTE)
        found = await broadcast(tx, number)
        assert found is not None
        assert (found.reported, found.reported_at) == ("running:5", now + MINUTE)


async def test_progress_counts_each_chat_once(
    database: Database, given: Given, now: datetime
) -> None:
    """Refused by Telegram is not the same as a chat that is gone."""
    here = await _town(given, 7)
    async with database.writing() as tx:
        number = await _draft(tx, here, now)
        assert await broadcast_progress(tx, number) == Progress()
        await owe_audience(tx, number, EVERYBODY, now)
        assert await broadcast_progress(tx, number) == Progress(waiting=7)
        due = await candidates(tx, now, 5, {})
        states = (
            MessageState.SENT,
            MessageState.UNKNOWN,
            MessageState.FAILED,
            MessageState.DROPPED,
        )
        results = [
            Result(one.id, state, "", 7 if state is MessageState.SENT else None)
            for one, state in zip(due, states, strict=False)
        ]
        await record_results(tx, results, now)
        progress = await broadcast_progress(tx, number)
        assert progress == Progress(sent=1, unknown=1, failed=1, blocked=1, waiting=3, planned=1)
        assert progress.done == 4
        await set_chat_state(tx, 7, ChatState.GONE, None, now)
        await candidates(tx, now, 5, {})
        assert (await broadcast_progress(tx, number)).blocked == 2


async def test_cancelling_drops_all_that_is_not_on_the_wire(
    database: Database, given: Given, now: datetime
) -> None:
    here = await _town(given)
    async with database.writing() as tx:
        number, other = await _owed(tx, here, now), await _owed(tx, here, now)
        due = await candidates(tx, now, 3, {})
        await record_results(tx, [Result(due[0].id, MessageState.SENT, "", 7)], now)
        await lease_messages(tx, [due[1].id], "me", now)
        assert await drop_broadcast(tx, number, now) == 4
        assert await drop_broadcast(tx, number, now) == 0
        progress = await broadcast_progress(tx, number)
        assert progress == Progress(sent=1, spared=4, waiting=1, planned=1)
        assert await broadcast_progress(tx, other) == Progress(waiting=6)
        again = Result(due[1].id, MessageState.WAITING, "flood", not_before_at=now)
        await record_results(tx, [again], now)
        assert await drop_broadcast(tx, number, now) == 1, "what came back from the wire"
        assert await broadcast_progress(tx, number) == Progress(sent=1, spared=5)


async def test_a_held_broadcast_is_out_of_the_drains_sight_until_it_is_released(
    database: Database, given: Given, now: datetime
) -> None:
    here = await _town(given)
    async with database.writing() as tx:
        number = await _owed(tx, here, now)
        due = await candidates(tx, now, 3, {})
        await lease_messages(tx, [due[0].id], "me", now)
        assert await hold_broadcast(tx, number) == 5
        assert await hold_broadcast(tx, number) == 0
        assert await candidates(tx, now, 10, {}) == []
        assert await broadcast_progress(tx, number) == Progress(waiting=6, planned=1)
        await record_results(tx, [Result(due[0].id, MessageState.SENT, "", 7)], now)
        other = await _owed(tx, here, now)
        others = await candidates(tx, now, 10, {})
        assert {one.subject_id for one in others} == {other}
        await record_results(tx, [Result(one.id, MessageState.SENT, "", 8) for one in others], now)
        assert await release_broadcast(tx, number) == 5
        back = await candidates(tx, now, 10, {})
        assert {one.subject_id for one in back} == {number}
        assert {one.destination_id for one in back} == {one.destination_id for one in others} - {
            due[0].destination_id
        }


async def test_a_held_broadcast_can_be_cancelled(
    database: Database, given: Given, now: datetime
) -> None:
    here = await _town(given)
    async with database.writing() as tx:
        number = await _owed(tx, here, now)
        await hold_broadcast(tx, number)
        assert await drop_broadcast(tx, number, now) == 6
        assert await release_broadcast(tx, number) == 0
        assert await broadcast_progress(tx, number) == Progress(spared=6)


async def test_a_group_that_moves_during_a_pause_gets_it_once(
    database: Database, given: Given, now: datetime
) -> None:
    """The old chat was told; what is held for the new one is taken back."""
    old = await given.destination(-1, kind=ChatKind.GROUP)
    new = await given.destination(-2, kind=ChatKind.SUPERGROUP)
    async with database.writing() as tx:
        number = await _owed(tx, old, now)
        due = await candidates(tx, now, 10, {})
        told = next(one for one in due if one.destination_id == old)
        await record_results(tx, [Result(told.id, MessageState.SENT, "", 7)], now)
        await hold_broadcast(tx, number)
        await migrate_chat(tx, -1, -2, now)
        await release_broadcast(tx, number)
        assert await broadcast_progress(tx, number) == Progress(sent=1)
        assert await candidates(tx, now, 10, {}) == []
        assert new


async def test_drafts_that_were_not_shown_are_found_with_the_reason(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        numbers = [await _draft(tx, here, now) for _ in range(5)]
        states = [
            MessageState.SENT,
            MessageState.FAILED,
            MessageState.DROPPED,
            MessageState.UNKNOWN,
        ]
        for number in numbers:
            await add_reply(tx, Reply(here, Rendered("x")), preview_key(number), now)
        due = await candidates(tx, now, 10, {})
        results = [
            Result(one.id, state, f"why {state}", 9 if state is MessageState.SENT else None)
            for one, state in zip(due, states, strict=False)
        ]
        await record_results(tx, results, now)
        found = await drafts_not_shown(tx)
        assert [(draft.id, shown) for draft, shown in found] == [
            (number, Shown(state, f"why {state}"))
            for number, state in zip(numbers[1:4], states[1:], strict=True)
        ]
        assert await shown_message(tx, preview_key(numbers[0])) == Shown(
            MessageState.SENT, f"why {MessageState.SENT}", 9
        )
        assert await shown_message(tx, preview_key(numbers[4])) == Shown(MessageState.WAITING)
        assert await shown_message(tx, "another") is None
        await move_broadcast(tx, numbers[1], State.DRAFT, State.REFUSED, now)
        assert [draft.id for draft, _ in await drafts_not_shown(tx)] == numbers[2:4]
