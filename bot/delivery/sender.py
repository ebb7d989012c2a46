"""One message over the wire: rendered, called, judged.

Owns the forms that a message may be tried in: as rendered, and as bare text.
Refuses to decide when a message goes, and to store what became of it.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.delivery import metrics
from bot.delivery.breaker import Breaker
from bot.delivery.calls import plain_params, telegram_call, why_left_out
from bot.delivery.pacing import Pacer
from bot.delivery.texts import Texts
from bot.delivery.verdicts import Effect, Verdict, verdict
from bot.domain.answers import Outcome, TelegramApi
from bot.domain.errors import StorageError
from bot.domain.outbox import Claimed, KeptPicture, MessageState, Result
from bot.domain.payloads import Payload
from bot.domain.ports import Clock, KeptPictures

log = structlog.get_logger(__name__)

_PROBE_SECONDS = 10.0
_TROUBLE_SECONDS = 1.0


class Sender:
    """Sends messages; tells the pacer and the breaker what came of each call."""

    def __init__(
        self,
        api: TelegramApi,
        texts: Texts,
        pacer: Pacer,
        clock: Clock,
        *,
        pictures: KeptPictures | None = None,
        paid: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.breaker = Breaker()
        self._api = api
        self._texts = texts
        self._pacer = pacer
        self._clock = clock
        self._pictures = pictures
        self._paid = paid
        self._monotonic = monotonic

    async def send(self, message: Claimed) -> Verdict:
        """What became of a message; raises nothing."""
        try:
            return await self._sent(message)
        except StorageError as error:
            # What it says could not be read: nothing was sent, and nothing is lost.
            at = self._clock() + timedelta(seconds=_TROUBLE_SECONDS)
            again = Result(message.id, MessageState.WAITING, not_before_at=at, spent=False)
            return Verdict("database", again, reason=error.log_text)
        except Exception as error:
            # A fault of ours must not be met again and again by the same message.
            log.exception("message_failed", message=message.id)
            result = Result(message.id, MessageState.FAILED, type(error).__name__)
            return Verdict("fault", result)

    async def _sent(self, message: Claimed) -> Verdict:
        payload = await self._texts.payload(message, self._monotonic())
        if payload is None:
            result = Result(message.id, MessageState.DROPPED, "its subject is gone")
            return Verdict("subject_gone", result)
        # All messages carry the paid flag: Telegram counts the whole bot's, and those within
        # its free allowance cost nothing.
        picture = await self._picture(message, payload)
        if reason := why_left_out(message, payload, picture):
            return Verdict("left_out", Result(message.id, MessageState.DROPPED, reason))
        method, params = telegram_call(message, payload, paid=self._paid, picture=picture)
        found = self._judged(message, await self._timed_call(method, params))
        if found.effect is Effect.SEND_WORDS:
            words = replace(payload, rendered=replace(payload.rendered, photo=None))
            method, params = telegram_call(message, words, paid=self._paid)
            found = self._judged(message, await self._called_again(message, method, params))
        if found.effect is Effect.SEND_PLAIN and not payload.rendered.exact:
            metrics.DEFECTS.inc()
            log.error("message_defect", message=message.id, reason=found.reason)
            bare = plain_params(params)
            found = self._judged(message, await self._called_again(message, method, bare))
        return found

    async def _picture(self, message: Claimed, payload: Payload) -> KeptPicture | None:
        picture_id = message.picture_id or payload.rendered.picture_id
        if picture_id is None or self._pictures is None:
            return None
        return await self._pictures.picture(picture_id)

    async def _called_again(
        self, message: Claimed, method: str, params: dict[str, object]
    ) -> Outcome:
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
        now, chat_id = self._monotonic(), message.telegram_chat_id
        pause = self.breaker.note(outcome, chat_id, now)
        if pause is not None:
            self._pacer.hold_all(now + pause)
        found = verdict(message, outcome, self._clock(), random.random())  # noqa: S311  # jitter
        if found.effect is Effect.HOLD_EXTRAS:
            self._pacer.hold_extras(now + found.seconds)
        if found.effect is Effect.HOLD_CHAT and self._pacer.refused(chat_id, found.seconds, now):
            metrics.HELD.inc()
        return found

    async def probe(self) -> None:
        """Ask Telegram something harmless: messages sent into an outage may arrive twice."""
        outcome = await self._api.call("getMe", {}, timeout_seconds=_PROBE_SECONDS)
        now = self._monotonic()
        pause = self.breaker.note(outcome, 0, now)
        if pause is None:
            log.info("telegram_answers_again")
        else:
            self._pacer.hold_all(now + pause)
