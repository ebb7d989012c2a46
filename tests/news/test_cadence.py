"""When a source is polled next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sources import Source, SourceKind, SourceState
from bot.news.cadence import Pace, after_failure, after_success, first_poll_at

NOW = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)
PACE = Pace(poll_seconds=60, slowest_poll_seconds=900)
SOURCE = Source(1, "ledger", "Ledger", SourceKind.FEED, "https://l.example", SourceState.ACTIVE)
JITTER = st.floats(0, 1, exclude_max=True)


def wait_after_success(quiet_polls: int, fresh: int, pace: Pace = PACE) -> float:
    planned = after_success(replace(SOURCE, quiet_polls=quiet_polls), fresh, NOW, pace, 0.0)
    return (planned.at - NOW).total_seconds()


def wait_after_failure(failures: int, asked: float | None = None, pace: Pace = PACE) -> float:
    planned = after_failure(replace(SOURCE, failures=failures), asked, NOW, pace, 0.0)
    return (planned.at - NOW).total_seconds()


def test_news_keeps_a_source_at_its_quickest() -> None:
    planned = after_success(replace(SOURCE, quiet_polls=40), 3, NOW, PACE, 0.0)
    assert planned.at == NOW + timedelta(seconds=60)
    assert (planned.reason, planned.quiet_polls, planned.failures) == ("3 new", 0, 0)


def test_a_quiet_source_slows_down_gradually_to_the_slowest() -> None:
    waits = [wait_after_success(quiet, 0) for quiet in range(60)]
    assert waits[0] == 60
    assert waits == sorted(waits)
    assert waits[-1] == 900
    assert all(later <= earlier * 1.5 for earlier, later in pairwise(waits))


def test_equal_bounds_never_slow_down() -> None:
    steady = Pace(poll_seconds=60, slowest_poll_seconds=60)
    assert {wait_after_success(quiet, 0, steady) for quiet in range(100)} == {60}


def test_failures_back_off_to_an_hour() -> None:
    waits = [wait_after_failure(failures) for failures in range(30)]
    assert waits == sorted(waits)
    assert waits[-1] == 3600
    assert waits[1] == 2 * waits[0]


def test_a_failure_is_counted_and_forgotten_at_the_next_success() -> None:
    failed = after_failure(replace(SOURCE, failures=2, quiet_polls=7), None, NOW, PACE, 0.0)
    assert (failed.failures, failed.quiet_polls, failed.reason) == (3, 7, "failed 3 times")
    assert after_success(replace(SOURCE, failures=3), 0, NOW, PACE, 0.0).failures == 0


@pytest.mark.parametrize(
    ("asked", "wait"), [(7_200, 7_200), (1, 120), (10**9, 24 * 3600), (None, 120), (0, 120)]
)
def test_what_a_server_asks_for_is_kept_within_a_day(asked: float | None, wait: float) -> None:
    assert wait_after_failure(0, asked) == wait


def test_first_polls_are_spread() -> None:
    firsts = [first_poll_at(index, 10, NOW, PACE) for index in range(10)]
    assert firsts[0] == NOW
    assert len(set(firsts)) == 10
    assert max(firsts) < NOW + timedelta(seconds=60)
    assert first_poll_at(0, 0, NOW, PACE) == NOW


@given(
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.floats(0, 1e12) | st.none(),
    JITTER,
    st.floats(1, 7_200),
    st.floats(1, 86_400),
)
def test_no_poll_is_early_and_none_beyond_the_farthest(
    quiet: int, failures: int, asked: float | None, jitter: float, quickest: float, slowest: float
) -> None:
    pace = Pace(quickest, max(quickest, slowest))
    source = replace(SOURCE, quiet_polls=quiet, failures=failures)
    for planned in (
        after_success(source, 0, NOW, pace, jitter),
        after_failure(source, asked, NOW, pace, jitter),
    ):
        early = NOW + timedelta(seconds=quickest) - timedelta(microseconds=1)
        assert early <= planned.at <= NOW + pace.farthest
        assert planned.reason
