"""How an article opens."""

import pytest

from bot.news.stories.openings import Opening, first_sentence, opening


@pytest.mark.parametrize(
    ("lead", "first"),
    [
        ("", ""),
        ("Zorgon lost $14.6 million. Users are angry.", "Zorgon lost $14.6 million."),
        ("The U.S. Treasury acted on Zorgon", "The U.S. Treasury acted on Zorgon"),
        ('"We are sorry." Zorgon paused trading.', '"We are sorry."'),
        ("z" * 600, "z" * 240),
    ],
)
def test_the_first_sentence_ends_where_the_next_begins(lead: str, first: str) -> None:
    assert first_sentence(lead) == first


def test_an_opening_holds_what_the_title_does_not_tell() -> None:
    """Words of the title are left out, names and sums are all of the sentence's."""
    read = opening("Zorgon lost $14 million in 2025. Quuxo was hacked.", {"zorgon": 6.0}, {})
    assert "zorgon" not in read.words
    assert "zorgon" in read.names
    assert "quuxo" not in read.words
    assert [(amount.value, amount.unit) for amount in read.amounts] == [(14e6, "USD")]


def test_no_lead_opens_with_nothing() -> None:
    assert opening("", {}, {}) == Opening({}, frozenset(), frozenset(), ())
