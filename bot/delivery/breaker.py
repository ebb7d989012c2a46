"""Whether Telegram can be reached at all.

Pure. One call without an answer is that call's trouble; calls for many chats without an answer
are Telegram's or the network's, and then trying further messages only uses them up.
"""

from dataclasses import dataclass, field

from bot.domain.answers import Answer, NotWritten, Outcome

SILENT_CHATS = 5
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0


@dataclass(slots=True)
class Breaker:
    """Opens when no connection can be made, or five chats in a row get no answer.

    Open, it asks for a pause after each failure, which doubles from 0.5 s up to 30 s; the first
    answer closes it. Meanwhile no message should be sent: a harmless call tells as much.
    """

    _silent: set[int] = field(default_factory=set)
    _pauses: int = 0
    _until: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether no message should be sent for now."""
        return self._pauses > 0

    def note(self, outcome: Outcome, chat_id: int, now: float) -> float | None:
        """How long everything must pause after this outcome, in seconds; None: not at all.

        Calls that failed together count once: what ends during a pause makes it no longer.
        """
        if isinstance(outcome, Answer):
            self._silent.clear()
            self._pauses = 0
            return None
        self._silent.add(chat_id)
        trips = isinstance(outcome, NotWritten) or len(self._silent) >= SILENT_CHATS
        if now < self._until or not (trips or self.is_open):
            return None
        pause = min(_FIRST_PAUSE_SECONDS * 2.0**self._pauses, _LONGEST_PAUSE_SECONDS)
        self._pauses = min(self._pauses + 1, 10)
        self._until = now + pause
        return pause
