"""The breaker tells one call's trouble from Telegram's."""

from bot.delivery.breaker import SILENT_CHATS, Breaker
from bot.domain.answers import Answer, NotWritten, Silence

SILENCE = Silence("timeout")
ANSWER = Answer(ok=False, status=400)


def test_one_chat_that_stays_silent_opens_nothing() -> None:
    """Any number of timeouts of one chat is that chat's."""
    breaker = Breaker()
    assert [breaker.note(SILENCE, 1, float(n)) for n in range(20)] == [None] * 20
    assert not breaker.is_open


def test_silence_of_five_chats_in_a_row_opens_it() -> None:
    """Five chats without an answer between them: Telegram or the network is away."""
    breaker = Breaker()
    pauses = [breaker.note(SILENCE, chat, 10.0) for chat in range(SILENT_CHATS)]
    assert pauses == [None] * (SILENT_CHATS - 1) + [0.5]
    assert breaker.is_open


def test_an_answer_in_between_keeps_it_closed() -> None:
    """Even a refusal shows that Telegram is there."""
    breaker = Breaker()
    for chat in range(20):
        breaker.note(SILENCE, chat, 10.0)
        if chat % 3 == 0:
            breaker.note(ANSWER, chat, 10.0)
    assert not breaker.is_open


def test_a_connection_that_cannot_be_made_opens_it_at_once() -> None:
    """No other message would fare better."""
    breaker = Breaker()
    assert breaker.note(NotWritten("no route"), 1, 10.0) == 0.5
    assert breaker.is_open


def test_pauses_double_up_to_half_a_minute_and_an_answer_ends_them() -> None:
    """What failed together counts once; each further failure doubles the pause."""
    breaker, now, pauses = Breaker(), 10.0, []
    for _ in range(9):
        pause = breaker.note(NotWritten("no route"), 1, now)
        assert pause is not None
        assert breaker.note(NotWritten("no route"), 2, now) is None
        pauses.append(pause)
        now += pause
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert breaker.note(ANSWER, 1, now) is None
    assert not breaker.is_open
    assert breaker.note(NotWritten("no route"), 1, now) == 0.5
