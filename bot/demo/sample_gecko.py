"""The sample market's answers, worded as CoinGecko words them.

Owns the fields, types and orders of CoinGecko's API v3 (from its OpenAPI description of June
2026) and the ways in which an answer can be broken for a test. Refuses HTTP, and every field that
would need facts which the sample market does not have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.demo.sample_prices import (
    Candle,
    SampleAsset,
    change_percent,
    divided,
    merged,
    since,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Fixed rates: the demo is about coins, and a currency that moves too would only confuse.
UNITS_PER_DOLLAR = {
    "usd": Decimal(1),
    "eur": Decimal("0.921"),
    "gbp": Decimal("0.788"),
    "jpy": Decimal(151),
    "krw": Decimal(1370),
    "inr": Decimal("83.4"),
    "brl": Decimal("5.12"),
    "try": Decimal("32.6"),
    "rub": Decimal(92),
    "cad": Decimal("1.37"),
    "aud": Decimal("1.52"),
    "chf": Decimal("0.894"),
}
_COINS = {"btc": "bitcoin", "eth": "ethereum"}
WINDOWS = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
RATE_LIMIT = {
    "status": {
        "error_code": 429,
        "error_message": "You've exceeded the Rate Limit. Please visit "
        "https://www.coingecko.com/en/api/pricing to subscribe to our API plans "
        "for higher rate limits.",
    }
}
_PRICE_FIELDS = ("current_price", "usd", "eur", "gbp", "btc")

Payload = Any
"""A JSON value; its shape is the endpoint's."""


class Fault(StrEnum):
    """A way in which a provider's answer can be bad; each fires nothing in a careful reader."""

    HTML = "html"
    NULL_PRICE = "null_price"
    NEGATIVE_PRICE = "negative_price"
    WRONG_TYPE = "wrong_type"
    OTHER_COIN = "other_coin"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Quote:
    """An asset with its price, its candles and the time of its last change.

    All are in one currency, the all-time high and low of the asset too: dollars in the market
    itself, else what `quoted_in` gives.
    """

    asset: SampleAsset
    price: Decimal
    candles: Sequence[Candle]
    updated_at: datetime


def number(value: Decimal, digits: int | None = None) -> float:
    """Give a Decimal as a JSON number, rounded to `digits`; 15 figures and less come out exact."""
    return float(value if digits is None else round(value, digits))


def iso(at: datetime) -> str:
    """Write a time as CoinGecko does: UTC, milliseconds, a Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def quoted_in(currency: str, quote: Quote, quotes: Mapping[str, Quote]) -> Quote | None:
    """Give an asset in another currency than dollars; None for one that nobody quotes.

    In a coin it is what both did: their candles, divided. Of the times before those only the
    dollar prices are known, which are told at the rate of now.
    """
    if currency == "usd":
        return quote
    coin = quotes.get(_COINS.get(currency, ""))
    if coin is not None:
        per_dollar = 1 / coin.price
        price, candles = quote.price / coin.price, divided(quote.candles, coin.candles)
    elif (fixed := UNITS_PER_DOLLAR.get(currency)) is not None:
        per_dollar = fixed
        price, candles = quote.price * per_dollar, [_times(c, per_dollar) for c in quote.candles]
    else:
        return None
    asset = replace(
        quote.asset,
        all_time_high=quote.asset.all_time_high * per_dollar,
        all_time_low=quote.asset.all_time_low * per_dollar,
    )
    return Quote(asset, price, candles, quote.updated_at)


def is_quoted(currency: str, quotes: Mapping[str, Quote]) -> bool:
    """Whether anything is told in a currency."""
    return currency in UNITS_PER_DOLLAR or _COINS.get(currency, "") in quotes


def _times(candle: Candle, factor: Decimal) -> Candle:
    prices = (candle.open, candle.high, candle.low, candle.close)
    return Candle(candle.open_at, *(price * factor for price in prices))


def simple_price(
    quotes: Mapping[str, Sequence[Quote]],
    now: datetime,
    include: frozenset[str],
    precision: int | None,
) -> dict[str, dict[str, float]]:
    """Answer `/simple/price`: coin id to fields; `include` holds market_cap, 24hr_vol and so on.

    `quotes` are those that were asked for, by their currency.
    """
    answer: dict[str, dict[str, float]] = {}
    for currency, quoted in quotes.items():
        for quote in quoted:
            fields = answer.setdefault(quote.asset.id, {})
            fields[currency] = number(quote.price, precision)
            if "market_cap" in include:
                fields[f"{currency}_market_cap"] = number(quote.price * quote.asset.supply)
            if "24hr_vol" in include:
                fields[f"{currency}_24h_vol"] = number(_volume(quote))
            change = change_percent(quote.candles, now, WINDOWS["24h"])
            if "24hr_change" in include and change is not None:
                fields[f"{currency}_24h_change"] = number(change)
            if "last_updated_at" in include:
                fields["last_updated_at"] = int(quote.updated_at.timestamp())
    return answer


def market_row(quote: Quote, rank: int, now: datetime, precision: int | None) -> dict[str, Payload]:
    """Answer one row of `/coins/markets`, without the fields that are asked for by name."""
    asset, price = quote.asset, quote.price
    day = since(quote.candles, now - WINDOWS["24h"])
    percent = change_percent(quote.candles, now, WINDOWS["24h"]) or Decimal(0)
    change = price - price / (1 + percent / 100)
    cap = price * asset.supply
    return {
        "id": asset.id,
        "symbol": asset.symbol.lower(),
        "name": asset.name,
        "image": "",
        "current_price": number(price, precision),
        "market_cap": number(cap, 0),
        "market_cap_rank": rank,
        "fully_diluted_valuation": number(cap, 0),
        "total_volume": number(_volume(quote), 0),
        "high_24h": number(max(candle.high for candle in day)),
        "low_24h": number(min(candle.low for candle in day)),
        "price_change_24h": number(change),
        "price_change_percentage_24h": number(percent, 5),
        "market_cap_change_24h": number(change * asset.supply),
        "market_cap_change_percentage_24h": number(percent, 5),
        "circulating_supply": number(asset.supply),
        "total_supply": number(asset.supply),
        "max_supply": None,
        **_extremes(quote),
        "roi": None,
        "last_updated": iso(quote.updated_at),
    }


def _extremes(quote: Quote) -> dict[str, Payload]:
    """Give the highest and lowest prices of all time with their dates and how far away they are.

    Those of the history count where they go beyond what was before it.
    """
    asset, candles = quote.asset, quote.candles
    top, bottom = max(candles, key=lambda c: c.high), min(candles, key=lambda c: c.low)
    high, high_at = asset.all_time_high, _midnight(asset.high_on)
    if top.high > high:
        high, high_at = top.high, min(top.open_at, quote.updated_at)
    low, low_at = asset.all_time_low, _midnight(asset.low_on)
    if bottom.low < low:
        low, low_at = bottom.low, min(bottom.open_at, quote.updated_at)
    return {
        "ath": number(high),
        "ath_change_percentage": number((quote.price / high - 1) * 100, 5),
        "ath_date": iso(high_at),
        "atl": number(low),
        "atl_change_percentage": number((quote.price / low - 1) * 100, 5),
        "atl_date": iso(low_at),
    }


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def asked_changes(quote: Quote, windows: Sequence[str], now: datetime) -> dict[str, float | None]:
    """Answer the changes of `price_change_percentage`; a window beyond the history is null."""
    fields: dict[str, float | None] = {}
    for name in windows:
        over = WINDOWS.get(name, timedelta(days=365))
        change = change_percent(quote.candles, now, over)
        fields[f"price_change_percentage_{name}_in_currency"] = (
            None if change is None else number(change)
        )
    return fields


def sparkline(quote: Quote, now: datetime) -> dict[str, list[float]]:
    """Answer `sparkline_in_7d`: the hourly prices of a week, oldest first."""
    week = merged(since(quote.candles, now - WINDOWS["7d"]), timedelta(hours=1))
    return {"price": [number(candle.close) for candle in week]}


def market_chart(
    quote: Quote, days: Decimal, now: datetime, *, daily: bool
) -> dict[str, list[list[float]]]:
    """Answer `/coins/{id}/market_chart`: pairs of milliseconds and value, oldest first.

    Up to a day it has a point every five minutes, beyond that one an hour, or one a day if asked.
    """
    length = timedelta(hours=1) if days > 1 else timedelta(minutes=5)
    if daily:
        length = timedelta(days=1)
    candles = since(quote.candles, now - min(WINDOWS["7d"] * 52, timedelta(days=float(days))))
    points = [
        (int(candle.open_at.timestamp() * 1000), candle.open) for candle in merged(candles, length)
    ]
    points.append((int(quote.updated_at.timestamp() * 1000), quote.price))
    volume = number(_volume(quote))
    return {
        "prices": [[at, number(price)] for at, price in points],
        "market_caps": [[at, number(price * quote.asset.supply)] for at, price in points],
        "total_volumes": [[at, volume] for at, _ in points],
    }


def ohlc(quote: Quote, days: int, now: datetime) -> list[list[float]]:
    """Answer `/coins/{id}/ohlc`: time of close, open, high, low, close; oldest first.

    Candles of half an hour for a day, of four hours up to thirty, of four days beyond.
    """
    length = timedelta(minutes=30)
    if days > 1:
        length = timedelta(hours=4) if days <= 30 else timedelta(days=4)  # noqa: PLR2004 - the API's
    candles = merged(since(quote.candles, now - timedelta(days=days)), length)
    return [
        [
            int((candle.open_at + length).timestamp() * 1000),
            *(number(price) for price in (candle.open, candle.high, candle.low, candle.close)),
        ]
        for candle in candles
    ]


def faulty(payload: Payload, fault: Fault | None) -> Payload:
    """Give an answer with the fault in it: every price nulled, negated, turned to text, swapped."""
    if isinstance(payload, list):
        return [faulty(item, fault) for item in payload]
    if not isinstance(payload, dict) or fault is None:
        return payload
    if fault is Fault.OTHER_COIN:
        return _swapped(payload)
    return {
        key: _broken_price(value, fault) if key in _PRICE_FIELDS else faulty(value, fault)
        for key, value in payload.items()
    }


def _broken_price(value: Payload, fault: Fault) -> Payload:
    """Give a price as a bad answer would carry it."""
    if fault is Fault.NULL_PRICE:
        return None
    if fault is Fault.NEGATIVE_PRICE:
        return -value
    return {"amount": str(value)} if fault is Fault.WRONG_TYPE else value


def _swapped(payload: dict[str, Payload]) -> dict[str, Payload]:
    """Give an answer that speaks of a coin nobody asked for, in the place of each that was."""
    if "id" in payload:
        return {**payload, "id": "other-coin", "symbol": "other", "name": "Other Coin"}
    return {f"other-{key}": value for key, value in payload.items()}


def _volume(quote: Quote) -> Decimal:
    """Give the turnover of 24 hours."""
    return quote.price * quote.asset.supply * quote.asset.daily_turnover
