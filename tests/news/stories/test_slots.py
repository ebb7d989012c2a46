"""Two titles laid side by side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.stories.slots import other_slot, side_by_side
from tests.news.stories.titles import read


def test_what_stands_in_the_place_of_what_is_found() -> None:
    sides = side_by_side(read("Zorgon buys gold mine"), read("Zorgon buys silver mine for $5M"))
    keys = {tuple(word.key for word in side) for swap in sides.swaps for side in swap}
    assert keys == {("gold",), ("silver",)}
    assert sides.longer == 4
    assert sides.alike == 0.75
    assert "gold" not in sides.shared


def test_titles_without_words_are_nothing_side_by_side() -> None:
    sides = side_by_side(read("5"), read(""))
    assert (sides.longer, sides.alike, sides.swaps) == (0, 0.0, ())
    assert other_slot(read("5"), read("")) is None


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Trump raises tariffs on China", "Trump lowers tariffs on China", "fall, not raise"),
        ("BTC whales rotate into ETH", "ETH whales rotate into SOL", None),
        ("China bans crypto mining", "Korea bans crypto mining", "china, not korea"),
        ("Zorgon buys Quuxo for shares", "Zorgon acquires Quuxo for shares", None),
    ],
)
def test_one_word_instead_of_another_is_other_news(
    one: str, other: str, reason: str | None
) -> None:
    assert other_slot(read(one), read(other)) == reason
    assert other_slot(read(other), read(one)) == reason


TITLES = st.lists(
    st.sampled_from(["Zorgon", "Quuxo", "bitcoin", "sues", "buys", "card", "mine", "Monday"]),
    max_size=8,
).map(" ".join)


@given(TITLES, TITLES)
def test_titles_lie_the_same_either_way_round(one: str, other: str) -> None:
    assert side_by_side(read(one), read(other)) == side_by_side(read(other), read(one))
