"""The words of a headline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.stories.lexicon import Kind
from bot.news.stories.wording import words_in


def keys(text: str) -> list[str]:
    return [word.key for word in words_in(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SEC approves spot Solana ETFs", "US regulator gives green light to spot SOL ETFs"),
        ("Federal Reserve", "Fed"),
        ("a quarter point", "25 basis points"),
        ("digital assets", "cryptocurrency"),
        ("65 cents", "$0.65"),
        ("M\u00e9liuz", "Meliuz"),
        ("ETH loses $3,000", "Ether below $3K"),
    ],
)
def test_other_wordings_share_their_keys(one: str, other: str) -> None:
    shared = set(keys(one)) & set(keys(other))
    assert len(shared) >= min(len(set(keys(one))), len(set(keys(other)))) - 1
    assert shared


def test_capitals_tell_names_where_the_rest_has_none() -> None:
    kinds = {word.key: word.kind for word in words_in("Regulators warn Zorgon of losses")}
    assert kinds["zorgon"] is Kind.NAME
    assert kinds["regulator"] is Kind.WORD


def test_a_ticker_in_small_letters_is_a_word() -> None:
    assert "LINK" in keys("LINK jumps on news")
    assert "LINK" not in keys("Hackers link wallets to thefts")


def test_words_that_mean_an_asset_are_one() -> None:
    meant = {"xqz": "XQZ", "quuxo": "XQZ", "ripple": "XRP"}
    ticker, *_ = words_in("XQZ doubles", meant)
    name, *_ = words_in("Quuxo doubles", meant)
    assert ticker == name
    assert (name.key, name.kind) == ("XQZ", Kind.ASSET)
    assert [word.key for word in words_in("quuxo and Ripple", meant)] == ["quuxo", "rippl"]


def test_below_counts_before_a_number_alone() -> None:
    assert "below" in keys("Bitcoin under $90,000")
    assert "below" not in keys("Bitcoin property under British law")


def test_scripts_without_blanks_are_read_in_pairs() -> None:
    one, other = keys("\u6bd4\u7279\u5e01\u4e0a\u6da8"), keys("\u6bd4\u7279\u5e01\u4e0b\u8dcc")
    assert set(one) & set(other)
    assert set(one) != set(other)


@pytest.mark.parametrize(
    "text", ["", " ", "!!!", "\u0645\u0631\u062d\u0628\u0627", "7", "$", "a" * 9000]
)
def test_odd_texts_give_words_or_none(text: str) -> None:
    assert len(words_in(text)) <= 500


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    words = words_in(text)
    assert all(word.key and 0 <= word.weight <= 6 for word in words)
    assert words == words_in(text)


def test_what_passes_a_number_is_no_law() -> None:
    """A bill passes, a market passes a price, and a company's "Finance" raises nothing."""
    assert "pass" in {word.key for word in words_in("House passes stablecoin bill")}
    assert "pass" not in {word.key for word in words_in("Zorgon passes $1 billion")}
    assert "raise" not in {word.key for word in words_in("Yearn Finance hacked")}
    assert "raise" in {word.key for word in words_in("Zorgon lands financing")}
