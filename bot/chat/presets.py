"""The coins that buttons offer before anybody has typed a name.

Pure. Owns their order, which callback data refers to: entries are added at the end and never
move. Refuses prices: a suggested level is worked out from the price given.
"""

from decimal import Decimal

from bot.domain.topics import EVERYTHING, Topic, TopicKind

PRESET_ASSETS = (
    "bitcoin",
    "ethereum",
    "solana",
    "ripple",
    "binancecoin",
    "dogecoin",
    "cardano",
    "tron",
)
EVERYTHING_PRESET = 100
_SMALLEST_PRICE = Decimal(100)
_STEP = Decimal(5)


def preset_asset(index: int) -> str | None:
    """The asset's id of a preset, or None for an index that never was."""
    return PRESET_ASSETS[index] if 0 <= index < len(PRESET_ASSETS) else None


def preset_topic(index: int) -> Topic | None:
    """The topic of a preset: an asset, or everything; None for an index that never was."""
    if index == EVERYTHING_PRESET:
        return EVERYTHING
    asset_id = preset_asset(index)
    return None if asset_id is None else Topic(TopicKind.ASSET, asset_id)


def suggested_levels(price: Decimal) -> tuple[int, int] | None:
    """A round level some 5 % above a price and one some 5 % below, as whole numbers.

    None under 100, where a whole number is no round step away.
    """
    if price < _SMALLEST_PRICE:
        return None
    step = _STEP.scaleb(price.adjusted() - 2)
    above, below = (
        int((price * factor / step).to_integral_value() * step)
        for factor in (Decimal("1.05"), Decimal("0.95"))
    )
    return above, below
