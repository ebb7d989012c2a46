"""Acts that exclude each other."""

from collections.abc import Callable

import pytest

from bot.news.stories.headlines import Headline
from bot.news.stories.opposites import (
    denied_act,
    opposite_acts,
    opposite_beginnings,
    other_domain,
    other_kind,
)
from tests.news.stories.titles import read


@pytest.mark.parametrize(
    ("found", "one", "other"),
    [
        (opposite_acts, "SEC approves Zorgon's ETF", "SEC rejects Zorgon's ETF"),
        (opposite_acts, "Zorgon buys 5 ETH", "Zorgon sells 5 ETH"),
        (opposite_beginnings, "Zorgon files to launch ETF", "Zorgon launches ETF"),
        (denied_act, "India plans to ban crypto", "India has no plan to ban crypto"),
        (other_domain, "Zorgon hacked", "Zorgon appoints chief"),
        (other_kind, "Zorgon goes live on mainnet", "Zorgon goes live on Sepolia"),
    ],
)
def test_what_excludes_is_found(
    found: Callable[[Headline, Headline], str | None], one: str, other: str
) -> None:
    assert found(read(one), read(other))
    assert found(read(other), read(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quuxo sells 10,000 ETH to Zorgon", "Zorgon buys 10,000 ETH from Quuxo"),
        ("Zorgon hacked", "Zorgon recovers funds"),
        ("SEC approves Zorgon's ETF", "Zorgon wins SEC nod for ETF"),
    ],
)
def test_what_can_be_one_event_excludes_nothing(one: str, other: str) -> None:
    for found in (opposite_acts, opposite_beginnings, denied_act, other_domain, other_kind):
        assert found(read(one), read(other)) is None
