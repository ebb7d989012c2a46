"""Words are looked for before a pattern is, and let through only what may hold it."""

import pytest

from bot.news.cleaning.screens import OPENING, Screen, WordScreen


@pytest.mark.parametrize(
    ("lower", "passed"),
    [
        ("the vault was drained", {"theft"}),
        ("a court froze what was stolen", {"theft", "court"}),
        ("the judge saw the vault", {"court"}),
        ("nothing of the kind", set()),
        ("", set()),
    ],
)
def test_screen_names_every_pattern_that_may_find_something(lower: str, passed: set[str]) -> None:
    """A word lets its pattern through, one of two patterns both of them."""
    screen = Screen({"theft": "stolen;drained", "court": "court;judge"})

    assert screen.passed(lower) == passed


def test_a_word_shared_by_two_patterns_lets_both_through() -> None:
    """No pattern takes a word from another."""
    assert Screen({"one": "seized", "two": "seized;sued"}).passed("seized") == {"one", "two"}


@pytest.mark.parametrize(("text", "passed"), [("read on", {"advice"}), ("i read on", set())])
def test_an_opening_word_counts_at_the_beginning_only(text: str, passed: set[str]) -> None:
    """A word with ^ in front is looked for where the text begins."""
    assert Screen({"advice": f"{OPENING}read "}).passed(OPENING + text) == passed


@pytest.mark.parametrize(
    ("lower", "passes"), [("in this case", True), ("in his case", False), ("", False)]
)
def test_word_screen_passes_what_holds_a_word(lower: str, passes: bool) -> None:
    """A single pattern is tried where one of its words stands, blanks included."""
    assert WordScreen(" this ; that ").passes(lower) is passes
