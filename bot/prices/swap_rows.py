"""What of an exchange's perpetual swaps is believed: funding rates and liquidations.

Owns the judgement of single rows of ccxt, as plain functions of values. Refuses to ask for
them. Numbers may be texts or numbers; what makes no sense is left out with a reason.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Context, Decimal
from typing import Any

from bot.domain.conditions import Side
from bot.domain.markets import CLOCK_TOLERANCE
from bot.prices.provider_numbers import number_of, time_of_milliseconds

STALE_AFTER = timedelta(minutes=5)
"""What an exchange tells of an earlier time than this is no news any more."""

_MAX_RATE = Decimal("0.5")  # exchanges cap theirs at a few percent an interval
_MAX_DOLLARS = Decimal(10) ** 11
_CENTS = Context(prec=16)
# Who closes a long by force sells; Bybit tells the position's own side instead.
_ORDERS = {"sell": Side.LONGS, "buy": Side.SHORTS}
_POSITIONS = {"buy": Side.LONGS, "sell": Side.SHORTS}
LIQUIDATED_SIDES = {
    "binance": _ORDERS,
    "binanceusdm": _ORDERS,
    "okx": _ORDERS,
    "myokx": _ORDERS,
    "okxus": _ORDERS,
    "bybit": _POSITIONS,
    "bybiteu": _POSITIONS,
}
"""Whose positions a side means, by exchange; of others it is not known, and they are not heard.

https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams
https://bybit-exchange.github.io/docs/v5/websocket/public/all-liquidation
https://www.okx.com/docs-v5/en/#public-data-websocket-liquidation-orders-channel
"""


@dataclass(frozen=True, slots=True)
class Funding:
    """A funding rate: a share for each funding interval, negative where shorts pay."""

    rate: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Liquidation:
    """A position that was closed by force, in dollars, of LONGS or SHORTS."""

    symbol: str
    side: Side
    dollars: Decimal
    at: datetime


def funding_or_reason(row: Any, symbol: str, now: datetime) -> Funding | str:
    """The funding rate of one of ccxt's rows, or why it cannot be used (one of a few words).

    A row without a time counts as of now: then the exchange tells none.
    """
    if not isinstance(row, dict):
        return "no_row"
    if row.get("symbol") != symbol:
        return "not_asked"
    rate = number_of(row.get("fundingRate"))
    if rate is None:
        return "rate_missing" if row.get("fundingRate") is None else "rate_no_number"
    if abs(rate) >= _MAX_RATE:
        return "rate_absurd"
    at = now if row.get("timestamp") is None else time_of_milliseconds(row["timestamp"])
    wrong = _wrong_time(at, now)
    return wrong if at is None or wrong else Funding(rate, at)


def _told_side(row: dict[str, Any]) -> str:
    """The side as the exchange wrote it: some versions of ccxt lose Bybit's `S`."""
    info = row.get("info")
    raw = info.get("S") if isinstance(info, dict) else None
    return raw if isinstance(raw, str) else str(row.get("side"))


def liquidation_or_reason(
    row: Any, exchange_id: str, contract_size: object, now: datetime
) -> Liquidation | str:
    """The liquidation of one of ccxt's rows, or why it cannot be used (one of a few words).

    `contract_size` is how much of the asset one contract of the row's symbol is; the price of
    a linear swap is in dollars, or in coins worth one.
    """
    if not isinstance(row, dict) or not isinstance(row.get("symbol"), str):
        return "no_row"
    side = LIQUIDATED_SIDES.get(exchange_id, {}).get(_told_side(row).lower())
    if side is None:
        return "side_unknown"
    numbers = [number_of(row.get("contracts")), number_of(row.get("price"))]
    contracts, price = numbers
    size = number_of(contract_size)
    if contracts is None or price is None or size is None:
        return "amount_no_number"
    if min(contracts, price, size) <= 0:
        return "amount_not_positive"
    dollars = _CENTS.multiply(_CENTS.multiply(contracts, size), price)
    if dollars >= _MAX_DOLLARS:
        return "amount_absurd"
    at = time_of_milliseconds(row.get("timestamp"))
    wrong = _wrong_time(at, now)
    return wrong if at is None or wrong else Liquidation(row["symbol"], side, dollars, at)


def _wrong_time(at: datetime | None, now: datetime) -> str:
    """Why a time cannot be believed, empty where it can."""
    if at is None:
        return "time_unreadable"
    if at > now + CLOCK_TOLERANCE:
        return "time_ahead"
    return "stale" if now - at > STALE_AFTER else ""
