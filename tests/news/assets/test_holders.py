"""Companies and funds that stand for what they hold."""

import pytest

from bot.news.assets.holders import holders_in
from bot.news.assets.registry import load_registry


@pytest.mark.parametrize(
    ("title", "asset_id", "words", "is_miner"),
    [
        ("Saylor hints again", "bitcoin", "Saylor", False),
        ("STRC trades below par", "bitcoin", "STRC", False),
        ("IBIT takes in $400 million", "bitcoin", "IBIT", False),
        ("BitMine adds to its stake", "ethereum", "BitMine", False),
        ("Evernorth raises money", "ripple", "Evernorth", False),
        ("Hut 8 misses estimates", "bitcoin", "Hut 8", True),
        ("American Bitcoin goes public", "bitcoin", "American Bitcoin", True),
        ("SUI Group sells shares", "sui", "SUI Group", False),
        ("AVAX One rings the bell", "avalanche-2", "AVAX One", False),
    ],
)
def test_holders(title: str, asset_id: str, words: str, is_miner: bool) -> None:
    (holder,) = holders_in(title)
    assert (holder.asset_id, holder.words, holder.is_miner) == (asset_id, words, is_miner)


@pytest.mark.parametrize(
    "title", ["A strategy for stocks", "Strategy games sell", "A riot in town", "Remarable", ""]
)
def test_ordinary_words_are_none(title: str) -> None:
    assert holders_in(title) == []


@pytest.mark.parametrize(
    ("title", "is_speaker"),
    [
        ("A wise move, says BitMine's chair", True),
        ("Shares are cheap, according to Metaplanet", True),
        ("BitMine says it bought more", False),
        ("The stock of BitMine falls", False),
    ],
)
def test_one_that_only_says_something_is_a_speaker(title: str, is_speaker: bool) -> None:
    assert [holder.is_speaker for holder in holders_in(title)] == [is_speaker]


def test_treasuries_come_before_miners_and_all_are_in_the_registry() -> None:
    holders = holders_in("CleanSpark follows Saylor and SharpLink")
    assert [holder.words for holder in holders] == ["Saylor", "SharpLink", "CleanSpark"]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Saylor",
            "SharpLink",
            "Evernorth",
            "Upexi",
            "CEA Industries",
            "House of Doge",
            "AVAX One",
        ),
        *("Hyperliquid Strategies", "Lite Strategy", "SUI Group", "Tron Inc", "StablecoinX"),
        *("Cypherpunk Technologies", "TAO Synergies", "CleanSpark"),
    ],
)
def test_what_each_holds_is_in_the_registry(name: str) -> None:
    (holder,) = holders_in(name)
    assert load_registry().by_id(holder.asset_id) is not None
