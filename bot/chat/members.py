"""Who may change a chat's settings: its administrators, as Telegram tells.

Owns the question and a short memory of the answers, so that ten presses are one call.
"""

import time
from collections.abc import Callable
from typing import Protocol

import structlog
import telegram
from telegram.error import TelegramError

from bot.domain.errors import FetchError

_log = structlog.get_logger(__name__)

_REMEMBERED_SECONDS = 60.0
_MOST_CHATS = 10_000
_OWNER_OR_ADMIN = ("creator", "administrator")


class Administrators(Protocol):
    """Tells who administers a chat."""

    async def is_admin(self, telegram_chat_id: int, user_id: int) -> bool:
        """Whether that person is an administrator or the owner; raises FetchError."""
        ...


class TelegramAdministrators:
    """Asks Telegram, and remembers a chat's administrators for a minute."""

    def __init__(self, bot: telegram.Bot, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._monotonic = monotonic
        self._known: dict[int, tuple[float, frozenset[int]]] = {}

    async def is_admin(self, telegram_chat_id: int, user_id: int) -> bool:
        """Whether that person is an administrator or the owner.

        Where the list is not to be had, that one member is asked for. Raises FetchError when
        Telegram tells neither.
        """
        remembered = self._known.get(telegram_chat_id)
        if remembered is not None and self._monotonic() < remembered[0]:
            return user_id in remembered[1]
        try:
            found = await self._bot.get_chat_administrators(telegram_chat_id)
        except TelegramError as error:
            _log.info("administrators_unknown", chat_id=telegram_chat_id, error=str(error))
            return await self._asked(telegram_chat_id, user_id)
        self._remember(telegram_chat_id, frozenset(member.user.id for member in found))
        return user_id in self._known[telegram_chat_id][1]

    async def _asked(self, telegram_chat_id: int, user_id: int) -> bool:
        try:
            member = await self._bot.get_chat_member(telegram_chat_id, user_id)
        except TelegramError as error:
            raise FetchError(f"the members of {telegram_chat_id} are unknown: {error}") from error
        return member.status in _OWNER_OR_ADMIN

    def _remember(self, telegram_chat_id: int, admins: frozenset[int]) -> None:
        self._known.pop(telegram_chat_id, None)
        while len(self._known) >= _MOST_CHATS:
            del self._known[next(iter(self._known))]
        self._known[telegram_chat_id] = (self._monotonic() + _REMEMBERED_SECONDS, admins)
