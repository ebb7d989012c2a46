"""/broadcast: looked at, counted, confirmed, and followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.payloads import payload_from
from storage import broadcasts, inbox, outbox
from storage.broadcasts import Broadcast, BroadcastState
from tests.chat.conftest import buttons_of

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby, Message


async def audience(lobby: Lobby, count: int = 2) -> None:
    for number in range(count):
        await lobby.say(lobby.person(f"P{number}"), "/start")


async def asked(lobby: Lobby, text: str = "/broadcast Hello") -> tuple[Message, Message]:
    preview, question = await lobby.say(lobby.operator, text)
    return preview, question


async def the_broadcast(lobby: Lobby) -> Broadcast:
    async with lobby.database.reading() as tx:
        found = await broadcasts.broadcast(tx, 1)
    assert found is not None
    return found


async def press_without_sending(lobby: Lobby, question: Message, data: str) -> str:
    """Press a button, answer it, and leave what is owed owed; gives the report's text."""
    lobby.world.press(lobby.operator.id, question["message_id"], lobby.operator.id, data)
    await lobby.receive()
    async with lobby.database.reading() as tx:
        for received in await inbox.unhandled_updates(tx):
            pending = received
    await lobby.desk.handle(pending)
    async with lobby.database.writing() as tx:
        waiting = await outbox.candidates(tx, lobby.clock(), 1, {})
    if not waiting or waiting[0].payload is None:
        return ""
    return payload_from(waiting[0].payload).rendered.text_html


async def test_the_preview_looks_as_it_will_and_the_reach_is_told(lobby: Lobby) -> None:
    await audience(lobby)
    preview, question = await asked(lobby, "/broadcast We are <back> & well")
    assert preview["text"] == "We are <back> & well"
    assert question["text"] == "Above is how it will look. It goes to 3 chats. Send it?"
    assert list(buttons_of(question)) == ["📣 Send", "Cancel"]
    assert (await the_broadcast(lobby)).state is BroadcastState.DRAFT


async def test_a_message_replied_to_is_the_broadcast(lobby: Lobby) -> None:
    (hint,) = await lobby.say(lobby.operator, "So this is the news of the day")
    said = lobby.world.chats[lobby.operator.id].messages
    own = next(m for m in said.values() if m.get("text", "").startswith("So this"))
    preview, _ = await lobby.say(lobby.operator, "/broadcast", reply_to=own["message_id"])
    assert preview["text"] == "So this is the news of the day"
    assert hint["text"] != preview["text"]


async def test_sending_reaches_everybody_once(lobby: Lobby) -> None:
    await audience(lobby)
    _, question = await asked(lobby)
    sent = await lobby.press(lobby.operator, question, "Send")
    assert sum(message["text"] == "Hello" for message in sent) == 3
    report = next(m for m in sent if m["message_id"] == question["message_id"])
    assert "Broadcast under way\n0 of 3 chats" in report["text"]
    again = await lobby.press_data(lobby.operator, question, buttons_of(question)["📣 Send"])
    assert not any(message["text"] == "Hello" for message in again)
    assert "Too late" in (lobby.server.answered[-1].text or "")
    assert (await the_broadcast(lobby)).total == 3


async def test_a_draft_can_be_thrown_away(lobby: Lobby) -> None:
    _, question = await asked(lobby)
    (edited,) = await lobby.press(lobby.operator, question, "Cancel")
    assert edited["text"] == "Cancelled. Nothing was sent."
    assert (await the_broadcast(lobby)).state is BroadcastState.CANCELLED
    data = buttons_of(question)["📣 Send"]
    assert await lobby.press_data(lobby.operator, question, data) == []
    assert (await the_broadcast(lobby)).state is BroadcastState.CANCELLED


async def test_pause_resume_and_cancel_move_it_from_state_to_state(lobby: Lobby) -> None:
    await audience(lobby)
    _, question = await asked(lobby)
    steps = [
        ("1:bc_send:1:0", BroadcastState.RUNNING, "under way"),
        ("1:bc_pause:1:0", BroadcastState.PAUSED, ""),
        ("1:bc_resume:1:0", BroadcastState.RUNNING, ""),
        ("1:bc_cancel:1:0", BroadcastState.CANCELLED, ""),
    ]
    for data, state, words in steps:
        assert words in await press_without_sending(lobby, question, data)
        assert (await the_broadcast(lobby)).state is state
    sent = await lobby.send()
    assert not any(message["text"] == "Hello" for message in sent)
    assert sent[-1]["text"] == "⏹ Broadcast cancelled\nSent to 0 of 3 chats."


@pytest.mark.parametrize("data", ["1:bc_send:1:0", "1:bc_cancel:1:0", "1:bc_send:99:0"])
async def test_only_operators_press_its_buttons(lobby: Lobby, data: str) -> None:
    await asked(lobby)
    mallory = lobby.person("Mallory")
    (shown,) = await lobby.say(mallory, "/start")
    assert await lobby.press_data(mallory, shown, data) == []
    assert (await the_broadcast(lobby)).state is BroadcastState.DRAFT


async def test_a_button_of_a_broadcast_that_never_was(lobby: Lobby) -> None:
    _, question = await asked(lobby)
    assert await lobby.press_data(lobby.operator, question, "1:bc_pause:99:0") == []
    assert "no longer works" in (lobby.server.answered[-1].text or "")


async def test_a_wrong_use_is_explained(lobby: Lobby) -> None:
    (nothing,) = await lobby.say(lobby.operator, "/broadcast")
    assert "What shall I send?" in nothing["text"]
    document = lobby.server.context.files.add_document("a.txt", b"x", "text/plain")
    file = lobby.world.send_file(lobby.operator.id, lobby.operator.id, document)
    (picture,) = await lobby.say(lobby.operator, "/broadcast", reply_to=file["message_id"])
    assert "only broadcast text" in picture["text"]
