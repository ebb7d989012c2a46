"""Each way that a call can end has its own rule: the table of delivery."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.delivery.verdicts import Effect, expired, pause_seconds, verdict
from bot.domain.answers import Answer, NotWritten, Outcome, Silence
from bot.domain.outbox import MessageState, Method, Priority, Subject

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def refusal(status: int, description: str, **more: Any) -> Answer:
    return Answer(ok=False, status=status, description=description, **more)


BAD = "Bad Request: "
SENT, WAITING, FAILED = MessageState.SENT, MessageState.WAITING, MessageState.FAILED
DROPPED, UNKNOWN = MessageState.DROPPED, MessageState.UNKNOWN

TABLE: list[tuple[Outcome, str, MessageState, Effect]] = [
    (Answer(ok=True, status=200, result={"message_id": 7}), "sent", SENT, Effect.NONE),
    (Answer(ok=True, status=200, result=True), "sent", SENT, Effect.NONE),
    (
        refusal(429, "Too Many Requests: retry after 9", retry_after_seconds=9),
        "flood",
        WAITING,
        Effect.HOLD_CHAT,
    ),
    (refusal(429, "Too Many Requests"), "flood", WAITING, Effect.HOLD_CHAT),
    (refusal(403, "Forbidden: bot was blocked by the user"), "gone", DROPPED, Effect.CHAT_GONE),
    (refusal(403, "Forbidden: user is deactivated"), "gone", DROPPED, Effect.CHAT_GONE),
    (
        refusal(403, "Forbidden: bot was kicked from the supergroup chat"),
        "gone",
        DROPPED,
        Effect.CHAT_GONE,
    ),
    (refusal(400, BAD + "chat not found"), "gone", DROPPED, Effect.CHAT_GONE),
    (
        refusal(400, BAD + "group chat was upgraded to a supergroup chat", migrate_to_chat_id=-9),
        "migrated",
        WAITING,
        Effect.MIGRATE,
    ),
    (refusal(400, BAD + "CHAT_WRITE_FORBIDDEN"), "paused", DROPPED, Effect.CHAT_PAUSED),
    (
        refusal(400, BAD + "not enough rights to send text messages to the chat"),
        "paused",
        DROPPED,
        Effect.CHAT_PAUSED,
    ),
    (
        refusal(400, BAD + "not enough rights to send photos to the chat"),
        "no_photos",
        FAILED,
        Effect.SEND_WORDS,
    ),
    (refusal(400, BAD + "message caption is too long"), "defect", FAILED, Effect.SEND_PLAIN),
    (
        refusal(400, BAD + "there is no text in the message to edit"),
        "nothing_to_edit",
        DROPPED,
        Effect.NONE,
    ),
    (
        refusal(400, BAD + 'can\'t parse entities: Unsupported start tag "h1" at byte offset 0'),
        "defect",
        FAILED,
        Effect.SEND_PLAIN,
    ),
    (refusal(400, BAD + "message is too long"), "defect", FAILED, Effect.SEND_PLAIN),
    (refusal(400, BAD + "BUTTON_DATA_INVALID"), "defect", FAILED, Effect.SEND_PLAIN),
    (refusal(400, BAD + "message thread not found"), "no_thread", FAILED, Effect.NONE),
    (refusal(400, BAD + "TOPIC_CLOSED"), "no_thread", FAILED, Effect.NONE),
    (refusal(400, BAD + "message is not modified: specified new"), "sent", SENT, Effect.NONE),
    (refusal(400, BAD + "message to edit not found"), "nothing_to_edit", DROPPED, Effect.NONE),
    (refusal(400, BAD + "something new of 2031"), "refused", FAILED, Effect.NONE),
    (refusal(401, "Unauthorized"), "token", WAITING, Effect.HALT),
    (refusal(404, "Not Found"), "token", WAITING, Effect.HALT),
    (refusal(500, "Internal Server Error"), "server_error", WAITING, Effect.NONE),
    (refusal(502, "no Bot API answer: <html>"), "server_error", WAITING, Effect.NONE),
    (NotWritten("ClientConnectorError"), "not_written", WAITING, Effect.NONE),
    (Silence("SocketTimeoutError"), "silence", WAITING, Effect.NONE),
]


@pytest.mark.parametrize(("outcome", "kind", "state", "effect"), TABLE)
def test_each_outcome_has_its_rule(
    claimed: Any, outcome: Outcome, kind: str, state: MessageState, effect: Effect
) -> None:
    """Outcome, rule, what becomes of the message, and what else follows."""
    found = verdict(claimed(), outcome, NOW, jitter=0.5)
    assert (found.kind, found.result.state, found.effect) == (kind, state, effect)


@pytest.mark.parametrize("text", ["message thread not found", "TOPIC_CLOSED", "TOPIC_DELETED"])
def test_what_a_closed_thread_cannot_take_waits_for_general(claimed: Any, text: str) -> None:
    """Of a thread that is no more all goes to General; what General refuses is at its end."""
    found = verdict(claimed(thread_id=5), refusal(400, BAD + text), NOW, jitter=0.5)
    assert (found.result.state, found.effect) == (WAITING, Effect.THREAD_CLOSED)
    assert not found.result.spent


@pytest.mark.parametrize(
    ("outcome", "spent"),
    [
        (refusal(429, "", retry_after_seconds=1), False),
        (refusal(400, "", migrate_to_chat_id=-9), False),
        (refusal(401, ""), False),
        (refusal(500, ""), True),
        (NotWritten(""), True),
        (Silence(""), True),
    ],
)
def test_only_true_tries_count(claimed: Any, outcome: Outcome, spent: bool) -> None:
    """What Telegram only put off uses up no attempt."""
    assert verdict(claimed(), outcome, NOW, 0.5).result.spent is spent


def test_the_sent_message_keeps_telegrams_id(claimed: Any) -> None:
    """Later edits and replies need the id of what was sent."""
    outcome = Answer(ok=True, status=200, result={"message_id": 7})
    assert verdict(claimed(), outcome, NOW, 0.5).result.telegram_message_id == 7


def test_a_flood_waits_as_long_as_it_was_told(claimed: Any) -> None:
    """retry_after is obeyed, and jitter only adds to it."""
    outcome = refusal(429, "", retry_after_seconds=9)
    at = verdict(claimed(), outcome, NOW, jitter=1.0).result.not_before_at
    assert at is not None
    assert timedelta(seconds=9) <= at - NOW <= timedelta(seconds=10)


@pytest.mark.parametrize(
    ("priority", "attempts", "state"),
    [
        (Priority.ALERT, 0, WAITING),
        (Priority.REPLY, 1, WAITING),
        (Priority.NEWS, 1, WAITING),
        (Priority.NEWS, 2, UNKNOWN),
        (Priority.BROADCAST, 0, UNKNOWN),
    ],
)
def test_after_silence_only_what_matters_to_one_chat_is_sent_again(
    claimed: Any, priority: Priority, attempts: int, state: MessageState
) -> None:
    """A timeout after writing is no failure: a broadcast stays unknown, and nothing goes thrice."""
    message = claimed(priority=priority, attempts=attempts)
    found = verdict(message, Silence("timeout"), NOW, 0.5)
    assert found.result.state is state


def test_a_silent_message_is_not_sent_again_at_once(claimed: Any) -> None:
    """The pause gives Telegram time to show what it did."""
    at = verdict(claimed(), Silence("timeout"), NOW, jitter=0.0).result.not_before_at
    assert at is not None
    assert at - NOW >= timedelta(seconds=4)


def test_a_server_in_trouble_is_left_alone_in_the_end(claimed: Any) -> None:
    """The twentieth 5xx ends a message that never expires."""
    found = verdict(claimed(attempts=19), refusal(500, ""), NOW, 0.5)
    assert found.result.state is FAILED


def test_pauses_double_up_to_five_minutes() -> None:
    """Exponential backoff with jitter, bounded."""
    assert [pause_seconds(n, 0.5) for n in (0, 1, 2, 3)] == [1, 2, 4, 8]
    assert pause_seconds(60, 0.5) == 300
    assert pause_seconds(0, 0.0) == 0.5
    assert pause_seconds(0, 1.0) == 1.5


@pytest.mark.parametrize(
    ("expires_at", "over"),
    [(None, False), (NOW, True), (NOW + timedelta(seconds=1), False)],
)
def test_a_message_ends_with_its_time(
    claimed: Any, expires_at: datetime | None, over: bool
) -> None:
    """What has expired is dropped before it is sent."""
    assert (expired(claimed(expires_at=expires_at), NOW) is not None) is over


_MOVED = refusal(400, BAD + "group chat was upgraded", migrate_to_chat_id=-9)


@pytest.mark.parametrize(
    ("outcome", "state", "effect"),
    [
        (refusal(429, "", retry_after_seconds=9), WAITING, Effect.HOLD_EXTRAS),
        (refusal(403, "Forbidden: bot was blocked by the user"), DROPPED, Effect.CHAT_GONE),
        (_MOVED, DROPPED, Effect.MIGRATE),
        (refusal(400, BAD + "not enough rights to send photos to the chat"), FAILED, Effect.NONE),
        (refusal(400, BAD + "CHAT_WRITE_FORBIDDEN"), DROPPED, Effect.NONE),
        (refusal(400, BAD + "can't parse InputMedia: Can't parse entities"), FAILED, Effect.NONE),
        (refusal(400, BAD + "TOPIC_CLOSED"), FAILED, Effect.NONE),
        (refusal(400, BAD + "message to edit not found"), DROPPED, Effect.NONE),
        (refusal(400, BAD + "message is not modified: specified new"), SENT, Effect.NONE),
    ],
)
def test_what_only_adds_to_a_message_holds_up_and_ends_nothing_else(
    claimed: Any, outcome: Outcome, state: MessageState, effect: Effect
) -> None:
    """A chart that cannot be added says nothing of the chat; a block or a move does."""
    extra = claimed(method=Method.EDIT, subject=Subject.FIRING, picture_id=7, thread_id=5)
    found = verdict(extra, outcome, NOW, jitter=0.5)
    assert (found.result.state, found.effect) == (state, effect)


@pytest.mark.parametrize(
    ("result", "photo"),
    [
        ({"message_id": 7, "photo": [{"file_id": "small"}, {"file_id": "large"}]}, "large"),
        ({"message_id": 7, "photo": []}, None),
        ({"message_id": 7, "photo": [{"width": 5}]}, None),
        ({"message_id": 7}, None),
        (True, None),
    ],
)
def test_what_telegram_calls_a_picture_is_kept(
    claimed: Any, result: Any, photo: str | None
) -> None:
    """That of the largest size; others are sent by it."""
    outcome = Answer(ok=True, status=200, result=result)
    assert verdict(claimed(), outcome, NOW, 0).result.photo == photo
