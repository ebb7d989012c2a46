"""Which words are known as names."""

import pytest

from bot.news.summaries.known_names import load_names


@pytest.mark.parametrize(
    ("word", "is_word_too", "is_name_alone"),
    [
        ("circle", True, False),
        ("circles", True, False),
        ("strategy", True, False),
        ("strategic", False, False),
        ("stripe", True, False),
        ("stripped", False, False),
        ("filings", False, False),
        ("coins", False, False),
        ("optimism", True, False),
        ("compass", True, False),
        ("bitcoin", False, True),
        ("metaplanet", False, True),
        ("buterin", False, True),
        ("vitalik", False, True),
        ("texas", False, True),
        ("robinhood", True, True),
        ("bank", False, False),
        ("western", False, False),
        ("demand", False, False),
        ("", False, False),
    ],
)
def test_names_and_words(word: str, *, is_word_too: bool, is_name_alone: bool) -> None:
    names = load_names()
    assert names.is_word_too(word) is is_word_too
    assert names.is_name_alone(word) is is_name_alone
