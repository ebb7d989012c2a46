"""The stem of a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.stories.stems import stem


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "approves", "approved", "approving"),
        ("tokenise", "tokenize", "tokenised", "tokenizing"),
        ("tokenisation", "tokenization"),
        ("rally", "rallies", "rallied"),
        ("plan", "plans", "planned", "planning"),
        ("holding", "holdings"),
        ("centre", "center"),
        ("sue", "sues", "sued", "suing"),
        ("Strategy", "Strategy's", "Strategy\u2019s"),
        ("ETF", "ETFs", "etf"),
    ],
)
def test_inflection_and_spelling_make_no_difference(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("rate", "rating"), ("node", "nod"), ("USDe", "USD"), ("gas", "ga"), ("loss", "los")],
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@given(st.text(max_size=30))
def test_any_text_has_a_stem_no_longer_than_a_letter_more(word: str) -> None:
    assert len(stem(word)) <= len(word.lower()) + 6
