"""The line in front of the desk: order, fairness, and a clean end."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import pytest

from bot.chat.reception import Reception
from bot.delivery.wakeup import Wakeup
from bot.domain.errors import DatabaseLocked
from storage import inbox
from storage.inbox import Received

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from bot.chat.desk import Desk
    from storage.database import Database, Transaction


async def reached(condition: Callable[[], bool]) -> None:
    """Let everything else run until a condition holds; TimeoutError after ten seconds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # the reception tells nobody what it does
            await asyncio.sleep(0.005)


class SlowDesk:
    """A desk that notes who was served, and waits where a test tells it to."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database = database
        self._now = now
        self.served: list[int] = []
        self.at_once: dict[int, int] = defaultdict(int)
        self.most_at_once = 0
        self.gates: dict[int, asyncio.Event] = {}
        self.failures: dict[int, int] = {}
        self.defects: dict[int, int] = {}

    async def handle(self, received: Received) -> bool:
        chat_id = received.telegram_chat_id or 0
        self.at_once[chat_id] += 1
        assert self.at_once[chat_id] == 1
        self.most_at_once = max(self.most_at_once, sum(self.at_once.values()))
        try:
            if received.update_id in self.gates:
                await self.gates[received.update_id].wait()
            await asyncio.sleep(0)
            if self.defects.get(received.update_id, 0) > 0:
                self.defects[received.update_id] -= 1
                raise RuntimeError("a defect of the desk")
            if self.failures.get(received.update_id, 0) > 0:
                self.failures[received.update_id] -= 1
                return False
            async with self._database.writing() as tx:
                await inbox.mark_handled(tx, received.update_id, self._now)
            self.served.append(received.update_id)
            return True
        finally:
            self.at_once[chat_id] -= 1


class Door:
    """A running reception with its desk, and people who arrive."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.desk = SlowDesk(database, now)
        self.wakeup = Wakeup()
        self._database = database
        self._now = now
        self.reception = Reception(
            cast("Desk", self.desk), database, self.wakeup, chats_at_once=3, retry_seconds=0.01
        )

    async def arrive(self, *updates: tuple[int, int | None]) -> None:
        received = [Received(update_id, chat_id, "{}") for update_id, chat_id in updates]
        async with self._database.writing() as tx:
            await inbox.keep_updates(tx, received, self._now)
        self.wakeup.wake()

    async def until(self, *update_ids: int) -> None:
        await reached(lambda: set(update_ids) <= set(self.desk.served))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.reception.run())
        yield task
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.fixture
def door(database: Database, now: datetime) -> Door:
    return Door(database, now)


async def test_what_waited_before_the_start_is_served_and_so_is_what_comes_later(
    door: Door,
) -> None:
    await door.arrive((1, 10))
    async with door.open():
        await door.until(1)
        await door.arrive((2, 10), (3, None))
        await door.until(2, 3)
    assert sorted(door.desk.served) == [1, 2, 3]


async def test_a_chat_is_served_in_order_one_at_a_time(door: Door) -> None:
    await door.arrive(*((n, 10 if n % 2 else 20) for n in range(1, 21)))
    async with door.open():
        await door.until(*range(1, 21))
    assert [n for n in door.desk.served if n % 2] == list(range(1, 21, 2))
    assert [n for n in door.desk.served if not n % 2] == list(range(2, 21, 2))


async def test_chats_are_served_side_by_side_up_to_a_number(door: Door) -> None:
    for n in range(1, 7):
        door.desk.gates[n] = asyncio.Event()
    await door.arrive(*((n, n) for n in range(1, 7)))
    async with door.open():
        await reached(lambda: door.desk.most_at_once == 3)
        for gate in door.desk.gates.values():
            gate.set()
        await door.until(*range(1, 7))
    assert door.desk.most_at_once == 3


async def test_a_flood_of_one_chat_holds_up_nobody_else(door: Door) -> None:
    """More than one fetch holds of one chat, the first of them stuck: another chat goes on."""
    door.desk.gates[1] = asyncio.Event()
    await door.arrive(*((n, 10) for n in range(1, 301)), (301, 20))
    async with door.open():
        await door.until(301)
        assert 2 not in door.desk.served
        door.desk.gates[1].set()
        await door.until(*range(1, 302))


async def test_a_flood_does_not_hide_others_from_the_first_look(
    door: Door, database: Database
) -> None:
    """Nobody wakes the reception again, and the flood's own line is stuck."""
    door.desk.gates[1] = asyncio.Event()
    await door.arrive(*((n, 10) for n in range(1, 301)), (301, 20))
    desk = cast("Desk", door.desk)
    door.reception = Reception(desk, database, Deaf(), chats_at_once=3)
    async with door.open():
        await door.until(301)
        assert 1 not in door.desk.served
        door.desk.gates[1].set()


class Deaf:
    """Wakes nobody: only the first look counts."""

    def wake(self) -> None:
        """Nobody hears it."""

    async def wait(self, seconds: float) -> None:
        del seconds
        await asyncio.Event().wait()


async def test_a_failed_update_is_tried_again_before_the_next_of_its_chat(door: Door) -> None:
    door.desk.failures[1] = 2
    await door.arrive((1, 10), (2, 10), (3, 20))
    async with door.open():
        await door.until(1, 2, 3)
    assert door.desk.served.index(1) < door.desk.served.index(2)


async def test_a_defect_of_the_desk_is_waited_out_like_a_failure(door: Door) -> None:
    """It ends neither the reception nor turns it into a loop without a pause."""
    door.desk.defects[1] = 2
    await door.arrive((1, 10), (2, 20))
    async with door.open():
        await door.until(1, 2)
    assert door.desk.defects[1] == 0


async def test_what_is_under_way_is_finished_and_the_rest_is_left(door: Door) -> None:
    door.desk.gates[1] = asyncio.Event()
    await door.arrive((1, 10), (2, 10))
    async with door.open() as task:
        await reached(lambda: door.desk.at_once[10] == 1)
        task.cancel()
        await asyncio.sleep(0.01)
        assert not task.done()
        door.desk.gates[1].set()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert door.desk.served == [1]


class Hiccup:
    """A database that is locked the first time it is read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.failed = False

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        if not self.failed:
            self.failed = True
            raise DatabaseLocked("locked")
        async with self._database.reading() as tx:
            yield tx


async def test_an_unreadable_inbox_is_looked_at_again(door: Door, database: Database) -> None:
    hiccup = Hiccup(database)
    desk = cast("Desk", door.desk)
    door.reception = Reception(desk, cast("Database", hiccup), door.wakeup)
    async with door.open():
        await reached(lambda: hiccup.failed)
        await door.arrive((1, 10))
        await door.until(1)
    assert hiccup.failed
