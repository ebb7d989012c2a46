"""The methods that look something up or answer a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.telegram_api import METHODS, QUERY_SECONDS
from bot.demo.telegram_errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.telegram_context import Context


def test_methods_are_found_in_any_case() -> None:
    assert METHODS["sendmessage"][0] == "sendMessage"
    assert all(key == name.lower() for key, (name, _) in METHODS.items())


def test_a_button_can_be_answered_until_the_press_is_old(
    context: Context, call: Callable[..., Any], clock: Any
) -> None:
    alice = context.world.add_user("Alice", started=True)
    query = context.world.press(alice.id, 1, alice.id, "1")
    heard: list[dict[str, Any]] = []
    context.world.listeners.append(heard.append)
    assert call("answerCallbackQuery", callback_query_id=query, text="done", show_alert="true")
    assert [(a.query_id, a.text, a.show_alert) for a in context.answered] == [(query, "done", True)]
    assert (heard[0]["type"], heard[0]["text"], heard[0]["show_alert"]) == ("answer", "done", True)
    clock.now += QUERY_SECONDS + 1
    old = "^Bad Request: query is too old and response timeout expired or query ID is invalid$"
    for unanswerable in (query, "1", ""):
        with pytest.raises(Refusal, match=old):
            call("answerCallbackQuery", callback_query_id=unanswerable)
    with pytest.raises(Refusal, match="MESSAGE_TOO_LONG"):
        call("answerCallbackQuery", callback_query_id=query, text="x" * 201)


def test_members_and_administrators(context: Context, call: Callable[..., Any]) -> None:
    alice, bob = context.world.add_user("Alice"), context.world.add_user("Bob", started=True)
    group = context.world.add_group("G", members=[alice])
    bot_id = context.world.bot.id

    def status(chat_id: int, user_id: int) -> object:
        return call("getChatMember", chat_id=chat_id, user_id=user_id)["status"]

    assert status(group.id, alice.id) == "creator"
    assert status(group.id, bob.id) == "left"
    assert status(group.id, bot_id) == "member"
    assert status(bob.id, bob.id) == "member"
    assert call("getChatMemberCount", chat_id=group.id) == 2
    assert call("getChatMemberCount", chat_id=bob.id) == 2
    assert len(call("getChatAdministrators", chat_id=group.id)) == 1
    context.world.promote_bot(group.id, alice.id)
    assert len(call("getChatAdministrators", chat_id=group.id)) == 2
    with pytest.raises(Refusal, match="user not found"):
        status(group.id, 1)
    with pytest.raises(Refusal, match="no administrators in the private chat"):
        call("getChatAdministrators", chat_id=bob.id)


def test_leaving(context: Context, call: Callable[..., Any]) -> None:
    alice = context.world.add_user("Alice", started=True)
    group = context.world.add_group("G", members=[alice])
    assert call("leaveChat", chat_id=group.id)
    with pytest.raises(Refusal, match="bot is not a member of the supergroup chat"):
        call("getChat", chat_id=group.id)
    with pytest.raises(Refusal, match="private chats"):
        call("leaveChat", chat_id=alice.id)


def test_chat_actions(context: Context, call: Callable[..., Any]) -> None:
    alice = context.world.add_user("Alice", started=True)
    heard: list[dict[str, Any]] = []
    context.world.listeners.append(heard.append)
    assert call("sendChatAction", chat_id=alice.id, action="typing")
    assert heard == [{"type": "typing", "chat_id": alice.id, "action": "typing"}]
    with pytest.raises(Refusal, match="wrong parameter action in request"):
        call("sendChatAction", chat_id=alice.id, action="dancing")


def test_the_balance_of_stars(context: Context, call: Callable[..., Any]) -> None:
    assert call("getMyStarBalance") == {"amount": 100_000}
    context.nanostars -= 1
    assert call("getMyStarBalance") == {"amount": 99_999, "nanostar_amount": 999_999_999}


def test_new_commands_reach_the_page(context: Context, call: Callable[..., Any]) -> None:
    heard: list[dict[str, Any]] = []
    context.world.listeners.append(heard.append)
    call("setMyCommands", commands=[{"command": "news", "description": "the latest"}])
    call("deleteMyCommands")
    assert heard == [{"type": "commands"}, {"type": "commands"}]


def test_get_me_tells_of_privacy_mode(context: Context, call: Callable[..., Any]) -> None:
    assert call("getMe")["can_read_all_group_messages"] is False
    context.world.privacy = False
    assert call("getMe")["can_read_all_group_messages"] is True
