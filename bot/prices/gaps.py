"""What is missing of a market's candles, and what a provider is asked to fill it.

Owns these decisions, as plain values, for a provider that tells single prices: where the holes
are, which requests fill them, and what of an answer is taken. Refuses clocks and I/O.

Such a provider tells the less the further back one asks. The three reaches are those of CoinGecko's
`/coins/{id}/market_chart`: a price every five minutes for a day, an hour for 90 days, a day for a
year, which is as far as its free plans go.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import pairwise

from bot.domain.candles import Candle, Timeframe, blended, candles_of_prices, opened_at
from bot.domain.markets import Market
from bot.prices.coingecko_history import Prices


class Reach(IntEnum):
    """How far back a request asks, in days."""

    DAY = 1
    QUARTER = 90
    YEAR = 365

    @property
    def span(self) -> timedelta:
        """How far back it asks."""
        return timedelta(days=self.value)


# Which candles the prices of a reach are dense enough for. Those of a day tell single minutes.
FILLED = {
    Reach.DAY: (Timeframe.MINUTE, Timeframe.HOUR),
    Reach.QUARTER: (Timeframe.HOUR, Timeframe.DAY),
    Reach.YEAR: (Timeframe.DAY,),
}
LONGEST_SILENCE = timedelta(minutes=15)
# In which candles a reach's holes show, and from when on they are no hole: three times what the
# provider tells, so that what it left out itself is not asked for again and again.
_SHOWN_IN = {
    Reach.DAY: (Timeframe.MINUTE, LONGEST_SILENCE),
    Reach.QUARTER: (Timeframe.HOUR, timedelta(hours=3)),
    Reach.YEAR: (Timeframe.DAY, timedelta(days=3)),
}
_FINER = {Timeframe.HOUR: Reach.DAY, Timeframe.DAY: Reach.QUARTER}


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch of time in which no candle opened."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """A request that would fill holes of a market."""

    market: Market
    reach: Reach


def holes(
    opened: Iterable[datetime], since: datetime, until: datetime, longest: timedelta
) -> list[Hole]:
    """The stretches longer than `longest` between candles, `since` and `until`; oldest first."""
    inside = sorted(at for at in opened if since < at < until)
    return [Hole(a, b) for a, b in pairwise([since, *inside, until]) if b - a > longest]


def holes_by_reach(
    opened: Mapping[Timeframe, Sequence[datetime]], now: datetime
) -> dict[Reach, list[Hole]]:
    """The holes that each reach would fill; a nearer reach's time is left to that one.

    `opened` tells when the stored candles opened; one length that is missing has none.
    """
    found: dict[Reach, list[Hole]] = {}
    until = now
    for reach in Reach:
        frame, longest = _SHOWN_IN[reach]
        found[reach] = holes(opened.get(frame, ()), now - reach.span, until, longest)
        until = now - reach.span
    return found


def wishes_of(market: Market, found: Mapping[Reach, Sequence[Hole]]) -> list[Wish]:
    """The requests that fill a market's holes, the nearest reach first."""
    return [Wish(market, reach) for reach in Reach if found.get(reach)]


def has_gap_between(before: datetime | None, newest: datetime | None, longest: timedelta) -> bool:
    """Whether between two looks at a market's newest minute a hole came about."""
    return before is not None and newest is not None and newest - before > longest


def candles_to_put(
    prices: Prices,
    timeframe: Timeframe,
    stored: Mapping[datetime, Candle],
    found: Mapping[Reach, Sequence[Hole]],
    now: datetime,
) -> list[Candle]:
    """The candles that a provider's prices add or mend, oldest first.

    What is stored, by its open time, is mended only where its time has a hole: what ticks built
    without one knows more than single prices do. The first candle is left out where the prices
    begin in its middle.
    """
    length = timeframe.length
    mendable = found.get(_FINER[timeframe], ()) if timeframe in _FINER else ()
    put = []
    for candle in candles_of_prices(_from_whole(prices, length), timeframe, now):
        before, end = stored.get(candle.open_at), candle.open_at + length
        is_mended = any(hole.since < end and candle.open_at < hole.until for hole in mendable)
        if before is None or is_mended:
            put.append(blended(before, candle, now, length))
    return [candle for candle in put if stored.get(candle.open_at) != candle]


def _from_whole(prices: Prices, length: timedelta) -> Prices:
    """The prices from the first span on that they tell from its beginning."""
    if not prices or length <= Timeframe.MINUTE.length:
        return prices
    first_at = prices[0][0]
    open_at = opened_at(first_at, length)
    if first_at - open_at <= length / 10:
        return prices
    return [(at, price) for at, price in prices if at >= open_at + length]
