"""Who set something in a chat hears when it cannot be written to."""

from typing import Any

from bot.chat.catalogue import Catalogue
from bot.chat.notices import ChatNotices
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.payloads import payload_from
from bot.domain.topics import EVERYTHING
from storage.chats import destination, see_chat
from storage.database import Database
from storage.outbox import candidates
from storage.subscriptions import subscribe

GROUP, ALICE, BOB = -1001, 7, 8


async def furnish(database: Database, clock: Any) -> None:
    """A group in which Alice, who knows the bot, and Bob, who does not, subscribed."""
    async with database.writing() as tx:
        await see_chat(tx, ChatSeen(GROUP, ChatKind.SUPERGROUP, "Tr<a>ders"), clock())
        await see_chat(tx, ChatSeen(ALICE, ChatKind.PRIVATE, "Alice"), clock())
        await destination(tx, ALICE)
        for thread, person in ((0, ALICE), (5, BOB)):
            where = await destination(tx, GROUP, thread)
            await subscribe(tx, where.id, EVERYTHING, person, clock())


async def told(database: Database, clock: Any) -> list[tuple[int, str]]:
    """To whom something is owed, and what."""
    async with database.writing() as tx:
        due = await candidates(tx, clock(), 10, {})
    return [(m.telegram_chat_id, payload_from(m.payload or "").rendered.text_html) for m in due]


async def test_a_pause_is_told_once_a_day_to_who_can_be_reached(
    database: Database, clock: Any
) -> None:
    """Alice reads which chat and why; Bob never wrote to the bot and cannot be written to."""
    await furnish(database, clock)
    notices = ChatNotices(Catalogue.load(), clock)
    for _ in range(2):
        async with database.writing() as tx:
            await notices.chat_paused(tx, GROUP, "not enough rights")
    ((chat_id, text),) = await told(database, clock)
    assert chat_id == ALICE
    assert "Tr&lt;a&gt;ders" in text
    assert "not enough rights" in text


async def test_a_closed_thread_is_told_apart_from_another(database: Database, clock: Any) -> None:
    """Each thread has its own notice."""
    await furnish(database, clock)
    notices = ChatNotices(Catalogue.load(), clock)
    async with database.writing() as tx:
        for thread in (5, 5, 6):
            await notices.thread_closed(tx, GROUP, thread)
    found = await told(database, clock)
    assert [chat_id for chat_id, _ in found] == [ALICE, ALICE]
    assert "General" in found[0][1]
