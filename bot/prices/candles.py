"""Candles of watched markets: built from ticks, told to who asks.

Owns what ticks make of candles. A tick counts at its provider's time, so that a price that was
late stands where it belongs.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bot.domain.candles import Candle, Timeframe, continued, merged
from bot.domain.markets import Market, Tick
from storage.candles import Span, candles_at, candles_since, put_candles
from storage.database import Database, Transaction


class StoredCandles:
    """The candles of the database, as `bot.domain.ports.Candles`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def candles(self, market: Market, timeframe: Timeframe, since: datetime) -> list[Candle]:
        """The candles that opened at `since` or later, oldest first; raises StorageError.

        The last one may be of a span that goes on. Spans in which nothing was heard are
        missing.
        """
        async with self._database.reading() as tx:
            return await candles_since(tx, market, timeframe, since)


async def add_ticks(tx: Transaction, ticks: Sequence[Tick]) -> None:
    """Take ticks into the candles of their minute, hour and day: one read and one upsert.

    Those of a market come by their time. Call it in the transaction that moves their markets,
    whose lock keeps two writers from extending the same candle.
    """
    built = {
        Span(market, frame, candle.open_at): candle
        for market, minutes in minutes_of(ticks).items()
        for frame in Timeframe
        for candle in merged(minutes, frame.length)
    }
    stored = await candles_at(tx, built)
    changed = {span: continued(stored.get(span), candle) for span, candle in built.items()}
    await put_candles(tx, [(s, candle) for s, candle in changed.items() if stored.get(s) != candle])


def minutes_of(ticks: Sequence[Tick]) -> dict[Market, list[Candle]]:
    """What ticks alone make of the candles of their minutes, by market, in their order."""
    found: dict[Market, list[Candle]] = {}
    for market, prices in _prices_by_minute(ticks).items():
        found[market] = [
            Candle(open_at, seen[0], max(seen), min(seen), seen[-1])
            for open_at, seen in prices.items()
        ]
    return found


def _prices_by_minute(ticks: Sequence[Tick]) -> dict[Market, dict[datetime, list[Decimal]]]:
    found: dict[Market, dict[datetime, list[Decimal]]] = {}
    for tick in ticks:
        minute = tick.provider_at.replace(second=0, microsecond=0)
        found.setdefault(tick.market, {}).setdefault(minute, []).append(tick.price)
    return found
