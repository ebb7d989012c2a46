"""Candles of every market that was watched, exact.

Owns the rows of candles. Refuses to compare prices, for a database would compare them as text
or as floats: what a candle becomes is decided before it is put.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.candles import KEPT, Candle, Timeframe
from bot.domain.markets import Market
from storage.database import Transaction, upsert
from storage.schema import candles, markets

_KEY = ("asset_id", "quote", "timeframe", "open_at")
_VALUES = ("open", "high", "low", "close", "volume")
_MARKETS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Span:
    """Which candle of a market: its length and when it opened."""

    market: Market
    timeframe: Timeframe
    open_at: datetime


async def candles_at(tx: Transaction, spans: Collection[Span]) -> dict[Span, Candle]:
    """The stored candles of these spans; one that is not there is left out."""
    if not spans:
        return {}
    rows = await tx.execute(
        sa.select(candles).where(
            candles.c.asset_id.in_({span.market.asset_id for span in spans}),
            candles.c.quote.in_({span.market.quote for span in spans}),
            candles.c.timeframe.in_({span.timeframe.value for span in spans}),
            candles.c.open_at.in_({span.open_at for span in spans}),
        )
    )
    found = {}
    for row in rows.mappings():
        market = Market(row["asset_id"], row["quote"])
        span = Span(market, Timeframe(row["timeframe"]), row["open_at"])
        found[span] = _candle(row)
    return {span: found[span] for span in spans if span in found}


async def put_candles(tx: Transaction, put: Sequence[tuple[Span, Candle]]) -> None:
    """Store candles in place of what was stored of the same spans."""
    if not put:
        return
    statement = upsert(tx, candles)
    values = {name: statement.excluded[name] for name in _VALUES}
    await tx.execute(
        statement.on_conflict_do_update(index_elements=_KEY, set_=values),
        [_row(span, candle) for span, candle in put],
    )


async def candles_since(
    tx: Transaction, market: Market, timeframe: Timeframe, since: datetime
) -> list[Candle]:
    """The candles of a market that opened at `since` or later, oldest first."""
    rows = await tx.execute(
        sa.select(candles)
        .where(_of(market, timeframe), candles.c.open_at >= since)
        .order_by(candles.c.open_at)
    )
    return [_candle(row) for row in rows.mappings()]


async def opened_since(
    tx: Transaction,
    market: Market,
    timeframe: Timeframe,
    since: datetime,
    *,
    with_volume: bool = False,
) -> list[datetime]:
    """When the stored candles of a market opened, from `since` on, oldest first.

    `with_volume` leaves those out whose volume is not known.
    """
    query = sa.select(candles.c.open_at).where(_of(market, timeframe), candles.c.open_at >= since)
    if with_volume:
        query = query.where(candles.c.volume.is_not(None))
    return list(await tx.scalars(query.order_by(candles.c.open_at)))


async def newest_opened(
    tx: Transaction, wanted: Collection[Market], timeframe: Timeframe
) -> dict[Market, datetime]:
    """When the newest candle of each market opened; one without candles is left out."""
    newest = _edge(sa.func.max, timeframe)
    rows = await tx.execute(
        sa.select(markets.c.asset_id, markets.c.quote, newest).where(
            markets.c.asset_id.in_({market.asset_id for market in wanted})
        )
    )
    found = {Market(asset_id, quote): at for asset_id, quote, at in rows if at is not None}
    return {market: found[market] for market in wanted if market in found}


async def prune_candles(tx: Transaction, now: datetime) -> int:
    """Delete the candles of some markets that are past their time; 0 when none is left.

    Returns how many went. They are found market by market along the key: an index of their own
    would double what a tick writes.
    """
    gone = 0
    for timeframe, kept in KEPT.items():
        before = now - kept
        has_old = sa.select(markets.c.asset_id, markets.c.quote).where(
            _edge(sa.func.min, timeframe) < before
        )
        for asset_id, quote in list(await tx.execute(has_old.limit(_MARKETS_AT_ONCE))):
            old = sa.and_(_of(Market(asset_id, quote), timeframe), candles.c.open_at < before)
            gone += (await tx.execute(sa.delete(candles).where(old))).rowcount
    return gone


def _edge(function: Callable[..., Any], timeframe: Timeframe) -> sa.ScalarSelect[datetime]:
    """The first or last time at which candles of a row of `markets` opened."""
    time_type = candles.c.open_at.type
    return (
        sa.select(function(candles.c.open_at, type_=time_type))
        .where(
            candles.c.asset_id == markets.c.asset_id,
            candles.c.quote == markets.c.quote,
            candles.c.timeframe == timeframe.value,
        )
        .scalar_subquery()
    )


def _of(market: Market, timeframe: Timeframe) -> sa.ColumnElement[bool]:
    return sa.and_(
        candles.c.asset_id == market.asset_id,
        candles.c.quote == market.quote,
        candles.c.timeframe == timeframe.value,
    )


def _row(span: Span, candle: Candle) -> dict[str, object]:
    return {
        "asset_id": span.market.asset_id,
        "quote": span.market.quote,
        "timeframe": span.timeframe.value,
        "open_at": span.open_at,
        **{name: getattr(candle, name) for name in _VALUES},
    }


def _candle(row: sa.RowMapping) -> Candle:
    return Candle(row["open_at"], *(row[name] for name in _VALUES))
