"""Telegram's rate limits, kept per bot and per chat.

Owns the count of accepted messages and the decision whether one more is allowed; the caller says
what the time is. Sending counts everywhere, editing in groups only, lookups never.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

# Every window is this much shorter than stated. A client that keeps the limit exactly is still
# seen late or early by the jitter of two network hops and an event loop; Telegram does not count
# so finely either. At 30 messages a second it is worth one message.
JITTER_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `messages` in any `seconds`."""

    messages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server: whole bot (free and with paid broadcasts), each chat, each group."""

    bot: Rate = Rate(30, 1.0)
    paid: Rate = Rate(1000, 1.0)
    chat: Rate = Rate(1, 1.0)
    group: Rate = Rate(20, 60.0)

    @classmethod
    def telegram(cls) -> Limits:
        """What Telegram documents: 30/s for a bot, 1000/s paid, 1/s a chat, 20/min a group."""
        return cls()


TELEGRAM_LIMITS = Limits.telegram()


@dataclass(slots=True)
class _Window:
    """Accepted messages of the recent past, oldest first.

    A list, not a deque: there is one of these for each of 100,000 chats, mostly with one entry.
    """

    rate: Rate
    times: list[float] = field(default_factory=list)

    def wait_seconds(self, now: float) -> float:
        """How long until one more fits; 0 or less: now."""
        span = self.rate.seconds - JITTER_SECONDS
        gone = 0
        while gone < len(self.times) and now - self.times[gone] >= span:
            gone += 1
        del self.times[:gone]
        if len(self.times) < self.rate.messages:
            return 0.0
        return self.times[0] + self.rate.seconds - now


@dataclass(slots=True)
class LimitBook:
    """What was accepted lately, and whether one more message is allowed."""

    limits: Limits | None
    _bot: _Window = field(init=False)
    _paid: _Window = field(init=False)
    _chats: dict[int, _Window] = field(init=False, default_factory=dict)
    _groups: dict[int, _Window] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        limits = self.limits or TELEGRAM_LIMITS
        self._bot = _Window(limits.bot)
        self._paid = _Window(limits.paid)

    def retry_after(
        self, chat_id: int, now: float, *, is_group: bool, can_pay: bool = False
    ) -> int:
        """The whole seconds to wait before the next message to a chat; 0: it may go now.

        `now` is the caller's monotonic clock. A message beyond the bot's free allowance may go
        when `can_pay` and the paid allowance has room.
        """
        if self.limits is None:
            return 0
        waits = [self._chat(chat_id).wait_seconds(now)]
        if is_group:
            waits.append(self._group(chat_id).wait_seconds(now))
        waits.append((self._paid if can_pay else self._bot).wait_seconds(now))
        longest = max(waits)
        return max(1, math.ceil(longest)) if longest > 0 else 0

    def count(self, chat_id: int, now: float, *, is_group: bool) -> bool:
        """Count an accepted message; true where it went beyond the free allowance and is paid."""
        if self.limits is None:
            return False
        is_paid = self._bot.wait_seconds(now) > 0
        if not is_paid:
            self._bot.times.append(now)
        self._paid.times.append(now)
        self._chat(chat_id).times.append(now)
        if is_group:
            self._group(chat_id).times.append(now)
        return is_paid

    def _chat(self, chat_id: int) -> _Window:
        window = self._chats.get(chat_id)
        if window is None:
            limits = self.limits or TELEGRAM_LIMITS
            window = self._chats[chat_id] = _Window(limits.chat)
        return window

    def _group(self, chat_id: int) -> _Window:
        window = self._groups.get(chat_id)
        if window is None:
            limits = self.limits or TELEGRAM_LIMITS
            window = self._groups[chat_id] = _Window(limits.group)
        return window
