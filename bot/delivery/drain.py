"""The drain of the outbox: what waits goes to Telegram, in order and at the pace allowed.

Owns the queue of what was taken: the intent to send is committed before a message is in it,
and the higher priority leaves it first. Refuses decisions: which messages are taken is
`selection`'s, how fast they go `pacing`'s, what follows from an answer `verdicts`'.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import structlog

from bot.delivery.ledger import Ledger
from bot.delivery.pacing import Pacer
from bot.delivery.selection import is_paced, lower_share, selected
from bot.delivery.sender import Sender
from bot.delivery.verdicts import Effect, Verdict
from bot.delivery.wakeup import Wakeup
from bot.domain.errors import StorageError, TelegramRefused
from bot.domain.outbox import Claimed, MessageState, Priority, Result
from bot.domain.ports import Clock
from storage.database import Database
from storage.outbox import candidates, defer_messages, lease_messages, record_results
from storage.outbox_upkeep import free_leases, next_due_at

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
_IDLE_SECONDS = 5.0
_BUSY_SECONDS = 0.05
_TROUBLE_SECONDS = 1.0
_LONG_WAIT_SECONDS = 1.0
_STOP_SECONDS = 25.0
# Messages of chats that must wait stand in the way of so many others at most.
_LOOK_PAST = 64
_JUMPING = 4

# How long a message is worth sending; a broadcast never grows stale.
LIFETIMES = {
    Priority.REPLY: timedelta(hours=1),
    Priority.ALERT: timedelta(hours=24),
    Priority.NEWS: timedelta(hours=6),
    Priority.DIGEST: timedelta(hours=24),
}


class Drain:
    """Sends what waits until it is stopped; one a process."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        ledger: Ledger,
        pacer: Pacer,
        clock: Clock,
        wakeup: Wakeup,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._sender = sender
        self._ledger = ledger
        self._pacer = pacer
        self._clock = clock
        self._wakeup = wakeup
        self._monotonic = monotonic
        self._owner = str(uuid4())
        # At 30 a second at most 32 are on the wire; half a second's worth is taken ahead.
        self._most_on_wire = max(32, min(512, int(pacer.per_second)))
        self._ahead = max(8, min(256, int(pacer.per_second / 2)))
        self._queue: list[Claimed] = []
        self._queued = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._woken = True
        self._stopping = False
        self._trouble: str | None = None
        self.refused: TelegramRefused | None = None

    @property
    def trouble(self) -> str | None:
        """Why nothing can be taken or stored at the moment; None when all is well."""
        return self._trouble or self._ledger.trouble

    async def run(self) -> None:
        """Send until `stop` is called; raises TelegramRefused when the token is refused."""
        await self._recover()
        recording = asyncio.create_task(self._ledger.run())
        sending = asyncio.create_task(self._send_queue())
        try:
            while not self._is_over():
                await self._round()
        finally:
            self._stopping = True
            self._queued.set()
            await sending
            self._give_back()
            if self._sending:
                await asyncio.wait(self._sending, timeout=_STOP_SECONDS)
            await self._ledger.close(recording)
        if self.refused is not None:
            raise self.refused

    def stop(self) -> None:
        """End `run` once what is on the wire has its answer, or after 25 seconds."""
        self._stopping = True
        self._wakeup.wake()

    def _is_over(self) -> bool:
        return self._stopping or self.refused is not None

    async def _recover(self) -> None:
        async with self._database.writing() as tx:
            freed = await free_leases(tx, self._clock(), all_owners=self._database.is_sqlite)
        if freed:
            log.info("leases_freed", messages=freed)

    # ---- taking

    async def _round(self) -> None:
        held = self._pacer.wait_for_all(self._monotonic())
        if self._sender.breaker.is_open or held > _LONG_WAIT_SECONDS:
            self._give_back()
            await self._wakeup.wait(min(held, _IDLE_SECONDS))
            if self._sender.breaker.is_open and not self._is_over():
                await self._probe()
            return
        if not self._woken and len(self._queue) > self._ahead // 2:
            # A transaction for many messages, not for each; what is new wakes us.
            self._woken = await self._wakeup.wait(_BUSY_SECONDS)
            return
        self._woken = False
        try:
            taken = await self._take()
            self._trouble = None
        except StorageError as error:
            # Sending pauses, and nothing is forgotten: all that waits is in the database.
            self._trouble = error.log_text
            log.warning("outbox_paused", error=error.log_text)
            await asyncio.sleep(_TROUBLE_SECONDS)
            return
        if not taken and not self._is_over():
            self._woken = await self._wakeup.wait(await self._idle_seconds())

    async def _probe(self) -> None:
        if self._pacer.wait_for_all(self._monotonic()) <= 0:
            await self._sender.probe()

    async def _take(self) -> int:
        """Take what may go soon, and commit the intent to send it; returns how many."""
        on_wire = len(self._queue) + len(self._sending) + len(self._ledger)
        # Beside a full queue there is room for a few: an alert does not wait for it.
        wanted = max(self._ahead - len(self._queue), _JUMPING)
        limit = min(wanted, self._most_on_wire - on_wire)
        if limit <= 0:
            return 0
        now = self._clock()
        expires = {priority: now + lifetime for priority, lifetime in LIFETIMES.items()}
        share = lower_share(limit) + 1
        async with self._database.writing() as tx:
            due = await candidates(tx, now, limit + _LOOK_PAST, expires, share)
            selection = selected(due, self._pacer, limit, now, self._monotonic())
            await defer_messages(tx, selection.later)
            await record_results(tx, [over.result for over in selection.over], now)
            ids = [message.id for message in selection.send]
            await lease_messages(tx, ids, self._owner, now + LEASE)
        for message in selection.send:
            if is_paced(message):
                self._pacer.reserve(message.telegram_chat_id, self._monotonic())
        self._queue = sorted([*self._queue, *selection.send], key=lambda m: m.priority)
        self._queued.set()
        return len(selection.send)

    async def _idle_seconds(self) -> float:
        """How long nothing can be taken, unless somebody wakes us."""
        if self._queue or self._sending or len(self._ledger):
            return _BUSY_SECONDS
        try:
            async with self._database.reading() as tx:
                due_at = await next_due_at(tx)
        except StorageError:
            return _TROUBLE_SECONDS
        if due_at is None:
            return _IDLE_SECONDS
        return min(max((due_at - self._clock()).total_seconds(), 0.01), _IDLE_SECONDS)

    # ---- sending

    async def _send_queue(self) -> None:
        """Send what is taken, one slot of the pacer after the other."""
        while not self._is_over():
            if not self._queue:
                self._queued.clear()
                await self._queued.wait()
                continue
            wait = self._pacer.wait_for_all(self._monotonic())
            if wait > 0:
                await asyncio.sleep(min(wait, _BUSY_SECONDS))
                continue
            # Chosen only now: an alert may have come in while the slot was waited for.
            message = self._queue.pop(0)
            if is_paced(message):
                self._pacer.take(message.telegram_chat_id, message.chat_kind, self._monotonic())
            else:
                self._pacer.take_slot(self._monotonic())
            task = asyncio.create_task(self._send(message))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
            if self._pacer.per_second > self._most_on_wire:
                # No slot is ever waited for: let the others have their turn.
                await asyncio.sleep(0)

    async def _send(self, message: Claimed) -> None:
        found = await self._sender.send(message)
        self._ledger.add(message, found)
        if found.effect is Effect.HALT:
            self.refused = TelegramRefused(f"Telegram refuses the bot's token: {found.reason}")
            self._queued.set()
            self._wakeup.wake()

    def _give_back(self) -> None:
        """Let messages that were taken but not sent wait again, as if nothing had been."""
        now = self._clock()
        for message in self._queue:
            result = Result(message.id, MessageState.WAITING, not_before_at=now, spent=False)
            self._ledger.add(message, Verdict("given_back", result))
        self._queue = []

    def tidy(self) -> None:
        """Forget chats that no limit restrains any more; called now and then."""
        self._pacer.forget_idle(self._monotonic())
