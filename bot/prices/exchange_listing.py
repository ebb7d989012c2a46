"""Which of an exchange's spot markets is the market of an asset.

Owns what an exchange means by a symbol and by dollars. Dollars on exchanges are mostly dollar
coins: a market in USD is the exchange's own in USD, or else in USDT, USDC or FDUSD. A dollar coin
itself is priced in real dollars only: in another coin its price would show that coin's trouble as
its own.
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.assets import Asset, Assets

_DOLLAR_COINS = ("USDT", "USDC", "FDUSD")
_NO_DOLLAR_COIN = frozenset({*_DOLLAR_COINS, "TUSD", "DAI", "USDE", "USDS", "PYUSD", "USD1"})


def owns_symbol(asset: Asset, assets: Assets) -> bool:
    """Whether an exchange means this asset by its symbol: the largest of those that share it."""
    sharing = [one for one in assets.named(asset.symbol) if one.symbol == asset.symbol]
    return bool(sharing) and sharing[0].id == asset.id


def listed_symbol(base: str, quote: str, markets: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The symbol in ccxt of the active spot market of an asset; None where there is none."""
    quotes: tuple[str, ...] = (quote,)
    if quote == "USD" and base not in _NO_DOLLAR_COIN:
        quotes = ("USD", *_DOLLAR_COINS)
    for one in quotes:
        found = markets.get(f"{base}/{one}")
        if found is not None and found.get("spot") and found.get("active") is not False:
            return f"{base}/{one}"
    return None
