"""Which market of an exchange is an asset's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.assets import Assets
from bot.prices.exchange_listing import listed_symbol, owns_symbol
from tests.prices.conftest import ASSETS

SPOT = {"spot": True, "active": True}


@pytest.mark.parametrize(
    ("base", "quote", "markets", "symbol"),
    [
        ("BTC", "USD", {"BTC/USD": SPOT, "BTC/USDT": SPOT}, "BTC/USD"),
        ("BTC", "USD", {"BTC/FDUSD": SPOT, "BTC/USDC": SPOT}, "BTC/USDC"),
        ("BTC", "USD", {"BTC/USDT": {**SPOT, "active": False}, "BTC/FDUSD": SPOT}, "BTC/FDUSD"),
        ("BTC", "USD", {"BTC/USDT": {**SPOT, "active": None}}, "BTC/USDT"),
        ("BTC", "USD", {"BTC/USDT": {**SPOT, "spot": False}}, None),
        ("BTC", "USD", {"BTC/USDT:USDT": SPOT}, None),
        ("BTC", "EUR", {"BTC/USDT": SPOT, "BTC/EUR": SPOT}, "BTC/EUR"),
        ("BTC", "EUR", {"BTC/USDT": SPOT}, None),
        ("ETH", "BTC", {"ETH/BTC": SPOT}, "ETH/BTC"),
        ("BTC", "BTC", {"BTC/USDT": SPOT}, None),
        ("USDC", "USD", {"USDC/USDT": SPOT}, None),
        ("USDC", "USD", {"USDC/USD": SPOT, "USDC/USDT": SPOT}, "USDC/USD"),
        ("USDC", "EUR", {"USDC/EUR": SPOT}, "USDC/EUR"),
    ],
)
def test_the_market_of_an_asset(
    base: str, quote: str, markets: dict[str, Any], symbol: str | None
) -> None:
    assert listed_symbol(base, quote, markets) == symbol


def test_a_shared_symbol_means_the_largest() -> None:
    assets = Assets(ASSETS)
    found = {one.id: owns_symbol(one, assets) for one in ASSETS}
    assert [asset_id for asset_id, owns in found.items() if not owns] == ["wrapped-solana"]
