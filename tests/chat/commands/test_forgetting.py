"""/forget: nothing is left, and the goodbye still arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.domain.chats import ChatState
from storage import chats, inbox, schema
from storage.inbox import Received

if TYPE_CHECKING:
    from bot.demo.telegram_chats import User
    from tests.chat.conftest import Lobby, Message


async def rows(lobby: Lobby, table: sa.Table) -> list[Any]:
    async with lobby.database.reading() as tx:
        return list((await tx.execute(sa.select(table))).mappings())


async def asked(lobby: Lobby) -> tuple[User, Message]:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC “secret words”")
    await lobby.say(alice, "/alert BTC > 95k")
    (question,) = await lobby.say(alice, "/forget")
    return alice, question


async def test_it_asks_first_and_keeping_keeps_everything(lobby: Lobby) -> None:
    alice, question = await asked(lobby)
    (kept,) = await lobby.press(alice, question, "Keep it")
    assert kept["text"] == "Nothing was deleted."
    (shown,) = await lobby.say(alice, "/list")
    assert "Bitcoin" in shown["text"]


async def test_the_goodbye_arrives_and_then_nothing_is_left(lobby: Lobby) -> None:
    alice, question = await asked(lobby)
    (goodbye,) = await lobby.press(alice, question, "Delete everything")
    assert goodbye["text"].startswith("Done. Everything about this chat is deleted")
    async with lobby.database.writing() as tx:
        assert await chats.drop_forgotten(tx) == 1
    for table in (
        schema.chats,
        schema.destinations,
        schema.subscriptions,
        schema.alerts,
        schema.messages,
        schema.notifications,
    ):
        assert await rows(lobby, table) == []
    for row in await rows(lobby, schema.inbox):
        assert (row["payload"], row["telegram_chat_id"], row["error"]) == ("", None, None)


async def test_until_the_goodbye_was_sent_only_the_chats_number_is_kept(lobby: Lobby) -> None:
    alice, question = await asked(lobby)
    lobby.world.press(alice.id, question["message_id"], alice.id, "1:forget:1:0")
    await lobby.receive()
    async with lobby.database.reading() as tx:
        (received,) = await inbox.unhandled_updates(tx)
    await lobby.desk.handle(received)
    (row,) = await rows(lobby, schema.chats)
    assert (row["title"], row["username"], row["language"]) == ("", None, None)
    async with lobby.database.writing() as tx:
        assert await chats.drop_forgotten(tx) == 0
    assert len(await lobby.send()) == 1


async def test_updates_that_failed_before_are_emptied(lobby: Lobby) -> None:
    alice, question = await asked(lobby)
    async with lobby.database.writing() as tx:
        await inbox.keep_updates(tx, [Received(1, alice.id, "private words")], lobby.clock())
        for _ in range(inbox.MAX_ATTEMPTS):
            await inbox.mark_failed(tx, 1, "a defect in private words", lobby.clock())
    await lobby.press(alice, question, "Delete everything")
    assert not any("private" in str(dict(row)) for row in await rows(lobby, schema.inbox))


async def test_who_comes_back_before_the_row_is_gone_is_not_forgotten(lobby: Lobby) -> None:
    alice, question = await asked(lobby)
    await lobby.press(alice, question, "Delete everything")
    await lobby.say(alice, "/subscribe ETH")
    async with lobby.database.writing() as tx:
        assert await chats.drop_forgotten(tx) == 0
    (shown,) = await lobby.say(alice, "/list")
    assert shown["text"] == "News about\n• Ethereum (ETH)"


@pytest.mark.parametrize("state", [ChatState.GONE, ChatState.PAUSED])
async def test_whatever_becomes_of_the_goodbye_the_row_goes(lobby: Lobby, state: ChatState) -> None:
    alice, question = await asked(lobby)
    await lobby.press(alice, question, "Delete everything")
    async with lobby.database.writing() as tx:
        await chats.set_chat_state(tx, alice.id, state, "blocked", lobby.clock())
        assert await chats.drop_forgotten(tx) == 1
    assert await rows(lobby, schema.chats) == []


async def test_other_chats_lose_nothing(lobby: Lobby) -> None:
    bob = lobby.person("Bob")
    await lobby.say(bob, "/subscribe BTC")
    alice, question = await asked(lobby)
    await lobby.press(alice, question, "Delete everything")
    (shown,) = await lobby.say(bob, "/list")
    assert "Bitcoin" in shown["text"]


async def test_in_a_group_only_administrators_may(lobby: Lobby) -> None:
    owner, member = lobby.person("Owner"), lobby.person("Max")
    group = lobby.world.add_group("G", owner=owner, members=[member])
    (question,) = await lobby.say(owner, "/forget", group.id)
    assert await lobby.press(member, question, "Delete", group.id) == []
    (goodbye,) = await lobby.press(owner, question, "Delete", group.id)
    assert "deleted" in goodbye["text"]
