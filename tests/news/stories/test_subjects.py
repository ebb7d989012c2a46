"""Who two headlines are about."""

from collections.abc import Callable

import pytest

from bot.news.stories.headlines import Headline
from bot.news.stories.subjects import (
    other_actor,
    other_asset,
    other_entity,
    other_name,
    other_way_round,
    share_rare,
)
from tests.news.stories.titles import read

Clash = Callable[[Headline, Headline], str | None]


@pytest.mark.parametrize(
    ("found", "one", "other"),
    [
        (other_asset, "Spot bitcoin ETFs lose $300M", "Spot ether ETFs lose $300M"),
        (other_name, "Zorgon buys 1,000 BTC", "Quuxo buys 1,000 BTC"),
        (other_name, "Zorgon sues over tokens", "Quuxo and Wibble sued"),
        (other_entity, "Zorgon token rises with BTC", "Quuxo token rises with BTC"),
        (other_actor, "Miners sell record amount", "Lenders sell record amount"),
        (other_way_round, "Coinbase sues Zorgon", "Zorgon sues Coinbase"),
    ],
)
def test_other_subjects_clash(found: Clash, one: str, other: str) -> None:
    assert found(read(one), read(other))
    assert found(read(other), read(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Senate panel postpones crypto market structure bill markup",
            "Tim Scott postpones markup of crypto market structure bill",
        ),
        (
            "US House committee advances bitcoin reserve bill",
            "Bitcoin reserve bill advanced by lawmakers led by Nick Begich",
        ),
        ("White House orders review of mining", "Zorgon told to review mining"),
    ],
)
def test_the_scene_of_news_is_no_other_subject(one: str, other: str) -> None:
    """Where much happens, as in the Senate, one title names the place and another who acts."""
    for found in (other_name, other_entity):
        assert found(read(one), read(other)) is None


def test_whom_a_lead_names_is_no_other_subject() -> None:
    other = read("Lender Quuxo in trouble", "Its owner Zorgon stopped payments.")
    assert other_name(read("Zorgon stops payments"), other) is None


def test_sued_by_is_the_same_way_round() -> None:
    assert other_way_round(read("Coinbase sues Zorgon"), read("Zorgon sued by Coinbase")) is None


def test_a_name_or_a_word_that_few_have_is_rare() -> None:
    assert share_rare(read("Zorgon hacked"), read("Thieves rob Zorgon"))
    assert not share_rare(read("bitcoin falls"), read("bitcoin rises"))
