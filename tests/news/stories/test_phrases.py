"""Acts told by two words apart, and numbers spelled out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.stories.phrases import plainly_told


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        ("SEC closes its four-year probe", "SEC dismisses its four-year probe"),
        ("Zorgon closes Quuxo deal", "Zorgon completes Quuxo deal"),
        ("Zorgon puts IPO on ice", "Zorgon delays IPO on ice"),
        ("Zorgon cuts a third of staff", "Zorgon layoffs 33% of staff"),
        ("Fed leaves rates alone", "Fed steady rates alone"),
        ("Zorgon gets MiCA licence", "Zorgon approves MiCA licence"),
        ("Zorgon asks for a licence", "Zorgon files for a licence"),
        ("Zorgon lost half a million dollars", "Zorgon lost 0.5 million dollars"),
        ("Zorgon takes a fifth of supply", "Zorgon takes 20% of supply"),
        ("Zorgon trims rates as jobs shrink", "Zorgon cuts rates, rates as jobs shrink"),
        ("Bitcoin falls below $90,000", "Bitcoin falls below $90,000"),
        ("Zorgon cuts fees as staff grows", "Zorgon cuts fees as staff grows"),
    ],
)
def test_phrases_are_written_plainly(told: str, plain: str) -> None:
    assert plainly_told(told) == plain


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    """What is longer than a headline grows by no more than a word for each of its own."""
    assert len(plainly_told(text)) <= len(text) + 8 * (len(text.split()) + 1)
