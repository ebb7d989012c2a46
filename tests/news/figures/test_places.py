"""Where a pattern last stands in a text."""

import re

from bot.news.figures.places import behind_last, last_place


def test_the_last_place() -> None:
    found = last_place(re.compile("a."), "ab ac ad")
    assert found is not None
    assert found[0] == "ad"
    assert last_place(re.compile("x"), "ab") is None


def test_what_follows_the_last_place() -> None:
    assert behind_last(re.compile(".*,"), "one, two, three") == " three"
    assert behind_last(re.compile(".*;"), "one, two") == "one, two"


def test_texts_are_looked_at_in_lower_case() -> None:
    """A pattern in lower case finds capitals, and what follows keeps its own."""
    found = last_place(re.compile("below"), "\u0130 Below, then BELOW it")
    assert found is not None
    assert found.start() == 14
    assert behind_last(re.compile(".*but "), "Up, But Down") == "Down"
