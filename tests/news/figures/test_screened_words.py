"""No pattern finds anything where its words let nothing through."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.news.figures import level_words, price_words
from bot.news.figures.screened_words import LEFT_SCREEN, LEFT_WORDS

PATTERNS = {
    "noun": price_words.NOUN_LEFT,
    "line": level_words.LINE_LEFT,
    "other_money": price_words.OTHER_MONEY_LEFT,
    "mining_cost": price_words.MINING_COST,
    "average_price": price_words.AVERAGE_PRICE,
    "waiting": level_words.WAITING_LEFT,
    "extreme": level_words.AS_HIGH_AS,
    "voided": level_words.VOIDED,
    "loss": level_words.LOSS_OF,
    "leading": level_words.LEADING,
    "max_pain": level_words.MAX_PAIN,
    "ahead": level_words.AHEAD,
    "bounced": level_words.BOUNCED_OFF,
    "turned_back": level_words.TURNED_BACK,
    "dealt": level_words.DEALT_AT,
    "watched": level_words.WATCHED,
    "lies": level_words.LIES_AT,
    "test": level_words.TEST_OF,
    "break": level_words.BREAK_OF,
    "defence": level_words.DEFENCE_OF,
}
# They are i and s to a pattern without case, and no lower case of either.
ODD_LETTERS = re.compile("[\u0130\u0131\u017f]")


def test_every_screened_pattern_is_tried_here() -> None:
    """A pattern that gets words is proven below too."""
    assert PATTERNS.keys() == LEFT_WORDS.keys()


@pytest.mark.parametrize("name", PATTERNS)
def test_whatever_a_pattern_finds_holds_one_of_its_words(name: str) -> None:
    """Texts made from the pattern itself pass its screen."""

    @settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.from_regex(PATTERNS[name]))
    def passes(text: str) -> None:
        assert ODD_LETTERS.search(text) or name in LEFT_SCREEN.passed(text.lower())

    passes()
