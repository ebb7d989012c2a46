"""Pushes brought up to date, over the wire."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.delivery.editing import Editing
from bot.demo.telegram_server import TelegramServer
from bot.domain.articles import Mention, Role
from bot.domain.markets import Market, Tick
from bot.domain.outbox import MessageState, Result
from bot.domain.topics import EVERYTHING
from storage.article_prices import note_prices
from storage.articles import amend_article, mark_changed, mark_pushed
from storage.markets import ask_market, store_tick
from storage.outbox import candidates, record_results
from storage.sources import known_sources
from storage.story_pages import latest_stories
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


async def test_the_first_price_of_a_coin_is_noted_while_news_waits(office: Any, alice: int) -> None:
    """Later it would be none of that time any more."""
    story = await office.story(await office.chat(alice))
    now = datetime.now(UTC)
    market = Market("pepe")
    mentions = (Mention("pepe", "PEPE", Role.PRIMARY, ""),)
    async with office.database.writing() as tx:
        told = await latest_stories(tx, EVERYTHING, 1)
        (source,) = await known_sources(tx)
        await amend_article(tx, source.id, replace(told[0].article, mentions=mentions))
        await note_prices(tx, source.id, told[0].article.guid, {market: None})
        await ask_market(tx, market, now)
        await store_tick(tx, Tick(market, Decimal(7), "x", now, now))
    later = StandingClock(now + timedelta(minutes=5))
    assert await Editing(office.database, later, Wakes(), 30).run() == 0
    async with office.database.reading() as tx:
        (found,) = await latest_stories(tx, EVERYTHING, 1)
    assert (found.id, found.prices) == (story, ((market, Decimal(7)),))
