"""Updates, kept once and until they were handled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from storage.inbox import (
    MAX_ATTEMPTS,
    Received,
    forget_updates,
    keep_updates,
    mark_failed,
    mark_handled,
    prune_inbox,
    unhandled_updates,
)
from storage.schema import inbox

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database


async def _keep(database: Database, now: datetime, *updates: Received) -> None:
    async with database.writing() as tx:
        await keep_updates(tx, list(updates), now)


async def _waiting(database: Database, **options: Any) -> list[int]:
    async with database.reading() as tx:
        return [one.update_id for one in await unhandled_updates(tx, **options)]


async def test_updates_wait_in_the_order_of_their_ids(database: Database, now: datetime) -> None:
    await _keep(database, now)
    await _keep(database, now, Received(7, 1, "seven"), Received(5, None, "five"))
    async with database.reading() as tx:
        found = await unhandled_updates(tx)
    assert found == [Received(5, None, "five"), Received(7, 1, "seven")]
    assert await _waiting(database, limit=1) == [5]


async def test_an_update_that_comes_again_is_left_as_it_is(
    database: Database, now: datetime
) -> None:
    await _keep(database, now, Received(5, 1, "first"))
    async with database.writing() as tx:
        await mark_handled(tx, 5, now)
    await _keep(database, now, Received(5, 1, "again"), Received(6, 1, "next"))
    assert await _waiting(database) == [6]


async def test_updates_of_busy_chats_are_passed_over(database: Database, now: datetime) -> None:
    """0 stands for those without a chat."""
    updates = (Received(1, 10, ""), Received(2, 20, ""), Received(3, None, ""))
    await _keep(database, now, *updates)
    assert await _waiting(database, busy={10}) == [2, 3]
    assert await _waiting(database, busy={10, 0}) == [2]


async def test_what_was_handled_keeps_only_its_id(database: Database, now: datetime) -> None:
    await _keep(database, now, Received(5, 10, "somebody's words"))
    async with database.writing() as tx:
        await mark_handled(tx, 5, now)
    async with database.reading() as tx:
        row = (await tx.execute(sa.select(inbox))).one()
    assert (row.update_id, row.telegram_chat_id, row.payload) == (5, None, "")


async def test_a_failing_update_is_given_up_after_three_tries(
    database: Database, now: datetime
) -> None:
    await _keep(database, now, Received(5, 1, "words"))
    given_up = []
    for _ in range(MAX_ATTEMPTS):
        assert await _waiting(database) == [5]
        async with database.writing() as tx:
            given_up.append(await mark_failed(tx, 5, "x" * 2000, now))
    assert given_up == [False, False, True]
    assert await _waiting(database) == []
    async with database.reading() as tx:
        row = (await tx.execute(sa.select(inbox))).one()
    assert (row.attempts, row.error, row.payload) == (3, "x" * 500, "words")


async def test_a_failure_of_an_update_that_is_not_there_is_nothing(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        assert not await mark_failed(tx, 404, "gone", now)


async def test_pruning_takes_old_handled_updates_and_never_waiting_ones(
    database: Database, now: datetime
) -> None:
    await _keep(database, now, *(Received(number, 1, "") for number in range(1, 6)))
    async with database.writing() as tx:
        for number in (1, 2, 3):
            await mark_handled(tx, number, now)
        await mark_handled(tx, 4, now + timedelta(days=2))
        assert await prune_inbox(tx, now + timedelta(days=1), limit=2) == 2
        assert await prune_inbox(tx, now + timedelta(days=1), limit=2) == 1
        assert await prune_inbox(tx, now + timedelta(days=1)) == 0
    async with database.reading() as tx:
        assert set(await tx.scalars(sa.select(inbox.c.update_id))) == {4, 5}


async def test_forgetting_a_chat_takes_its_words_but_not_what_came_later(
    database: Database, now: datetime
) -> None:
    """The update of the request itself, 3, is still being handled."""
    words = [Received(1, 10, "old"), Received(2, 20, "other"), Received(3, 10, "/forget")]
    await _keep(database, now, *words, Received(4, 10, "/start"))
    async with database.writing() as tx:
        for _ in range(MAX_ATTEMPTS):
            await mark_failed(tx, 1, "old words", now)
        await forget_updates(tx, 10, 3)
        await mark_handled(tx, 3, now)
    async with database.reading() as tx:
        rows = await tx.execute(sa.select(inbox.c.payload).order_by(inbox.c.update_id))
        kept = [payload for (payload,) in rows if payload]
    assert kept == ["other", "/start"]
    assert await _waiting(database) == [2, 4]
