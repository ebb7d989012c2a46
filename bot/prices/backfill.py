"""Candles filled in from a provider: at start, for markets newly watched, and after gaps.

Owns when it looks for gaps, and the requests that fill them, which leave only where they hold up
no poll. Refuses to decide what is missing and what is taken: that is of the history
(`bot.prices.histories`).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.candles import Timeframe
from bot.domain.errors import CoinbellError, FetchError, HttpStatusError, ParseError
from bot.domain.markets import Market
from bot.domain.ports import Clock
from bot.prices.gaps import is_silence
from bot.prices.histories import Asking
from bot.prices.metrics import PROVIDER_FAILURES, PROVIDER_REQUESTS
from bot.prices.quota import Quota
from bot.prices.watch import ASKED_STAYS_WATCHED
from storage.candles import newest_opened
from storage.database import Database, Transaction
from storage.markets import watched_markets

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 60.0
# Reading what is stored of a market takes some 10 ms: a bot with hundreds must not stand still.
_MARKETS_A_LOOK = 20
_REQUESTS_A_RUN = 5
_AFTER_FAILURE_SECONDS = 60.0
_UNREADABLE_ANSWERS = 3
_HOPELESS = frozenset({400, 404, 422})
_TURNED_AWAY = frozenset({401, 403, 418, 429})


class History(Protocol):
    """How one provider's past becomes candles. `name` is the provider's.

    A market whose newest minute jumps by more than `longest_silence` is looked at again, and so
    is each after a `rest`, where there is one.
    """

    name: str
    longest_silence: timedelta
    rest: timedelta | None

    async def askings(
        self, tx: Transaction, market: Market, since: datetime | None, now: datetime
    ) -> list[Asking]:
        """The requests that would fill a market's holes, or only those since a time."""
        ...


class Paced(Protocol):
    """Who is asked, as polls are paced by it too."""

    quota: Quota

    def has_room(self, now: float) -> bool:
        """Whether a request may leave at these monotonic seconds and holds up no poll."""
        ...


class Pace:
    """How often the past may be asked of a provider, of which it takes a share at most."""

    def __init__(self, supply: Paced, requests_per_minute: int) -> None:
        self._supply = supply
        self._share = Quota(requests_per_minute)

    def has_room(self, now: float) -> bool:
        """Whether a request may leave now."""
        return self._share.ready_at(now) <= now and self._supply.has_room(now)

    def spend(self, now: float) -> None:
        """Count a request."""
        self._share.spend(now)
        self._supply.quota.spend(now)

    def release(self) -> None:
        """Forget refusals in a row, after an answer."""
        self._supply.quota.release()

    def hold(self, now: float, retry_after_seconds: float | None) -> None:
        """Hold every request to the provider after a refusal."""
        self._supply.quota.hold_until(now, retry_after_seconds)


class Backfill:
    """Fills the candles of watched markets from `history`, at its `pace`.

    `keeps` tells which markets are filled from it; None where that is not known yet.
    """

    def __init__(
        self,
        *,
        database: Database,
        history: History,
        pace: Pace,
        keeps: Callable[[Market], bool | None],
        quote: str,
        clock: Clock,
        monotonic: Callable[[], float],
    ) -> None:
        self._database = database
        self._history = history
        self._pace = pace
        self._keeps = keeps
        self._quote = quote.upper()
        self._clock = clock
        self._monotonic = monotonic
        self._askings: list[Asking] = []
        self._newest: dict[Market, datetime | None] = {}
        self._asked_at: dict[Market, datetime] = {}
        self._unreadable: Counter[Asking] = Counter()
        self._look_at = float("-inf")
        self._rests_until = float("-inf")

    async def run(self) -> None:
        """Look for gaps when that is due, and ask for some of them, as far as that may be.

        A provider that fails is logged, and asked again after a minute. Raises StorageError.
        """
        if self._monotonic() >= self._look_at:
            self._look_at = self._monotonic() + _LOOK_SECONDS
            await self._look()
        for _ in range(_REQUESTS_A_RUN):
            if not self._askings or not self._may_ask():
                return
            asking = self._askings.pop(0)
            try:
                await self._fill(asking)
            except (FetchError, ParseError) as error:
                self._note_failure(asking, error)
                return

    def _may_ask(self) -> bool:
        now = self._monotonic()
        return now >= self._rests_until and self._pace.has_room(now)

    async def _look(self) -> None:
        """Note what is missing of markets that are new here, or fell silent for a while."""
        now = self._clock()
        async with self._database.reading() as tx:
            known = await watched_markets(tx, self._quote, now - ASKED_STAYS_WATCHED)
            kept = {market: self._keeps(market) for market in known}
            watched = {market for market, keeps in kept.items() if keeps}
            newest = await newest_opened(tx, watched, Timeframe.MINUTE)
            suspects = self._suspects(watched, newest, now)
            looked = suspects[:_MARKETS_A_LOOK]
            found = [one for m in looked for one in await self._askings_of(tx, m, newest, now)]
        if len(suspects) > len(looked) or None in kept.values():
            self._look_at = self._monotonic()
        put_off = set(suspects) - set(looked)
        self._newest = {
            m: self._newest.get(m) if m in put_off else newest.get(m)
            for m in watched
            if m in looked or m in self._newest
        }
        asked = dict.fromkeys(looked, now)
        self._asked_at = {m: at for m, at in (self._asked_at | asked).items() if m in watched}
        # What nobody watches any more needs no filling.
        waiting = [asking for asking in self._askings if asking.market in watched]
        self._askings = in_order([*waiting, *found], self._quote)

    def _suspects(
        self, watched: Collection[Market], newest: Mapping[Market, datetime], now: datetime
    ) -> list[Market]:
        return [
            market
            for market in sorted(watched, key=lambda m: (m.asset_id, m.quote))
            if market not in self._newest
            or self._fell_silent(market, newest)
            or self._has_rested(market, now)
        ]

    def _fell_silent(self, market: Market, newest: Mapping[Market, datetime]) -> bool:
        longest = self._history.longest_silence
        return is_silence(self._newest[market], newest.get(market), longest)

    def _has_rested(self, market: Market, now: datetime) -> bool:
        rest, asked_at = self._history.rest, self._asked_at.get(market)
        return rest is not None and asked_at is not None and now - asked_at >= rest

    async def _askings_of(
        self, tx: Transaction, market: Market, newest: Mapping[Market, datetime], now: datetime
    ) -> list[Asking]:
        """What would fill a market's holes; all of them the first time, then the new ones."""
        times = []
        if market in self._newest:
            if self._has_rested(market, now):
                times.append(self._asked_at[market])
            if (before := self._newest[market]) and self._fell_silent(market, newest):
                times.append(before)
        return await self._history.askings(tx, market, min(times, default=None), now)

    async def _fill(self, asking: Asking) -> None:
        self._pace.spend(self._monotonic())
        PROVIDER_REQUESTS.labels(provider=self._history.name).inc()
        filled = await asking.fill()
        self._pace.release()
        self._unreadable.pop(asking, None)
        if filled.following is not None:
            self._askings = in_order([*self._askings, filled.following], self._quote)
        log.info("candles_filled", **self._shown(asking), candles=filled.candles)

    def _note_failure(self, asking: Asking, error: CoinbellError) -> None:
        now = self._monotonic()
        PROVIDER_FAILURES.labels(provider=self._history.name, error=type(error).__name__).inc()
        status = error.status if isinstance(error, HttpStatusError) else None
        if isinstance(error, HttpStatusError) and status in _TURNED_AWAY:
            self._pace.hold(now, error.retry_after_seconds)
        self._unreadable[asking] += isinstance(error, ParseError)
        if self._unreadable[asking] >= _UNREADABLE_ANSWERS:
            del self._unreadable[asking]
        elif status not in _HOPELESS:
            # At the end, so that one market that fails does not keep the others waiting.
            self._askings.append(asking)
            self._rests_until = now + _AFTER_FAILURE_SECONDS
        log.warning("history_failed", **self._shown(asking), error=error.log_text)

    def _shown(self, asking: Asking) -> dict[str, str]:
        return {
            "provider": self._history.name,
            "asset_id": asking.market.asset_id,
            "quote": asking.market.quote,
            "asked": asking.shown,
        }


def in_order(askings: Iterable[Asking], quote: str) -> list[Asking]:
    """The requests, each once, in the order in which they are made.

    What happened last is asked first, of every market, for alerts and charts need it most;
    then the markets in our own currency.
    """
    return sorted(
        dict.fromkeys(askings),
        key=lambda a: (a.rank, a.market.quote != quote, a.market.asset_id, a.market.quote),
    )
