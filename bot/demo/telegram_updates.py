"""The queue of updates that the bot has not confirmed yet.

Owns numbering, `allowed_updates`, confirmation by offset and what a forgotten queue looks like.
It does no waiting and no sending: polling and the webhook read from it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.telegram_errors import Json

FIRST_UPDATE_ID = 870_000_001  # any positive number will do; Telegram's are of this size
MAX_LIMIT = 100
_NEEDS_ASKING = {"chat_member", "message_reaction", "message_reaction_count"}


class UpdateQueue:
    """Updates in order of `update_id`, which only grows."""

    def __init__(self) -> None:
        self.on_add: Callable[[], None] = lambda: None
        self._next_id = FIRST_UPDATE_ID
        self._allowed: frozenset[str] = frozenset()
        self._updates: deque[Json] = deque()

    def __len__(self) -> int:
        return len(self._updates)

    @property
    def allowed(self) -> list[str]:
        """The kinds asked for, sorted; empty means all but those that need asking."""
        return sorted(self._allowed)

    def allow(self, kinds: list[str]) -> None:
        """Keep only these kinds from now on; an empty list returns to the default."""
        self._allowed = frozenset(kinds)

    def add(self, kind: str, body: Json) -> None:
        """Append an update of a kind (`message`, say) unless nobody asked for it."""
        is_wanted = kind in self._allowed if self._allowed else kind not in _NEEDS_ASKING
        if is_wanted:
            self._updates.append({"update_id": self._next_id, kind: body})
            self._next_id += 1
            self.on_add()

    def confirm(self, offset: int) -> None:
        """Forget what lies before `offset`; a negative one keeps only that many of the newest."""
        if offset < 0:
            while len(self._updates) > -offset:
                self._updates.popleft()
        while offset > 0 and self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()

    def oldest(self, limit: int) -> list[Json]:
        """Up to `limit` (1 to 100) updates, oldest first; they stay until confirmed."""
        count = min(max(limit, 1), MAX_LIMIT, len(self._updates))
        return [self._updates[index] for index in range(count)]

    def drop(self) -> None:
        """Forget every update, as `drop_pending_updates` asks."""
        self._updates.clear()
