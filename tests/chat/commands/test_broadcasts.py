"""/broadcast: looked at, counted, confirmed, and followed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.chat.broadcasting import report_progress
from bot.chat.desk import Desk
from bot.chat.members import TelegramAdministrators
from bot.domain.outbox import MessageState
from bot.domain.payloads import payload_from
from storage import broadcasts, inbox, outbox
from storage.broadcasts import Broadcast, BroadcastState
from storage.schema import messages
from tests.chat.conftest import buttons_of

if TYPE_CHECKING:
    from bot.demo.telegram_chats import User
    from tests.chat.conftest import Lobby, Message


async def audience(lobby: Lobby, count: int = 2) -> None:
    for number in range(count):
        await lobby.say(lobby.person(f"P{number}"), "/start")


async def asked(lobby: Lobby, text: str = "/broadcast Hello") -> tuple[Message, Message]:
    preview, question = await lobby.say(lobby.operator, text)
    return preview, question


async def the_broadcast(lobby: Lobby, number: int = 1) -> Broadcast:
    async with lobby.database.reading() as tx:
        found = await broadcasts.broadcast(tx, number)
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
    async with lobby.database.reading() as tx:
        payloads = await tx.scalars(
            sa.select(messages.c.payload)
            .where(messages.c.payload.is_not(None), messages.c.state == "waiting")
            .order_by(messages.c.id.desc())
        )
        found = payloads.first()
    return payload_from(found).rendered.text_html if found else ""


def sends(shown: list[Message], text: str = "Hello") -> int:
    return sum(message.get("text") == text for message in shown)


async def test_the_preview_looks_as_it_will_and_the_reach_is_told(lobby: Lobby) -> None:
    await audience(lobby)
    preview, question = await asked(lobby, "/broadcast We are <back> & well")
    assert preview["text"] == "We are <back> & well"
    assert question["text"] == "Above is how it will look. It goes to 3 chats (all). Send it?"
    assert list(buttons_of(question)) == ["📣 Send", "Cancel"]
    assert (await the_broadcast(lobby)).state is BroadcastState.DRAFT


async def test_the_audience_is_named_counted_and_kept_to(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC")
    await lobby.say(lobby.person("Bob"), "/start")
    typed = "/broadcast to:private lang:en topic:BTC active:30d Hello"
    _, question = await asked(lobby, typed)
    assert "It goes to 1 chat (private · en · Bitcoin (BTC) · active: 30 days)" in question["text"]
    sent = await lobby.press(lobby.operator, question, "Send")
    assert [m["chat"]["id"] for m in sent if m["text"] == "Hello"] == [alice.id]


async def test_nobody_to_send_it_to_is_refused(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.operator, "/broadcast to:channel Hello")
    assert answer["text"].startswith("No chat I can write to fits that (channel)")


async def test_a_message_replied_to_is_the_broadcast(lobby: Lobby) -> None:
    (hint,) = await lobby.say(lobby.operator, "So this is the news of the day")
    said = lobby.world.chats[lobby.operator.id].messages
    own = next(m for m in said.values() if m.get("text", "").startswith("So this"))
    preview, _ = await lobby.say(lobby.operator, "/broadcast to:all", reply_to=own["message_id"])
    assert preview["text"] == "So this is the news of the day"
    assert hint["text"] != preview["text"]


async def test_typed_tags_and_buttons_are_shown_as_they_will_look(lobby: Lobby) -> None:
    typed = "/broadcast <b>We</b> are &lt;back&gt;\n[Read](https://x.example/a)"
    preview, question = await asked(lobby, typed)
    assert preview["text"] == "We are <back>"
    assert [e["type"] for e in preview["entities"]] == ["bold"]
    button = {"text": "Read", "url": "https://x.example/a"}
    assert preview["reply_markup"]["inline_keyboard"] == [[button]]
    sent = await lobby.press(lobby.operator, question, "Send")
    assert any(m.get("reply_markup", {}).get("inline_keyboard") == [[button]] for m in sent)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/broadcast", "What shall I send?"),
        ("/broadcast to:private", "What shall I send?"),
        ("/broadcast <b>Hello", "The tag <b> is never closed"),
        ("/broadcast <h1>Hello</h1>", "Telegram knows no tag <h1>"),
        ("/broadcast Hi\n[Go](ftp://x.example)", "The button “Go” leads to “ftp://x.example”"),
        ("/broadcast lnag:de Hi", "“lnag:de” is no condition I know"),
        ("/broadcast to:everyone Hi", "“everyone” is no kind of chat"),
        ("/broadcast active:soon Hi", "I can\u2019t read “soon” as a time"),
        ("/broadcast lang:de lang:en Hi", "lang: stands there twice"),
        ("/broadcast to: all Hi", "There is nothing behind to:"),
        ("/broadcast lang:german Hi", "“german” is no code of a language"),
    ],
)
async def test_what_cannot_be_sent_is_refused_with_the_reason(
    lobby: Lobby, text: str, words: str
) -> None:
    (answer,) = await lobby.say(lobby.operator, text)
    assert words in answer["text"]
    assert buttons_of(answer) == {}
    async with lobby.database.reading() as tx:
        assert await broadcasts.broadcast(tx, 1) is None


async def test_ten_thousand_characters_are_refused(lobby: Lobby) -> None:
    """More than an app lets anybody write; a client of one's own may."""
    message = lobby.world.say(lobby.operator.id, lobby.operator.id, "/broadcast x")
    message["text"] = "/broadcast " + "x" * 10_000
    (answer,) = await lobby.deliver()
    assert "That text has 10,000 characters; a message takes 4,096" in answer["text"]


async def test_a_reply_to_what_is_neither_text_nor_picture_is_explained(lobby: Lobby) -> None:
    document = lobby.server.context.files.add_document("a.txt", b"x", "text/plain")
    file = lobby.world.send_file(lobby.operator.id, lobby.operator.id, document)
    (answer,) = await lobby.say(lobby.operator, "/broadcast", reply_to=file["message_id"])
    assert "text and pictures" in answer["text"]


async def test_a_picture_goes_with_its_caption(lobby: Lobby) -> None:
    """Sent by its file id: with the command in its caption, or replied to."""
    await audience(lobby, 1)
    photo = lobby.picture()
    shown = lobby.show(lobby.operator, photo, "/broadcast to:all Look\n[Read](https://x.example)")
    preview, question = await lobby.deliver()
    assert (preview["caption"], preview["sent"]["photo"]) == ("Look", photo[0]["file_id"])
    sent = await lobby.press(lobby.operator, question, "Send")
    assert sum(message.get("caption") == "Look" for message in sent) == 2
    lobby.show(lobby.operator, photo)
    own = max(lobby.world.chats[lobby.operator.id].messages)
    assert own != shown["message_id"]
    bare, _ = await lobby.say(lobby.operator, "/broadcast", reply_to=own)
    assert "caption" not in bare
    assert bare["photo"] == photo
    worded, _ = await lobby.say(lobby.operator, "/broadcast New words", reply_to=own)
    assert (worded["caption"], worded["photo"]) == ("New words", photo)


async def test_a_caption_that_is_too_long_is_refused(lobby: Lobby) -> None:
    lobby.show(lobby.operator, lobby.picture(), "/broadcast " + "x" * 1025)
    (answer,) = await lobby.deliver()
    assert "there is room for 1,024" in answer["text"]


async def test_a_dead_picture_is_told_and_cannot_be_sent(lobby: Lobby) -> None:
    """Only Telegram knows it: its answer to the preview takes the place of the question."""
    dead = [{"file_id": "AgACAgIAAxkBAAdead", "file_unique_id": "x", "width": 1, "height": 1}]
    lobby.show(lobby.operator, dead, "/broadcast Look")
    (question,) = await lobby.deliver()
    assert "📣 Send" in buttons_of(question)
    await report_progress(lobby.database, lobby.catalogue, lobby.clock, lobby.signal)
    (refusal,) = await lobby.send()
    assert refusal["message_id"] == question["message_id"]
    assert "This broadcast can\u2019t be sent; nobody got it." in refusal["text"]
    assert "Telegram does not take the picture" in refusal["text"]
    assert buttons_of(refusal) == {}
    assert (await the_broadcast(lobby)).state is BroadcastState.REFUSED
    data = buttons_of(question)["📣 Send"]
    assert await lobby.press_data(lobby.operator, question, data) == []
    assert (await the_broadcast(lobby)).state is BroadcastState.REFUSED


async def test_send_pressed_before_the_refusal_is_told_counts_no_more(lobby: Lobby) -> None:
    dead = [{"file_id": "AgACAgIAAxkBAAdead", "file_unique_id": "x", "width": 1, "height": 1}]
    lobby.show(lobby.operator, dead, "/broadcast Look")
    (question,) = await lobby.deliver()
    (refusal,) = await lobby.press(lobby.operator, question, "Send")
    assert "Telegram does not take the picture" in refusal["text"]
    assert (await the_broadcast(lobby)).state is BroadcastState.REFUSED


@pytest.mark.parametrize("state", [MessageState.WAITING, MessageState.WIRE])
async def test_nothing_is_sent_that_was_not_seen(lobby: Lobby, state: MessageState) -> None:
    _, question = await asked(lobby)
    async with lobby.database.writing() as tx:
        await tx.execute(
            sa.update(messages)
            .where(messages.c.producer_key == broadcasts.preview_key(1))
            .values(state=state.value, not_before_at=lobby.clock() + timedelta(hours=1))
        )
    assert await lobby.press(lobby.operator, question, "Send") == []
    assert "still on its way" in (lobby.server.answered[-1].text or "")
    assert (await the_broadcast(lobby)).state is BroadcastState.DRAFT


async def test_a_draft_whose_preview_is_long_gone_asks_for_a_new_one(lobby: Lobby) -> None:
    _, question = await asked(lobby)
    async with lobby.database.writing() as tx:
        await tx.execute(sa.delete(messages))
    assert await lobby.press(lobby.operator, question, "Send") == []
    assert "no longer works" in (lobby.server.answered[-1].text or "")


async def test_sending_reaches_everybody_once(lobby: Lobby) -> None:
    await audience(lobby)
    _, question = await asked(lobby)
    sent = await lobby.press(lobby.operator, question, "Send")
    assert sends(sent) == 3
    report = next(m for m in sent if m["message_id"] == question["message_id"])
    assert "Broadcast under way\n0 of 3 chats" in report["text"]
    again = await lobby.press_data(lobby.operator, question, buttons_of(question)["📣 Send"])
    assert sends(again) == 0
    assert "Too late" in (lobby.server.answered[-1].text or "")
    assert (await the_broadcast(lobby)).total == 3


async def test_who_comes_after_the_start_is_not_in_it(lobby: Lobby) -> None:
    """The preview counts those of now; the audience is fixed when Send is pressed."""
    _, question = await asked(lobby)
    await audience(lobby, 1)
    await press_without_sending(lobby, question, "1:bc_send:1:0")
    assert (await the_broadcast(lobby)).total == 2
    await lobby.say(lobby.person("Late"), "/start")
    assert (await the_broadcast(lobby)).total == 2


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
        ("1:bc_pause:1:0", BroadcastState.PAUSED, "paused"),
        ("1:bc_resume:1:0", BroadcastState.RUNNING, "under way"),
        ("1:bc_cancel:1:0", BroadcastState.CANCELLED, "cancelled"),
    ]
    for data, state, words in steps:
        assert words in await press_without_sending(lobby, question, data)
        assert (await the_broadcast(lobby)).state is state
    sent = await lobby.send()
    assert sends(sent) == 0
    assert sent[-1]["text"].startswith("⏹ Broadcast cancelled\nSent to 0 of 3 chats in 0:00.")


async def test_nothing_leaves_while_it_is_paused(lobby: Lobby) -> None:
    await audience(lobby)
    _, question = await asked(lobby)
    await press_without_sending(lobby, question, "1:bc_send:1:0")
    await press_without_sending(lobby, question, "1:bc_pause:1:0")
    assert sends(await lobby.send()) == 0
    await press_without_sending(lobby, question, "1:bc_resume:1:0")
    assert sends(await lobby.send()) == 3


async def test_cancelling_leaves_what_is_on_the_wire(lobby: Lobby) -> None:
    await audience(lobby)
    _, question = await asked(lobby)
    await press_without_sending(lobby, question, "1:bc_send:1:0")
    async with lobby.database.writing() as tx:
        due = await outbox.candidates(tx, lobby.clock(), 100, {})
        on_wire = [one.id for one in due if one.subject is not None][:1]
        await outbox.lease_messages(tx, on_wire, "me", lobby.clock() + timedelta(minutes=2))
    await press_without_sending(lobby, question, "1:bc_cancel:1:0")
    assert (await the_broadcast(lobby)).state is BroadcastState.CANCELLING
    assert sends(await lobby.send()) == 0
    async with lobby.database.reading() as tx:
        progress = await broadcasts.broadcast_progress(tx, 1)
    assert (progress.waiting, progress.spared) == (1, 2)


async def test_a_second_broadcast_waits_for_its_turn(lobby: Lobby) -> None:
    await audience(lobby, 1)
    _, first = await asked(lobby)
    await press_without_sending(lobby, first, "1:bc_send:1:0")
    await press_without_sending(lobby, first, "1:bc_pause:1:0")
    await lobby.send()
    _, second = await asked(lobby, "/broadcast Again")
    assert "queued" in await press_without_sending(lobby, second, "1:bc_send:2:0")
    assert (await the_broadcast(lobby, 2)).state is BroadcastState.QUEUED
    (edited, *_) = await lobby.send()
    assert "It starts by itself when the one before it has ended." in edited["text"]
    (cancelled,) = await lobby.press_data(lobby.operator, second, "1:bc_cancel:2:0")
    assert cancelled["text"] == "Cancelled. Nothing was sent."


@pytest.mark.parametrize(
    "data", ["1:bc_send:1:0", "1:bc_cancel:1:0", "1:bc_pause:1:0", "1:bc_send:99:0"]
)
async def test_only_operators_press_its_buttons(lobby: Lobby, data: str) -> None:
    await asked(lobby)
    mallory = lobby.person("Mallory")
    (shown,) = await lobby.say(mallory, "/start")
    assert await lobby.press_data(mallory, shown, data) == []
    assert "Only this bot\u2019s operators" in (lobby.server.answered[-1].text or "")
    assert (await the_broadcast(lobby)).state is BroadcastState.DRAFT


def desk_of(lobby: Lobby, *operators: User, **more: Any) -> Desk:
    return Desk(
        database=lobby.database,
        bot=lobby.bot,
        catalogue=lobby.catalogue,
        prices=lobby.prices,
        administrators=TelegramAdministrators(lobby.bot, lambda: 0.0),
        operators=frozenset(operator.id for operator in operators),
        clock=lobby.clock,
        outbox_signal=lobby.signal,
        finder=lobby.finder,
        charts=lobby.charts,
        **more,
    )


async def test_an_admin_who_was_removed_midway_presses_in_vain(lobby: Lobby) -> None:
    """The bot was started anew without them; what they began goes on, for others to stop."""
    await audience(lobby)
    _, question = await asked(lobby)
    await press_without_sending(lobby, question, "1:bc_send:1:0")
    olga = lobby.operator
    lobby.desk = desk_of(lobby, lobby.person("Other"))
    for data in ("1:bc_pause:1:0", "1:bc_cancel:1:0"):
        await press_without_sending(lobby, question, data)
        assert "Only this bot\u2019s operators" in (lobby.server.answered[-1].text or "")
    (unknown,) = [
        m for m in await lobby.say(olga, "/broadcast More") if "don\u2019t know" in m["text"]
    ]
    assert "/broadcast" in unknown["text"]
    assert (await the_broadcast(lobby)).state is BroadcastState.RUNNING


async def test_a_button_of_a_broadcast_that_never_was(lobby: Lobby) -> None:
    _, question = await asked(lobby)
    assert await lobby.press_data(lobby.operator, question, "1:bc_pause:99:0") == []
    assert "no longer works" in (lobby.server.answered[-1].text or "")


@pytest.mark.parametrize(
    ("nanostars", "line"),
    [
        (5 * 10**9, "⭐ It costs up to 0.3 Stars; the bot has 5."),
        (200_000_000, "⚠️ It costs up to 0.3 Stars, and the bot has 0.2. Once they are spent"),
        (None, "⭐ It costs up to 0.3 Stars. Telegram doesn\u2019t tell"),
    ],
)
async def test_a_paid_broadcast_tells_its_cost_against_the_balance(
    lobby: Lobby, nanostars: int | None, line: str
) -> None:
    lobby.desk = desk_of(lobby, lobby.operator, paid_broadcast=True)
    await audience(lobby, 32)
    if nanostars is None:
        lobby.server.fail("getMyStarBalance", 500)
    else:
        lobby.server.context.nanostars = nanostars
    _, question = await asked(lobby)
    assert question["text"].split("\n")[1].startswith(line)


async def test_a_free_broadcast_says_nothing_of_stars(lobby: Lobby) -> None:
    _, question = await asked(lobby)
    assert "Stars" not in question["text"]
    assert lobby.desk._room.star_balance is None
    assert lobby.server.context.calls["getMyStarBalance"] == 0
