"""What can be the price of an asset at all."""

from decimal import Decimal

import pytest

from bot.domain.assets import Asset
from bot.news.figures.bounds import is_plausible_price

BITCOIN = Asset("bitcoin", "BTC", "Bitcoin")
ETHER = Asset("ethereum", "ETH", "Ethereum")
TETHER = Asset("tether", "USDT", "Tether")
OTHER = Asset("some-coin", "SOME", "Some Coin")


@pytest.mark.parametrize(
    ("asset", "value", "unit", "plausible"),
    [
        (BITCOIN, "93000", "USD", True),
        (BITCOIN, "93", "USD", False),
        (BITCOIN, "14000000", "JPY", True),
        (BITCOIN, "260000000", "USD", False),
        (BITCOIN, "95000", None, True),
        (BITCOIN, "2025", None, False),
        (ETHER, "95000", "USD", False),
        (ETHER, "3300", None, True),
        (TETHER, "0.97", "USD", True),
        (TETHER, "97", "USD", False),
        (OTHER, "0.0000012", "USD", True),
        (OTHER, "95000", "USD", False),
        (OTHER, "3000", None, False),
    ],
)
def test_plausible_prices(asset: Asset, value: str, unit: str | None, plausible: bool) -> None:
    assert is_plausible_price(asset, Decimal(value), unit) is plausible
