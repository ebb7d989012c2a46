"""Broadcasts: from draft to done, and how far they are."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.domain.chats import ChatState
from bot.domain.outbox import MessageState, Result
from storage.broadcasts import (
    Broadcast,
    BroadcastState,
    Progress,
    add_broadcast,
    broadcast,
    broadcast_progress,
    drop_broadcast,
    move_broadcast,
    reachable_chats,
    running_broadcasts,
)
from storage.chats import forget_chat, set_chat_state
from storage.outbox import candidates, lease_messages, owe_broadcast, record_results

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction
    from tests.storage.conftest import Given

State = BroadcastState


async def _draft(tx: Transaction, here: int, now: datetime) -> int:
    return await add_broadcast(tx, 42, here, "<b>hello</b>", now)


async def test_a_draft_comes_back_as_it_was_made(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        number = await _draft(tx, here, now)
        expected = Broadcast(
            number, 42, here, "<b>hello</b>", State.DRAFT, 0, None, now, None, None
        )
        assert await broadcast(tx, number) == expected
        assert await broadcast(tx, 404) is None
        assert await running_broadcasts(tx) == []


@pytest.mark.parametrize(
    ("way", "started", "finished", "runs"),
    [
        ([State.DRAFT, State.RUNNING], True, False, True),
        ([State.DRAFT, State.RUNNING, State.PAUSED], True, False, True),
        ([State.DRAFT, State.RUNNING, State.PAUSED, State.RUNNING], True, False, True),
        ([State.DRAFT, State.RUNNING, State.DONE], True, True, False),
        ([State.DRAFT, State.RUNNING, State.CANCELLED], True, True, False),
    ],
)
async def test_a_broadcast_moves_once_from_each_state(
    database: Database,
    given: Given,
    now: datetime,
    way: list[BroadcastState],
    started: bool,
    finished: bool,
    runs: bool,
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        number = await _draft(tx, here, now)
        for index, (before, after) in enumerate(pairwise(way)):
            at = now + timedelta(minutes=index)
            assert await move_broadcast(tx, number, before, after, at, total=7)
            assert not await move_broadcast(tx, number, before, after, at), "a second press"
        found = await broadcast(tx, number)
        assert found is not None
        assert (found.state, found.total) == (way[-1], 7)
        assert found.started_at == (now if started else None)
        assert (found.finished_at is not None) == finished
        assert (await running_broadcasts(tx) == [found]) == runs


async def test_the_broadcast_of_an_admin_who_left_goes_on(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        number = await _draft(tx, here, now)
        await move_broadcast(tx, number, State.DRAFT, State.RUNNING, now)
        await forget_chat(tx, 1)
        (found,) = await running_broadcasts(tx)
        assert found.destination_id is None


async def test_progress_counts_each_chat_once(
    database: Database, given: Given, now: datetime
) -> None:
    for chat_id in range(1, 7):
        here = await given.destination(chat_id)
    async with database.writing() as tx:
        number = await _draft(tx, here, now)
        assert await broadcast_progress(tx, number) == Progress()
        assert await owe_broadcast(tx, number, now) == 6
        assert await broadcast_progress(tx, number) == Progress(waiting=6)
        due = await candidates(tx, now, 5, {})
        states = (MessageState.SENT, MessageState.UNKNOWN, MessageState.FAILED)
        results = [
            Result(one.id, state, "", 7 if state is MessageState.SENT else None)
            for one, state in zip(due, states, strict=False)
        ]
        await record_results(tx, results, now)
        progress = await broadcast_progress(tx, number)
    assert progress == Progress(sent=1, unknown=1, dropped=1, waiting=3)


async def test_cancelling_drops_all_that_is_not_on_the_wire(
    database: Database, given: Given, now: datetime
) -> None:
    for chat_id in range(1, 7):
        here = await given.destination(chat_id)
    async with database.writing() as tx:
        number, other = await _draft(tx, here, now), await _draft(tx, here, now)
        for one in (number, other):
            await owe_broadcast(tx, one, now)
        due = await candidates(tx, now, 3, {})
        await record_results(tx, [Result(due[0].id, MessageState.SENT, "", 7)], now)
        await lease_messages(tx, [due[1].id], "me", now)
        assert await drop_broadcast(tx, number, now) == 4
        assert await drop_broadcast(tx, number, now) == 0
        progress = await broadcast_progress(tx, number)
        assert progress == Progress(sent=1, dropped=4, waiting=1)
        assert await broadcast_progress(tx, other) == Progress(waiting=6)
        await record_results(tx, [Result(due[1].id, MessageState.SENT, "", 8)], now)
        assert await broadcast_progress(tx, number) == Progress(sent=2, dropped=4)


async def test_reachable_are_the_active_chats_not_their_threads(
    database: Database, given: Given, now: datetime
) -> None:
    for chat_id, thread in ((1, 0), (2, 0), (-3, 0), (-3, 9)):
        await given.destination(chat_id, thread)
    async with database.writing() as tx:
        await set_chat_state(tx, 2, ChatState.GONE, None, now)
        assert await reachable_chats(tx) == 2
