"""The drain against Telegram's stand-in: what waits arrives, once, in order, whatever happens."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.demo.telegram_server import TelegramServer
from bot.domain.audiences import Audience
from bot.domain.chats import ChatKind, ChatState
from bot.domain.errors import TelegramRefused
from bot.domain.outbox import Priority, Rendered, Reply
from bot.states import Reporter
from bot.web.health import PartState, State
from storage.audiences import owe_audience
from storage.chats import chat
from storage.database import Database
from storage.outbox import add_reply


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
    office.pacer.rate = 10  # far enough apart to arrive in the order they left
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
        await office.until_ended()
    assert server.sent[0].thread_id == 0
    assert office.told.closed == [(forum.id, thread.id)]


async def test_a_forum_with_two_dead_threads_gets_a_story_once_in_general(
    office: Any, server: TelegramServer
) -> None:
    """Both threads asked for it; what was asked for in them is General's from then on."""
    bob = server.world.add_user("Bob")
    forum = server.world.add_group("Forum", kind="supergroup", is_forum=True, members=[bob])
    dead = [server.world.add_thread(forum.id, name) for name in ("News", "Prices")]
    for thread in dead:
        server.world.delete_thread(forum.id, thread.id)
    await office.story(
        *[await office.chat(forum.id, ChatKind.SUPERGROUP, thread.id) for thread in dead]
    )
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert [sent.thread_id for sent in server.sent] == [0]
    assert sorted(office.told.closed) == sorted((forum.id, thread.id) for thread in dead)


async def test_a_preview_that_telegram_cannot_read_is_not_sent_in_plain_form(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """It is there to show how it will look; the reason is kept for who asked."""
    await office.reply(await office.chat(alice), "<h1>Rates</h1>", exact=True)
    async with office.open():
        await office.until_ended()
    assert server.sent == []
    assert [state for state, *_ in await office.rows()] == ["failed"]


async def test_a_chat_that_may_not_be_written_to_pauses_and_its_people_are_told(
    office: Any, server: TelegramServer
) -> None:
    """What waits for it is dropped, and word of it is owed once."""
    bob = server.world.add_user("Bob")
    group = server.world.add_group("Traders", members=[bob])
    server.world.set_write_ban(group.id, "rights")
    destination = await office.chat(group.id, ChatKind.SUPERGROUP)
    await office.reply(destination, "one")
    await office.reply(destination, "two")
    async with office.open():
        await office.until_ended()
    async with office.database.reading() as tx:
        stored = await chat(tx, group.id)
    assert stored is not None
    assert stored.state is ChatState.PAUSED
    assert office.told.paused == [group.id]
    assert {state for state, *_ in await office.rows()} == {"dropped"}


async def test_a_text_that_cannot_be_read_for_now_is_sent_later(
    office: Any, server: TelegramServer, renderer: Any, alice: int
) -> None:
    """A database that fails while a message is rendered costs nothing but a second."""
    await office.chat(alice)
    renderer.failing = 1
    async with office.database.writing() as tx:
        await owe_audience(tx, 1, Audience(), datetime.now(UTC))
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert [state for state, *_ in await office.rows()] == ["sent"]


async def test_a_refused_token_ends_the_drain_and_loses_nothing(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """The drain ends with Telegram's reason; what it took waits, and no attempt is counted."""
    bob = server.world.add_user("Bob", started=True)
    server.fail("sendMessage", 401, "Unauthorized", times=None)
    for user_id in (alice, bob.id):
        await office.reply(await office.chat(user_id), "Hello")
    with pytest.raises(TelegramRefused, match="Unauthorized"):
        async with asyncio.timeout(10):
            await office.drain.run()
    assert server.sent == []
    assert [(state, attempts) for state, _, attempts in await office.rows()] == [("waiting", 0)] * 2


async def test_a_message_whose_subject_is_gone_is_dropped_and_counted(
    office: Any, server: TelegramServer, renderer: Any, alice: int
) -> None:
    """A story that was deleted meanwhile is not called for, and the metric tells of it."""
    labels = {"priority": "news", "kind": "subject_gone"}
    before = REGISTRY.get_sample_value("coinbell_messages_ended_total", labels) or 0
    renderer.gone.add(await office.story(await office.chat(alice)))

    async def dropped() -> bool:
        found = [(state, reason) for state, reason, _ in await office.rows()]
        return found == [("dropped", "its subject is gone")]

    async with office.open():
        await office.until(dropped)
    assert server.calls("sendMessage") == 0
    assert REGISTRY.get_sample_value("coinbell_messages_ended_total", labels) == before + 1


async def test_a_message_past_its_time_is_dropped_without_a_call(
    office: Any, server: TelegramServer, alice: int
) -> None:
    """The one behind it goes."""
    where = await office.chat(alice)
    await office.reply(where, "Too late", expires_at=datetime.now(UTC))
    await office.reply(where, "In time")
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert server.calls("sendMessage") == 1
    assert [state for state, *_ in await office.rows()] == ["dropped", "sent"]


@pytest.mark.parametrize("busy_timeout_ms", [200])
async def test_a_locked_database_pauses_sending(
    office: Any, server: TelegramServer, alice: int, database_url: str
) -> None:
    """Another program holds it: nothing is sent and `/readyz` says why; then all goes on."""
    where, now = await office.chat(alice), datetime.now(UTC)
    reporter = Reporter(office.database, lambda: now)
    reporter.drain = office.drain

    async def outbox() -> PartState:
        part = (await reporter.states())["outbox"]
        assert isinstance(part, PartState)
        return part

    async def failing() -> bool:
        return (await outbox()).state is State.FAILING

    async def well() -> bool:
        return (await outbox()).state is State.OK

    other = Database(database_url)
    await office.reply(where, "At work")
    async with office.open():
        await office.until_ended()
        async with other.writing() as tx:
            await add_reply(tx, Reply(where, Rendered("Hello")), "test", now)
            office.wakeup.wake()
            await office.until(failing)
            assert "locked" in ((await outbox()).error_text or "")
            assert len(server.sent) == 1
        await server.wait_for_sent(2)
        await office.until_ended()
        await office.until(well)
    await other.close()
    assert [state for state, *_ in await office.rows()] == ["sent", "sent"]


async def test_in_an_outage_a_harmless_call_is_tried_and_no_message_twice(
    office: Any, server: TelegramServer
) -> None:
    """Answers of many chats are lost: the rest waits until Telegram answers getMe."""
    users = [server.world.add_user(f"User {n}", started=True) for n in range(30)]
    server.drop_after("sendMessage", times=None)
    server.drop_before("getMe", times=2)
    for user in users:
        await office.reply(await office.chat(user.id), "Hello", Priority.BROADCAST)
    async with office.open():
        await server.wait_until(lambda: server.calls("getMe") >= 2, timeout_seconds=20)
        silent = server.calls("sendMessage")
        server.faults.clear()
        await office.until_ended()
    assert silent < 30
    assert len({sent.chat_id for sent in server.sent}) == 30
    assert len(server.sent) == 30
    states = [state for state, *_ in await office.rows()]
    assert (states.count("unknown"), states.count("sent")) == (silent, 30 - silent)
