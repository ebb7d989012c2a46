"""Candles of watched markets: built from ticks, told to who asks.

Owns what ticks make of candles. A tick counts at its provider's time, so that a price that was
late stands where it belongs.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.candles import Candle, Timeframe, extended, opened_at
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

    Call it in the transaction that moves their markets, whose lock keeps two writers from
    extending the same candle.
    """
    spans = {tick: _spans(tick) for tick in ticks}
    stored = await candles_at(tx, [span for found in spans.values() for span in found])
    changed: dict[Span, Candle] = {}
    for tick, its_spans in spans.items():
        for span in its_spans:
            before = changed.get(span, stored.get(span))
            changed[span] = extended(before, tick.price, span.open_at)
    await put_candles(tx, [(s, candle) for s, candle in changed.items() if stored.get(s) != candle])


def _spans(tick: Tick) -> list[Span]:
    """The spans of every length that hold a tick's time."""
    at = tick.provider_at
    return [Span(tick.market, frame, opened_at(at, frame.length)) for frame in Timeframe]
