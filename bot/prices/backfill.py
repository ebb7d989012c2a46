"""Candles filled in from a provider: at start, for markets newly watched, and after gaps.

Owns when it looks for gaps, and what becomes of the requests that fill them, which leave only
where they hold up no poll. Refuses to decide what is missing and what is taken, which is of the
history (`bot.prices.histories`), and whose turn it is (`bot.prices.waiting`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.candles import Timeframe
from bot.domain.errors import (
    CoinbellError,
    FetchError,
    HttpStatusError,
    ParseError,
    QuestionRefused,
)
from bot.domain.markets import Market
from bot.domain.ports import Clock
from bot.prices.gaps import has_gap_between
from bot.prices.histories import Asking
from bot.prices.metrics import PROVIDER_FAILURES, PROVIDER_REQUESTS
from bot.prices.quota import Quota
from bot.prices.supply import is_turned_away
from bot.prices.waiting import MOST_FAILURES, Waiting
from bot.prices.watch import ASKED_STAYS_WATCHED
from storage.asked_markets import asked_markets
from storage.candles import newest_opened
from storage.database import Database, Transaction
from storage.markets import watched_markets

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 60.0
# Who names a coin for the first time wants its past now, and which coins were asked for within
# this time is a small question. A market that it misses is found by the next look at all.
_ASKED_JUST_NOW = timedelta(minutes=5)
# Reading what is stored of a market takes some 10 ms: a bot with hundreds must not stand still.
_MARKETS_A_LOOK = 20
_REQUESTS_A_RUN = 5
_AFTER_FAILURE_SECONDS = 60.0
_UNREADABLE_ANSWERS = 3
_HOPELESS = frozenset({400, 404, 422})
# A market of which something was given up is looked at as a new one after so long.
_GIVEN_UP_SECONDS = 6 * 3600.0


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
        self._askings = Waiting(self._quote)
        self._known: set[Market] = set()
        self._newest: dict[Market, datetime | None] = {}
        self._asked_at: dict[Market, datetime] = {}
        self._anew_at: dict[Market, float] = {}
        self._look_at = float("-inf")
        self._rests_until = float("-inf")

    async def run(self) -> None:
        """Look for gaps when that is due, and ask for some of them, as far as that may be.

        A market that was never looked at is looked at now, the others once a minute. A provider
        that fails is logged, and asked again after a minute. Raises StorageError; what could not
        be stored is asked for again as well.
        """
        if self._monotonic() >= self._look_at:
            self._look_at = self._monotonic() + _LOOK_SECONDS
            await self._look()
        else:
            await self._look_at_newcomers()
        for _ in range(_REQUESTS_A_RUN):
            asking = self._askings.due(self._monotonic())
            if asking is None or not self._may_ask():
                return
            try:
                await self._fill(asking)
            except (FetchError, ParseError) as error:
                self._note_failure(asking, error)
                # That one coin is not known there says nothing of the next.
                if not _is_hopeless(error):
                    return
            except Exception:
                self._put_off(asking, MOST_FAILURES)
                raise

    def _may_ask(self) -> bool:
        now = self._monotonic()
        return now >= self._rests_until and self._pace.has_room(now)

    async def _look(self) -> None:
        """Note what is missing of markets that are new here, or fell silent for a while."""
        now = self._clock()
        self._look_anew()
        async with self._database.reading() as tx:
            known = await watched_markets(tx, self._quote, now - ASKED_STAYS_WATCHED)
            kept = {market: self._keeps(market) for market in known}
            watched = {market for market, keeps in kept.items() if keeps}
            newest = await newest_opened(tx, watched, Timeframe.MINUTE)
            suspects = self._suspects(watched, newest, now)
            looked = suspects[:_MARKETS_A_LOOK]
            found = await self._missing(tx, looked, newest, now)
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
        self._anew_at = {m: at for m, at in self._anew_at.items() if m in watched}
        self._known = known
        # What nobody watches any more needs no filling.
        self._askings.keep_only(watched)
        self._askings.add(found)

    async def _look_at_newcomers(self) -> None:
        """Note what is missing of markets that were first asked for since the last look at all.

        As long as it is not known who fills one, it stays a newcomer.
        """
        now = self._clock()
        async with self._database.reading() as tx:
            new = await asked_markets(tx, now - _ASKED_JUST_NOW) - self._known
            kept = {market: self._keeps(market) for market in new}
            watched = {market for market, keeps in kept.items() if keeps}
            looked = sorted(watched, key=_place)[:_MARKETS_A_LOOK]
            newest = await newest_opened(tx, looked, Timeframe.MINUTE) if looked else {}
            found = await self._missing(tx, looked, newest, now)
        self._known |= {market for market, keeps in kept.items() if keeps is False}
        self._known |= set(looked)
        self._newest |= {market: newest.get(market) for market in looked}
        self._asked_at |= dict.fromkeys(looked, now)
        self._askings.add(found)

    def _look_anew(self) -> None:
        """Let markets of which something was given up long ago count as new."""
        now = self._monotonic()
        for market in [one for one, at in self._anew_at.items() if now >= at]:
            del self._anew_at[market]
            self._newest.pop(market, None)

    def _suspects(
        self, watched: Collection[Market], newest: Mapping[Market, datetime], now: datetime
    ) -> list[Market]:
        return [
            market
            for market in sorted(watched, key=_place)
            if market not in self._newest
            or self._fell_silent(market, newest)
            or self._has_rested(market, now)
        ]

    def _fell_silent(self, market: Market, newest: Mapping[Market, datetime]) -> bool:
        longest = self._history.longest_silence
        return has_gap_between(self._newest[market], newest.get(market), longest)

    def _has_rested(self, market: Market, now: datetime) -> bool:
        rest, asked_at = self._history.rest, self._asked_at.get(market)
        return rest is not None and asked_at is not None and now - asked_at >= rest

    async def _missing(
        self,
        tx: Transaction,
        looked: Sequence[Market],
        newest: Mapping[Market, datetime],
        now: datetime,
    ) -> list[Asking]:
        return [one for m in looked for one in await self._askings_of(tx, m, newest, now)]

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
        self._askings.drop(asking)
        if filled.following is not None:
            self._askings.add([filled.following])
        log.info("candles_filled", **self._shown(asking), candles=filled.candles)

    def _note_failure(self, asking: Asking, error: CoinbellError) -> None:
        PROVIDER_FAILURES.labels(provider=self._history.name, error=type(error).__name__).inc()
        if isinstance(error, HttpStatusError) and is_turned_away(error.status):
            self._pace.hold(self._monotonic(), error.retry_after_seconds)
        log.warning("history_failed", **self._shown(asking), error=error.log_text)
        if _is_hopeless(error):
            self._give_up(asking)
        else:
            is_unread = isinstance(error, ParseError)
            self._put_off(asking, _UNREADABLE_ANSWERS if is_unread else MOST_FAILURES)

    def _put_off(self, asking: Asking, most: int) -> None:
        """Let a request wait that failed, and everybody for a minute: others may fail too."""
        now = self._monotonic()
        self._rests_until = now + _AFTER_FAILURE_SECONDS
        if not self._askings.put_off(asking, now, most):
            self._give_up(asking)

    def _give_up(self, asking: Asking) -> None:
        self._askings.drop(asking)
        self._anew_at[asking.market] = self._monotonic() + _GIVEN_UP_SECONDS
        log.warning("history_given_up", **self._shown(asking))

    def _shown(self, asking: Asking) -> dict[str, str]:
        return {
            "provider": self._history.name,
            "asset_id": asking.market.asset_id,
            "quote": asking.market.quote,
            "asked": asking.shown,
        }


def _place(market: Market) -> tuple[str, str]:
    return market.asset_id, market.quote


def _is_hopeless(error: CoinbellError) -> bool:
    """Whether the same question would get the same answer."""
    if isinstance(error, HttpStatusError):
        return error.status in _HOPELESS
    return isinstance(error, QuestionRefused)
