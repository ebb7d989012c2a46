"""Past prices as CoinGecko tells them (`/coins/{id}/market_chart`).

Owns the address and the quirks of that answer. Its volumes are those of the 24 hours before each
point, which no candle's is: only those at midnight count, as the volumes of whole days.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote as encoded
from urllib.parse import urlencode

from bot.domain.errors import ParseError

Prices = Sequence[tuple[datetime, Decimal]]
"""Prices with their times, oldest first."""

Volumes = Sequence[tuple[datetime, Decimal]]
"""When days began, in UTC, with their volumes, oldest first."""

_MAX_PRICE = Decimal(10) ** 15
_MIN_PRICE = Decimal(10) ** -30
_MAX_DIGITS = 60
_PAIR = 2
_DAY = timedelta(days=1)
_NEAR_MIDNIGHT = timedelta(hours=1)
_MILLISECONDS = 1000


def history_url(api_url: str, asset_id: str, quote: str, days: int) -> str:
    """The address that tells an asset's prices of the last `days`; it holds no key."""
    query = {"vs_currency": quote.lower(), "days": str(days), "precision": "full"}
    return f"{api_url}/coins/{encoded(asset_id, safe='')}/market_chart?{urlencode(query)}"


def volumes_url(api_url: str, asset_id: str, quote: str, days: int) -> str:
    """The address that tells an asset's volumes of the last `days`, day by day."""
    return f"{history_url(api_url, asset_id, quote, days)}&interval=daily"


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


def volumes_from(answer: object) -> Volumes:
    """The whole days of an answer with their volumes, oldest first; what is none is left out.

    The last point is of now and of no whole day. Numbers must have been read as int or Decimal.
    Raises ParseError when the answer has no list of volumes.
    """
    pairs = answer.get("total_volumes") if isinstance(answer, dict) else None
    if not isinstance(pairs, list):
        raise ParseError("CoinGecko gave no list of past volumes")
    found: dict[datetime, Decimal] = {}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != _PAIR:
            continue
        at, volume = _time(pair[0]), _number(pair[1])
        if at is None or volume is None or not 0 <= volume < _MAX_PRICE:
            continue
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        if at - midnight <= _NEAR_MIDNIGHT:
            found.setdefault(midnight - _DAY, volume)
    return sorted(found.items())


def _time(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    try:
        return datetime.fromtimestamp(float(value) / _MILLISECONDS, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _price(value: object) -> Decimal | None:
    price = _number(value)
    return price if price is not None and _MIN_PRICE <= price < _MAX_PRICE else None


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    if not number.is_finite() or len(number.as_tuple().digits) > _MAX_DIGITS:
        return None
    return number
