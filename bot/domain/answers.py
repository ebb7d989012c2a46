"""What Telegram's server answers to a call, and the ways that a call gets no answer.

Owns the values; `bot.delivery` makes them and decides what follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the Bot API: `result` when `ok`, else what was wrong.

    `status` is the HTTP status, which equals the API's `error_code`. `retry_after_seconds`
    and `migrate_to_chat_id` are set where the answer carries them.
    """

    ok: bool
    status: int
    result: Any = None
    description: str = ""
    retry_after_seconds: float | None = None
    migrate_to_chat_id: int | None = None


@dataclass(frozen=True, slots=True)
class NotWritten:
    """The request never left: no connection could be made. Trying again repeats nothing."""

    reason: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The request left and no answer came: Telegram may have acted on it or not."""

    reason: str


Outcome = Answer | NotWritten | Silence


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the value of a parameter: it goes along in the call."""

    filename: str
    content: bytes
    content_type: str


class TelegramApi(Protocol):
    """Calls methods of the Bot API by name."""

    async def call(
        self, method: str, params: Mapping[str, object], timeout_seconds: float = 20
    ) -> Outcome:
        """What became of the call; raises nothing for what a network or server can do."""
        ...
