"""Commands by scope and language, and the bot's texts."""

from __future__ import annotations

import json

import pytest

from bot.demo.telegram_chats import Chat
from bot.demo.telegram_errors import Refusal
from bot.demo.telegram_params import Params
from bot.demo.telegram_profile import Profile


def commands(name: str, scope: dict[str, object] | None = None, language: str = "") -> Params:
    values: dict[str, object] = {
        "commands": json.dumps([{"command": name, "description": "does it"}]),
        "language_code": language,
    }
    if scope:
        values["scope"] = json.dumps(scope)
    return Params(values)


@pytest.mark.parametrize(
    ("chat", "user_id", "language", "seen"),
    [
        (Chat(7, "private", "Alice"), 7, "en", "private"),
        (Chat(7, "private", "Alice"), 7, "de", "privat"),
        (Chat(9, "private", "Operator"), 9, "de", "operator"),
        (Chat(-5, "supergroup", "G", members={7: "member"}), 7, "en", "default"),
        (Chat(-5, "supergroup", "G", members={7: "creator"}), 7, "en", "admins"),
        (Chat(-6, "group", "H", members={7: "member"}), 7, "en", "just_alice"),
    ],
)
def test_the_narrowest_scope_wins(chat: Chat, user_id: int, language: str, seen: str) -> None:
    profile = Profile()
    profile.set_commands(commands("default"))
    profile.set_commands(commands("private", {"type": "all_private_chats"}))
    profile.set_commands(commands("privat", {"type": "all_private_chats"}, "de"))
    profile.set_commands(commands("admins", {"type": "all_chat_administrators"}))
    profile.set_commands(commands("operator", {"type": "chat", "chat_id": 9}))
    scope = {"type": "chat_member", "chat_id": -6, "user_id": 7}
    profile.set_commands(commands("just_alice", scope))
    [command] = profile.commands_for(chat, user_id, language)
    assert command["command"] == seen


def test_deleted_commands_are_gone() -> None:
    profile = Profile()
    profile.set_commands(commands("news"))
    assert profile.get_commands(Params()) == [{"command": "news", "description": "does it"}]
    assert profile.delete_commands(Params())
    assert profile.get_commands(Params()) == []
    assert profile.commands_for(Chat(7, "private", "Alice"), 7, "en") == []


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"commands": "[1]"}, "expected an Array of BotCommand"),
        ({}, "expected an Array of BotCommand"),
        ({"commands": [{"command": "Ü", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "a", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "scope": {"type": "all"}}, "unsupported type specified"),
        ({"commands": [], "scope": {"type": "chat"}}, "chat_id is empty"),
    ],
)
def test_bad_commands_are_refused(values: dict[str, object], error: str) -> None:
    with pytest.raises(Refusal, match=error):
        Profile().set_commands(Params(values))


def test_texts_fall_back_to_the_general_language_and_the_default() -> None:
    profile = Profile()
    assert profile.get_text("name", Params(), "Coinbell") == {"name": "Coinbell"}
    profile.set_text("name", Params({"name": "Bell"}))
    profile.set_text("name", Params({"name": "Glocke", "language_code": "de"}))
    assert profile.get_text("name", Params({"language_code": "de"})) == {"name": "Glocke"}
    assert profile.get_text("name", Params({"language_code": "fr"})) == {"name": "Bell"}
    with pytest.raises(Refusal, match="short description is too long"):
        profile.set_text("short_description", Params({"short_description": "x" * 121}))


def test_menu_buttons() -> None:
    profile = Profile()
    assert profile.get_menu_button(Params()) == {"type": "commands"}
    profile.set_menu_button(Params({"menu_button": '{"type": "default"}', "chat_id": "7"}))
    assert profile.get_menu_button(Params({"chat_id": "7"})) == {"type": "default"}
    with pytest.raises(Refusal):
        profile.set_menu_button(Params({"menu_button": '{"type": "big"}'}))
