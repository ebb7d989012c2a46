"""The line in front of the desk: kept updates, in order, one at a time for each chat.

Owns who is served when. Chats are served side by side, up to a number; what one chat sends is
answered in the order it was sent, and a failed update is tried again before the next.
"""

import asyncio
from typing import Protocol

import structlog

from bot.chat.desk import Desk
from bot.domain.errors import CoinbellError
from storage import inbox
from storage.database import Database
from storage.inbox import Received

_log = structlog.get_logger(__name__)

CHATS_AT_ONCE = 16
# Nobody may have woken us: after a crash, or when another process kept the update.
_IDLE_SECONDS = 5.0
_RETRY_SECONDS = 1.0
_FINISH_SECONDS = 10.0
# What has no chat waits in one line of its own.
_NO_CHAT = 0


class Arrivals(Protocol):
    """Wakes the reception when updates were kept."""

    def wake(self) -> None:
        """End the current wait, or the next one."""
        ...

    async def wait(self, seconds: float) -> object:
        """Return once woken, or after so many seconds."""
        ...


class Reception:
    """Works the inbox off until it is cancelled; what is under way then is finished first."""

    def __init__(
        self,
        desk: Desk,
        database: Database,
        arrivals: Arrivals,
        *,
        chats_at_once: int = CHATS_AT_ONCE,
        retry_seconds: float = _RETRY_SECONDS,
    ) -> None:
        self._desk = desk
        self._database = database
        self._arrivals = arrivals
        self._chats_at_once = chats_at_once
        self._retry_seconds = retry_seconds
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._closing = asyncio.Event()

    async def run(self) -> None:
        """Serve until cancelled."""
        try:
            while True:
                try:
                    # Again, for one chat's flood may have hidden all others from the first look.
                    while await self._seat():
                        pass
                except CoinbellError as error:
                    _log.warning("inbox_unreadable", error=error.log_text)
                await self._arrivals.wait(_IDLE_SECONDS)
        finally:
            await self._finish()

    async def _seat(self) -> bool:
        """Begin to serve the chats that wait, as far as there is room; false if none was seated."""
        free = self._chats_at_once - len(self._busy)
        if free <= 0:
            return False
        async with self._database.reading() as tx:
            waiting = await inbox.unhandled_updates(tx, busy=tuple(self._busy))
        lines: dict[int, list[Received]] = {}
        for received in waiting:
            lines.setdefault(received.telegram_chat_id or _NO_CHAT, []).append(received)
        for chat_id, line in list(lines.items())[:free]:
            self._busy[chat_id] = asyncio.create_task(self._serve(chat_id, line))
        return bool(lines)

    async def _serve(self, chat_id: int, line: list[Received]) -> None:
        try:
            for received in line:
                if self._closing.is_set():
                    break
                if not await self._desk.handle(received):
                    await self._pause()
                    break
        except Exception:  # noqa: BLE001  # without the pause it would fail again at once
            _log.exception("chat_not_served", chat_id=chat_id)
            await self._pause()
        finally:
            del self._busy[chat_id]
            self._arrivals.wake()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._retry_seconds):
                await self._closing.wait()
        except TimeoutError:
            pass

    async def _finish(self) -> None:
        self._closing.set()
        tasks = list(self._busy.values())
        if not tasks:
            return
        _, stuck = await asyncio.wait(tasks, timeout=_FINISH_SECONDS)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
