"""What the bot is told when it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.telegram_access import (
    check_may_write,
    checked_thread,
    entered_chat,
    known_chat,
    own_message,
    replied_message,
)
from bot.demo.telegram_chats import Chat, ChatKind, MemberStatus, WriteBan
from bot.demo.telegram_errors import Refusal
from bot.demo.telegram_params import Params

if TYPE_CHECKING:
    from bot.demo.telegram_context import Context


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ("", "Bad Request: chat_id is empty"),
        ("abc", "Bad Request: chat not found"),
        ("12345", "Bad Request: chat not found"),
        ("@nobody_here", "Bad Request: chat not found"),
    ],
)
def test_unknown_chats(context: Context, raw: str, error: str) -> None:
    with pytest.raises(Refusal) as caught:
        known_chat(context.world, raw)
    assert caught.value.description == error


def test_a_channel_is_known_by_its_name(context: Context) -> None:
    channel = context.world.add_channel("News", username="the_news")
    assert known_chat(context.world, "@The_News") is channel


def test_a_private_chat_opens_once_it_was_started(context: Context) -> None:
    world = context.world
    alice = world.add_user("Alice")

    def answer() -> str:
        with pytest.raises(Refusal) as caught:
            entered_chat(world, str(alice.id))
        assert caught.value.status == 403
        return caught.value.description

    assert answer() == "Forbidden: bot can't initiate conversation with a user"
    world.start(alice.id)
    assert entered_chat(world, str(alice.id)).id == alice.id
    world.block(alice.id)
    assert answer() == "Forbidden: bot was blocked by the user"
    world.deactivate(alice.id)
    assert answer() == "Forbidden: user is deactivated"


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("kicked", "Forbidden: bot was kicked from the {} chat"),
        ("left", "Forbidden: bot is not a member of the {} chat"),
    ],
)
def test_a_chat_that_the_bot_is_not_in(
    context: Context, kind: ChatKind, status: MemberStatus, error: str
) -> None:
    chat = context.world.add_group("X", kind=kind, bot_status=status)
    with pytest.raises(Refusal) as caught:
        entered_chat(context.world, str(chat.id))
    assert (caught.value.status, caught.value.description) == (403, error.format(kind))


def test_an_upgraded_and_a_deleted_group(context: Context) -> None:
    old = context.world.add_group("X", kind="group")
    new_id = context.world.migrate(old.id)
    with pytest.raises(Refusal, match="group chat was upgraded to a supergroup chat") as caught:
        entered_chat(context.world, str(old.id))
    assert (caught.value.status, caught.value.parameters) == (400, {"migrate_to_chat_id": new_id})
    context.world.delete_chat(new_id)
    with pytest.raises(Refusal, match="Forbidden: the group chat was deleted"):
        entered_chat(context.world, str(new_id))


@pytest.mark.parametrize(
    ("kind", "status", "ban", "error"),
    [
        ("supergroup", "member", "rights", "not enough rights to send photos to the chat"),
        ("supergroup", "restricted", None, "not enough rights to send photos to the chat"),
        ("supergroup", "member", "forbidden", "CHAT_WRITE_FORBIDDEN"),
        ("channel", "member", None, "need administrator rights in the channel chat"),
    ],
)
def test_missing_rights(
    kind: ChatKind, status: MemberStatus, ban: WriteBan | None, error: str
) -> None:
    chat = Chat(-5, kind, "X", bot_status=status, write_ban=ban)
    with pytest.raises(Refusal) as caught:
        check_may_write(chat, "photos")
    assert (caught.value.status, caught.value.description) == (400, f"Bad Request: {error}")


def test_threads_unknown_closed_and_general(context: Context) -> None:
    forum = context.world.add_group("F", is_forum=True)
    thread = context.world.add_thread(forum.id, "BTC")
    assert checked_thread(forum, thread.id) == thread.id
    for unknown in (1, 999):
        with pytest.raises(Refusal, match=r"^Bad Request: message thread not found$"):
            checked_thread(forum, unknown)
    context.world.set_thread(forum.id, thread.id, closed=True)
    context.world.set_thread(forum.id, 1, closed=True)
    for closed in (0, thread.id):
        with pytest.raises(Refusal, match=r"^Bad Request: TOPIC_CLOSED$"):
            checked_thread(forum, closed)
    forum.bot_rights = frozenset({"can_manage_topics"})
    assert checked_thread(forum, thread.id) == thread.id


def test_replies(context: Context) -> None:
    alice = context.world.add_user("Alice", started=True)
    message = context.world.say(alice.id, alice.id, "hi")
    chat = context.world.chats[alice.id]

    def replied(**values: object) -> object:
        return replied_message(chat, Params(dict(values)))

    assert replied() is None
    assert replied(reply_to_message_id="1") is message
    assert replied(reply_parameters='{"message_id": 1}') is message
    assert replied(reply_parameters={"message_id": 9, "allow_sending_without_reply": True}) is None
    for wrong in ({"message_id": 9}, {"message_id": 1, "chat_id": 5}):
        with pytest.raises(Refusal, match="message to be replied not found"):
            replied(reply_parameters=wrong)
    with pytest.raises(Refusal, match="object expected as reply parameters"):
        replied(reply_parameters="[1]")


def test_only_own_messages_can_be_edited(context: Context) -> None:
    alice = context.world.add_user("Alice", started=True)
    chat = context.world.chats[alice.id]
    hers = context.world.say(alice.id, alice.id, "hi")
    own = context.world.post(chat, {"text": "hello"}, 0, None)
    assert own_message(context.world, chat, own["message_id"]) is own
    with pytest.raises(Refusal, match=r"^Bad Request: message can't be edited$"):
        own_message(context.world, chat, hers["message_id"])
    with pytest.raises(Refusal, match=r"^Bad Request: message to edit not found$"):
        own_message(context.world, chat, 999)
