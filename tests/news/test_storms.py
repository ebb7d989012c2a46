"""What of many new items goes alone, as a table."""

import pytest

from bot.domain.outbox import TOLD_TOGETHER
from bot.news.storms import MOST_AT_ONCE, PUSHED_ALONE, storm_of


@pytest.mark.parametrize(
    ("count", "typical", "alone"),
    [
        (0, None, 0),
        (1, 2.0, 1),
        (MOST_AT_ONCE, 1.0, MOST_AT_ONCE),
        (MOST_AT_ONCE + 1, None, PUSHED_ALONE),
        (MOST_AT_ONCE + 1, 2.0, PUSHED_ALONE),
        (MOST_AT_ONCE + 1, 0.1, PUSHED_ALONE),
        (60, 12.0, 60),  # as many as it brings five times over
        (61, 12.0, PUSHED_ALONE),
    ],
)
def test_more_than_a_source_usually_brings_is_a_storm(
    count: int, typical: float | None, alone: int
) -> None:
    storm = storm_of([50] * count, typical)
    assert len(storm.alone) == alone
    assert storm.alone | storm.together == set(range(count))
    assert storm.reason


def test_of_a_storm_the_most_important_go_alone() -> None:
    """Of equals those that came first."""
    scores = [10, 90, 50] * 10
    storm = storm_of(scores, 2.0)
    assert storm.alone == frozenset(range(1, 30, 3))
    equal = storm_of([40] * 25, 2.0)
    assert equal.alone == frozenset(range(PUSHED_ALONE))


def test_of_a_flood_the_least_important_are_stored_only() -> None:
    """What goes together is what one message shows."""
    scores = list(range(300))
    storm = storm_of(scores, 2.0)
    assert storm.alone == frozenset(range(300 - PUSHED_ALONE, 300))
    first = 300 - PUSHED_ALONE - TOLD_TOGETHER
    assert storm.together == frozenset(range(first, 300 - PUSHED_ALONE))


@pytest.mark.parametrize(
    ("stored", "left", "alone", "together"),
    [
        (4, 26, 6, 20),  # broken off among those that go alone
        (10, 20, 0, 20),  # before those that go together
        (10, 90, 0, 90),
        (100, 40, 0, 0),  # among those that are stored only
        (5, 15, 15, 0),  # no storm
    ],
)
def test_a_storm_that_was_broken_off_goes_on(
    stored: int, left: int, alone: int, together: int
) -> None:
    """The second try pushes no further ten."""
    storm = storm_of([50] * left, 2.0, stored)
    assert (len(storm.alone), len(storm.together)) == (alone, together)
