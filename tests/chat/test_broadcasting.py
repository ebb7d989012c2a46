"""The report of a broadcast, and the job that keeps it true."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from bot.chat.broadcasting import progress_message, report_progress
from bot.demo.telegram_html import parse_html
from storage import broadcasts, inbox
from storage.broadcasts import Broadcast, BroadcastState, Progress
from tests.chat.conftest import NOW, buttons_of

if TYPE_CHECKING:
    from bot.chat.catalogue import Voice
    from tests.chat.conftest import Lobby, Message


def broadcast(state: BroadcastState) -> Broadcast:
    return Broadcast(4, 1, 1, "hi", state, 2000, 9, NOW, NOW, None)


@pytest.mark.parametrize(
    ("state", "lines", "actions"),
    [
        (
            BroadcastState.RUNNING,
            ["📣 Broadcast under way", "1,500 of 2,000 chats, 75.0\u00a0%", "Not reached: 10"],
            ["bc_pause", "bc_cancel"],
        ),
        (
            BroadcastState.PAUSED,
            ["⏸ Broadcast paused", "1,500 of 2,000 chats, 75.0\u00a0%", "Not reached: 10"],
            ["bc_resume", "bc_cancel"],
        ),
        (
            BroadcastState.CANCELLED,
            ["⏹ Broadcast cancelled", "Sent to 1,490 of 2,000 chats."],
            [],
        ),
        (
            BroadcastState.DONE,
            ["✅ Broadcast done", "Sent to 1,490 of 2,000 chats. Not reached: 10"],
            [],
        ),
    ],
)
def test_a_report_says_how_far_it_is_and_offers_what_can_be_done(
    voice: Voice, state: BroadcastState, lines: list[str], actions: list[str]
) -> None:
    progress = Progress(sent=1480, unknown=10, dropped=10, waiting=500)
    rendered = progress_message(broadcast(state), progress, voice)
    assert parse_html(rendered.text_html)[0].split("\n") == lines
    data = [button.data for row in rendered.rows for button in row]
    assert data == [f"1:{action}:4:0" for action in actions]


def test_a_broadcast_to_nobody_is_through(voice: Voice) -> None:
    nothing = Broadcast(4, 1, 1, "hi", BroadcastState.DONE, 0, 9, NOW, NOW, NOW)
    assert "Sent to 0 of 0" in progress_message(nothing, Progress(), voice).text_html


async def started(lobby: Lobby, chats: int = 3) -> Message:
    """A broadcast to so many people and the operator; gives the message that reports it."""
    for number in range(chats):
        await lobby.say(lobby.person(f"P{number}"), "/start")
    _, question = await lobby.say(lobby.operator, "/broadcast Hello")
    lobby.world.press(
        lobby.operator.id,
        question["message_id"],
        lobby.operator.id,
        buttons_of(question)["📣 Send"],
    )
    await lobby.receive()
    return question


async def report(lobby: Lobby) -> int:
    return await report_progress(lobby.database, lobby.catalogue, lobby.clock, lobby.signal)


async def test_a_broadcast_is_reported_until_it_is_done_and_never_twice(lobby: Lobby) -> None:
    question = await started(lobby)
    sent = await lobby.deliver()
    assert sum(message["text"] == "Hello" for message in sent) == 4
    assert await report(lobby) == 1
    (done,) = await lobby.send()
    assert done["message_id"] == question["message_id"]
    assert done["text"] == "✅ Broadcast done\nSent to 4 of 4 chats. Not reached: 0"
    assert await report(lobby) == 0
    assert await lobby.send() == []


async def test_an_unchanged_count_is_not_reported_again(lobby: Lobby) -> None:
    await started(lobby)
    async with lobby.database.reading() as tx:
        waiting = await inbox.unhandled_updates(tx)
    for received in waiting:
        await lobby.desk.handle(received)
    wakes = lobby.signal.wakes
    assert [await report(lobby) for _ in range(3)] == [1, 0, 0]
    assert lobby.signal.wakes == wakes + 1
    async with lobby.database.reading() as tx:
        (running,) = await broadcasts.running_broadcasts(tx)
    assert running.state is BroadcastState.RUNNING


async def test_a_broadcast_whose_message_is_gone_still_ends(lobby: Lobby, now: datetime) -> None:
    """Its operator forgot the chat: nobody reads the report, and the state moves on."""
    async with lobby.database.writing() as tx:
        draft = await broadcasts.add_broadcast(tx, 1, None, "x", now)  # type: ignore[arg-type]  # as after /forget
        moved = await broadcasts.move_broadcast(
            tx, draft, BroadcastState.DRAFT, BroadcastState.RUNNING, now
        )
    assert moved
    assert await report(lobby) == 0
    async with lobby.database.reading() as tx:
        ended = await broadcasts.broadcast(tx, draft)
    assert ended is not None
    assert ended.state is BroadcastState.DONE
