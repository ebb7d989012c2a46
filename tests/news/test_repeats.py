"""What a source gives again under another guid is no news."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.articles import Article
from bot.news.repeats import without_repeats

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOLD = Article("wire", "g1", "Bitcoin moves", NOON, url="https://a.example/1", summary="It did.")


@pytest.mark.parametrize(
    ("changes", "is_repeat"),
    [
        ({}, True),
        ({"url": "https://a.example/1?session=2"}, True),
        ({"url": None}, True),
        ({"url": None, "published_at": NOON + timedelta(hours=5)}, True),
        ({"url": None, "published_at": NOON + timedelta(days=1)}, False),
        ({"published_at": NOON + timedelta(hours=5)}, False),
        ({"title": "Bitcoin moves again"}, False),
        ({"summary": "It did so."}, False),
    ],
)
def test_what_repeats_an_article(changes: dict[str, object], is_repeat: bool) -> None:
    again = replace(TOLD, guid="g2", **changes)  # type: ignore[arg-type]  # a table's values
    assert without_repeats([again], [TOLD]) == ([] if is_repeat else [again])


def test_nothing_told_repeats_nothing() -> None:
    assert without_repeats([TOLD], []) == [TOLD]


@pytest.mark.parametrize(("hours", "is_repeat"), [(5, True), (24, False)])
def test_what_has_no_date_repeats_for_a_day_whatever_its_address(
    hours: int, is_repeat: bool
) -> None:
    """It is dated anew whenever it comes."""
    at = NOON + timedelta(hours=hours)
    again = replace(TOLD, guid="g2", url="https://a.example/1?session=2", published_at=at)
    assert without_repeats([again], [TOLD]) == [again]
    assert without_repeats([again], [TOLD], {"g2"}) == ([] if is_repeat else [again])


@pytest.mark.parametrize(("days", "is_repeat"), [(1, True), (29, True), (31, False)])
def test_a_whole_summary_without_a_date_is_known_for_longer(days: int, is_repeat: bool) -> None:
    """Or a feed with neither dates nor lasting ids would ring with all it has every day."""
    told = replace(TOLD, summary="It moved further than on any day of the year so far. " * 2)
    again = replace(told, guid="g2", published_at=NOON + timedelta(days=days))
    assert without_repeats([again], [told], {"g2"}) == ([] if is_repeat else [again])
    assert without_repeats([replace(again, url=None)], [told]) != []
