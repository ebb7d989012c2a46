"""Past prices as CoinGecko tells them (`/coins/{id}/market_chart`).

Owns the address and the quirks of that answer. Its volumes are those of 24 hours at each point,
which no candle's is, and are left aside.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote as encoded
from urllib.parse import urlencode

from bot.domain.errors import ParseError

Prices = Sequence[tuple[datetime, Decimal]]
"""Prices with their times, oldest first."""

_MAX_PRICE = Decimal(10) ** 15
_MIN_PRICE = Decimal(10) ** -30
_MAX_DIGITS = 60
_PAIR = 2
_MILLISECONDS = 1000


def history_url(api_url: str, asset_id: str, quote: str, days: int) -> str:
    """The address that tells an asset's prices of the last `days`; it holds no key."""
    query = {"vs_currency": quote.lower(), "days": str(days), "precision": "full"}
    return f"{api_url}/coins/{encoded(asset_id, safe='')}/market_chart?{urlencode(query)}"


def prices_from(answer: object) -> Prices:
    """The prices of an answer, oldest first, each time once; what is no price is left out.

    Numbers must have been read as int or Decimal. Raises ParseError when the answer has no list
    of prices.
    """
    pairs = answer.get("prices") if isinstance(answer, dict) else None
    if not isinstance(pairs, list):
        raise ParseError("CoinGecko gave no list of past prices")
    found: dict[datetime, Decimal] = {}
    for pair in pairs:
        if isinstance(pair, list) and len(pair) == _PAIR:
            at, price = _time(pair[0]), _price(pair[1])
            if at is not None and price is not None:
                found.setdefault(at, price)
    return sorted(found.items())


def _time(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    try:
        return datetime.fromtimestamp(float(value) / _MILLISECONDS, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _price(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    price = Decimal(value)
    if not price.is_finite() or len(price.as_tuple().digits) > _MAX_DIGITS:
        return None
    return price if _MIN_PRICE <= price < _MAX_PRICE else None
