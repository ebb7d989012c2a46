"""What became of messages, committed soon after.

Owns the short list between the wire and the database, and the transaction that stores results
together with what they mean for a chat. Loses nothing while the database is away.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.delivery import metrics
from bot.delivery.verdicts import Effect, Verdict
from bot.domain.chats import ChatState
from bot.domain.errors import StorageError
from bot.domain.outbox import Claimed, MessageState
from bot.domain.ports import Clock, Signal
from storage.chat_moves import leave_thread, migrate_chat
from storage.chats import set_chat_state
from storage.database import Database, Transaction
from storage.outbox import record_results
from storage.pictures import name_picture

log = structlog.get_logger(__name__)

_FLUSH_SECONDS = 0.05
_TROUBLE_SECONDS = 1.0


class Notices(Protocol):
    """Tells people of a chat what they could not see in it."""

    async def chat_paused(self, tx: Transaction, telegram_chat_id: int, reason: str) -> None:
        """Owe word that nothing can be written to their chat any more."""
        ...

    async def thread_closed(self, tx: Transaction, telegram_chat_id: int, thread_id: int) -> None:
        """Owe word that a thread is closed, and that its messages go to General."""
        ...


@dataclass(frozen=True, slots=True)
class _Entry:
    message: Claimed
    verdict: Verdict


class Ledger:
    """Results on their way to the database; `outbox` is woken when a message may go again."""

    def __init__(self, database: Database, notices: Notices, clock: Clock, outbox: Signal) -> None:
        self._database = database
        self._notices = notices
        self._clock = clock
        self._outbox = outbox
        self._entries: list[_Entry] = []
        self._closing = False
        self.trouble: str | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, message: Claimed, verdict: Verdict) -> None:
        """Note what became of a message."""
        self._entries.append(_Entry(message, verdict))
        priority = message.priority.name.lower()
        metrics.ENDED.labels(priority, verdict.kind).inc()
        if verdict.result.state is MessageState.SENT:
            waited = (self._clock() - message.created_at).total_seconds()
            metrics.WAIT_SECONDS.labels(priority).observe(max(waited, 0))
        elif verdict.kind != "given_back":
            log.info("message_not_sent", message=message.id, kind=verdict.kind, why=verdict.reason)

    async def run(self) -> None:
        """Commit what is noted every twentieth of a second, until closed."""
        while not self._closing:
            await asyncio.sleep(_FLUSH_SECONDS)
            if self._entries:
                await self._flush()

    async def _flush(self) -> None:
        batch, self._entries = self._entries, []
        try:
            await self._record(batch)
            self.trouble = None
        except StorageError as error:
            self._entries = batch + self._entries
            self.trouble = error.log_text
            log.warning("results_wait", messages=len(batch), error=error.log_text)
            await asyncio.sleep(_TROUBLE_SECONDS)

    async def _record(self, batch: list[_Entry]) -> None:
        now = self._clock()
        async with self._database.writing() as tx:
            await record_results(tx, [entry.verdict.result for entry in batch], now)
            for entry in batch:
                picture_id, photo = entry.message.picture_id, entry.verdict.result.photo
                if picture_id is not None and photo is not None:
                    await name_picture(tx, picture_id, photo)
                if entry.verdict.effect is not Effect.NONE:
                    await self._follow(tx, entry)

    async def _follow(self, tx: Transaction, entry: _Entry) -> None:
        """Store what a result means for its chat."""
        chat_id, found, now = entry.message.telegram_chat_id, entry.verdict, self._clock()
        match found.effect:
            case Effect.CHAT_GONE:
                await set_chat_state(tx, chat_id, ChatState.GONE, found.reason, now)
            case Effect.CHAT_PAUSED:
                if await set_chat_state(tx, chat_id, ChatState.PAUSED, found.reason, now):
                    await self._notices.chat_paused(tx, chat_id, found.reason)
            case Effect.THREAD_CLOSED:
                thread_id = entry.message.thread_id
                if await leave_thread(tx, chat_id, thread_id, now):
                    await self._notices.thread_closed(tx, chat_id, thread_id)
            case Effect.MIGRATE if found.new_chat_id is not None:
                await migrate_chat(tx, chat_id, found.new_chat_id, now)
            case _:
                return
        self._outbox.wake()

    async def close(self, runner: "asyncio.Task[None]") -> None:
        """End `run`, which `runner` runs, and commit what is left.

        Not by cancelling: results that are being written must not be written twice or never.
        Where the database is away the leases stay, and the next start sends these again.
        """
        self._closing = True
        await runner
        try:
            await self._record(self._entries)
        except StorageError as error:
            log.warning("results_lost", messages=len(self._entries), error=error.log_text)
