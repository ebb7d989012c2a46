"""What Telegram is told of the bot at its start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import telegram

from bot.chat.commands import COMMANDS
from bot.chat.menus import menu, set_menus

if TYPE_CHECKING:
    from bot.chat.catalogue import Voice
    from tests.chat.conftest import Lobby


def test_a_menu_offers_only_commands_that_there_are(voice: Voice) -> None:
    operator = menu(voice, operator=True)
    assert {command for command, _ in operator} == set(COMMANDS) - {"start"}
    assert all(1 <= len(description) <= 256 for _, description in operator)
    assert {command for command, _ in menu(voice)} == set(COMMANDS) - {
        "start",
        "stats",
        "health",
        "broadcast",
        "why_this",
        "source",
    }


def test_members_of_a_group_are_offered_what_they_may_use(voice: Voice) -> None:
    assert not any(COMMANDS[command].changes_settings for command, _ in menu(voice, reading=True))


async def test_telegram_learns_menus_and_descriptions(lobby: Lobby) -> None:
    bot = lobby.bot
    await set_menus(bot, lobby.catalogue, [lobby.operator.id])
    private = await bot.get_my_commands(telegram.BotCommandScopeAllPrivateChats())
    group = await bot.get_my_commands(telegram.BotCommandScopeAllGroupChats())
    own = await bot.get_my_commands(telegram.BotCommandScopeChat(lobby.operator.id))
    assert [c.command for c in private][:2] == ["subscribe", "unsubscribe"]
    assert "subscribe" not in {c.command for c in group}
    assert "broadcast" in {c.command for c in own}
    assert (await bot.get_my_short_description()).short_description.startswith("Rings when")
    assert len((await bot.get_my_description()).description) > 80


async def test_a_refusal_does_not_stop_the_rest(lobby: Lobby) -> None:
    """An operator without a chat and a failing description leave the other menus in place."""
    lobby.server.fail("setMyDescription", 500)
    await set_menus(lobby.bot, lobby.catalogue, [999_999_999])
    private = await lobby.bot.get_my_commands(telegram.BotCommandScopeAllPrivateChats())
    assert private
