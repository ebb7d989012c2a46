"""What follows from each way that a call can end.

Pure: a table of rules, the heart of delivery. The texts of Telegram's refusals are those of
its server's source (tdlib/telegram-bot-api, Client.cpp).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.answers import Answer, NotWritten, Outcome, Silence
from bot.domain.outbox import Claimed, MessageState, Priority, Result


class Effect(StrEnum):
    """What a verdict asks for beside the message's own result."""

    NONE = "none"
    CHAT_GONE = "chat_gone"
    CHAT_PAUSED = "chat_paused"
    MIGRATE = "migrate"
    HOLD_CHAT = "hold_chat"
    HOLD_EXTRAS = "hold_extras"
    SEND_PLAIN = "send_plain"
    SEND_WORDS = "send_words"
    THREAD_CLOSED = "thread_closed"
    HALT = "halt"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A message's result and what else must happen; `kind` names the rule, for metrics."""

    kind: str
    result: Result
    effect: Effect = Effect.NONE
    reason: str = ""
    seconds: float = 0.0
    new_chat_id: int | None = None


MAX_TRIES_AFTER_SILENCE = 3
MAX_TRIES_AFTER_SERVER_ERROR = 20
_LONGEST_PAUSE_SECONDS = 300.0

_GONE = (
    "chat not found",
    "peer_id_invalid",
    "user_id_invalid",
    "group chat was deactivated",
    "group is deactivated",
    "the group chat was deleted",
    "user not found",
)
_NO_RIGHT = (
    "have no rights to send a message",
    "chat_write_forbidden",
    "not enough rights",
    "need administrator rights",
    "chat_restricted",
    "chat_admin_required",
    "chat_send_plain_forbidden",
    "user_banned_in_channel",
)
_NO_PHOTOS = ("rights to send photos", "chat_send_photos_forbidden")
_DEFECT = (
    "can't parse entities",
    "caption is too long",
    "message is too long",
    "message_too_long",
    "text is too long",
    "message text is empty",
    "text must be non-empty",
    "button_data_invalid",
    "button_url_invalid",
    "reply_markup",
    "inline keyboard",
)
_NO_THREAD = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_NOTHING_TO_EDIT = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
    "there is no caption in the message to edit",
)


def pause_seconds(attempts: int, jitter: float) -> float:
    """The pause before the next try: 1 s doubled for each try before, at most 5 minutes.

    `jitter` between 0 and 1 spreads it over half to one and a half of that.
    """
    return min(2.0 ** min(attempts, 10), _LONGEST_PAUSE_SECONDS) * (0.5 + jitter)


def verdict(message: Claimed, outcome: Outcome, now: datetime, jitter: float) -> Verdict:
    """What an outcome means for a message.

    `jitter` between 0 and 1 is the caller's randomness. A result that goes back to the queue
    after the message's end is turned into a failure by `expired`.
    """
    match outcome:
        case NotWritten(reason):
            pause = pause_seconds(message.attempts, jitter)
            return Verdict("not_written", _again(message, now, pause, reason), reason=reason)
        case Silence(reason):
            return _after_silence(message, reason, now, jitter)
        case Answer(ok=True):
            return Verdict("sent", _sent(message, outcome))
        case _:
            return _after_refusal(message, outcome, now, jitter)


def expired(message: Claimed, now: datetime) -> Verdict | None:
    """The verdict on a message whose time has passed, or None while it has not."""
    if message.expires_at is None or now < message.expires_at:
        return None
    return _ended("expired", message, MessageState.DROPPED, "expired")


def _sent(message: Claimed, answer: Answer) -> Result:
    found = answer.result.get("message_id") if isinstance(answer.result, dict) else None
    telegram_id = found if isinstance(found, int) else None
    photo = _photo_of(answer.result)
    return Result(message.id, MessageState.SENT, telegram_message_id=telegram_id, photo=photo)


def _photo_of(result: Any) -> str | None:
    """What Telegram calls the picture of a message, in its largest size; None without one."""
    sizes = result.get("photo") if isinstance(result, dict) else None
    largest = sizes[-1] if isinstance(sizes, list) and sizes else None
    found = largest.get("file_id") if isinstance(largest, dict) else None
    return found if isinstance(found, str) else None


def _again(
    message: Claimed, now: datetime, seconds: float, reason: str, *, spent: bool = True
) -> Result:
    at = now + timedelta(seconds=seconds)
    return Result(message.id, MessageState.WAITING, reason, not_before_at=at, spent=spent)


def _ended(
    kind: str,
    message: Claimed,
    state: MessageState,
    reason: str,
    effect: Effect = Effect.NONE,
) -> Verdict:
    return Verdict(kind, Result(message.id, state, reason), effect, reason)


def _after_silence(message: Claimed, reason: str, now: datetime, jitter: float) -> Verdict:
    """A broadcast is not sent again, for it may have arrived; what matters to one chat is."""
    tries = message.attempts + 1
    if message.priority is Priority.BROADCAST or tries >= MAX_TRIES_AFTER_SILENCE:
        return _ended("unknown", message, MessageState.UNKNOWN, reason)
    pause = pause_seconds(message.attempts + 3, jitter)
    return Verdict("silence", _again(message, now, pause, reason), reason=reason)


def _after_refusal(message: Claimed, answer: Answer, now: datetime, jitter: float) -> Verdict:
    text = answer.description
    if answer.migrate_to_chat_id is not None:
        result = _again(message, now, 0, text, spent=False)
        if message.is_extra:
            # The message that it adds to stayed behind.
            result = Result(message.id, MessageState.DROPPED, text)
        return Verdict(
            "migrated", result, Effect.MIGRATE, text, new_chat_id=answer.migrate_to_chat_id
        )
    if answer.status == 429:  # noqa: PLR2004  # Too Many Requests
        seconds = answer.retry_after_seconds or 1.0
        result = _again(message, now, seconds + jitter / 2, text, spent=False)
        # Edits are counted apart: what was refused one must not hold up an alert.
        effect = Effect.HOLD_EXTRAS if message.is_extra else Effect.HOLD_CHAT
        return Verdict("flood", result, effect, text, seconds=seconds)
    if answer.status in (401, 404):
        return Verdict("token", _again(message, now, 0, text, spent=False), Effect.HALT, text)
    if answer.status == 403:  # noqa: PLR2004  # Forbidden
        return _ended("gone", message, MessageState.DROPPED, text, Effect.CHAT_GONE)
    if answer.status >= 500:  # noqa: PLR2004  # the server's fault
        if message.attempts + 1 >= MAX_TRIES_AFTER_SERVER_ERROR:
            return _ended("server_error", message, MessageState.FAILED, text)
        pause = pause_seconds(message.attempts, jitter)
        return Verdict("server_error", _again(message, now, pause, text), reason=text)
    return _after_bad_request(message, text)


def _after_bad_request(message: Claimed, text: str) -> Verdict:
    lowered = text.lower()
    if message.picture_id is None and any(word in lowered for word in _NO_THREAD):
        return _after_no_thread(message, text)
    rules = (
        (("message is not modified",), "sent", MessageState.SENT, Effect.NONE),
        (_GONE, "gone", MessageState.DROPPED, Effect.CHAT_GONE),
        (_NO_PHOTOS, "no_photos", MessageState.FAILED, Effect.SEND_WORDS),
        (_NO_RIGHT, "paused", MessageState.DROPPED, Effect.CHAT_PAUSED),
        (_DEFECT, "defect", MessageState.FAILED, Effect.SEND_PLAIN),
        (_NOTHING_TO_EDIT, "nothing_to_edit", MessageState.DROPPED, Effect.NONE),
    )
    for words, kind, state, effect in rules:
        if any(word in lowered for word in words):
            # That a picture cannot be added says nothing of the message or the chat.
            follows = Effect.NONE if message.picture_id is not None else effect
            return _ended(kind, message, state, text, follows)
    return _ended("refused", message, MessageState.FAILED, text)


def _after_no_thread(message: Claimed, text: str) -> Verdict:
    """What is owed to a thread that is closed or gone goes to General, with all that follows."""
    if not message.thread_id:
        return _ended("no_thread", message, MessageState.FAILED, text)
    found = Result(message.id, MessageState.WAITING, text, spent=False)
    return Verdict("no_thread", found, Effect.THREAD_CLOSED, text)
