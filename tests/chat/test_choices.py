"""The question which coin is meant: what it offers, and what it does not ask."""

import pytest

from bot.chat.arguments import NamedAsset, named_asset
from bot.chat.catalogue import Voice
from bot.chat.choices import (
    MOST_CHOICES,
    choices_of,
    pressed_coin,
    shared_ones,
    which_coin,
)
from bot.chat.keyboards import Action, Press, number_of, pressed
from bot.domain.assets import Asset, Assets
from bot.domain.errors import ArgumentError


def press_for(coin: Asset) -> Press:
    return Press(Action.FOLLOW_COIN, number_of(coin.id), 1)


def coins(symbol: str, count: int, first_rank: int = 100) -> list[Asset]:
    return [
        Asset(f"{symbol.lower()}-{n}", symbol, f"{symbol} {n}", rank=first_rank + n)
        for n in range(count)
    ]


def test_every_button_names_its_coin_within_what_telegram_takes(
    voice: Voice, assets: Assets
) -> None:
    named = named_asset("UNI", assets)
    assert named is not None
    say = which_coin(choices_of(named), press_for, assets, voice)
    rows = say.rendered.rows
    assert [[button.label_text for button in row] for row in rows] == [
        ["Uniswap (UNI)"],
        ["UNICORN Token (UNI)"],
    ]
    data = [button.data or "" for (button,) in rows]
    assert all(len(one.encode()) <= 64 for one in data)
    assert [pressed_coin(pressed(one), assets) for one in data] == list(choices_of(named))


def test_coins_of_one_name_are_told_apart(voice: Voice) -> None:
    twins = [Asset("pixel", "PXL", "Pixel", rank=300), Asset("pixel-2", "PXL", "Pixel", rank=310)]
    say = which_coin(twins, press_for, Assets(twins), voice)
    labels = [button.label_text for (button,) in say.rendered.rows]
    assert labels == ["Pixel (PXL) · pixel", "Pixel (PXL) · pixel-2"]


def test_the_largest_are_offered_of_many() -> None:
    first, *others = coins("ABC", 9)
    found = choices_of(NamedAsset(first, tuple(others)))
    assert found == (first, *others[: MOST_CHOICES - 1])


def test_more_than_three_questions_at_once_are_refused() -> None:
    """Each is a message: a group could be filled with them by one line."""
    named = [NamedAsset(a, (b,)) for a, b in (coins(name, 2) for name in ("A", "B", "C", "D"))]
    plain = NamedAsset(Asset("bitcoin", "BTC", "Bitcoin", rank=1))
    assert shared_ones([plain, *named[:3]]) == named[:3]
    with pytest.raises(ArgumentError) as caught:
        shared_ones(named)
    assert caught.value.argument_text_id == "asset.shared_many"
    assert caught.value.values == {"symbols": "A, B, C, D"}


def test_a_number_of_no_coin_names_none(assets: Assets) -> None:
    assert pressed_coin(None, assets) is None
    assert pressed_coin(Press(Action.PRICE_OF, 7), assets) is None
