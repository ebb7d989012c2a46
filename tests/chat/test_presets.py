"""The coins and levels that buttons offer."""

from decimal import Decimal

import pytest

from bot.chat.presets import (
    EVERYTHING_PRESET,
    PRESET_ASSETS,
    preset_asset,
    preset_topic,
    suggested_levels,
)
from bot.domain.topics import EVERYTHING, Topic, TopicKind


def test_the_order_of_presets_never_changes_for_old_buttons_refer_to_it() -> None:
    assert PRESET_ASSETS[:8] == (
        "bitcoin",
        "ethereum",
        "solana",
        "ripple",
        "binancecoin",
        "dogecoin",
        "cardano",
        "tron",
    )


@pytest.mark.parametrize("index", [-1, 99, 101, 10**18])
def test_a_forged_index_is_nothing(index: int) -> None:
    assert preset_topic(index) is None
    assert preset_asset(index) is None


def test_a_preset_is_an_asset_or_everything() -> None:
    assert preset_topic(0) == Topic(TopicKind.ASSET, "bitcoin")
    assert preset_topic(EVERYTHING_PRESET) == EVERYTHING


@pytest.mark.parametrize(
    ("price", "levels"),
    [
        ("91200", (96000, 86500)),
        ("3180.25", (3350, 3000)),
        ("152.4", (160, 145)),
        ("100", (105, 95)),
        ("99.99", None),
        ("0.5", None),
    ],
)
def test_suggested_levels_are_round_and_some_five_percent_away(
    price: str, levels: tuple[int, int] | None
) -> None:
    assert suggested_levels(Decimal(price)) == levels
