"""The watch over markets: polls providers, passes their ticks on, answers what a price is.

Owns when which markets are asked for, and what of it the operator sees. Refuses to choose
between providers (`bot.prices.supplies`), to judge a tick (`bot.prices.crossing`) and to store
one (`bot.prices.firing`). No request is made inside a transaction.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain import markets as domain
from bot.domain.assets import Assets
from bot.domain.errors import CoinbellError, FetchError, ParseError, StorageError
from bot.domain.markets import Market, Tick
from bot.domain.ports import Clock, ProviderReports, Signal
from bot.domain.providers import ProviderState
from bot.prices.crossing import Accept, Hold, Refuse, Show
from bot.prices.firing import Passed, pass_ticks
from bot.prices.metrics import (
    ALERTS_FIRED,
    PROVIDER_FAILURES,
    PROVIDER_REQUESTS,
    TICKS_ACCEPTED,
    TICKS_REFUSED,
)
from bot.prices.reporting import ProviderReporting
from bot.prices.supplies import Supplies
from bot.prices.supply import Request, Supply
from bot.prices.tracks import Tracks
from storage.database import Database
from storage.markets import ask_markets, stored_markets, watched_markets

log = structlog.get_logger(__name__)

ASKED_STAYS_WATCHED = timedelta(hours=1)
# So many markets share a transaction: one commit a poll for most, no long hold of the lock.
_MARKETS_AT_ONCE = 100
_FRESH_POLLS = 2


@dataclass(frozen=True, slots=True)
class WatchState:
    """How the watch is doing, for health pages; texts hold no secrets.

    `provider` is the preferred one of those that are not set aside, and `poll_seconds`,
    `requests_left` (may leave at once) and `paused_seconds` (until one may) are its.
    `last_error` is the newest of the providers in use whose last request in a currency failed,
    None when all went well; `held` are the markets whose wild tick waits for confirmation.
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
    providers: tuple[ProviderState, ...]


def _groups(ticks: Sequence[Tick]) -> Iterator[list[Tick]]:
    """The ticks by transaction, each market's together and in their order."""
    by_market: dict[Market, list[Tick]] = {}
    for tick in ticks:
        by_market.setdefault(tick.market, []).append(tick)
    found = list(by_market.values())
    for start in range(0, len(found), _MARKETS_AT_ONCE):
        yield [tick for group in found[start : start + _MARKETS_AT_ONCE] for tick in group]


class PriceWatch:
    """The prices of all markets that somebody watches, from `supplies`.

    `monotonic` gives seconds. `outbox` is woken when something was owed; `reports` hears of
    providers that are set aside and come back.
    """

    def __init__(
        self,
        *,
        database: Database,
        supplies: Supplies,
        assets: Assets,
        quote: str,
        clock: Clock,
        monotonic: Callable[[], float],
        outbox: Signal,
        reports: ProviderReports,
    ) -> None:
        self.quote = quote.upper()
        self.assets = assets
        self._database = database
        self._supplies = supplies
        self._clock = clock
        self._monotonic = monotonic
        self._outbox = outbox
        self._reporting = ProviderReporting(database, reports)
        self._asking = asyncio.Lock()
        self._watched: set[Market] = set()
        self._covered_at: dict[tuple[str, Market], float] = {}
        self._held: set[Market] = set()
        self._tracks = Tracks()

    # ---- polling

    async def poll(self) -> None:
        """Ask for every watched market, as far as the quotas let requests leave now.

        What did not fit leaves with the next call; `next_poll_seconds` tells when that is due.
        Where no provider is due yet, all count as due. One that fails is logged and shown in
        `state`. Raises StorageError.
        """
        now = self._monotonic()
        due = [supply for supply in self._supplies.all if supply.wait_seconds(now) <= 0]
        for supply in due or self._supplies.all:
            await self._poll(supply)

    async def _poll(self, supply: Supply) -> None:
        if not supply.round:
            await self._begin_round(supply)
        while supply.round:
            async with self._asking:
                now = self._monotonic()
                if supply.quota.ready_at(now) > now or not supply.round:
                    return
                await self._refresh(supply, supply.round.popleft())

    async def _begin_round(self, supply: Supply) -> None:
        now = self._monotonic()
        supply.round_at = now  # so that a database which fails is not asked again at once
        asked_since = self._clock() - ASKED_STAYS_WATCHED
        async with self._database.reading() as tx:
            self._watched = await watched_markets(tx, self.quote, asked_since)
        self._supplies.forget_all_but(self._watched)
        self._held &= self._watched
        markets = self._supplies.markets_of(supply, self._watched, now)
        supply.begin_round(markets, self._watched, self.quote, now)
        self._covered_at = {
            key: at
            for key, at in self._covered_at.items()
            if at > now - ASKED_STAYS_WATCHED.total_seconds()
        }

    def next_poll_seconds(self) -> float:
        """How long to wait before `poll` is called again; 0 before the first call."""
        now = self._monotonic()
        return min(supply.wait_seconds(now) for supply in self._supplies.all)

    # ---- asking a provider

    async def _refresh(
        self, supply: Supply, request: Request, wanted: Collection[Market] = ()
    ) -> set[Market]:
        """Make one request, and pass on what it gave; call it with `_asking` held.

        Of a provider that a market is not asked of now, a tick is only compared, except for
        the `wanted` ones. Returns the markets of which a tick came; none when it failed.
        """
        supply.quota.spend(self._monotonic())
        PROVIDER_REQUESTS.labels(provider=supply.name).inc()
        try:
            ticks = await supply.provider.fetch_ticks(
                request.asset_ids, request.quote, self._clock()
            )
        except (FetchError, ParseError) as error:
            await self._note_failure(supply, error, request.quote)
            return set()
        supply.errors.pop(request.quote, None)
        asked = [Market(asset_id, request.quote) for asset_id in request.asset_ids]
        at, now = self._clock(), self._monotonic()
        news = self._supplies.answered(supply, asked, ticks, at, now)
        await self.apply_ticks(
            [
                self._supplies.completed(tick, at)
                for tick in ticks
                if tick.market in wanted or self._supplies.chosen(tick.market, now) is supply
            ]
        )
        covered_at = self._monotonic()
        self._covered_at |= {(supply.name, market): covered_at for market in asked}
        await self._reporting.tell(news, covered_at)
        return {tick.market for tick in ticks}

    async def _note_failure(self, supply: Supply, error: CoinbellError, quote: str) -> None:
        now = self._monotonic()
        PROVIDER_FAILURES.labels(provider=supply.name, error=type(error).__name__).inc()
        wait, news = self._supplies.failed(supply, error, quote, self._clock(), now)
        log.warning(
            "provider_failed",
            provider=supply.name,
            quote=quote,
            error=error.log_text,
            paused_seconds=round(wait, 1),
        )
        await self._reporting.tell(news, now)

    # ---- passing ticks on

    async def apply_tick(self, tick: Tick) -> int:
        """Judge a tick, walk the alerts it touches and store it, in one transaction.

        Returns how many alerts fired; their notifications are owed and the outbox is woken.
        Raises StorageError; then nothing was stored, and the next tick fires instead.
        """
        return self._note(await self._pass([tick]))

    async def apply_ticks(self, ticks: Sequence[Tick]) -> int:
        """Like `apply_tick` for one provider's ticks, many at once; a market's by their time.

        A market that cannot be walked is logged and left out; the others go on.
        """
        fired = 0
        for group in _groups(ticks):
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
        interval = self._interval_of(ticks[0])
        return await pass_ticks(self._database, ticks, self._clock(), interval, self._tracks)

    def _interval_of(self, tick: Tick) -> float:
        return self._supplies.named(tick.provider).interval_seconds()

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
        no provider knows is left out. Where providers fail, or a quota has no room for a
        question, what is stored is given. Raises StorageError.
        """
        wanted = tuple(dict.fromkeys(markets))
        if not wanted:
            return {}
        async with self._database.writing() as tx:
            await ask_markets(tx, wanted, self._clock())
            stored = await stored_markets(tx, wanted)
        known = {market: one.tick for market, one in stored.items() if one.tick}
        now = self._monotonic()
        old = [
            market
            for market in wanted
            if (supply := self._supplies.chosen(market, now)) is not None
            and not self._is_fresh(supply, market, known)
        ]
        if not old:
            return known
        await self._ask(old, known)
        async with self._database.reading() as tx:
            stored = await stored_markets(tx, wanted)
        return {market: one.tick for market, one in stored.items() if one.tick}

    async def _ask(self, old: Sequence[Market], known: dict[Market, Tick]) -> None:
        """Fetch these markets, each from the next provider where one fails or lacks it.

        A question carries everything watched in its currency where that fits one request, and
        so does a poll's work too.
        """
        tried: dict[Market, set[str]] = {market: set() for market in old}
        for _ in self._supplies.all:
            now = self._monotonic()
            by_supply: dict[Supply, list[Market]] = {}
            for market, names in tried.items():
                supply = self._supplies.chosen(market, now, but=names)
                if supply is not None:
                    names.add(supply.name)
                    by_supply.setdefault(supply, []).append(market)
            for supply, group in by_supply.items():
                for market in await self._ask_one(supply, group, known):
                    tried.pop(market, None)

    async def _ask_one(
        self, supply: Supply, markets: Collection[Market], known: dict[Market, Tick]
    ) -> set[Market]:
        """Ask one provider for these markets; returns those that need no further asking."""
        done: set[Market] = set()
        for quote in dict.fromkeys(market.quote for market in markets):
            async with self._asking:
                # Whoever held the lock before may have fetched what this question is about.
                group = {market for market in markets if market.quote == quote}
                fresh = {market for market in group if self._is_fresh(supply, market, known)}
                now = self._monotonic()
                for request in supply.requests(group - fresh, self.quote, now):
                    if supply.has_room(self._monotonic()):
                        done |= await self._refresh(supply, self._filled(supply, request), group)
                done |= fresh
        return done

    def _is_fresh(self, supply: Supply, market: Market, known: dict[Market, Tick]) -> bool:
        """Whether that provider was asked for a market, or any gave it, within two polls."""
        span = _FRESH_POLLS * supply.interval_seconds()
        covered_at = self._covered_at.get((supply.name, market))
        if covered_at is not None and self._monotonic() - covered_at <= span:
            return True
        tick = known.get(market)
        return tick is not None and self._clock() - tick.received_at <= timedelta(seconds=span)

    def _filled(self, supply: Supply, request: Request) -> Request:
        """A question with the watched assets of its quote where all fit one request."""
        now = self._monotonic()
        others = {
            market.asset_id
            for market in self._watched
            if market.quote == request.quote and self._supplies.chosen(market, now) is supply
        }
        merged = supply.provider.batches({*request.asset_ids, *others})
        return Request(request.quote, merged[0]) if len(merged) == 1 else request

    def is_stale(self, tick: Tick, now: datetime) -> bool:
        """Whether a tick is too old to be trusted, at the pace that prices are polled."""
        return domain.is_stale(tick, now, self._interval_of(tick))

    def providers(self) -> tuple[ProviderState, ...]:
        """How each provider is doing, the preferred first."""
        return self._supplies.states(self._monotonic())

    def state(self) -> WatchState:
        """How the watch is doing now."""
        now = self._monotonic()
        used = self._supplies.in_use(now)
        all_supplies = self._supplies.all
        well = [one for one in all_supplies if not one.standing.is_aside(now)] or all_supplies
        errors = [error for supply in well for error in supply.errors.values()]
        error, error_at = max(errors, key=lambda e: e[1], default=(None, None))
        successes = [one.last_success_at for one in all_supplies if one.last_success_at]
        return WatchState(
            provider=used.name,
            watched=len(self._watched),
            poll_seconds=used.interval_seconds(),
            requests_left=used.quota.left(now),
            paused_seconds=used.quota.ready_at(now) - now,
            last_success_at=max(successes, default=None),
            last_error=error,
            last_error_at=error_at,
            held=tuple(sorted(self._held, key=lambda m: (m.asset_id, m.quote))),
            providers=self._supplies.states(now),
        )
