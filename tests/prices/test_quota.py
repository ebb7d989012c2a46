"""The pace of requests: never more in a minute than allowed, holds, and room for questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prices.quota import Quota, poll_interval_seconds


def test_requests_leave_at_once_until_the_minute_is_full() -> None:
    quota = Quota(3)
    for at in (0.0, 1.0, 2.0):
        assert quota.ready_at(at) == at
        quota.spend(at)
    assert quota.left(2) == 0
    assert quota.ready_at(2) == 61
    assert quota.ready_at(70) == 70
    assert quota.left(61) == 1
    assert quota.left(70) == 3


@given(
    st.integers(min_value=1, max_value=6),
    st.lists(st.floats(min_value=0, max_value=40, allow_nan=False), max_size=60),
)
def test_no_minute_ever_holds_more_requests_than_allowed(limit: int, waits: list[float]) -> None:
    quota, now = Quota(limit), 0.0
    left: list[float] = []
    for wait in waits:
        now = quota.ready_at(now + wait)
        quota.spend(now)
        left.append(now)
    for first in left:
        assert sum(first <= at < first + 60 for at in left) <= limit


def test_a_refusal_holds_for_what_the_server_asked() -> None:
    quota = Quota(5)
    quota.spend(10)
    assert quota.hold_until(10, 90) == 100
    assert quota.ready_at(20) == 100
    assert quota.left(20) == 0
    assert quota.ready_at(100) == 100
    assert quota.left(100) == 5


def test_refusals_without_a_time_wait_twice_as_long_each() -> None:
    quota = Quota(5)
    now, waits = 0.0, []
    for _ in range(12):
        until = quota.hold_until(now, None)
        waits.append(until - now)
        now = until
    assert waits[:4] == [15, 30, 60, 120]
    assert max(waits) == 3600


def test_an_answer_ends_the_doubling() -> None:
    quota = Quota(5)
    quota.hold_until(0, None)
    quota.hold_until(15, None)
    quota.release()
    assert quota.hold_until(100, None) == 115


@pytest.mark.parametrize(("asked", "held"), [(0.0, 1), (-5.0, 1), (1e12, 3600)])
def test_an_absurd_time_to_wait_is_bounded(asked: float, held: float) -> None:
    assert Quota(5).hold_until(0, asked) == held


def test_a_shorter_hold_does_not_end_a_longer_one() -> None:
    quota = Quota(5)
    quota.hold_until(0, 100)
    assert quota.hold_until(10, 5) == 100


@pytest.mark.parametrize(
    ("spent", "now", "due", "room"),
    [
        pytest.param([], 0, 15, True, id="nothing spent"),
        pytest.param([0, 15, 30], 40, 45, True, id="one stays free"),
        pytest.param([0, 15, 30, 45], 50, 61, True, id="the oldest is over by then"),
        pytest.param([0, 15, 30, 45], 50, 60, False, id="the poll would have to wait"),
        pytest.param([0, 1, 2, 3, 4], 10, 90, False, id="none is left now"),
    ],
)
def test_a_question_leaves_room_for_the_poll_that_is_due(
    spent: list[float], now: float, due: float, room: bool
) -> None:
    quota = Quota(5)
    for at in spent:
        quota.spend(at)
    assert quota.leaves_room(now, due) is room


def test_a_held_quota_has_no_room_for_questions() -> None:
    quota = Quota(5)
    quota.hold_until(0, 30)
    assert not quota.leaves_room(10, 100)


def test_less_than_one_request_a_minute_is_no_quota() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Quota(0)


@pytest.mark.parametrize(
    ("requests", "per_minute", "poll_seconds", "interval"),
    [
        pytest.param(1, 5, 5, 15, id="five a minute leave four for polls"),
        pytest.param(1, 30, 5, 5, id="twenty-four would fit, polls stay at their pace"),
        pytest.param(4, 30, 5, 10, id="four requests a round slow down"),
        pytest.param(2, 5, 5, 30, id="two requests a round"),
        pytest.param(1, 2, 5, 60, id="one for polls, one for questions"),
        pytest.param(1, 1, 5, 120, id="one a minute is shared by halves"),
        pytest.param(0, 5, 5, 5, id="nothing watched"),
        pytest.param(1, 500, 60, 60, id="never faster than asked"),
    ],
)
def test_polls_are_slowed_to_fit(
    requests: int, per_minute: int, poll_seconds: float, interval: float
) -> None:
    assert poll_interval_seconds(requests, per_minute, poll_seconds) == interval


@given(
    st.integers(min_value=1, max_value=50),
    st.integers(min_value=2, max_value=500),
    st.floats(min_value=1, max_value=600),
)
def test_polls_leave_at_least_one_request_a_minute(
    requests: int, per_minute: int, poll_seconds: float
) -> None:
    interval = poll_interval_seconds(requests, per_minute, poll_seconds)
    assert interval >= poll_seconds
    assert requests * 60 / interval <= per_minute - 1 + 1e-9
