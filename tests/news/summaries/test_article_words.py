"""What the words of an article, and their capitals, say."""

import pytest

from bot.news.summaries.article_words import ArticleWords, plain_word, word_tokens


def test_words_are_cut_as_they_are_written() -> None:
    assert list(word_tokens("$BTC and Harbor's U.S. unit, 1.5% (up)")) == [
        *("$BTC", "and", "Harbor's", "U.S", "unit", "1.5", "up")
    ]
    assert [plain_word(word) for word in ("$BTC", "Harbor's", "funds'", "U.S", "a.b")] == [
        *("BTC", "Harbor", "funds", "US", "a.b")
    ]


@pytest.mark.parametrize(
    ("text", "word", "is_named"),
    [
        ("The fund of Circle grows.", "Circle", True),
        ("Circle grows.", "Circle", True),
        ("Circle of friends. A circle.", "Circle", False),
        ("Circle grows. A circle of Circle.", "Circle", True),
        ("Big Fund Sees Circle Grow\nIt is a circle.", "Circle", False),
        ("Fund grows.", "Circle", False),
    ],
)
def test_a_capital_says_name_where_nothing_else_asks_for_it(
    text: str, word: str, *, is_named: bool
) -> None:
    assert ArticleWords(text).has_name(word) is is_named


@pytest.mark.parametrize(
    ("text", "is_bare"),
    [
        ("It is in demand.", True),
        ("It fell, demand rose.", True),
        ("The demand is high.", False),
        ("Its high demand fell.", False),
        ("Harbor's demand fell.", False),
        ("They demand it and will demand it.", False),
        ("Demand rose.", False),
        ("Of the rest, demand fell.", True),
    ],
)
def test_a_thing_stands_with_an_article_or_without(text: str, *, is_bare: bool) -> None:
    assert ("demand" in ArticleWords(text).bare) is is_bare


def test_months_and_neighbours() -> None:
    words = ArticleWords("It may be in Sept. or March. Ada of Summit Group said so.")
    assert words.months == {"september", "march"}
    assert words.are_near("Ada", "Group", 3)
    assert not words.are_near("Ada", "Group", 2)
    assert ("Summit", "Group") in words.pairs
    assert ("march", "ada") not in words.lower_pairs
