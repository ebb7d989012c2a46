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
