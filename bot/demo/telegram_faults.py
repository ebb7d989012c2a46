"""Faults that a test orders: refusals, lost answers, lost connections, silence.

Owns which request meets which fault. The server carries them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.demo.telegram_errors import Json, Refusal, refused

_TOO_MANY = 429

# answer: refuse with an error; drop_before: close the connection, nothing was done;
# drop_after: do it, then close the connection without an answer; hang: never answer.
FaultKind = Literal["answer", "drop_before", "drop_after", "hang"]


@dataclass(slots=True)
class Fault:
    """One ordered fault; empty `method` and None `chat_id` mean any; `left` None means for ever."""

    kind: FaultKind
    method: str = ""
    chat_id: int | None = None
    left: int | None = 1
    refusal: Refusal | None = None

    def fits(self, method: str, chat_id: str) -> bool:
        """Whether a request meets this fault."""
        is_method = not self.method or self.method.lower() == method.lower()
        is_chat = self.chat_id is None or str(self.chat_id) == chat_id
        return is_method and is_chat and self.left != 0


@dataclass(slots=True)
class FaultPlan:
    """Ordered faults, the oldest first."""

    faults: list[Fault] = field(default_factory=list)

    def order(self, fault: Fault) -> None:
        """Add a fault."""
        self.faults.append(fault)

    def take(self, method: str, chat_id: str) -> Fault | None:
        """The fault that a request meets, used up by one; None where it meets none."""
        for fault in self.faults:
            if fault.fits(method, chat_id):
                if fault.left is not None:
                    fault.left -= 1
                self.faults = [each for each in self.faults if each.left != 0]
                return fault
        return None

    def clear(self) -> None:
        """Forget every order."""
        self.faults.clear()


def ordered_refusal(status: int, message: str, parameters: Json | None) -> Refusal:
    """The refusal a test ordered; without a message one that Telegram gives for the status."""
    if status == _TOO_MANY and not message:  # Too Many Requests
        wait = (parameters or {}).get("retry_after", 1)
        return refused(status, f"retry after {wait}", {"retry_after": wait})
    if status in {500, 502, 503, 504} and not message:
        description = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
        return Refusal(status, description.get(status, "Internal Server Error"), parameters)
    return Refusal(status, message, parameters)
