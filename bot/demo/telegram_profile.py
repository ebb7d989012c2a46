"""What the bot says about itself: commands, name, descriptions, menu button.

Owns the methods that set and get these, and which commands a reader sees in a chat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.demo.telegram_errors import Json, bad_request

if TYPE_CHECKING:
    from bot.demo.telegram_chats import Chat
    from bot.demo.telegram_params import Params

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MAX_COMMANDS = 100
_MAX_COMMAND_TEXT = 256
_LENGTHS = {"name": 64, "description": 512, "short_description": 120}
_SCOPES = {
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
}


@dataclass(slots=True)
class Profile:
    """Commands by (scope, language), texts by (kind, language), menu buttons by chat (0: all)."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)

    def set_commands(self, params: Params) -> bool:
        """Handle setMyCommands."""
        commands = params.nested("commands", "commands")
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        if len(commands) > _MAX_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        self.commands[_scope_key(params), params.text("language_code")] = [
            _command(command) for command in commands
        ]
        return True

    def delete_commands(self, params: Params) -> bool:
        """Handle deleteMyCommands."""
        self.commands.pop((_scope_key(params), params.text("language_code")), None)
        return True

    def get_commands(self, params: Params) -> list[Json]:
        """Handle getMyCommands: what was set for exactly this scope and language."""
        return self.commands.get((_scope_key(params), params.text("language_code")), [])

    def commands_for(self, chat: Chat, user_id: int, language: str) -> list[Json]:
        """The commands that a person sees in a chat, by Telegram's order of scopes."""
        is_admin = chat.members.get(user_id) in {"creator", "administrator"}
        if chat.kind == "private":
            scopes = [f"chat:{chat.id}", "all_private_chats"]
        else:
            scopes = [f"chat_member:{chat.id}:{user_id}"]
            scopes += [f"chat_administrators:{chat.id}"] if is_admin else []
            scopes += [f"chat:{chat.id}"]
            scopes += ["all_chat_administrators"] if is_admin else []
            scopes += ["all_group_chats"]
        for scope in (*scopes, "default"):
            for code in (language, ""):
                if (scope, code) in self.commands:
                    return self.commands[scope, code]
        return []

    def set_text(self, kind: str, params: Params) -> bool:
        """Handle setMyName, setMyDescription and setMyShortDescription; an empty text unsets."""
        text = params.text(kind)
        if len(text) > _LENGTHS[kind]:
            raise bad_request(f"{kind.replace('_', ' ')} is too long")
        self.texts[kind, params.text("language_code")] = text
        return True

    def get_text(self, kind: str, params: Params, default: str = "") -> Json:
        """Handle getMyName, getMyDescription and getMyShortDescription."""
        language = self.texts.get((kind, params.text("language_code")))
        return {kind: language or self.texts.get((kind, "")) or default}

    def set_menu_button(self, params: Params) -> bool:
        """Handle setChatMenuButton."""
        button = params.nested("menu_button", "menu button") or {"type": "default"}
        if not isinstance(button, dict) or button.get("type") not in {
            "default",
            "commands",
            "web_app",
        }:
            raise bad_request("unsupported menu button type")
        self.menu_buttons[params.integer("chat_id")] = button
        return True

    def get_menu_button(self, params: Params) -> Json:
        """Handle getChatMenuButton."""
        default = self.menu_buttons.get(0, {"type": "commands"})
        return self.menu_buttons.get(params.integer("chat_id"), default)


def _scope_key(params: Params) -> str:
    """The scope as a text: its type, and the chat and user where it names them."""
    scope = params.nested("scope", "BotCommandScope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    parts = [str(scope[name]) for name in ("chat_id", "user_id") if name in scope]
    if len(parts) != {"chat": 1, "chat_administrators": 1, "chat_member": 2}.get(kind, 0):
        raise bad_request("chat_id is empty")
    return ":".join([kind, *parts])


def _command(command: object) -> Json:
    if not isinstance(command, dict):
        raise bad_request("expected an Array of BotCommand")
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= _MAX_COMMAND_TEXT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
