"""Past prices as CoinGecko tells them (`/coins/{id}/market_chart`).

Owns the address and the quirks of that answer. Its volumes are those of the 24 hours before each
point, which no candle's is: only those at midnight count, as the volumes of whole days.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import quote as encoded
from urllib.parse import urlencode

from bot.domain.errors import ParseError
from bot.prices.provider_numbers import (
    MAX_PRICE,
    exact_number_of,
    price_within,
    time_of_milliseconds,
    within,
)

Prices = Sequence[tuple[datetime, Decimal]]
"""Prices with their times, oldest first."""

Volumes = Sequence[tuple[datetime, Decimal]]
"""When days began, in UTC, with their volumes, oldest first."""

_PAIR = 2
_DAY = timedelta(days=1)
_NEAR_MIDNIGHT = timedelta(hours=1)


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
            at, price = time_of_milliseconds(pair[0]), price_within(exact_number_of(pair[1]))
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
        at = time_of_milliseconds(pair[0])
        volume = within(exact_number_of(pair[1]), Decimal(0), MAX_PRICE)
        if at is None or volume is None:
            continue
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        if at - midnight <= _NEAR_MIDNIGHT:
            found.setdefault(midnight - _DAY, volume)
    return sorted(found.items())
