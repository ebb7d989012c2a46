"""The drain of the outbox: what waits goes to Telegram, in order and at the pace allowed.

Owns the loop and the transactions around the wire: the intent to send is committed before a
call, its result within a tenth of a second after. Refuses decisions: which messages go
is `selection`'s, how fast `pacing`'s, what follows from an answer `verdicts`'.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import structlog

from bot.delivery import metrics
from bot.delivery.breaker import Breaker
from bot.delivery.calls import general_params, plain_params, telegram_call
from bot.delivery.pacing import Pacer
from bot.delivery.selection import is_paced, lower_share, selected
from bot.delivery.texts import Texts
from bot.delivery.verdicts import Effect, Verdict, verdict
from bot.delivery.wakeup import Wakeup
from bot.domain.answers import Outcome, TelegramApi
from bot.domain.chats import ChatState
from bot.domain.errors import StorageError, TelegramRefused
from bot.domain.outbox import Claimed, MessageState, Priority, Result
from bot.domain.payloads import Payload
from bot.domain.ports import Clock
from storage.chats import migrate_chat, set_chat_state
from storage.database import Database
from storage.outbox import candidates, defer_messages, lease_messages, record_results
from storage.outbox_upkeep import free_leases, next_due_at

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
_FLUSH_SECONDS = 0.05
_IDLE_SECONDS = 5.0
_PROBE_SECONDS = 10.0
# Messages of chats that must wait stand in the way of so many others at most.
_LOOK_PAST = 64
_LONG_WAIT_SECONDS = 1.0
_TROUBLE_SECONDS = 1.0
_STOP_SECONDS = 25.0

# How long a message is worth sending; a broadcast never grows stale.
LIFETIMES = {
    Priority.REPLY: timedelta(hours=1),
    Priority.ALERT: timedelta(hours=24),
    Priority.NEWS: timedelta(hours=6),
    Priority.DIGEST: timedelta(hours=24),
}


@dataclass(frozen=True, slots=True)
class _Ended:
    message: Claimed
    verdict: Verdict


class Drain:
    """Sends what waits until it is stopped; one a process."""

    def __init__(
        self,
        database: Database,
        api: TelegramApi,
        texts: Texts,
        pacer: Pacer,
        clock: Clock,
        wakeup: Wakeup,
        *,
        paid: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._api = api
        self._texts = texts
        self._pacer = pacer
        self._clock = clock
        self._wakeup = wakeup
        self._paid = paid
        self._monotonic = monotonic
        self._owner = str(uuid4())
        # At 30 a second at most 32 are on the wire, half a second's worth is taken at once:
        # an alert never waits for more than those.
        self._most_on_wire = max(32, min(512, int(pacer.per_second)))
        self._take = max(8, min(256, int(pacer.per_second / 2)))
        self._sending: set[asyncio.Task[None]] = set()
        self._ended: list[_Ended] = []
        self._closing = False
        self._breaker = Breaker()
        self._stopping = False
        self.trouble: str | None = None
        self.refused: TelegramRefused | None = None

    async def run(self) -> None:
        """Send until `stop` is called; raises TelegramRefused when the token is refused."""
        await self._recover()
        flusher = asyncio.create_task(self._flush_often())
        try:
            while not self._stopping and self.refused is None:
                await self._round()
        finally:
            await self._finish(flusher)
        if self.refused is not None:
            raise self.refused

    def stop(self) -> None:
        """End `run` once what is on the wire has its answer, or after 25 seconds."""
        self._stopping = True
        self._wakeup.wake()

    async def _recover(self) -> None:
        async with self._database.writing() as tx:
            freed = await free_leases(tx, self._clock(), all_owners=self._database.is_sqlite)
        if freed:
            log.info("leases_freed", messages=freed)

    async def _round(self) -> None:
        if self._breaker.is_open:
            await self._probe()
            return
        try:
            batch = await self._claim()
            self.trouble = None
        except StorageError as error:
            # Sending pauses, and nothing is forgotten: all that waits is in the database.
            self.trouble = error.log_text
            log.warning("outbox_paused", error=error.log_text)
            await asyncio.sleep(_TROUBLE_SECONDS)
            return
        if batch:
            await self._dispatch(batch)
        elif not self._stopping:
            await self._wakeup.wait(await self._idle_seconds())

    async def _probe(self) -> None:
        """Ask Telegram something harmless: messages sent into an outage may arrive twice."""
        await self._wakeup.wait(self._pacer.wait_for_all(self._monotonic()))
        if self._stopping or self._pacer.wait_for_all(self._monotonic()) > 0:
            return
        outcome = await self._api.call("getMe", {}, timeout_seconds=_PROBE_SECONDS)
        now = self._monotonic()
        pause = self._breaker.note(outcome, 0, now)
        if pause is None:
            log.info("telegram_answers_again")
        else:
            self._pacer.hold_all(now + pause)

    async def _claim(self) -> list[Claimed]:
        """Take what may go now, and commit the intent to send it."""
        room = self._most_on_wire - len(self._sending) - len(self._ended)
        limit = min(self._take, room)
        if limit <= 0 or self._pacer.wait_for_all(self._monotonic()) > _LONG_WAIT_SECONDS:
            return []
        now = self._clock()
        share = lower_share(limit) + 1
        expires = {priority: now + lifetime for priority, lifetime in LIFETIMES.items()}
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
        return selection.send

    async def _idle_seconds(self) -> float:
        held = self._pacer.wait_for_all(self._monotonic())
        if self._sending or self._ended or held > _LONG_WAIT_SECONDS:
            return min(max(held, _FLUSH_SECONDS), _IDLE_SECONDS)
        try:
            async with self._database.reading() as tx:
                due_at = await next_due_at(tx)
        except StorageError:
            return _TROUBLE_SECONDS
        if due_at is None:
            return _IDLE_SECONDS
        return min(max((due_at - self._clock()).total_seconds(), 0.01), _IDLE_SECONDS)

    async def _dispatch(self, batch: list[Claimed]) -> None:
        for index, message in enumerate(batch):
            if not await self._slot():
                self._give_back(batch[index:])
                return
            self._pacer.take(message.telegram_chat_id, message.chat_kind, self._monotonic())
            task = asyncio.create_task(self._send(message))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    def _give_back(self, messages: list[Claimed]) -> None:
        """Let messages that were taken but not sent wait again, as if nothing had been."""
        now = self._clock()
        for message in messages:
            result = Result(message.id, MessageState.WAITING, not_before_at=now, spent=False)
            self._ended.append(_Ended(message, Verdict("given_back", result)))

    async def _slot(self) -> bool:
        """Wait for the bot's next slot; false when it is so far off that others may go first."""
        wait = self._pacer.wait_for_all(self._monotonic())
        if wait > _LONG_WAIT_SECONDS or self._stopping or self.refused is not None:
            return False
        await asyncio.sleep(wait)
        return True

    async def _send(self, message: Claimed) -> None:
        try:
            ended = await self._outcome(message)
        except Exception as error:
            # A fault of ours must not be met again and again by the same message.
            log.exception("message_failed", message=message.id)
            result = Result(message.id, MessageState.FAILED, type(error).__name__)
            ended = Verdict("fault", result)
        self._ended.append(_Ended(message, ended))
        self._note(message, ended)

    async def _outcome(self, message: Claimed) -> Verdict:
        payload = await self._texts.payload(message, self._monotonic())
        if payload is None:
            result = Result(message.id, MessageState.DROPPED, "its subject is gone")
            return Verdict("subject_gone", result)
        method, params = self._call_of(message, payload)
        found = self._judged(message, await self._timed_call(method, params))
        if found.effect is Effect.SEND_TO_GENERAL and "message_thread_id" in params:
            params = general_params(params)
            found = self._judged(message, await self._again(message, method, params))
        if found.effect is Effect.SEND_PLAIN:
            metrics.DEFECTS.inc()
            log.error("message_defect", message=message.id, reason=found.reason)
            found = self._judged(message, await self._again(message, method, plain_params(params)))
        return found

    def _call_of(self, message: Claimed, payload: Payload) -> tuple[str, dict[str, object]]:
        # All messages carry the flag: Telegram counts the whole bot's, and those within its
        # free allowance cost nothing.
        return telegram_call(message, payload, paid=self._paid)

    async def _again(self, message: Claimed, method: str, params: dict[str, object]) -> Outcome:
        """A second form of the same message; it waits for the chat's limit like any other."""
        now = self._monotonic()
        chat_id = message.telegram_chat_id
        await asyncio.sleep(self._pacer.wait_for_chat(chat_id, message.chat_kind, now))
        await asyncio.sleep(self._pacer.wait_for_all(self._monotonic()))
        self._pacer.take(chat_id, message.chat_kind, self._monotonic())
        return await self._timed_call(method, params)

    async def _timed_call(self, method: str, params: dict[str, object]) -> Outcome:
        with metrics.CALL_SECONDS.time():
            return await self._api.call(method, params)

    def _judged(self, message: Claimed, outcome: Outcome) -> Verdict:
        now = self._monotonic()
        pause = self._breaker.note(outcome, message.telegram_chat_id, now)
        if pause is not None:
            self._pacer.hold_all(now + pause)
        return verdict(message, outcome, self._clock(), random.random())  # noqa: S311  # jitter

    def _note(self, message: Claimed, ended: Verdict) -> None:
        priority = message.priority.name.lower()
        metrics.ENDED.labels(priority, ended.kind).inc()
        if ended.result.state is MessageState.SENT:
            waited = (self._clock() - message.created_at).total_seconds()
            metrics.WAIT_SECONDS.labels(priority).observe(max(waited, 0))
            return
        log.info("message_not_sent", message=message.id, kind=ended.kind, reason=ended.reason)
        if ended.effect is Effect.HOLD_CHAT:
            held = self._pacer.refused(message.telegram_chat_id, ended.seconds, self._monotonic())
            if held:
                metrics.HELD.inc()
        if ended.effect is Effect.HALT:
            self.refused = TelegramRefused(f"Telegram refuses the bot's token: {ended.reason}")

    async def _flush_often(self) -> None:
        while not self._closing:
            await asyncio.sleep(_FLUSH_SECONDS)
            if self._ended:
                await self._flush()

    async def _flush(self) -> None:
        batch, self._ended = self._ended, []
        try:
            await self._record(batch)
        except StorageError as error:
            self._ended = batch + self._ended
            self.trouble = error.log_text
            log.warning("results_wait", messages=len(batch), error=error.log_text)
            await asyncio.sleep(_TROUBLE_SECONDS)

    async def _record(self, batch: list[_Ended]) -> None:
        now = self._clock()
        async with self._database.writing() as tx:
            await record_results(tx, [ended.verdict.result for ended in batch], now)
            for ended in batch:
                chat_id, found = ended.message.telegram_chat_id, ended.verdict
                match found.effect:
                    case Effect.CHAT_GONE:
                        await set_chat_state(tx, chat_id, ChatState.GONE, found.reason, now)
                    case Effect.CHAT_PAUSED:
                        await set_chat_state(tx, chat_id, ChatState.PAUSED, found.reason, now)
                    case Effect.MIGRATE if found.new_chat_id is not None:
                        await migrate_chat(tx, chat_id, found.new_chat_id, now)
                        self._wakeup.wake()

    async def _finish(self, flusher: asyncio.Task[None]) -> None:
        if self._sending:
            await asyncio.wait(self._sending, timeout=_STOP_SECONDS)
        # Not cancelled: results that it is writing must not be written twice or never.
        self._closing = True
        await flusher
        try:
            await self._record(self._ended)
        except StorageError as error:
            # The leases stay, and the next start sends these again.
            log.warning("results_lost", messages=len(self._ended), error=error.log_text)

    def tidy(self) -> None:
        """Forget chats that no limit restrains any more; called now and then."""
        self._pacer.forget_idle(self._monotonic())
