"""No headline and no lead shows a category whose words they do not have."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.news.category_words import CATEGORIES, CategoryWords
from bot.news.cleaning.screens import Screen

# They are i and s to a pattern without case, and no lower case of either.
ODD_LETTERS = re.compile("[\u0130\u0131\u017f]")


@pytest.mark.parametrize("words", CATEGORIES, ids=lambda words: words.name)
def test_whatever_shows_a_category_holds_one_of_its_words(words: CategoryWords) -> None:
    """Texts made from the patterns themselves pass the category's screen."""
    screen = Screen({words.name: words.screened})

    @settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.one_of(st.from_regex(words.headline), st.from_regex(words.told)))
    def passes(text: str) -> None:
        assert ODD_LETTERS.search(text) or screen.passed(f"{text} {text.lower()}")

    passes()
