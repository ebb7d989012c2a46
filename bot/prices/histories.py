"""How the past that a provider tells becomes candles.

Owns the two kinds of it: single prices (CoinGecko), and whole candles by the page (exchanges).
Refuses to decide when to ask, which is `bot.prices.backfill`'s. No request is made inside a
transaction.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from bot.domain.candles import Candle, Timeframe
from bot.domain.errors import ParseError
from bot.domain.markets import Market
from bot.domain.ports import Clock
from bot.prices import gaps, pages
from bot.prices.coingecko_history import Prices
from bot.prices.missed import take_in
from storage.alerts import unsettle_market
from storage.candles import Span, candles_at, candles_since, opened_since
from storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that would fill a market's holes; `fill` makes it and stores what it gives.

    Those of a smaller `rank` are made first. `shown` is what it asks for, for the log.
    """

    market: Market
    rank: int
    shown: str
    fill: Callable[[], Awaitable["Filled"]] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a request gave: how many candles were stored, and what is to be asked next."""

    candles: int
    following: Asking | None = None


class PricesSource(Protocol):
    """Who knows single past prices. `name` is the provider's."""

    name: str

    async def fetch_prices(self, asset_id: str, quote: str, days: int) -> Prices:
        """The prices of the last `days`, oldest first; raises FetchError or ParseError."""
        ...


class PagesSource(Protocol):
    """Who knows whole past candles. `name` is the provider's."""

    name: str

    async def fetch_candles(
        self, market: Market, timeframe: Timeframe, since: datetime, now: datetime
    ) -> list[Candle]:
        """A page of candles from `since` on, oldest first; raises FetchError or ParseError."""
        ...

    def page_length(self) -> int:
        """How many candles a page has at most."""
        ...


class PointHistory:
    """Candles made of the single prices that `source` tells, without volumes.

    `rest` None: what was whole once is only looked at again after a silence.
    """

    longest_silence = gaps.LONGEST_SILENCE
    rest: timedelta | None = None

    def __init__(self, database: Database, source: PricesSource, clock: Clock) -> None:
        self.name = source.name
        self._database = database
        self._source = source
        self._clock = clock

    async def askings(
        self, tx: Transaction, market: Market, since: datetime | None, now: datetime
    ) -> list[Asking]:
        """What would fill a market's holes; with `since` only those that end after it."""
        found = await _holes(tx, market, now)
        if since is not None:
            found = {
                reach: [hole for hole in its_holes if hole.until > since]
                for reach, its_holes in found.items()
            }
        return [
            Asking(market, wish.reach, f"{wish.reach:d} days", partial(self._fill, wish))
            for wish in gaps.wishes_of(market, found)
        ]

    async def _fill(self, wish: gaps.Wish) -> Filled:
        market = wish.market
        prices = await self._source.fetch_prices(market.asset_id, market.quote, int(wish.reach))
        now = self._clock()
        put = 0
        async with _filling(self._database, market) as tx:
            found = await _holes(tx, market, now)
            for frame in gaps.FILLED[wish.reach] if prices else ():
                since = now - wish.reach.span - frame.length
                stored = {c.open_at: c for c in await candles_since(tx, market, frame, since)}
                new = gaps.candles_to_put(prices, frame, stored, found, now)
                await take_in(tx, market, frame, new, stored, now)
                put += len(new)
        return Filled(put)


class PageHistory:
    """Candles with their volumes that `source` tells by the page.

    Candles that ticks build know no volume: after each `rest` those that ended are asked for.
    """

    longest_silence = pages.LONGEST_SILENCE
    rest: timedelta | None = timedelta(hours=1)

    def __init__(self, database: Database, source: PagesSource, clock: Clock) -> None:
        self.name = source.name
        self._database = database
        self._source = source
        self._clock = clock

    async def askings(
        self, tx: Transaction, market: Market, since: datetime | None, now: datetime
    ) -> list[Asking]:
        """What would fill a market's holes; with `since` nothing older than that time."""
        reach = {frame: now - pages.REACHES[frame] - frame.length for frame in Timeframe}
        opened = await opened_since(tx, market, Timeframe.MINUTE, reach[Timeframe.MINUTE])
        whole = {
            frame: await opened_since(tx, market, frame, begin, with_volume=True)
            for frame, begin in reach.items()
        }
        wishes = pages.page_wishes(market, opened, whole, since, now)
        return [self._asking(wish) for wish in wishes]

    def _asking(self, wish: pages.PageWish) -> Asking:
        return Asking(wish.market, wish.rank, wish.shown, partial(self._fill, wish))

    async def _fill(self, wish: pages.PageWish) -> Filled:
        """Store one page; raises ParseError for candles that cannot be the market's."""
        market, frame, length = wish.market, wish.timeframe, self._source.page_length()
        told = await self._source.fetch_candles(market, frame, wish.start(length), self._clock())
        got = [candle for candle in told if candle.open_at < wish.until]
        spans = [Span(market, frame, candle.open_at) for candle in got]
        async with _filling(self._database, market) as tx:
            found = await candles_at(tx, spans)
            stored = {span.open_at: candle for span, candle in found.items()}
            if pages.is_other_market(got, stored):
                raise ParseError(f"{self.name} gave candles far from {market.asset_id}'s prices")
            new = pages.page_to_put(got, stored, frame, self._clock())
            await take_in(tx, market, frame, new, stored, self._clock())
        after = pages.following(wish, got, length)
        return Filled(len(new), self._asking(after) if after else None)


@asynccontextmanager
async def _filling(database: Database, market: Market) -> AsyncIterator[Transaction]:
    """A writing transaction in which nobody else can change a market's candles.

    Ticks hold the market, too, before they read its candles and write them.
    """
    async with database.writing() as tx:
        # What windows know of the market is made of its candles, too.
        await unsettle_market(tx, market)
        yield tx


async def _holes(
    tx: Transaction, market: Market, now: datetime
) -> dict[gaps.Reach, list[gaps.Hole]]:
    reaches = {
        Timeframe.MINUTE: gaps.Reach.DAY,
        Timeframe.HOUR: gaps.Reach.QUARTER,
        Timeframe.DAY: gaps.Reach.YEAR,
    }
    opened = {
        frame: await opened_since(tx, market, frame, now - reach.span)
        for frame, reach in reaches.items()
    }
    return gaps.holes_by_reach(opened, now)
