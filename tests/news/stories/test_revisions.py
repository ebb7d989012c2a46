"""Whether an article changes the story that it joins."""

from datetime import UTC, datetime

import pytest

from bot.domain.stories import Told
from bot.news.stories.headlines import headline
from bot.news.stories.revisions import material_change, may_follow

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def change(article: str, *members: str, lead: str = "") -> str | None:
    told = [headline(Told(member, NOW, lead)) for member in members]
    return material_change(headline(Told(article, NOW)), told)


@pytest.mark.parametrize(
    ("first", "article", "word"),
    [
        ("Zorgon hack drains $48M", "Zorgon losses climb to $90M after hack", "90,000,000"),
        ("Zorgon in talks to buy Quuxo: report", "Zorgon confirms talks to buy Quuxo", "confirmed"),
        ("Zorgon weighs sale, Bloomberg says", "Zorgon denies sale", "denied"),
        ("Zorgon hit by $230M hack", "Police arrest suspect in Zorgon hack", "arrest"),
        ("SEC to decide on Zorgon ETF", "SEC approves Zorgon ETF", "approved"),
        ("Zorgon drained of $40M", "Zorgon hacker returns $40M", "recovered"),
        ("Zorgon halts withdrawals", "Zorgon resumes withdrawals", "resumed"),
        ("Zorgon hacked", "Zorgon pauses bridge after hack", "paused"),
        ("Zorgon pauses withdrawals", "Zorgon bridge is drained of $58M", "hacked"),
    ],
)
def test_material_changes_are_named(first: str, article: str, word: str) -> None:
    found = change(article, first)
    assert found is not None
    assert word in found


@pytest.mark.parametrize(
    ("first", "article"),
    [
        ("Zorgon hack drains $36M", "Zorgon loses $38M to hackers"),
        ("SEC approves Zorgon ETF", "Zorgon ETF gets SEC green light"),
        ("Bitcoin tops $93K", "BTC hits $93,000"),
        ("Zorgon confirms hack", "Zorgon admits breach"),
    ],
)
def test_the_same_again_changes_nothing(first: str, article: str) -> None:
    assert change(article, first) is None


def test_what_any_article_told_is_not_new() -> None:
    first, second = "Zorgon hack drains $48M", "Zorgon hack: losses now $90M"
    assert change("Zorgon hackers took $92M", first, second) is None


def test_what_a_lead_told_is_not_new() -> None:
    first = "Zorgon hack drains $48M"
    assert change("Zorgon confirms hack", first, lead="Zorgon confirmed the breach.") is None


def test_an_outcome_follows_its_cause() -> None:
    assert may_follow("decide", "approve")
    assert may_follow("approve", "decide")
    assert may_follow("hack", "confirm")
    assert not may_follow("buy", "sell")
