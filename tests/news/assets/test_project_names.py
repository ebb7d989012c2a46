"""Names of projects that are words too."""

import pytest

from bot.news.assets.naming import AssetNames
from bot.news.assets.project_names import ODD_NAMES, ON_CHAIN, PROJECT_NAMES
from bot.news.assets.registry import load_registry


def test_odd_names_are_project_names() -> None:
    assert ODD_NAMES < PROJECT_NAMES


@pytest.mark.parametrize("name", sorted(PROJECT_NAMES))
def test_every_name_is_one_that_the_registry_finds_and_doubts(name: str) -> None:
    """A name that were sure by itself, or unknown, would have no business in the list."""
    namings = AssetNames(load_registry()).namings(name.title())
    assert all(not naming.sure for naming in namings)


@pytest.mark.parametrize(
    ("text", "is_trade"),
    [("its mainnet is live", True), ("an on-chain vote", True), ("a night at the opera", False)],
)
def test_words_of_the_trade(text: str, *, is_trade: bool) -> None:
    assert (ON_CHAIN.search(text) is not None) is is_trade
