"""What the Bot API methods share: the world, files, limits, profile and the records of a run.

Owns admission by rate limit and the log of what was accepted and refused, which tests read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.demo.telegram_access import check_may_write
from bot.demo.telegram_errors import Json, Refusal, too_many_requests
from bot.demo.telegram_files import FileStore
from bot.demo.telegram_profile import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.demo.telegram_chats import Chat
    from bot.demo.telegram_limits import LimitBook
    from bot.demo.telegram_params import Params
    from bot.demo.telegram_world import World

NANOSTARS = 1_000_000_000
PAID_MESSAGE_NANOSTARS = NANOSTARS // 10  # 0.1 Stars for each message beyond the free ones


@dataclass(frozen=True, slots=True)
class Sent:
    """One accepted send or edit.

    `html` is the text or caption as it came, `text` and `entities` what was read from it;
    `thread_id` is 0 outside threads; `at` is the server's monotonic clock.
    """

    method: str
    chat_id: int
    thread_id: int
    text: str
    entities: tuple[Json, ...]
    html: str
    message_id: int
    at: float
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """One request that was answered with an error, made up by a test or not."""

    method: str
    status: int
    description: str
    at: float
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """One accepted answer to a pressed button."""

    query_id: str
    chat_id: int
    user_id: int
    text: str
    show_alert: bool


@dataclass(slots=True)
class Context:
    """Everything that a method works with, and what came of it."""

    world: World
    limits: LimitBook
    files: FileStore = field(default_factory=FileStore)
    profile: Profile = field(default_factory=Profile)
    sent: list[Sent] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    nanostars: int = 100_000 * NANOSTARS
    keep_records: bool = True
    over_limit: int = 0

    def admit(self, chat: Chat, params: Params, what: str) -> None:
        """Count one more message, or raise the Refusal that rights or limits ask for."""
        check_may_write(chat, what)
        can_pay = params.flag("allow_paid_broadcast") and self.nanostars >= PAID_MESSAGE_NANOSTARS
        self._count(chat, can_pay=can_pay)

    def admit_edit(self, chat: Chat) -> None:
        """The same for an edit, which counts in groups only."""
        if chat.is_group:
            self._count(chat, can_pay=False)

    def _count(self, chat: Chat, *, can_pay: bool) -> None:
        now = self.world.clock()
        wait = self.limits.retry_after(chat.id, now, is_group=chat.is_group, can_pay=can_pay)
        if wait:
            self.over_limit += 1
            raise too_many_requests(wait)
        if self.limits.count(chat.id, now, is_group=chat.is_group):
            self.nanostars -= PAID_MESSAGE_NANOSTARS

    def record_sent(self, method: str, chat: Chat, message: Json, params: Params) -> None:
        """Keep a send or an edit for assertions."""
        if not self.keep_records:
            return
        name = "text" if "text" in message else "caption"
        entities: list[Json] = message.get("entities") or message.get("caption_entities") or []
        self.sent.append(
            Sent(
                method=method,
                chat_id=chat.id,
                thread_id=message.get("message_thread_id", 0),
                text=message.get(name, ""),
                entities=tuple(entities),
                html=_as_sent(params, name),
                message_id=message["message_id"],
                at=self.world.clock(),
                params=MappingProxyType(params.values),
            )
        )

    def record_refused(self, method: str, refusal: Refusal, params: Params) -> None:
        """Keep a refusal for assertions."""
        if self.keep_records:
            self.refused.append(
                Refused(
                    method=method,
                    status=refusal.status,
                    description=refusal.description,
                    at=self.world.clock(),
                    params=MappingProxyType(params.values),
                )
            )


def _as_sent(params: Params, name: str) -> str:
    """The text or caption of a request as it came, also from inside `media`."""
    if "media" in params.values:
        media = params.nested("media", "media")
        return str(media.get(name, "")) if isinstance(media, dict) else ""
    return params.text(name)
