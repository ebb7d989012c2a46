"""Rate limits: per chat, per group, for the whole bot, with and without pay."""

from __future__ import annotations

import pytest

from bot.demo.telegram_limits import LimitBook, Limits, Rate


def sends(book: LimitBook, chat_id: int, now: float, *, group: bool = False) -> int:
    wait = book.retry_after(chat_id, now, is_group=group)
    if not wait:
        book.count(chat_id, now, is_group=group)
    return wait


@pytest.mark.parametrize(("gap", "wait"), [(0.0, 1), (0.5, 1), (0.94, 1), (0.96, 0), (1.0, 0)])
def test_one_message_a_second_to_a_chat_with_a_little_tolerance(gap: float, wait: int) -> None:
    book = LimitBook(Limits.telegram())
    assert sends(book, 1, 10.0) == 0
    assert sends(book, 1, 10.0 + gap) == wait


def test_a_group_takes_twenty_a_minute_and_says_how_long_to_wait() -> None:
    book = LimitBook(Limits.telegram())
    assert [sends(book, -1, float(second), group=True) for second in range(20)] == [0] * 20
    assert sends(book, -1, 20.0, group=True) == 40
    assert sends(book, -2, 20.0, group=True) == 0, "another group is not concerned"
    assert sends(book, -1, 60.0, group=True) == 0


def test_the_whole_bot_sends_thirty_in_any_second() -> None:
    book = LimitBook(Limits.telegram())
    assert [sends(book, chat, 5.0 + chat / 100) for chat in range(30)] == [0] * 30
    assert sends(book, 99, 5.5) == 1
    assert sends(book, 99, 6.0) == 0


def test_a_client_that_spaces_evenly_is_never_refused() -> None:
    book = LimitBook(Limits.telegram())
    jitter = (0.0, 0.02, 0.01, 0.0)
    waits = [sends(book, n, n / 30 + jitter[n % 4]) for n in range(300)]
    assert sum(waits) == 0


def test_a_refused_message_counts_nowhere() -> None:
    book = LimitBook(Limits.telegram())
    assert sends(book, 1, 0.0) == 0
    assert all(sends(book, 1, 0.5) for _ in range(100))
    assert [sends(book, 2 + n, 0.5) for n in range(29)] == [0] * 29
    assert sends(book, 1, 1.0) == 0


def test_paid_messages_go_beyond_the_free_ones_up_to_their_own_limit() -> None:
    book = LimitBook(Limits(bot=Rate(2, 1.0), paid=Rate(5, 1.0)))
    paid = []
    for chat in range(5):
        assert book.retry_after(chat, 0.0, is_group=False, can_pay=True) == 0
        paid.append(book.count(chat, 0.0, is_group=False))
    assert paid == [False, False, True, True, True]
    assert book.retry_after(9, 0.0, is_group=False, can_pay=True) == 1


def test_no_limits_refuse_nothing() -> None:
    book = LimitBook(None)
    assert [sends(book, 1, 0.0, group=True) for _ in range(100)] == [0] * 100
