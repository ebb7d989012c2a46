"""What sources are called and known by."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.feeds import (
    MAX_KEY_LENGTH,
    MAX_NAME_LENGTH,
    addresses_of,
    comparable_address,
    is_source_key,
    source_key,
    source_name,
)
from bot.domain.sources import Source, SourceKind, SourceState

URL = "https://www.chain.example/feed"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Gazette", "The Gazette"),
        ("The Gazette - News from the Chain", "The Gazette"),
        ("The Gazette: coins, chains and more", "The Gazette"),
        ("Gazette | Home", "Gazette"),
        ("Blog | Gazette", "Gazette"),
        ("Latest News \u2013 The Gazette", "The Gazette"),
        ("All Posts \u00bb Feed", "chain.example"),
        ("Gazette.example News", "Gazette.example News"),
        ("Day-by-day money", "Day-by-day money"),
        ("24:7 Coins", "24:7 Coins"),
        ("\n  The \u00a0 Gazette ", "The Gazette"),
        ("", "chain.example"),
        ("Цепь - Новости", "Цепь"),
    ],
)
def test_a_name_is_the_part_of_the_title_that_tells(title: str, name: str) -> None:
    assert source_name(title, URL) == name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Gazette", "the-gazette"),
        ("Café & Coin\u2019s", "cafe-coins"),
        ("99 Coins!", "99-coins"),
        ("Цепь", "chain"),
        ("Цепь News", "chain"),
        ("金色", "chain"),
        ("…", "chain"),
        ("A name that is much longer than any key may be", "a-name-that-is-much-longer-than"),
        ("x" * 40, "x" * 32),
    ],
)
def test_a_key_is_made_from_the_name_or_else_from_the_host(name: str, key: str) -> None:
    assert source_key(name, URL, ()) == key


def test_where_nothing_gives_a_key_it_is_source() -> None:
    assert source_key("金色", "https://金色/feed", ()) == "source"
    assert source_name("", "no address") == "source"
    assert source_name("", "http://[broken") == "source"


def test_a_key_that_is_taken_gets_a_number() -> None:
    assert source_key("Wire", URL, {"wire", "wire-2"}) == "wire-3"
    long = "y" * 32
    assert source_key(long, URL, {long}) == "y" * 30 + "-2"


@given(st.text(max_size=80), st.text(max_size=40), st.sets(st.text("ab-2", max_size=4)))
def test_whatever_a_feed_is_called_it_gets_a_name_and_a_key(
    title: str, url: str, taken: set[str]
) -> None:
    name = source_name(title, url)
    assert 1 <= len(name) <= MAX_NAME_LENGTH
    key = source_key(name, url, taken)
    assert is_source_key(key)
    assert key not in taken
    assert len(key) <= MAX_KEY_LENGTH


@pytest.mark.parametrize("text", ["", "A", "a b", "a" * 33, "@a", "ä"])
def test_what_cannot_be_a_key(text: str) -> None:
    assert not is_source_key(text)


@pytest.mark.parametrize(
    "url",
    [
        "http://chain.example/feed",
        "https://WWW.Chain.example/feed/",
        "https://user:password@chain.example:443/feed#top",
        " https://chain.example./feed ",
    ],
)
def test_two_addresses_of_one_feed_compare_equal(url: str) -> None:
    assert comparable_address(url) == comparable_address(URL)


@pytest.mark.parametrize(
    "url",
    ["https://chain.example/", "https://chain.example/feed?tag=btc", "https://b.example/feed"],
)
def test_other_addresses_do_not(url: str) -> None:
    assert comparable_address(url) != comparable_address(URL)


def test_what_is_no_address_is_compared_as_it_is() -> None:
    assert comparable_address("http://[broken ") == "http://[broken"


def test_a_source_goes_by_its_own_address_and_by_where_that_moved() -> None:
    source = Source(1, "chain", "Chain", SourceKind.FEED, URL, SourceState.ACTIVE)
    assert addresses_of(source) == {"chain.example/feed"}
    moved = replace(source, moved_url="https://new.example/")
    assert addresses_of(moved) == {"chain.example/feed", "new.example"}
