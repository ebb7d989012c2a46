"""Whether an amount can be the price of an asset at all.

Owns rough bounds, wide enough for what was paid long ago and for forecasts of ten years. Knows
no present price: a bound only tells a bitcoin's price from an ether's, and a price from a sum.
"""

from decimal import Decimal

from bot.domain.assets import Asset

# Lowest and highest believable price in dollars.
_BOUNDS: dict[str, tuple[Decimal | int, Decimal | int]] = {
    "bitcoin": (1_000, 10_000_000),
    "wrapped-bitcoin": (1_000, 10_000_000),
    "ethereum": (50, 60_000),
    "binancecoin": (5, 20_000),
    "solana": (1, 10_000),
    "ripple": (Decimal("0.05"), 1_000),
    "dogecoin": (Decimal("0.001"), 20),
    "cardano": (Decimal("0.01"), 100),
    "shiba-inu": (0, Decimal("0.1")),
    "pepe": (0, Decimal("0.1")),
}
_STABLE = frozenset({"tether", "usd-coin", "dai", "ethena-usde", "first-digital-usd", "ripple-usd"})
_STABLE_BOUNDS = (Decimal("0.5"), 2)
_OTHER_BOUNDS = (0, 20_000)
# How many of a currency make a dollar, to the order of magnitude; 1 for those left out.
_PER_DOLLAR = {"JPY": 150, "KRW": 1_400, "INR": 85, "VND": 25_000, "RUB": 90, "TRY": 40,
               "THB": 33, "PHP": 57, "TWD": 32, "CNY": 7, "HKD": 8}  # fmt: skip
# Bare numbers ("bitcoin above 95,000") are prices only where they look like nothing else.
_BARE_BOUNDS = {"bitcoin": (5_000, 2_000_000), "ethereum": (500, 50_000)}


def is_plausible_price(asset: Asset, value: Decimal, unit: str | None) -> bool:
    """Whether `value` in `unit` may be a price of the asset; `unit` None for a bare number."""
    if unit is None:
        low, high = _BARE_BOUNDS.get(asset.id, (1, 0))
        return low <= value <= high
    dollars = value / _PER_DOLLAR.get(unit, 1)
    bounds = _STABLE_BOUNDS if asset.id in _STABLE else _BOUNDS.get(asset.id, _OTHER_BOUNDS)
    return bounds[0] <= dollars <= bounds[1]
