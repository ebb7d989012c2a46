"""Updates from Telegram into the inbox.

Owns the order that loses nothing: an update is committed first, and only the next call tells
Telegram that it was received. python-telegram-bot's own updater does it the other way round.
Refuses to handle updates: the desk does.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from bot.domain.answers import Answer, Outcome, TelegramApi
from bot.domain.errors import StorageError, TelegramRefused
from bot.domain.ports import Clock, Signal
from storage.database import Database
from storage.inbox import Received, keep_updates

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = (
    "message",
    "channel_post",
    "callback_query",
    "my_chat_member",
)
_ID_BOUND = 2**63
_HOLD_SECONDS = 25
_TROUBLE_SECONDS = 2.0
_LONGEST_TROUBLE_SECONDS = 30.0
# After a week without updates Telegram begins with other ids, which may be lower: an old
# offset would then confirm what nobody has seen.
_FORGET_OFFSET_SECONDS = 5 * 24 * 3600.0


class Receiver:
    """Keeps updates, from polling and from the webhook alike, and wakes the desk."""

    def __init__(self, database: Database, clock: Clock, desk: Signal) -> None:
        self._database = database
        self._clock = clock
        self._desk = desk

    async def keep(self, updates: Sequence[dict[str, Any]]) -> None:
        """Commit updates to the inbox; those kept before are left alone.

        Raises StorageError: the caller must then not tell Telegram that they were received.
        """
        received = [found for update in updates if (found := received_from(update)) is not None]
        async with self._database.writing() as tx:
            await keep_updates(tx, received, self._clock())
        self._desk.wake()


def received_from(update: object) -> Received | None:
    """An update as the inbox keeps it; None for what is no update.

    Whatever else is wrong with it is left to the desk, which can give one update up; here an
    error would stop all others, and the next start would meet the same one again.
    """
    fields = _fields(update)
    update_id = _stored_id(fields.get("update_id"))
    if update_id is None:
        return None
    carriers = [_fields(fields.get("callback_query")).get("message")]
    carriers += [fields.get(kind) for kind in ("message", "channel_post", "my_chat_member")]
    chats = (_fields(_fields(carrier).get("chat")) for carrier in carriers)
    ids = (_stored_id(chat.get("id")) for chat in chats)
    chat_id = next((found for found in ids if found is not None), None)
    return Received(update_id, chat_id, json.dumps(update, ensure_ascii=False))


def _fields(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _stored_id(value: object) -> int | None:
    """A number that the databases' columns can hold, or None."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if -_ID_BOUND <= value < _ID_BOUND else None


class Poller:
    """Asks Telegram for updates, one long poll after the other."""

    def __init__(
        self,
        api: TelegramApi,
        receiver: Receiver,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = api
        self._receiver = receiver
        self._monotonic = monotonic
        self._offset: int | None = None
        self._offset_at = 0.0
        self._troubles = 0
        self.trouble: str | None = None

    async def run(self) -> None:
        """Poll until cancelled; raises TelegramRefused when the token is refused."""
        while True:
            pause = await self.poll()
            if pause:
                await asyncio.sleep(pause)

    async def poll(self) -> float:
        """Ask once and keep what came; returns how many seconds to wait before the next time."""
        if self._monotonic() - self._offset_at > _FORGET_OFFSET_SECONDS:
            self._offset = None
        params: dict[str, object] = {
            "timeout": _HOLD_SECONDS,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if self._offset is not None:
            params["offset"] = self._offset
        outcome = await self._api.call("getUpdates", params, timeout_seconds=_HOLD_SECONDS + 10)
        if not isinstance(outcome, Answer) or not outcome.ok:
            return self._pause_after(outcome)
        updates = outcome.result if isinstance(outcome.result, list) else [outcome.result]
        try:
            await self._receiver.keep(updates)
        except StorageError as error:
            # Not confirmed, so Telegram gives them again.
            return self._troubled(error.log_text)
        ids = [kept.update_id for update in updates if (kept := received_from(update)) is not None]
        if updates and not ids:
            return self._troubled("what came are no updates")
        self._troubles, self.trouble = 0, None
        if ids:
            self._offset, self._offset_at = max(ids) + 1, self._monotonic()
        return 0.0

    def _pause_after(self, outcome: Outcome) -> float:
        if not isinstance(outcome, Answer):
            return self._troubled(outcome.reason)
        if outcome.status in (401, 404):
            raise TelegramRefused(
                f"Telegram refuses the bot's token ({outcome.description}): "
                "take a new one from @BotFather and set telegram.token"
            )
        pause = self._troubled(outcome.description)
        return max(pause, outcome.retry_after_seconds or 0.0)

    def _troubled(self, reason: str) -> float:
        self.trouble = reason
        self._troubles += 1
        log.warning("polling_failed", reason=reason, times=self._troubles)
        return min(_TROUBLE_SECONDS * 2.0 ** (self._troubles - 1), _LONGEST_TROUBLE_SECONDS)
