"""How fast messages may leave: for the whole bot, for each chat, for each group.

Pure: every function takes the time as an argument, in seconds of the monotonic clock. The
limits are Telegram's: 30 messages a second for a bot, one a second for a chat, 20 a minute
for a group (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
"""

from collections import deque
from dataclasses import dataclass, field

GROUP_LIMIT = 20
GROUP_WINDOW_SECONDS = 60.0
CHAT_SECONDS = 1.0
# Messages bunch on their way: what leaves a second apart may arrive 0.98 s apart.
JITTER_SECONDS = 0.02
# A timer wakes late; this much of a delay is made up for, so that the rate holds.
_CATCH_UP_SECONDS = 0.1
# Three chats refused within this time: the limit is the bot's, not the chats'.
_STORM_SECONDS = 2.0
_STORM_CHATS = 3
# After a 429 of the whole bot it goes on at three quarters of its rate, a tenth at least of
# what is allowed, and wins a tenth back every ten seconds without another.
_SLOWING = 0.75
_SLOWEST_SHARE = 0.1
_RECOVERY = 1.1
_RECOVERY_SECONDS = 10.0


def is_group(chat_kind: str) -> bool:
    """Whether the limit of groups holds; channels count as chats."""
    return chat_kind in ("group", "supergroup")


@dataclass(slots=True)
class Pacer:
    """The allowance that is left at a time. `started` is when the process began.

    `per_second` is the ceiling; `rate` is what is dared after Telegram refused the whole bot.
    It starts with an empty allowance, since Telegram remembers what a process before it sent:
    a group's allowance fills up over the first minute.
    """

    per_second: float
    started: float
    rate: float = field(init=False)
    _rate_at: float = field(init=False)
    _next_slot: float = field(init=False)
    _recent: deque[float] = field(init=False)
    _chat_ready: dict[int, float] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)
    _held_until: float = field(default=0.0)
    _extras_held_until: float = field(default=0.0)
    _refusals: deque[tuple[float, int]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.rate = self.per_second
        self._rate_at = self.started
        self._next_slot = self.started + 1 / self.per_second
        self._recent = deque(maxlen=max(1, int(self.per_second)))

    def wait_for_all(self, now: float) -> float:
        """How long the whole bot must wait before its next message, in seconds."""
        at = max(self._next_slot, self._held_until)
        within_a_second = max(1, int(self.rate))
        if len(self._recent) >= within_a_second:
            at = max(at, self._recent[-within_a_second] + 1.0)
        return max(0.0, at - now)

    def wait_for_chat(self, chat_id: int, chat_kind: str, now: float) -> float:
        """How long this chat must wait before its next message, in seconds."""
        # In the first second it is not known who was written to just before the start.
        at = self._chat_ready.get(chat_id, self.started + CHAT_SECONDS)
        if is_group(chat_kind):
            at = max(at, self._group_ready(chat_id, now))
        return max(0.0, at - now)

    def _group_ready(self, chat_id: int, now: float) -> float:
        sent = self._groups.get(chat_id)
        if not sent:
            return now
        window = GROUP_WINDOW_SECONDS + JITTER_SECONDS
        while sent and sent[0] <= now - window:
            sent.popleft()
        spacing = GROUP_WINDOW_SECONDS / GROUP_LIMIT
        filled = now - self.started
        if filled < GROUP_WINDOW_SECONDS and len(sent) >= 1 + int(filled / spacing):
            return self.started + len(sent) * spacing
        if len(sent) >= GROUP_LIMIT:
            return sent[-GROUP_LIMIT] + window
        return now

    def wait_for_extra(self, chat_id: int, chat_kind: str, now: float) -> float:
        """How long what only adds to an earlier message must wait for this chat, in seconds.

        In a group it takes nothing of the half of its allowance that is left for messages.
        """
        at = self._extras_held_until
        if is_group(chat_kind):
            sent = self._groups.get(chat_id, ())
            if len(sent) >= GROUP_LIMIT // 2:
                at = max(at, sent[-GROUP_LIMIT // 2] + GROUP_WINDOW_SECONDS + JITTER_SECONDS)
        return max(0.0, at - now)

    def hold_extras(self, until: float) -> None:
        """Let nothing leave before then that only adds to an earlier message."""
        self._extras_held_until = max(self._extras_held_until, until)

    def take_slot(self, now: float) -> None:
        """Note that a call leaves now of which no chat's limit takes notice."""
        self._recover(now)
        interval = 1 / self.rate
        self._next_slot = max(self._next_slot, now - _CATCH_UP_SECONDS) + interval
        self._recent.append(now)

    def take(self, chat_id: int, chat_kind: str, now: float) -> None:
        """Note that a message leaves for this chat now."""
        self.take_slot(now)
        self.reserve(chat_id, now)
        if is_group(chat_kind):
            self._groups.setdefault(chat_id, deque()).append(now)

    def _recover(self, now: float) -> None:
        if self.rate < self.per_second and now - self._rate_at >= _RECOVERY_SECONDS:
            self.rate = min(self.rate * _RECOVERY, self.per_second)
            self._rate_at = now

    def reserve(self, chat_id: int, now: float) -> None:
        """Keep the chat for a message that leaves soon, so that no second one is taken."""
        ready = now + CHAT_SECONDS + JITTER_SECONDS
        self._chat_ready[chat_id] = max(self._chat_ready.get(chat_id, 0.0), ready)

    def refused(self, chat_id: int, retry_after_seconds: float, now: float) -> bool:
        """Note a 429. The chat waits as told; true when the whole bot waits too.

        Telegram does not say whose limit it was: refusals of three chats within two seconds
        are taken for the bot's.
        """
        until = now + retry_after_seconds
        self._chat_ready[chat_id] = max(self._chat_ready.get(chat_id, 0.0), until)
        self._refusals.append((now, chat_id))
        while self._refusals and self._refusals[0][0] < now - _STORM_SECONDS:
            self._refusals.popleft()
        storm = len({chat for _, chat in self._refusals}) >= _STORM_CHATS
        if storm:
            self.hold_all(until)
            self.rate = max(self.rate * _SLOWING, self.per_second * _SLOWEST_SHARE)
            self._rate_at = until
            self._refusals.clear()
        return storm

    def hold_all(self, until: float) -> None:
        """Let nothing leave before then."""
        self._held_until = max(self._held_until, until)

    def forget_idle(self, now: float) -> None:
        """Drop what no longer restrains anybody, so that memory follows the traffic."""
        self._chat_ready = {chat: at for chat, at in self._chat_ready.items() if at > now}
        window = now - GROUP_WINDOW_SECONDS - JITTER_SECONDS
        self._groups = {c: sent for c, sent in self._groups.items() if sent and sent[-1] > window}
