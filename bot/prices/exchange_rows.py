"""What of an exchange's rows is believed: tickers and candles as ccxt gives them.

Owns the judgement of single rows, as plain functions of values. Refuses to ask for them. Numbers
may be texts or numbers; what is no finite price within reason is left out with a reason.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Context, Decimal
from typing import Any

from bot.domain.candles import Candle, Timeframe, opened_at
from bot.domain.errors import ParseError
from bot.domain.markets import Market, Tick, is_ahead
from bot.prices.provider_numbers import (
    MAX_CHANGE,
    MAX_PRICE,
    MIN_CHANGE,
    number_of,
    price_within,
    time_of_milliseconds,
    within,
)

_MAX_VOLUME = Decimal(10) ** 24
_CANDLE_FIELDS = 6
# A volume in the quote is an estimate; more digits would only take room.
_ESTIMATE = Context(prec=12)


def ticks_from(
    tickers: Mapping[str, Any], symbols: Mapping[str, Market], provider: str, now: datetime
) -> tuple[list[Tick], dict[str, str]]:
    """The ticks of ccxt's tickers, and why those of other symbols that were asked cannot be used.

    Symbols that nobody asked for are left out; so are changes and bounds that make no sense. A
    ticker without a time counts as of now: then the exchange tells none.
    """
    ticks: list[Tick] = []
    refused: dict[str, str] = {}
    for symbol, market in symbols.items():
        ticker = tickers.get(symbol)
        if ticker is None:
            continue
        found = tick_or_reason(ticker, market, provider, now)
        if isinstance(found, Tick):
            ticks.append(found)
        else:
            refused[symbol] = found
    return ticks, refused


def tick_or_reason(ticker: Any, market: Market, provider: str, now: datetime) -> Tick | str:
    """The tick of one of ccxt's tickers, or why it cannot be used (one of a few words)."""
    if not isinstance(ticker, dict):
        return "no_row"
    price = number_of(ticker.get("last"))
    if price is None:
        return "price_missing" if ticker.get("last") is None else "price_no_number"
    if price <= 0:
        return "price_not_positive"
    if price_within(price) is None:
        return "price_absurd"
    at = _time(ticker.get("timestamp"), now)
    if at is None:
        return "time_unreadable"
    tick = Tick(
        market=market,
        price=price,
        provider=provider,
        provider_at=at,
        received_at=now,
        change_24h=within(number_of(ticker.get("percentage")), MIN_CHANGE, MAX_CHANGE),
        high_24h=price_within(number_of(ticker.get("high"))),
        low_24h=price_within(number_of(ticker.get("low"))),
        volume_24h=within(number_of(ticker.get("quoteVolume")), Decimal(0), MAX_PRICE),
    )
    return "time_ahead" if is_ahead(tick, now) else tick


def candles_from(
    rows: object, timeframe: Timeframe, now: datetime
) -> tuple[list[Candle], dict[str, int]]:
    """The candles of ccxt's rows, oldest first, each span once; and how many rows were refused why.

    A row is `[milliseconds, open, high, low, close, volume]`, its volume in the asset. That of a
    candle is in the quote, as a tick's is: the asset's at the mean of high, low and close. Raises
    ParseError when there is no list, and when none of its rows can be used.
    """
    if not isinstance(rows, list):
        raise ParseError(f"candles came as {type(rows).__name__} instead of a list")
    candles: dict[datetime, Candle] = {}
    refused: dict[str, int] = {}
    for row in rows:
        found = _candle_or_reason(row, timeframe, now)
        if isinstance(found, Candle):
            candles[found.open_at] = found
        else:
            refused[found] = refused.get(found, 0) + 1
    if rows and not candles:
        raise ParseError(f"no candle of {len(rows)} can be used ({', '.join(refused)})")
    return sorted(candles.values(), key=lambda candle: candle.open_at), refused


def _candle_or_reason(row: object, timeframe: Timeframe, now: datetime) -> Candle | str:
    if not isinstance(row, list | tuple) or len(row) < _CANDLE_FIELDS - 1 or row[0] is None:
        return "no_row"
    at = _time(row[0], now)
    if at is None or at != opened_at(at, timeframe.length):
        return "time_unreadable" if at is None else "time_odd"
    if at > now:
        return "time_ahead"
    prices = [price_within(number_of(value)) for value in row[1:5]]
    first, high, low, last = prices
    if first is None or high is None or low is None or last is None:
        return "price_absurd"
    if not low <= min(first, last) <= max(first, last) <= high:
        return "prices_disagree"
    volume = number_of(row[5]) if len(row) >= _CANDLE_FIELDS else None
    volume = within(volume, Decimal(0), _MAX_VOLUME)
    if volume is not None:
        volume = _ESTIMATE.divide(_ESTIMATE.multiply(volume, high + low + last), Decimal(3))
    return Candle(at, first, high, low, last, volume)


def _time(value: object, now: datetime) -> datetime | None:
    """An exchange's time; `now` where it tells none."""
    return now if value is None else time_of_milliseconds(value)
