"""What Telegram shows of the bot before anybody wrote to it: command menus and descriptions.

Owns which commands each kind of chat is offered. The words come from the catalogue.
"""

from collections.abc import Sequence

import structlog
import telegram
from telegram.error import TelegramError

from bot.chat.catalogue import DEFAULT_LANGUAGE, Catalogue, Voice

_log = structlog.get_logger(__name__)

_EVERYBODY = (
    ("subscribe", "menu.subscribe"),
    ("unsubscribe", "menu.unsubscribe"),
    ("alert", "menu.alert"),
    ("alerts", "menu.alerts"),
    ("price", "menu.price"),
    ("chart", "menu.chart"),
    ("why", "menu.why"),
    ("news", "menu.news"),
    ("list", "menu.list"),
    ("sources", "menu.sources"),
    ("settings", "menu.settings"),
    ("help", "menu.help"),
    ("forget", "menu.forget"),
)
_OPERATORS = (
    ("stats", "menu.stats"),
    ("health", "menu.health"),
    ("broadcast", "menu.broadcast"),
    ("why_this", "menu.why_this"),
    ("source", "menu.source"),
)
# Members of a group may read; what changes settings is offered to its administrators.
_READING = ("price", "chart", "why", "news", "list", "alerts", "sources", "help")


def menu(voice: Voice, *, reading: bool = False, operator: bool = False) -> list[tuple[str, str]]:
    """The commands of a menu with their descriptions, in order."""
    entries = [(c, t) for c, t in _EVERYBODY if not reading or c in _READING]
    if operator:
        entries += _OPERATORS
    return [(command, voice.plain(text_id)) for command, text_id in entries]


async def set_menus(bot: telegram.Bot, catalogue: Catalogue, operators: Sequence[int]) -> None:
    """Tell Telegram the menus and descriptions, in every language of the catalogue.

    A refusal is logged and does not stop the rest: the bot works without a menu.
    """
    for language in catalogue.languages:
        voice = Voice(catalogue, language)
        # Telegram's own default is the empty code; English is what it falls back to.
        code = None if language == DEFAULT_LANGUAGE else language
        scopes: list[tuple[telegram.BotCommandScope, list[tuple[str, str]]]] = [
            (telegram.BotCommandScopeAllPrivateChats(), menu(voice)),
            (telegram.BotCommandScopeAllGroupChats(), menu(voice, reading=True)),
            (telegram.BotCommandScopeAllChatAdministrators(), menu(voice)),
        ]
        scopes += [
            (telegram.BotCommandScopeChat(operator), menu(voice, operator=True))
            for operator in operators
        ]
        for scope, commands in scopes:
            await _set_commands(bot, commands, scope, code)
        await _describe(bot, voice, code)


async def _set_commands(
    bot: telegram.Bot,
    commands: list[tuple[str, str]],
    scope: telegram.BotCommandScope,
    code: str | None,
) -> None:
    try:
        await bot.set_my_commands(commands, scope=scope, language_code=code)
    except TelegramError as error:
        # An operator who never wrote to the bot has no chat with it yet.
        _log.warning("menu_not_set", scope=scope.type, error=str(error))


async def _describe(bot: telegram.Bot, voice: Voice, code: str | None) -> None:
    try:
        await bot.set_my_description(voice.plain("about.description"), language_code=code)
        await bot.set_my_short_description(voice.plain("about.short"), language_code=code)
    except TelegramError as error:
        _log.warning("description_not_set", error=str(error))
