"""Lines that are named as such: phrases, nouns, and what is said behind an amount."""

import pytest

from bot.domain.articles import FigureRole
from bot.news.figures.levels import is_conditional, named_line, told_before, told_behind
from bot.news.figures.readings import (
    LINE,
    PAID,
    RESISTANCE,
    SUPPORT,
    TARGET,
    PriceReading,
    Surroundings,
    surroundings,
)

AMOUNT = "$95,000"


def around(text: str) -> Surroundings:
    start = text.index(AMOUNT)
    return surroundings(text, start, start + len(AMOUNT), -1)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("$95,000 must hold", SUPPORT),
        ("$95,000 gives way", SUPPORT),
        ("$95,000 caps every advance", RESISTANCE),
        ("$95,000 is back in play", TARGET),
        ("$95,000 comes into view", TARGET),
        ("the $95,000 calls", LINE),
        ("$95,000 as max pain", LINE),
        ("$95,000 on Friday", None),
    ],
)
def test_what_is_said_behind_an_amount(text: str, reading: PriceReading | None) -> None:
    assert told_behind(around(text)) == reading


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("the move exposes $95,000", TARGET),
        ("the road to $95,000", TARGET),
        ("they watch $95,000", LINE),
        ("it bounced off $95,000", SUPPORT),
        ("it was turned away at $95,000", RESISTANCE),
        ("sellers were waiting at $95,000", RESISTANCE),
        ("whales bought more at $95,000", PAID),
        ("a loss of $95,000 would hurt", SUPPORT),
        ("a loss of $95,000 for the firm", None),
        ("Above $95,000 the shorts are trapped", RESISTANCE),
        ("It rose, above $95,000", None),
    ],
)
def test_phrases_before_an_amount(text: str, reading: PriceReading | None) -> None:
    assert told_before(around(text)) == reading


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("the level that matters is $95,000", LINE),
        ("the level to beat is $95,000", RESISTANCE),
        ("the line to defend is $95,000", SUPPORT),
        ("the 50-day EMA ($95,000", LINE),
        ("max pain for the monthly expiry is near $95,000", LINE),
        ("the meeting is about $95,000", None),
    ],
)
def test_nouns_of_lines(text: str, reading: PriceReading | None) -> None:
    assert named_line(around(text)) == reading


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [
        ("If it climbs above $95,000, they buy", "If it climbs", True),
        ("A move above $95,000 could follow", "A move", True),
        ("A drop below $95,000 exposes more", "A drop", True),
        ("It climbed above $95,000 on Friday", "It climbed", False),
        ("A move above $95,000 came on Friday", "A move", False),
    ],
)
def test_moves_that_are_only_thought_of(text: str, before: str, expected: bool) -> None:
    assert is_conditional(around(text), before) is expected


def test_how_high_it_went_is_told_or_hoped() -> None:
    told = told_before(around("It traded as high as $95,000"))
    assert told is not None
    assert told.role is FigureRole.REACHED
    assert told_before(around("It could trade as high as $95,000")) == TARGET
    assert told_before(around("The fees are as high as $95,000")) is None
