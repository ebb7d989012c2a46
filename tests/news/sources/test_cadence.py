"""When a source is polled next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sources import Source, SourceKind, SourceState
from bot.news.sources.cadence import (
    Pace,
    after_failure,
    after_success,
    first_poll_at,
    typical_fresh,
    typical_seconds,
)

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


@pytest.mark.parametrize(
    ("status", "asked", "wait", "reason"),
    [
        (500, None, 120, "failed 1 times"),
        (429, None, 960, "answered 429 1 times"),
        (403, None, 960, "answered 403 1 times"),
        (429, 30, 120, "failed 1 times"),
        (429, 5_000, 5_000, "asked to wait 5000 s"),
    ],
)
def test_a_server_that_wants_fewer_questions_is_left_alone_longer(
    status: int, asked: float | None, wait: float, reason: str
) -> None:
    """Eight times as long after 403 and 429, unless it says itself how long."""
    planned = after_failure(SOURCE, asked, NOW, PACE, 0.0, status)
    assert ((planned.at - NOW).total_seconds(), planned.reason) == (wait, reason)


def test_refusals_back_off_to_six_hours() -> None:
    waits = []
    for failures in range(30):
        source = replace(SOURCE, failures=failures)
        waits.append((after_failure(source, None, NOW, PACE, 0.0, 429).at - NOW).total_seconds())
    assert waits == sorted(waits)
    assert waits[-1] == 6 * 3600


@pytest.mark.parametrize(
    ("typical", "wait"),
    [(None, 60), (5.0, 60), (1_200.0, 100), (7_200.0, 600), (24 * 3600.0, 900)],
)
def test_a_source_is_polled_twelve_times_between_two_of_its_articles(
    typical: float | None, wait: float
) -> None:
    """Within the operator's bounds."""
    planned = after_success(replace(SOURCE, typical_seconds=typical), 1, NOW, PACE, 0.0)
    assert (planned.at - NOW).total_seconds() == wait


def test_a_source_that_falls_silent_slows_down_from_its_own_pace() -> None:
    usual = replace(SOURCE, typical_seconds=3600.0)
    waits = [
        (after_success(replace(usual, quiet_polls=quiet), 0, NOW, PACE, 0.0).at - NOW).seconds
        for quiet in range(12)
    ]
    assert waits[:5] == [300] * 5
    assert waits == sorted(waits)
    assert waits[-1] == 900


@pytest.mark.parametrize(
    ("until", "wait"),
    [(None, 60), (NOW - timedelta(seconds=1), 60), (NOW + timedelta(days=1), 180)],
)
def test_a_source_whose_hub_delivers_is_polled_less_often(
    until: datetime | None, wait: float
) -> None:
    planned = after_success(replace(SOURCE, hub_until_at=until), 1, NOW, PACE, 0.0)
    assert (planned.at - NOW).total_seconds() == wait


@pytest.mark.parametrize(
    ("ttl", "max_age", "wait", "word"),
    [
        (None, None, 60, "1 new"),
        (300, None, 300, "its ttl is 300 s"),
        (None, 300.0, 300, "its max-age is 300 s"),
        (300, 600.0, 600, "its max-age is 600 s"),
        (30, 0.0, 60, "1 new"),
        (7 * 24 * 3600, None, 900, "its ttl"),
        (None, 31_536_000.0, 900, "its max-age"),
    ],
)
def test_what_a_feed_and_its_server_ask_for_is_kept_within_the_bounds(
    ttl: int | None, max_age: float | None, wait: float, word: str
) -> None:
    planned = after_success(replace(SOURCE, ttl_seconds=ttl), 1, NOW, PACE, 0.0, max_age)
    assert (planned.at - NOW).total_seconds() == wait
    assert word in planned.reason


@pytest.mark.parametrize(
    ("hours", "at"),
    [
        ("", "12:01"),
        ("13", "12:01"),
        ("12", "13:00"),
        ("12,13,14", "15:00"),
        ("12,14", "13:00"),
        (",".join(map(str, range(24))), "12:01"),
    ],
)
def test_the_hours_that_a_feed_wants_skipped_are_skipped(hours: str, at: str) -> None:
    """Unless they are all, which nobody means."""
    planned = after_success(replace(SOURCE, skip_hours=hours), 1, NOW, PACE, 0.0)
    assert f"{planned.at:%H:%M}" == at
    assert ("skipHours" in planned.reason) == (at in {"13:00", "15:00"})


def test_hours_are_skipped_past_midnight() -> None:
    late = NOW.replace(hour=23)
    planned = after_success(replace(SOURCE, skip_hours="0,1,23"), 1, late, PACE, 0.0)
    assert planned.at == NOW.replace(hour=2) + timedelta(days=1)


def test_equal_bounds_overrule_what_a_feed_asks_for() -> None:
    steady = Pace(poll_seconds=60, slowest_poll_seconds=60)
    asking = replace(SOURCE, ttl_seconds=3600, skip_hours="12", typical_seconds=9_000.0)
    planned = after_success(asking, 0, NOW, steady, 0.0, 3600.0)
    assert planned.at == NOW + timedelta(seconds=60)


def minutes_ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=ago) for ago in minutes]


@pytest.mark.parametrize(
    ("known", "minutes", "fresh", "expected"),
    [
        (None, (), 0, None),
        (None, (5,), 1, None),
        (None, (0, 10, 20, 30), 4, 600.0),
        (None, (30, 0, 20, 10), 4, 600.0),
        (None, (-600, 0, 10), 3, 300.5),  # a date in the future stands for now
        (600.0, (0, 20, 30), 0, 600.0),
        (600.0, (0, 20, 30), 1, 600.0 + 0.2 * 600),
        (600.0, (0, 10, 30), 2, 720 + 0.2 * (600 - 720)),
        (600.0, (0, 10_000), 1, 600 + 0.2 * (86_400 - 600)),
        (600.0, (0, 0), 1, 600 + 0.2 * (1 - 600)),
    ],
)
def test_the_time_between_articles_is_learnt_from_their_dates(
    known: float | None, minutes: tuple[float, ...], fresh: int, expected: float | None
) -> None:
    source = replace(SOURCE, typical_seconds=known)
    found = typical_seconds(source, minutes_ago(*minutes), fresh, NOW)
    assert found == (None if expected is None else pytest.approx(expected))


def test_without_dates_the_time_between_articles_is_that_between_polls() -> None:
    """Two new ones, ten minutes after the poll before, which was the second in vain."""
    polled = NOW - timedelta(minutes=10)
    source = replace(SOURCE, typical_seconds=900.0, last_polled_at=polled, quiet_polls=1)
    once = 900 + 0.2 * (600 - 900)
    assert typical_seconds(source, [], 2, NOW) == pytest.approx(once + 0.2 * (600 - once))
    assert typical_seconds(replace(source, last_polled_at=None), [], 2, NOW) == 900.0


def test_what_a_poll_usually_brings_is_learnt_and_one_storm_counts_for_little() -> None:
    known = replace(SOURCE, first_polled_at=NOW)
    assert typical_fresh(SOURCE, 25) is None, "the first poll"
    assert typical_fresh(known, 0) is None
    assert typical_fresh(known, 2) == 2.0
    assert typical_fresh(known, 500) == 4.0
    assert typical_fresh(replace(known, typical_fresh=2.0), 0) == 2.0
    after_storm = typical_fresh(replace(known, typical_fresh=2.0), 500)
    assert after_storm is not None
    assert after_storm < 4


def test_a_source_that_always_brings_many_is_known_for_it_in_time() -> None:
    source = replace(SOURCE, first_polled_at=NOW)
    for _ in range(30):
        source = replace(source, typical_fresh=typical_fresh(source, 40))
    assert source.typical_fresh == pytest.approx(40, rel=0.1)


@given(
    st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.integers(0, 3_000),
    st.none() | st.floats(1, 86_400),
)
def test_the_time_between_articles_stays_within_a_second_and_a_day(
    published: list[datetime], fresh: int, known: float | None
) -> None:
    found = typical_seconds(replace(SOURCE, typical_seconds=known), published, fresh, NOW)
    assert found is None or 0.999 <= found <= 86_400.001


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
    st.tuples(st.floats(1, 7_200), st.floats(1, 86_400)),
    st.none() | st.floats(1, 86_400),
    st.sets(st.integers(0, 23)),
)
def test_no_poll_is_early_and_none_beyond_the_farthest(
    quiet: int,
    failures: int,
    asked: float | None,
    jitter: float,
    bounds: tuple[float, float],
    typical: float | None,
    skipped: set[int],
) -> None:
    quickest, slowest = bounds
    pace = Pace(quickest, max(quickest, slowest))
    source = replace(
        SOURCE,
        quiet_polls=quiet,
        failures=failures,
        typical_seconds=typical,
        skip_hours=",".join(map(str, skipped)),
    )
    for planned in (
        after_success(source, 0, NOW, pace, jitter, asked),
        after_failure(source, asked, NOW, pace, jitter),
        after_failure(source, None, NOW, pace, jitter, 429),
    ):
        early = NOW + timedelta(seconds=quickest) - timedelta(microseconds=1)
        assert early <= planned.at <= NOW + pace.farthest
        assert planned.reason
