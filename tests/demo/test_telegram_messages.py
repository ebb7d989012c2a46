"""Where messages belong, who may write them and what the bot sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.telegram_chats import Chat, MemberStatus, Thread, User
from bot.demo.telegram_messages import (
    WorldError,
    human_text,
    is_visible,
    may_write,
    placement,
    thread_of,
)

if TYPE_CHECKING:
    from bot.demo.telegram_errors import Json

BOT = User(1, "Coinbell", "coinbell_bot", is_bot=True)


def test_a_message_in_a_thread_answers_the_one_that_opened_it() -> None:
    root = {"message_id": 9, "forum_topic_created": {}}
    chat = Chat(-5, "supergroup", "Forum", is_forum=True, threads={9: Thread(9, "BTC", root)})
    assert placement(chat, 9, None) == {
        "message_thread_id": 9,
        "is_topic_message": True,
        "reply_to_message": root,
    }
    answered = {"message_id": 12, "reply_to_message": root}
    assert placement(chat, 9, answered)["reply_to_message"] == {"message_id": 12}


def test_a_plain_supergroup_numbers_reply_chains_that_are_no_threads() -> None:
    chat = Chat(-5, "supergroup", "Plain")
    first = placement(chat, 0, {"message_id": 3})
    assert first["message_thread_id"] == 3
    assert "is_topic_message" not in first
    assert thread_of(first) == 0
    assert placement(chat, 0, {"message_id": 4, **first})["message_thread_id"] == 3
    assert "message_thread_id" not in placement(Chat(-5, "group", "Old"), 0, {"message_id": 3})


@pytest.mark.parametrize(
    ("message", "status", "seen"),
    [
        ({"text": "hello"}, "member", False),
        ({"text": "hello"}, "administrator", True),
        ({"text": "/list"}, "member", True),
        ({"text": "/list@coinbell_bot all"}, "member", True),
        ({"text": "/list@other_bot"}, "member", False),
        ({"text": "hey @Coinbell_Bot"}, "member", True),
        ({"text": "yes", "reply_to_message": {"from": {"id": 1}}}, "member", True),
        ({"text": "yes", "reply_to_message": {"from": {"id": 2}}}, "member", False),
        ({"document": {}}, "member", False),
        ({"document": {}, "caption": "/import"}, "member", True),
        ({"new_chat_members": []}, "member", True),
        ({"text": "/list"}, "left", False),
    ],
)
def test_privacy_mode_in_groups(message: Json, status: MemberStatus, seen: bool) -> None:
    chat = Chat(-5, "supergroup", "Traders", bot_status=status)
    assert is_visible(chat, message, BOT, privacy=True) is seen


def test_outside_privacy_mode_and_groups_the_bot_sees_everything() -> None:
    message: Json = {"text": "hello"}
    assert is_visible(Chat(-5, "group", "Traders"), message, BOT, privacy=False)
    assert is_visible(Chat(5, "private", "Alice"), message, BOT, privacy=True)


@pytest.mark.parametrize(
    ("chat", "able"),
    [
        (Chat(7, "private", "Alice", bot_status="left"), True),
        (Chat(7, "private", "Alice", bot_status="kicked"), False),
        (Chat(8, "private", "Bob"), False),
        (Chat(-5, "group", "G", members={7: "member"}), True),
        (Chat(-5, "group", "G"), False),
        (Chat(-5, "group", "G", members={7: "member"}, migrated_to=-6), False),
        (Chat(-5, "channel", "C", members={7: "member"}), False),
        (Chat(-5, "channel", "C", members={7: "administrator"}), True),
    ],
)
def test_who_may_write(chat: Chat, able: bool) -> None:
    assert may_write(chat, 7) is able


@pytest.mark.parametrize("text", ["", "  ", "x" * 4097])
def test_a_person_cannot_send_what_telegram_does_not_take(text: str) -> None:
    with pytest.raises(WorldError):
        human_text(text)
