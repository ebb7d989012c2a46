"""The outbox's pace for whatever python-telegram-bot sends by itself.

Owns the bridge from `telegram.ext.ExtBot` to the one pacer, so that nothing leaves the bot
beside it. Refuses to retry: whoever calls the bot directly can do without an answer.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.delivery.pacing import Pacer

# Calls that put a message into a chat; all others are free of Telegram's limits on messages.
_MESSAGES = ("send", "copy", "forward", "edit")


class PacedLimiter(BaseRateLimiter[None]):
    """Lets a call of python-telegram-bot wait for the bot's and the chat's turn."""

    def __init__(self, pacer: Pacer, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pacer = pacer
        self._monotonic = monotonic

    async def initialize(self) -> None:
        """Nothing: the pacer is its owner's."""

    async def shutdown(self) -> None:
        """Nothing: the pacer is its owner's."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        """What the call gives, made when its turn has come; a 429 is told to the pacer."""
        del rate_limit_args
        chat_id = data.get("chat_id")
        if not endpoint.startswith(_MESSAGES) or not isinstance(chat_id, int):
            return await callback(*args, **kwargs)
        # Groups have negative ids; a channel is then paced like a group, which is safe.
        kind = "supergroup" if chat_id < 0 else "private"
        await self._wait(chat_id, kind)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            seconds = error.retry_after
            wait = seconds if isinstance(seconds, int | float) else seconds.total_seconds()
            self._pacer.refused(chat_id, wait, self._monotonic())
            raise

    async def _wait(self, chat_id: int, kind: str) -> None:
        while True:
            now = self._monotonic()
            wait = self._pacer.wait_for_chat(chat_id, kind, now)
            wait = max(wait, self._pacer.wait_for_all(now))
            if wait <= 0:
                self._pacer.take(chat_id, kind, now)
                return
            await asyncio.sleep(wait)
