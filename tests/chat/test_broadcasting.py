"""The report of a broadcast, the queue behind it, and the job that keeps both true."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.chat.broadcasting import (
    broadcast_message,
    progress_message,
    refused_message,
    report_progress,
)
from bot.demo.telegram_html import parse_html
from bot.domain.outbox import Button, MessageState, Rendered, Result
from storage import broadcasts, inbox, outbox
from storage.broadcasts import Broadcast, BroadcastState, Progress, Shown
from storage.schema import messages
from tests.chat.conftest import NOW, buttons_of

if TYPE_CHECKING:
    from bot.chat.catalogue import Voice
    from tests.chat.conftest import Lobby, Message

State = BroadcastState
MIDWAY = Progress(sent=1480, blocked=6, failed=4, unknown=10, waiting=500)
COUNTS = "Sent: 1,480 · blocked or gone: 6 · failed: 4 · unknown: 10"


def broadcast(state: BroadcastState, **facts: Any) -> Broadcast:
    started = {"started_at": NOW, "finished_at": NOW + timedelta(seconds=3333)}
    return Broadcast(4, 1, 1, "hi", state, 2000, 9, NOW, **(started | facts))


@pytest.mark.parametrize(
    ("state", "lines", "actions"),
    [
        (State.QUEUED, ["⏳ Broadcast queued"], ["bc_cancel"]),
        (
            State.RUNNING,
            ["📣 Broadcast under way", "1,500 of 2,000 chats, 75.0\u00a0%", COUNTS],
            ["bc_pause", "bc_cancel"],
        ),
        (
            State.PAUSED,
            ["⏸ Broadcast paused", "1,500 of 2,000 chats, 75.0\u00a0%", COUNTS],
            ["bc_resume", "bc_cancel"],
        ),
        (
            State.CANCELLED,
            ["⏹ Broadcast cancelled", "Sent to 1,480 of 2,000 chats in 55:33.", COUNTS],
            [],
        ),
        (
            State.DONE,
            ["✅ Broadcast done", "Sent to 1,480 of 2,000 chats in 55:33.", COUNTS],
            [],
        ),
    ],
)
def test_a_report_says_how_far_it_is_and_offers_what_can_be_done(
    voice: Voice, state: BroadcastState, lines: list[str], actions: list[str]
) -> None:
    rendered = progress_message(broadcast(state), MIDWAY, voice)
    shown = parse_html(rendered.text_html)[0].split("\n")
    assert shown[: len(lines)] == lines
    data = [button.data for row in rendered.rows for button in row]
    assert data == [f"1:{action}:4:0" for action in actions]


def test_a_broadcast_to_nobody_is_through(voice: Voice) -> None:
    nothing = replace(broadcast(State.DONE), total=0)
    assert "Sent to 0 of 0" in progress_message(nothing, Progress(), voice).text_html


def test_the_message_is_what_was_confirmed() -> None:
    rows = ((Button("A", url="https://a.example"),),)
    made = broadcast(State.RUNNING, photo="AgA", rows=rows)
    assert broadcast_message(made) == Rendered("hi", rows, photo="AgA")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("Bad Request: wrong file identifier/HTTP URL specified", "does not take the picture"),
        ("Bad Request: PHOTO_INVALID_DIMENSIONS", "does not take the picture"),
        ("Bad Request: FILE_REFERENCE_EXPIRED", "does not take the picture"),
        ("Bad Request: BUTTON_URL_INVALID", "one of the buttons"),
        ("Bad Request: can't parse entities: x", "can\u2019t read the formatting"),
        ("Bad Request: message caption is too long", "too long"),
        ("Bad Request: <odd>", "Telegram\u2019s words: Bad Request: <odd>"),
        (None, "did not say whether"),
    ],
)
def test_a_refusal_says_why_in_the_admins_words(
    voice: Voice, reason: str | None, words: str
) -> None:
    rendered = refused_message(Shown(MessageState.FAILED, reason), voice)
    assert words in parse_html(rendered.text_html)[0]


async def confirmed(lobby: Lobby, text: str, number: int) -> Message:
    """A broadcast that was typed and confirmed; gives the message that reports it."""
    shown = await lobby.say(lobby.operator, f"/broadcast {text}")
    question = next(m for m in shown if f"1:bc_send:{number}:0" in buttons_of(m).values())
    lobby.world.press(
        lobby.operator.id, question["message_id"], lobby.operator.id, f"1:bc_send:{number}:0"
    )
    await answered(lobby)
    return question


async def answered(lobby: Lobby) -> None:
    """Handle what was pressed, and leave what is owed owed."""
    await lobby.receive()
    async with lobby.database.reading() as tx:
        waiting = await inbox.unhandled_updates(tx)
    for received in waiting:
        assert await lobby.desk.handle(received)


async def pressed(lobby: Lobby, question: Message, data: str) -> None:
    lobby.world.press(lobby.operator.id, question["message_id"], lobby.operator.id, data)
    await answered(lobby)


async def started(lobby: Lobby, chats: int = 3) -> Message:
    """A broadcast to so many people and the operator."""
    for number in range(chats):
        await lobby.say(lobby.person(f"P{number}"), "/start")
    return await confirmed(lobby, "Hello", 1)


async def report(lobby: Lobby, seconds: float = 3) -> int:
    """Let time pass, and the job run."""
    lobby.clock.advance(seconds)
    return await report_progress(lobby.database, lobby.catalogue, lobby.clock, lobby.signal)


async def state_of(lobby: Lobby, number: int) -> BroadcastState:
    async with lobby.database.reading() as tx:
        found = await broadcasts.broadcast(tx, number)
    assert found is not None
    return found.state


async def sent_alone(lobby: Lobby, count: int, state: MessageState = MessageState.SENT) -> None:
    """So many of the broadcast's own messages end, and nothing else."""
    async with lobby.database.writing() as tx:
        due = await outbox.candidates(tx, lobby.clock(), 100, {})
        own = [one.id for one in due if one.subject is not None][:count]
        telegram_id = 7 if state is MessageState.SENT else None
        results = [Result(id_, state, "", telegram_id) for id_ in own]
        await outbox.record_results(tx, results, lobby.clock())


async def test_a_broadcast_is_reported_until_it_is_done_and_never_twice(lobby: Lobby) -> None:
    question = await started(lobby)
    sent = await lobby.send()
    assert sum(message["text"] == "Hello" for message in sent) == 4
    assert await report(lobby, 62) == 1
    (done,) = await lobby.send()
    assert done["message_id"] == question["message_id"]
    assert done["text"] == (
        "✅ Broadcast done\nSent to 4 of 4 chats in 1:02.\n"
        "Sent: 4 · blocked or gone: 0 · failed: 0 · unknown: 0"
    )
    assert await report(lobby) == 0
    assert await lobby.send() == []


async def test_an_unchanged_count_is_not_reported_again(lobby: Lobby) -> None:
    """The press itself was answered with the first report."""
    await started(lobby)
    wakes = lobby.signal.wakes
    assert [await report(lobby) for _ in range(3)] == [0, 0, 0]
    assert lobby.signal.wakes == wakes
    await sent_alone(lobby, 1)
    assert [await report(lobby) for _ in range(3)] == [1, 0, 0]
    assert await state_of(lobby, 1) is State.RUNNING


async def test_a_report_is_edited_every_three_seconds_at_most(lobby: Lobby) -> None:
    await started(lobby, chats=6)
    edits = []
    for second in range(1, 8):
        await sent_alone(lobby, 1)
        if await report(lobby, 1):
            edits.append(second)
    assert edits == [3, 6]


async def test_a_report_that_comes_late_is_not_sent_but_the_last_one_is(lobby: Lobby) -> None:
    await started(lobby)
    await sent_alone(lobby, 1)
    await report(lobby)
    await sent_alone(lobby, 3)
    await report(lobby)
    async with lobby.database.reading() as tx:
        rows = await tx.execute(
            sa.select(messages.c.expires_at)
            .where(messages.c.producer_key.like("broadcast:1:report:%"))
            .order_by(messages.c.id)
        )
        expiries = [row.expires_at for row in rows]
    assert [expires_at is None for expires_at in expiries] == [False, True]


async def test_the_second_begins_by_itself_when_the_first_has_ended(lobby: Lobby) -> None:
    first = await started(lobby)
    await pressed(lobby, first, "1:bc_pause:1:0")
    second = await confirmed(lobby, "Again", 2)
    assert await state_of(lobby, 2) is State.QUEUED
    await report(lobby)
    assert await state_of(lobby, 2) is State.QUEUED, "a paused one keeps its turn"
    await pressed(lobby, first, "1:bc_resume:1:0")
    sent = await lobby.send()
    assert sum(message["text"] == "Hello" for message in sent) == 4
    await report(lobby)
    assert await state_of(lobby, 1) is State.DONE
    assert await state_of(lobby, 2) is State.RUNNING
    sent = await lobby.send()
    assert sum(message["text"] == "Again" for message in sent) == 4
    await report(lobby)
    (done,) = await lobby.send()
    assert done["message_id"] == second["message_id"]
    assert "Sent to 4 of 4" in done["text"]


async def test_a_queued_broadcast_reports_that_it_has_begun(lobby: Lobby) -> None:
    first = await started(lobby)
    await pressed(lobby, first, "1:bc_pause:1:0")
    second = await confirmed(lobby, "Again", 2)
    await pressed(lobby, first, "1:bc_cancel:1:0")
    assert await report(lobby) == 0
    assert await report(lobby) == 1
    edits = [m for m in await lobby.send() if m["message_id"] == second["message_id"]]
    assert "Broadcast under way\n0 of 4 chats" in edits[-1]["text"]


async def test_what_was_on_the_wire_when_it_was_cancelled_is_counted_at_last(
    lobby: Lobby,
) -> None:
    """One arrives, one comes back to the queue and is dropped there; only then is it over."""
    question = await started(lobby)
    async with lobby.database.writing() as tx:
        due = await outbox.candidates(tx, lobby.clock(), 100, {})
        wire = [one.id for one in due if one.subject is not None][:2]
        await outbox.lease_messages(tx, wire, "me", lobby.clock() + timedelta(minutes=2))
    await pressed(lobby, question, "1:bc_cancel:1:0")
    assert await report(lobby) == 0
    assert await state_of(lobby, 1) is State.CANCELLING
    results = [
        Result(wire[0], MessageState.SENT, telegram_message_id=7),
        Result(wire[1], MessageState.WAITING, "flood", not_before_at=lobby.clock()),
    ]
    async with lobby.database.writing() as tx:
        await outbox.record_results(tx, results, lobby.clock())
    assert await report(lobby) == 1
    assert await state_of(lobby, 1) is State.CANCELLED
    sent = await lobby.send()
    assert not any(message["text"] == "Hello" for message in sent)
    assert "Sent to 1 of 4 chats in 0:06." in sent[-1]["text"]


async def test_what_comes_back_from_the_wire_during_a_pause_is_held(lobby: Lobby) -> None:
    question = await started(lobby)
    async with lobby.database.writing() as tx:
        due = await outbox.candidates(tx, lobby.clock(), 100, {})
        wire = [one.id for one in due if one.subject is not None][:1]
        await outbox.lease_messages(tx, wire, "me", lobby.clock() + timedelta(minutes=2))
    await pressed(lobby, question, "1:bc_pause:1:0")
    back = Result(wire[0], MessageState.WAITING, "flood", not_before_at=lobby.clock())
    async with lobby.database.writing() as tx:
        await outbox.record_results(tx, [back], lobby.clock())
    await report(lobby)
    assert not any(message["text"] == "Hello" for message in await lobby.send())
    await pressed(lobby, question, "1:bc_resume:1:0")
    assert sum(message["text"] == "Hello" for message in await lobby.send()) == 4


async def test_a_paused_broadcast_of_which_all_was_on_the_wire_ends(lobby: Lobby) -> None:
    question = await started(lobby, chats=0)
    async with lobby.database.writing() as tx:
        due = await outbox.candidates(tx, lobby.clock(), 100, {})
        wire = [one.id for one in due if one.subject is not None]
        await outbox.lease_messages(tx, wire, "me", lobby.clock() + timedelta(minutes=2))
    await pressed(lobby, question, "1:bc_pause:1:0")
    async with lobby.database.writing() as tx:
        result = Result(wire[0], MessageState.UNKNOWN, "silence")
        await outbox.record_results(tx, [result], lobby.clock())
    assert await report(lobby) == 1
    assert await state_of(lobby, 1) is State.DONE
    assert "unknown: 1" in (await lobby.send())[-1]["text"]


async def test_a_refusal_waits_for_the_question_it_takes_the_place_of(lobby: Lobby) -> None:
    """The question follows the preview by a second: there is nothing to edit before."""
    await lobby.say(lobby.operator, "/broadcast Hello")
    async with lobby.database.writing() as tx:
        await tx.execute(
            sa.update(messages)
            .where(messages.c.producer_key == broadcasts.preview_key(1))
            .values(state=MessageState.FAILED.value, reason="Bad Request: odd")
        )
        await tx.execute(
            sa.update(messages)
            .where(messages.c.producer_key == broadcasts.question_key(1))
            .values(state=MessageState.WIRE.value)
        )
    assert await report(lobby) == 0
    assert await state_of(lobby, 1) is State.DRAFT
    async with lobby.database.writing() as tx:
        await tx.execute(
            sa.update(messages)
            .where(messages.c.producer_key == broadcasts.question_key(1))
            .values(state=MessageState.FAILED.value, telegram_message_id=None)
        )
    assert [await report(lobby), await report(lobby)] == [1, 0]
    (told,) = await lobby.send()
    assert "Telegram\u2019s words: Bad Request: odd" in told["text"]
    assert await state_of(lobby, 1) is State.REFUSED


async def test_a_broadcast_whose_message_is_gone_still_ends(lobby: Lobby) -> None:
    """Its operator forgot the chat: nobody reads the report, and the state moves on."""
    async with lobby.database.writing() as tx:
        draft = await broadcasts.add_broadcast(tx, 1, None, "x", NOW)  # type: ignore[arg-type]  # as after /forget
        moved = await broadcasts.move_broadcast(tx, draft, State.DRAFT, State.RUNNING, NOW)
    assert moved
    assert await report(lobby) == 0
    assert await state_of(lobby, draft) is State.DONE
