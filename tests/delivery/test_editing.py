"""Pushes brought up to date, over the wire."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.delivery.editing import Editing
from bot.demo.telegram_server import TelegramServer
from bot.domain.outbox import MessageState, Result
from storage.articles import mark_changed, mark_pushed
from storage.outbox import candidates, record_results
from tests.conftest import StandingClock


@pytest.fixture
def alice(server: TelegramServer) -> int:
    return server.world.add_user("Alice", started=True).id


class Wakes:
    """Counts how often it was woken."""

    def __init__(self) -> None:
        self.count = 0

    def wake(self) -> None:
        self.count += 1


async def _changed(office: Any, story: int) -> None:
    """More is known of a story that was told."""
    now = datetime.now(UTC)
    async with office.database.writing() as tx:
        await mark_pushed(tx, story, now)
        await mark_changed(tx, story, now - timedelta(minutes=1))


async def _sent(office: Any) -> None:
    """All that is owed counts as sent."""
    now = datetime.now(UTC)
    async with office.database.writing() as tx:
        due = await candidates(tx, now, 10, {})
        results = [Result(m.id, MessageState.SENT, "", 500 + m.id) for m in due]
        await record_results(tx, results, now)


async def test_a_push_is_edited_in_its_place(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """Telegram takes the edit of the message that told the story; no further one is sent."""
    story = await office.story(await office.chat(alice))
    editing = Editing(office.database, lambda: datetime.now(UTC), office.wakeup, 30)
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
        await _changed(office, story)
        assert await editing.run() == 1
        assert await editing.run() == 0
        await office.until_ended()
    assert (server.calls("sendMessage"), server.calls("editMessageText")) == (1, 1)
    assert [state for state, *_ in await office.rows()] == ["sent", "sent"]


async def test_no_push_is_edited_while_news_waits(office: Any, alice: int) -> None:
    """The edit is planned once the news has left."""
    story = await office.story(await office.chat(alice))
    await _sent(office)
    await _changed(office, story)
    later = StandingClock(datetime.now(UTC) + timedelta(minutes=5))
    await office.story()
    wakes = Wakes()
    assert await Editing(office.database, later, wakes, 30).run() == 0
    await _sent(office)
    assert await Editing(office.database, later, wakes, 30).run() == 1
    assert wakes.count == 1
