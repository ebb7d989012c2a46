"""Folding at work: who gets one message, who is left alone, and that it may be run again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.delivery import folder as module
from bot.delivery import metrics
from bot.delivery.folder import Folder
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.outbox import MessageState, Priority, Result, Subject
from storage.chats import destination, see_chat
from storage.outbox import candidates, lease_messages, record_results
from storage.schema import notifications

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.outbox import Claimed
    from storage.database import Database

MINUTE = timedelta(minutes=1)


class CountingSignal:
    """A signal that counts how often it was given."""

    def __init__(self) -> None:
        self.wakes = 0

    def wake(self) -> None:
        self.wakes += 1


class Late:
    """An outbox in which a test makes things late."""

    def __init__(self, database: Database, clock: Any) -> None:
        self.database = database
        self.clock = clock
        self.signal = CountingSignal()
        self.folder = Folder(database, clock, self.signal)
        self._numbers = 0

    async def owe(self, chat_ids: range, *minutes: float, subject: Subject = Subject.STORY) -> None:
        """Owe each chat one of a subject for every age in minutes."""
        priority = Priority.NEWS if subject is Subject.STORY else Priority.ALERT
        now: datetime = self.clock()
        async with self.database.writing() as tx:
            here = []
            for chat_id in chat_ids:
                await see_chat(tx, ChatSeen(chat_id, ChatKind.PRIVATE), now)
                here.append((await destination(tx, chat_id, 0)).id)
            for age in minutes:
                self._numbers += 1
                row = {
                    "subject": subject.value,
                    "subject_id": self._numbers,
                    "revision": 1,
                    "priority": priority.value,
                    "state": "owed",
                    "created_at": now - age * MINUTE,
                }
                rows = [row | {"destination_id": one} for one in here]
                await tx.execute(sa.insert(notifications), rows)

    async def due(self) -> list[Claimed]:
        async with self.database.writing() as tx:
            return await candidates(tx, self.clock(), 1000, {})

    async def send_all(self) -> list[Claimed]:
        """Everything that may go, sent."""
        due = await self.due()
        async with self.database.writing() as tx:
            await lease_messages(tx, [one.id for one in due], "me", self.clock() + MINUTE)
            results = [Result(one.id, MessageState.SENT) for one in due]
            await record_results(tx, results, self.clock())
        return due


@pytest.fixture
def late(database: Database, clock: Any) -> Late:
    return Late(database, clock)


def folded_so_far(priority: str) -> float:
    value: float = metrics.FOLDED.labels(priority)._value.get()
    return value


async def test_nothing_is_folded_while_delivery_keeps_up(late: Late) -> None:
    assert await late.folder.run() == 0
    await late.owe(range(1, 4), 9, 8, 1)
    assert await late.folder.run() == 0
    assert late.signal.wakes == 0
    assert {one.subject for one in await late.due()} == {Subject.STORY}


async def test_what_lags_is_one_message_a_chat_and_the_newest_goes_alone(late: Late) -> None:
    """Two messages instead of five; the counter says how many were folded."""
    before = folded_so_far("news")
    await late.owe(range(1, 4), 50, 40, 30, 20, 1)
    assert await late.folder.run() == 12
    assert folded_so_far("news") - before == 12
    assert late.signal.wakes == 1
    due = await late.due()
    assert [one.subject for one in due] == [Subject.DIGEST] * 3 + [Subject.STORY] * 3
    assert await late.folder.run() == 0


async def test_only_chats_that_are_behind_themselves_are_folded(late: Late) -> None:
    await late.owe(range(1, 2), 30, 20)
    await late.owe(range(2, 3), 3, 2)
    assert await late.folder.run() == 2
    assert [(one.telegram_chat_id, one.subject) for one in await late.due()] == [
        (1, Subject.DIGEST),
        (2, Subject.STORY),
        (2, Subject.STORY),
    ]


async def test_a_burst_of_late_alerts_is_folded_and_a_few_are_not(late: Late) -> None:
    await late.owe(range(1, 2), *[20] * 6, subject=Subject.FIRING)
    await late.owe(range(2, 3), *[20] * 5, subject=Subject.FIRING)
    assert await late.folder.run() == 6
    due = await late.due()
    assert [one.subject for one in due] == [Subject.DIGEST] + [Subject.FIRING] * 5
    assert {one.priority for one in due} == {Priority.ALERT}


async def test_many_chats_are_folded_in_parts(late: Late, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the parts, each chat is folded once and nothing is left out."""
    monkeypatch.setattr(module, "_READ_ROWS", 7)
    monkeypatch.setattr(module, "_WRITE_ROWS", 4)
    await late.owe(range(1, 31), 50, 40, 30)
    assert await late.folder.run() == 90
    due = await late.send_all()
    assert sorted(one.telegram_chat_id for one in due) == list(range(1, 31))
    assert {one.subject for one in due} == {Subject.DIGEST}
    assert await late.folder.run() == 0
    assert await late.due() == []


async def test_a_long_outage_still_ends_in_one_message(late: Late) -> None:
    """A story every ten minutes for five hours, with nothing sent."""
    for _ in range(30):
        await late.owe(range(1, 3), 0)
        await late.due()
        late.clock.advance(600)
        await late.folder.run()
    late.clock.advance(600)
    await late.folder.run()
    due = await late.send_all()
    assert sorted(one.telegram_chat_id for one in due) == [1, 2]
    async with late.database.reading() as tx:
        states = await tx.scalars(sa.select(notifications.c.state))
        assert list(states) == ["sent"] * 60
