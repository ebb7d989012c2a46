"""The watch over markets: polls a provider, passes its ticks on, answers what a price is.

Owns when which markets are asked for, and what of it the operator sees. Refuses to judge a
tick (`bot.prices.crossing`) and to store one (`bot.prices.firing`). No request is made inside
a transaction.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain import markets as domain
from bot.domain.assets import Assets
from bot.domain.errors import CoinbellError, FetchError, HttpStatusError, ParseError, StorageError
from bot.domain.markets import Market, Tick
from bot.domain.ports import Clock, Signal
from bot.prices.crossing import Accept, Hold, Refuse, Show
from bot.prices.firing import Passed, pass_ticks
from bot.prices.metrics import (
    ALERTS_FIRED,
    PROVIDER_FAILURES,
    PROVIDER_REQUESTS,
    TICKS_ACCEPTED,
    TICKS_REFUSED,
)
from bot.prices.quota import Quota, poll_interval_seconds
from storage.database import Database
from storage.markets import ask_markets, stored_markets, watched_markets

log = structlog.get_logger(__name__)

ASKED_STAYS_WATCHED = timedelta(hours=1)
# So many ticks share a transaction: one commit a poll for most, and no long hold of the lock.
_TICKS_AT_ONCE = 100
_FRESH_POLLS = 2
_UNKNOWN_QUOTE_SECONDS = 3600.0
_UNKNOWN_QUOTE = frozenset({400, 422})
_TURNED_AWAY = frozenset({401, 403, 429})


class Provider(Protocol):
    """Who knows prices. `name` is what its ticks carry as provider."""

    name: str

    def batches(self, asset_ids: Collection[str]) -> list[tuple[str, ...]]:
        """The ids by request; each asset of the first batch comes before those of the next."""
        ...

    async def fetch_ticks(
        self, asset_ids: Collection[str], quote: str, now: datetime
    ) -> list[Tick]:
        """Ticks of the assets of one batch; raises FetchError or ParseError."""
        ...


@dataclass(frozen=True, slots=True)
class WatchState:
    """How the watch is doing, for health pages; texts hold no secrets.

    `requests_left` may leave at once, `paused_seconds` is how long until one may;
    `last_error` is the newest of those currencies whose last request failed, None when all went
    well; `held` are the markets whose wild tick waits for confirmation.
    """

    provider: str
    watched: int
    poll_seconds: float
    requests_left: int
    paused_seconds: float
    last_success_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    held: tuple[Market, ...]


class PriceWatch:
    """The prices of all markets that somebody watches, from one provider.

    `poll_seconds` is the shortest time between two rounds of polls; more markets, and a
    smaller `requests_per_minute`, slow them down. `monotonic` gives seconds. `outbox` is woken
    when something was owed.
    """

    def __init__(  # noqa: PLR0913  # the composition root names each; a settings object hides none
        self,
        *,
        database: Database,
        provider: Provider,
        assets: Assets,
        quote: str,
        poll_seconds: float,
        requests_per_minute: int,
        clock: Clock,
        monotonic: Callable[[], float],
        outbox: Signal,
    ) -> None:
        self.quote = quote.upper()
        self.assets = assets
        self._database = database
        self._provider = provider
        self._poll_seconds = poll_seconds
        self._requests_per_minute = requests_per_minute
        self._clock = clock
        self._monotonic = monotonic
        self._outbox = outbox
        self._quota = Quota(requests_per_minute)
        self._asking = asyncio.Lock()
        self._round: deque[tuple[str, tuple[str, ...]]] = deque()
        self._round_at: float | None = None
        self._round_requests = 0
        self._watched: set[Market] = set()
        self._covered_at: dict[Market, float] = {}
        self._unknown_quotes: dict[str, float] = {}
        self._held: set[Market] = set()
        self._last_success_at: datetime | None = None
        self._errors: dict[str, tuple[str, datetime]] = {}

    # ---- polling

    async def poll(self) -> None:
        """Ask for every watched market, as far as the quota lets requests leave now.

        What did not fit leaves with the next call; `next_poll_seconds` tells when that is due.
        A provider that fails is logged and shown in `state`. Raises StorageError.
        """
        if not self._round:
            await self._begin_round()
        while self._round:
            async with self._asking:
                now = self._monotonic()
                if self._quota.ready_at(now) > now:
                    return
                quote, asset_ids = self._round.popleft()
                await self._refresh(quote, asset_ids)

    async def _begin_round(self) -> None:
        self._round_at = self._monotonic()
        asked_since = self._clock() - ASKED_STAYS_WATCHED
        async with self._database.reading() as tx:
            self._watched = await watched_markets(tx, self.quote, asked_since)
        self._round.extend(self._requests(self._watched))
        self._round_requests = len(self._round)
        quotes = {market.quote for market in self._watched}
        self._errors = {quote: error for quote, error in self._errors.items() if quote in quotes}
        self._covered_at = {
            market: at
            for market, at in self._covered_at.items()
            if at > self._round_at - ASKED_STAYS_WATCHED.total_seconds()
        }

    def _requests(self, markets: Iterable[Market]) -> list[tuple[str, tuple[str, ...]]]:
        """The requests that these markets need, by quote; quotes nobody knows are left out."""
        by_quote: dict[str, list[str]] = {}
        for market in markets:
            if self._unknown_quotes.get(market.quote, float("-inf")) <= self._monotonic():
                by_quote.setdefault(market.quote, []).append(market.asset_id)
        # Our own currency first: most alerts are in it.
        quotes = sorted(by_quote, key=lambda quote: (quote != self.quote, quote))
        return [(q, batch) for q in quotes for batch in self._provider.batches(by_quote[q])]

    def next_poll_seconds(self) -> float:
        """How long to wait before `poll` is called again; 0 before the first call."""
        now = self._monotonic()
        due = now
        if not self._round and self._round_at is not None:
            due = self._round_at + self._interval_seconds()
        return max(due, self._quota.ready_at(now)) - now

    def _interval_seconds(self) -> float:
        return poll_interval_seconds(
            self._round_requests, self._requests_per_minute, self._poll_seconds
        )

    # ---- asking the provider

    async def _refresh(self, quote: str, asset_ids: tuple[str, ...]) -> None:
        """Make one request, and pass on what it gave; call it with `_asking` held."""
        self._quota.spend(self._monotonic())
        PROVIDER_REQUESTS.labels(provider=self._provider.name).inc()
        try:
            ticks = await self._provider.fetch_ticks(asset_ids, quote, self._clock())
        except (FetchError, ParseError) as error:
            self._note_failure(error, quote)
            return
        self._quota.release()
        self._errors.pop(quote, None)
        self._last_success_at = self._clock()
        await self.apply_ticks(ticks)
        covered_at = self._monotonic()
        self._covered_at |= {Market(asset_id, quote): covered_at for asset_id in asset_ids}

    def _note_failure(self, error: CoinbellError, quote: str) -> None:
        now = self._monotonic()
        self._errors[quote] = (error.log_text, self._clock())
        PROVIDER_FAILURES.labels(provider=self._provider.name, error=type(error).__name__).inc()
        wait = 0.0
        if isinstance(error, HttpStatusError):
            if error.status in _UNKNOWN_QUOTE:
                self._unknown_quotes[quote] = now + _UNKNOWN_QUOTE_SECONDS
            if error.status in _TURNED_AWAY or error.retry_after_seconds is not None:
                wait = self._quota.hold_until(now, error.retry_after_seconds) - now
        log.warning(
            "provider_failed",
            provider=self._provider.name,
            quote=quote,
            error=error.log_text,
            paused_seconds=round(wait, 1),
        )

    # ---- passing ticks on

    async def apply_tick(self, tick: Tick) -> int:
        """Judge a tick, walk the alerts it touches and store it, in one transaction.

        Returns how many alerts fired; their notifications are owed and the outbox is woken.
        Raises StorageError; then nothing was stored, and the next tick fires instead.
        """
        return self._note(await self._pass([tick]))

    async def apply_ticks(self, ticks: Sequence[Tick]) -> int:
        """Like `apply_tick` for ticks of different markets, many in one transaction.

        A market that cannot be walked is logged and left out; the others go on.
        """
        fired = 0
        for start in range(0, len(ticks), _TICKS_AT_ONCE):
            group = ticks[start : start + _TICKS_AT_ONCE]
            try:
                fired += self._note(await self._pass(group))
            except StorageError:
                raise
            except Exception:
                log.exception("ticks_failed", markets=len(group))
                fired += await self._apply_one_by_one(group)
        return fired

    async def _apply_one_by_one(self, ticks: Sequence[Tick]) -> int:
        fired = 0
        for tick in ticks:
            try:
                fired += await self.apply_tick(tick)
            except StorageError:
                raise
            except Exception:
                # One market's row that cannot be read must not silence all the others.
                log.exception("tick_failed", asset_id=tick.market.asset_id, quote=tick.market.quote)
        return fired

    async def _pass(self, ticks: Sequence[Tick]) -> list[Passed]:
        return await pass_ticks(self._database, ticks, self._clock(), self._interval_seconds())

    def _note(self, passed: Sequence[Passed]) -> int:
        """Count what became of ticks that are committed, and wake the outbox if any fired."""
        for one in passed:
            market = one.tick.market
            match one.verdict:
                case Accept():
                    self._held.discard(market)
                    TICKS_ACCEPTED.inc()
                case Hold(reason):
                    self._held.add(market)
                    TICKS_REFUSED.labels(reason=reason.value).inc()
                    log.warning("wild_tick_held", asset_id=market.asset_id, quote=market.quote)
                case Show(reason):
                    self._held.discard(market)
                    TICKS_REFUSED.labels(reason=reason.value).inc()
                case Refuse(reason):
                    TICKS_REFUSED.labels(reason=reason.value).inc()
        fired = sum(one.fired for one in passed)
        if fired:
            ALERTS_FIRED.inc(fired)
            log.info("alerts_fired", alerts=fired, markets=sum(bool(one.fired) for one in passed))
            self._outbox.wake()
        return fired

    # ---- answering

    async def ticks(self, markets: Iterable[Market]) -> dict[Market, Tick]:
        """The last tick of each market, fetched first where none fresh is stored.

        Notes that somebody asked, so that the markets are watched for an hour. A market that
        the provider does not know is left out. Where the provider fails, or the quota has no
        room for a question, what is stored is given. Raises StorageError.
        """
        wanted = tuple(dict.fromkeys(markets))
        if not wanted:
            return {}
        async with self._database.writing() as tx:
            await ask_markets(tx, wanted, self._clock())
            stored = await stored_markets(tx, wanted)
        known = {market: one.tick for market, one in stored.items() if one.tick}
        if await self._ask(wanted, known):
            async with self._database.reading() as tx:
                stored = await stored_markets(tx, wanted)
            known = {market: one.tick for market, one in stored.items() if one.tick}
        return known

    async def _ask(self, wanted: Sequence[Market], known: dict[Market, Tick]) -> bool:
        """Fetch those of the markets that are not fresh; false when all of them are.

        A question carries everything watched in its currency where that fits one request, and
        so does a poll's work too.
        """
        old = [market for market in wanted if not self._is_fresh(market, known)]
        for quote in dict.fromkeys(market.quote for market in old):
            async with self._asking:
                # Whoever held the lock before may have fetched what this question is about.
                needed = [m for m in old if m.quote == quote and not self._is_fresh(m, known)]
                for request in self._requests(needed):
                    if self._has_room():
                        await self._refresh(quote, self._filled(*request))
        return bool(old)

    def _is_fresh(self, market: Market, known: dict[Market, Tick]) -> bool:
        """Whether the provider was asked for a market within the last two polls."""
        span = _FRESH_POLLS * self._interval_seconds()
        covered_at = self._covered_at.get(market)
        if covered_at is not None and self._monotonic() - covered_at <= span:
            return True
        tick = known.get(market)
        return tick is not None and self._clock() - tick.received_at <= timedelta(seconds=span)

    def _has_room(self) -> bool:
        """Whether a question may be asked: the next round is held up by half a round at most."""
        now = self._monotonic()
        interval = self._interval_seconds()
        due = now + interval if self._round_at is None else self._round_at + interval
        return self._quota.leaves_room(now, max(now, due) + interval / 2)

    def _filled(self, quote: str, asset_ids: tuple[str, ...]) -> tuple[str, ...]:
        """The ids of a question, with the watched ones of its quote where all fit one request."""
        others = {m.asset_id for m in self._watched if m.quote == quote} - set(asset_ids)
        merged = self._provider.batches((*asset_ids, *others))
        return merged[0] if len(merged) == 1 else asset_ids

    def is_stale(self, tick: Tick, now: datetime) -> bool:
        """Whether a tick is too old to be trusted, at the pace that prices are polled."""
        return domain.is_stale(tick, now, self._interval_seconds())

    def state(self) -> WatchState:
        """How the watch is doing now."""
        now = self._monotonic()
        error, error_at = max(self._errors.values(), key=lambda e: e[1], default=(None, None))
        return WatchState(
            provider=self._provider.name,
            watched=len(self._watched),
            poll_seconds=self._interval_seconds(),
            requests_left=self._quota.left(now),
            paused_seconds=self._quota.ready_at(now) - now,
            last_success_at=self._last_success_at,
            last_error=error,
            last_error_at=error_at,
            held=tuple(sorted(self._held, key=lambda m: (m.asset_id, m.quote))),
        )
