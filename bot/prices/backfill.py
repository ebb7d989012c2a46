"""Candles filled in from a provider: at start, for markets newly watched, and after gaps.

Owns when it looks for gaps and the requests that fill them, which leave only where they hold up
no poll. Refuses to decide what is missing and what is taken: `bot.prices.gaps` does. No request is
made inside a transaction.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.candles import Candle, Timeframe
from bot.domain.errors import CoinbellError, FetchError, HttpStatusError, ParseError
from bot.domain.markets import Market
from bot.domain.ports import Clock
from bot.prices.coingecko_history import Prices
from bot.prices.gaps import (
    FILLED,
    Hole,
    Reach,
    Wish,
    candles_to_put,
    holes_by_reach,
    in_order,
    is_silence,
    wishes_of,
)
from bot.prices.metrics import PROVIDER_FAILURES, PROVIDER_REQUESTS
from bot.prices.quota import Quota
from bot.prices.watch import ASKED_STAYS_WATCHED
from storage.candles import Span, candles_since, newest_opened, opened_since, put_candles
from storage.database import Database, Transaction
from storage.markets import watched_markets

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 60.0
# Reading what is stored of a market takes some 10 ms: a bot with hundreds must not stand still.
_MARKETS_A_LOOK = 20
_AFTER_FAILURE_SECONDS = 60.0
_HOPELESS = frozenset({400, 404, 422})
_TURNED_AWAY = frozenset({401, 403, 429})


class History(Protocol):
    """Who knows past prices. `name` is the provider's."""

    name: str

    async def fetch_prices(self, asset_id: str, quote: str, days: int) -> Prices:
        """The prices of the last `days`, oldest first; raises FetchError or ParseError."""
        ...


class Pace(Protocol):
    """How often the provider may be asked, as polls are paced by it too."""

    quota: Quota

    def has_room(self, now: float) -> bool:
        """Whether a request may leave at these monotonic seconds and holds up no poll."""
        ...


class Backfill:
    """Fills the candles of watched markets from `history`, at its `pace`."""

    def __init__(
        self,
        *,
        database: Database,
        history: History,
        pace: Pace,
        quote: str,
        clock: Clock,
        monotonic: Callable[[], float],
    ) -> None:
        self._database = database
        self._history = history
        self._pace = pace
        self._quote = quote.upper()
        self._clock = clock
        self._monotonic = monotonic
        self._wishes: list[Wish] = []
        self._newest: dict[Market, datetime | None] = {}
        self._look_at = float("-inf")
        self._rests_until = float("-inf")

    async def run(self) -> None:
        """Look for gaps when that is due, and ask for as much as may be asked now.

        A provider that fails is logged, and asked again after a minute. Raises StorageError.
        """
        if self._monotonic() >= self._look_at:
            self._look_at = self._monotonic() + _LOOK_SECONDS
            await self._look()
        while self._wishes and self._may_ask():
            wish = self._wishes.pop(0)
            try:
                await self._fill(wish)
            except (FetchError, ParseError) as error:
                self._note_failure(wish, error)
                return

    def _may_ask(self) -> bool:
        now = self._monotonic()
        return now >= self._rests_until and self._pace.has_room(now)

    async def _look(self) -> None:
        """Note what is missing of markets that are new here, or fell silent for a while."""
        now = self._clock()
        async with self._database.reading() as tx:
            watched = await watched_markets(tx, self._quote, now - ASKED_STAYS_WATCHED)
            newest = await newest_opened(tx, watched, Timeframe.MINUTE)
            suspects = [
                market
                for market in sorted(watched, key=lambda m: (m.asset_id, m.quote))
                if market not in self._newest
                or is_silence(self._newest[market], newest.get(market))
            ]
            looked = suspects[:_MARKETS_A_LOOK]
            found = [wish for m in looked for wish in await self._wishes_of(tx, m, now)]
        if len(suspects) > len(looked):
            self._look_at = self._monotonic()
        put_off = set(suspects) - set(looked)
        self._newest = {
            m: self._newest.get(m) if m in put_off else newest.get(m)
            for m in watched
            if m in looked or m in self._newest
        }
        # What nobody watches any more needs no filling.
        kept = [wish for wish in self._wishes if wish.market in watched]
        self._wishes = in_order([*kept, *found], self._quote)

    async def _wishes_of(self, tx: Transaction, market: Market, now: datetime) -> list[Wish]:
        """What would fill a market's holes; after a silence only those that are new with it."""
        found = await _holes(tx, market, now)
        if before := self._newest.get(market):
            found = {
                reach: [hole for hole in its_holes if hole.until > before]
                for reach, its_holes in found.items()
            }
        return wishes_of(market, found)

    async def _fill(self, wish: Wish) -> None:
        market, days = wish.market, int(wish.reach)
        self._pace.quota.spend(self._monotonic())
        PROVIDER_REQUESTS.labels(provider=self._history.name).inc()
        prices = await self._history.fetch_prices(market.asset_id, market.quote, days)
        self._pace.quota.release()
        now = self._clock()
        put = 0
        async with self._database.writing() as tx:
            found = await _holes(tx, market, now)
            for frame in FILLED[wish.reach] if prices else ():
                stored = await _stored(tx, market, frame, now - wish.reach.span - frame.length)
                new = candles_to_put(prices, frame, stored, found, now)
                spans = [Span(market, frame, candle.open_at) for candle in new]
                await put_candles(tx, list(zip(spans, new, strict=True)))
                put += len(new)
        log.info(
            "candles_filled",
            asset_id=market.asset_id,
            quote=market.quote,
            days=days,
            candles=put,
        )

    def _note_failure(self, wish: Wish, error: CoinbellError) -> None:
        now = self._monotonic()
        PROVIDER_FAILURES.labels(provider=self._history.name, error=type(error).__name__).inc()
        status = error.status if isinstance(error, HttpStatusError) else None
        if isinstance(error, HttpStatusError) and status in _TURNED_AWAY:
            self._pace.quota.hold_until(now, error.retry_after_seconds)
        if status not in _HOPELESS:
            # At the end, so that one market that fails does not keep the others waiting.
            self._wishes.append(wish)
            self._rests_until = now + _AFTER_FAILURE_SECONDS
        log.warning(
            "history_failed",
            provider=self._history.name,
            asset_id=wish.market.asset_id,
            quote=wish.market.quote,
            days=int(wish.reach),
            error=error.log_text,
        )


async def _holes(tx: Transaction, market: Market, now: datetime) -> dict[Reach, list[Hole]]:
    reaches = {
        Timeframe.MINUTE: Reach.DAY,
        Timeframe.HOUR: Reach.QUARTER,
        Timeframe.DAY: Reach.YEAR,
    }
    opened = {
        frame: await opened_since(tx, market, frame, now - reach.span)
        for frame, reach in reaches.items()
    }
    return holes_by_reach(opened, now)


async def _stored(
    tx: Transaction, market: Market, frame: Timeframe, since: datetime
) -> dict[datetime, Candle]:
    return {c.open_at: c for c in await candles_since(tx, market, frame, since)}
