"""Steps of one matter that are news of their own."""

from collections.abc import Callable

import pytest

from bot.news.stories.headlines import Headline
from bot.news.stories.steps import other_side, other_step, other_time, undone
from tests.news.stories.titles import read


@pytest.mark.parametrize(
    ("found", "one", "other"),
    [
        (other_step, "Zorgon to buy Quuxo for $2B", "Zorgon completes Quuxo purchase"),
        (other_step, "Zorgon founder pleads guilty", "Zorgon founder gets 9 years in prison"),
        (other_step, "Zorgon founder gets 9-year sentence", "Zorgon founder appeals sentence"),
        (other_step, "Trump names Zorgon to lead CFTC", "Senate confirms Zorgon as CFTC chair"),
        (undone, "Zorgon withdraws licence bid", "Zorgon applies for licence"),
        (undone, "Zorgon postpones token launch", "Zorgon to launch token in March"),
        (undone, "Top court strikes down tariffs", "Trump announces tariffs"),
        (other_time, "Bitcoin under $90K for first time in months", "Bitcoin under $90K again"),
        (other_side, "Bitcoin slips ahead of CPI", "CPI comes in hot, bitcoin slips"),
        (other_side, "Bitcoin holds $94,000 into the weekly close", "Best weekly close in a year"),
    ],
)
def test_steps_of_a_matter_are_told_apart(
    found: Callable[[Headline, Headline], str | None], one: str, other: str
) -> None:
    assert found(read(one), read(other))
    assert found(read(other), read(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zorgon hacked for $5M", "Zorgon hacker sends back $4M"),
        ("Zorgon to buy Quuxo", "Zorgon acquires Quuxo in $2B deal"),
        ("SEC ends Zorgon probe", "SEC closes four-year inquiry into Zorgon"),
        ("Bitcoin slips ahead of CPI", "BTC dips as traders await inflation data"),
        ("Zorgon delays token launch", "Zorgon pushes back launch of token"),
    ],
)
def test_the_same_step_is_none_other(one: str, other: str) -> None:
    for found in (other_step, undone, other_time, other_side):
        assert found(read(one), read(other)) is None
