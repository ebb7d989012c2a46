"""The drain against Telegram's stand-in: what waits arrives, once, in order, whatever happens."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.demo.telegram_server import TelegramServer
from bot.domain.chats import ChatKind, ChatState
from bot.domain.errors import TelegramRefused
from bot.domain.outbox import Priority
from storage.chats import chat
from storage.outbox import owe_broadcast
from storage.schema import messages


@pytest.fixture
def alice(server: TelegramServer) -> int:
    user = server.world.add_user("Alice")
    server.world.start(user.id)
    return user.id


async def test_what_waits_is_sent_and_kept_as_sent(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """A reply arrives, and its row holds Telegram's id of it."""
    await office.reply(await office.chat(alice), "<b>Hello</b>")
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert [(sent.chat_id, sent.text) for sent in server.sent] == [(alice, "Hello")]
    assert await office.rows() == [("sent", None, 1)]


async def test_a_new_message_wakes_a_drain_that_waits(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """Nothing is polled for: the signal ends the wait."""
    destination = await office.chat(alice)
    async with office.open():
        await asyncio.sleep(0.05)
        await office.reply(destination, "Hello")
        await server.wait_for_sent(1, timeout_seconds=2)
    assert server.sent[0].text == "Hello"


async def test_higher_priorities_overtake(office: Any, server: TelegramServer) -> None:
    """An alert owed after a broadcast leaves first."""
    users = [server.world.add_user(f"User {n}") for n in range(3)]
    order = [Priority.BROADCAST, Priority.NEWS, Priority.ALERT]
    for user, priority in zip(users, order, strict=True):
        server.world.start(user.id)
        await office.reply(await office.chat(user.id), priority.name, priority)
    async with office.open():
        await server.wait_for_sent(3)
    assert [sent.text for sent in server.sent] == ["ALERT", "NEWS", "BROADCAST"]


async def test_a_chats_messages_keep_their_order_a_second_apart(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """The strict server refuses none of three messages to one chat."""
    destination = await office.chat(alice)
    for n in range(3):
        await office.reply(destination, f"Number {n}")
    async with office.open():
        await server.wait_for_sent(3)
    assert [sent.text for sent in server.sent] == ["Number 0", "Number 1", "Number 2"]
    gaps = [b.at - a.at for a, b in zip(server.sent, server.sent[1:], strict=False)]
    assert min(gaps) > 0.95


async def test_a_blocked_chat_is_gone_with_all_that_waits_for_it(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """One 403 is enough: nothing more is tried."""
    server.world.block(alice)
    destination = await office.chat(alice)
    for n in range(3):
        await office.reply(destination, f"Number {n}")
    async with office.open():
        await office.until_ended()
    assert server.calls("sendMessage") == 1
    async with office.database.reading() as tx:
        stored = await chat(tx, alice)
    assert stored is not None
    assert stored.state is ChatState.GONE
    assert {state for state, *_ in await office.rows()} == {"dropped"}


async def test_a_group_that_moved_is_written_to_at_its_new_id(
    office: Any, server: TelegramServer
) -> None:
    """The chat's id is rewritten and the same message arrives."""
    bob = server.world.add_user("Bob")
    group = server.world.add_group("Traders", kind="group", members=[bob])
    destination = await office.chat(group.id, ChatKind.GROUP)
    new_id = server.world.migrate(group.id)
    await office.reply(destination, "Hello")
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert server.sent[0].chat_id == new_id
    async with office.database.reading() as tx:
        assert await chat(tx, group.id) is None
        assert await chat(tx, new_id) is not None


async def test_a_flood_answer_is_waited_out(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """A 429 costs no attempt, and the message arrives after the time it asked for."""
    server.fail("sendMessage", 429, parameters={"retry_after": 1})
    await office.reply(await office.chat(alice), "Hello")
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert len(server.refused) == 1
    assert await office.rows() == [("sent", None, 1)]


async def test_a_server_error_is_tried_again(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """A 502 is met with a pause and a second try."""
    server.fail("sendMessage", 502)
    await office.reply(await office.chat(alice), "Hello")
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert [(state, attempts) for state, _, attempts in await office.rows()] == [("sent", 2)]


async def test_a_broken_text_arrives_plain(office: Any, server: TelegramServer, alice: int) -> None:
    """What Telegram cannot parse goes out as bare words."""
    await office.reply(await office.chat(alice), "<h1>Rates &amp; prices</h1>")
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert server.sent[0].text == "Rates & prices"
    assert [state for state, *_ in await office.rows()] == ["sent"]


async def test_a_closed_thread_falls_back_to_general(office: Any, server: TelegramServer) -> None:
    """The second try goes to the group itself."""
    bob = server.world.add_user("Bob")
    forum = server.world.add_group("Forum", kind="supergroup", is_forum=True, members=[bob])
    thread = server.world.add_thread(forum.id, "News")
    server.world.delete_thread(forum.id, thread.id)
    destination = await office.chat(forum.id, ChatKind.SUPERGROUP, thread.id)
    await office.reply(destination, "Hello")
    async with office.open():
        await server.wait_for_sent(1)
    assert server.sent[0].thread_id == 0


async def test_a_lost_answer_does_not_repeat_a_broadcast(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """Silence after writing leaves a broadcast unknown, not sent twice."""
    server.drop_after("sendMessage")
    await office.reply(await office.chat(alice), "Hello", Priority.BROADCAST)
    async with office.open():
        await office.until_ended()
    assert len(server.sent) == 1
    assert [state for state, *_ in await office.rows()] == ["unknown"]


async def test_an_expired_message_is_not_sent(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """Old news are dropped without a call."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    await office.reply(await office.chat(alice), "Old", expires_at=past)
    async with office.open():
        await office.until_ended()
    assert server.calls("sendMessage") == 0
    assert await office.rows() == [("dropped", "expired", 1)]


async def test_a_subject_that_was_deleted_is_dropped(
    office: Any, server: TelegramServer, renderer: Any, alice: int
) -> None:
    """What cannot be rendered any more is counted and left."""
    await office.chat(alice)
    renderer.gone.add(1)
    async with office.database.writing() as tx:
        await owe_broadcast(tx, 1, datetime.now(UTC))
    async with office.open():
        await office.until(lambda: _some(office))
        await office.until_ended()
    assert server.calls("sendMessage") == 0
    assert [state for state, *_ in await office.rows()] == ["dropped"]


async def _some(office: Any) -> bool:
    return bool(await office.rows())


async def test_a_fault_of_ours_ends_one_message_only(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """A payload that cannot be read fails by itself; the next one is sent."""
    destination = await office.chat(alice)
    await office.reply(destination, "Broken")
    async with office.database.writing() as tx:
        await tx.exec_driver_sql("UPDATE messages SET payload = '{'")
    await office.reply(destination, "Whole")
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert [state for state, *_ in await office.rows()] == ["failed", "sent"]


async def test_a_refused_token_ends_the_drain_and_loses_nothing(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """401 stops the bot; the message waits for a token that works."""
    server.fail("sendMessage", 401, "Unauthorized")
    await office.reply(await office.chat(alice), "Hello")
    with pytest.raises(TelegramRefused):
        await office.drain.run()
    assert [state for state, *_ in await office.rows()] == ["waiting"]


async def test_a_locked_database_pauses_sending(
    office: Any, server: TelegramServer, alice: int, tmp_path: Path
) -> None:
    """While another process holds the database nothing is sent or forgotten."""
    later = datetime.now(UTC) + timedelta(seconds=0.6)
    await office.reply(await office.chat(alice), "Hello")
    async with office.database.writing() as tx:
        await tx.execute(sa.update(messages).values(not_before_at=later))
    async with office.open():
        await asyncio.sleep(0.2)  # past the start, which must have the database
        holder = sqlite3.connect(tmp_path / "coinbell.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        office.wakeup.wake()
        await office.until(lambda: _troubled(office))
        assert server.calls("sendMessage") == 0
        holder.close()
        await server.wait_for_sent(1)
        await office.until_ended()
    assert office.drain.trouble is None


async def _troubled(office: Any) -> bool:
    return office.drain.trouble is not None


async def test_what_a_dead_process_left_on_the_wire_is_sent_again(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """A start frees the leases, since nobody knows whether those calls were made."""
    await office.reply(await office.chat(alice), "Hello")
    async with office.database.writing() as tx:
        await tx.exec_driver_sql("UPDATE messages SET state = 'wire', owner = 'dead'")
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert [state for state, *_ in await office.rows()] == ["sent"]


async def test_stopping_finishes_what_is_on_the_wire(office: Any, server: TelegramServer) -> None:
    """After a stop every message is sent or waits; none is in between, none is lost."""
    server.latency_seconds = 0.1
    for n in range(60):
        user = server.world.add_user(f"User {n}")
        server.world.start(user.id)
        await office.reply(await office.chat(user.id), "Hello")
    async with office.open():
        await server.wait_for_sent(1)
    states = [state for state, *_ in await office.rows()]
    assert set(states) <= {"sent", "waiting"}
    assert states.count("sent") == len(server.sent)


async def test_an_unreachable_telegram_is_waited_for(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """While no connection can be made the message waits, and arrives when there is one."""
    port = int(server.api_url.rsplit(":", 1)[1])
    await server.stop()
    await office.reply(await office.chat(alice), "Hello")
    async with office.open():
        await asyncio.sleep(0.3)
        await server.start(port=port)
        await server.wait_for_sent(1, timeout_seconds=20)
        await office.until_ended()
    assert len(server.sent) == 1
