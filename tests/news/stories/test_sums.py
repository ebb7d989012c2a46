"""Sums that cannot be of one event."""

from datetime import UTC, datetime

import pytest

from bot.domain.stories import Told
from bot.news.stories.headlines import headline
from bot.news.stories.sums import other_sum

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def sum_of(one: str, other: str, lead: str = "") -> str | None:
    sides = headline(Told(one, NOW)), headline(Told(other, NOW, lead))
    assert (other_sum(*sides) is None) == (other_sum(*reversed(sides)) is None)
    return other_sum(*sides)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zorgon raises $300M", "Zorgon raises $80M"),
        ("Zorgon valued at $8B in new round", "Zorgon valued at $3B in new round"),
        ("Zorgon raises $300M at $8B valuation", "Zorgon raises $80M"),
        ("Zorgon hack drains $48M", "Zorgon hack drains $700,000"),
        ("Zorgon sentenced to 15 years", "Zorgon sentenced to 12 years"),
    ],
)
def test_other_sums_are_other_events(one: str, other: str) -> None:
    assert sum_of(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zorgon raises $300M", "Zorgon valued at $8B in new round"),
        ("Zorgon raises $300M", "Zorgon hits $8 billion valuation in round"),
        ("Zorgon raises $300M at $8B valuation", "Zorgon valued at $8B"),
        ("Zorgon prices shares at $42", "Zorgon to raise $1.8B"),
        ("Zorgon hack drains $48M", "Zorgon losses climb to $90 million after hack"),
        ("Zorgon robbed of $48M", "Zorgon attacker returns $31M"),
        ("Zorgon raises $300M", "Zorgon raises $299.6M"),
    ],
)
def test_sums_of_one_event_do_not_clash(one: str, other: str) -> None:
    assert sum_of(one, other) is None


def test_a_sum_that_the_lead_tells_does_not_clash() -> None:
    one, other = "Zorgon raises $300M", "Zorgon's fund grows to $700M"
    assert sum_of(one, other)
    assert sum_of(one, other, "The round of $300 million closed on Monday.") is None
