"""Prices that an exchange pushes over a websocket, passed on as they come.

Owns one stream: which markets it is about, how its ticks are conflated, when it counts as broken,
and when it is tried again. Refuses to judge a tick, and to replace polls: they go on, more seldom
for what a stream tells, and at their own pace for everything else (`bot.prices.supply`), so that
nothing hangs on a stream.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

import structlog

from bot.domain.errors import FetchError, ParseError, ResponseTooSlow, StorageError
from bot.domain.markets import Market, Tick
from bot.domain.ports import Clock
from bot.prices.conflation import Conflation
from bot.prices.metrics import PROVIDER_FAILURES
from bot.prices.rests import Rests
from bot.prices.supplies import Supplies
from bot.prices.watch import ASKED_STAYS_WATCHED
from storage.database import Database
from storage.markets import watched_markets

log = structlog.get_logger(__name__)

MOST_MARKETS = 500  # the others are polled

_Gives = TypeVar("_Gives")


class Streamer(Protocol):
    """Who pushes prices. `name` is the provider's."""

    name: str

    async def listen(
        self, markets: Collection[Market], hear: Callable[[Tick], None], clock: Clock
    ) -> None:
        """Pass on every tick until it fails; raises FetchError or ParseError."""
        ...


class TickSink(Protocol):
    """Who takes ticks."""

    async def apply_ticks(self, ticks: Sequence[Tick]) -> int:
        """Judge and store ticks of different markets; raises StorageError."""
        ...


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How fast a stream does things, in seconds.

    Ticks are passed on every `passing`; the watched markets are looked at every `look`, and
    subscribed anew at most every `change`. A stream without a tick for `silence` counts as broken;
    it is tried again after `first_wait`, twice as long each time up to `longest_wait`, and from
    the beginning once it held for `steady`.
    """

    passing: float = 1.0
    look: float = 5.0
    change: float = 30.0
    silence: float = 30.0
    first_wait: float = 5.0
    longest_wait: float = 600.0
    steady: float = 300.0


class Stream:
    """The stream of one provider, whose ticks go to `sink`."""

    def __init__(
        self,
        *,
        streamer: Streamer,
        supplies: Supplies,
        sink: TickSink,
        database: Database,
        quote: str,
        clock: Clock,
        monotonic: Callable[[], float],
        rhythm: Rhythm | None = None,
    ) -> None:
        self._streamer = streamer
        self._supply = supplies.named(streamer.name)
        self._supplies = supplies
        self._sink = sink
        self._database = database
        self._quote = quote.upper()
        self._clock = clock
        self._monotonic = monotonic
        self._rhythm = rhythm or Rhythm()
        self._rests = Rests(self._rhythm.first_wait, self._rhythm.longest_wait, self._rhythm.steady)
        self._conflation = Conflation()
        self._heard_at = 0.0

    async def run(self) -> None:
        """Listen as long as there is something to listen to, until cancelled."""
        while True:
            began = self._monotonic()
            try:
                await self._listen_once()
            except (FetchError, ParseError, StorageError) as error:
                await self._rest(began, error.log_text, type(error).__name__)
            except Exception as error:  # the edge of a job: the next attempt may do better
                log.exception("stream_failed", provider=self._supply.name)
                await self._rest(began, type(error).__name__, type(error).__name__)

    async def _rest(self, began: float, error_text: str, kind: str) -> None:
        wait = self._rests.after_break(self._monotonic() - began)
        PROVIDER_FAILURES.labels(provider=self._supply.name, error=kind).inc()
        log.warning(
            "stream_broken",
            provider=self._supply.name,
            error=error_text,
            again_seconds=round(wait, 1),
        )
        await asyncio.sleep(wait)

    # ---- listening

    async def _listen_once(self) -> None:
        """Listen to what is watched now until that changes; raises why it cannot be heard."""
        markets = await self._wanted()
        if not markets:
            await asyncio.sleep(self._rhythm.look)
            return
        self._heard_at = self._monotonic()
        listening = asyncio.create_task(self._streamer.listen(markets, self._hear, self._clock))
        log.info("stream_begun", provider=self._supply.name, markets=len(markets))
        try:
            await self._follow(listening, markets)
        finally:
            # Before its sockets are closed, which takes a while: polls take over at once.
            self._supply.note_stream_end()
            await self._end(listening)
        if not listening.cancelled():
            await asyncio.sleep(self._rhythm.look)  # it lists none of them

    async def _follow(self, listening: "asyncio.Task[None]", markets: frozenset[Market]) -> None:
        """Pass ticks on until what is watched changes, or the stream ends."""
        rhythm, began = self._rhythm, self._monotonic()
        looked_at = began
        while not listening.done():
            await asyncio.wait([listening], timeout=rhythm.passing)
            await self._pass()
            now = self._monotonic()
            if now - self._heard_at > rhythm.silence:
                raise ResponseTooSlow(f"the stream of {self._supply.name} is silent")
            if now - looked_at >= rhythm.look:
                looked_at = now
                wanted = await self._wanted()
                if not wanted or (wanted != markets and now - began >= rhythm.change):
                    return
        await listening

    async def _end(self, listening: "asyncio.Task[None]") -> None:
        """Stop listening and wait until its sockets are closed; how that failed is only noted.

        Awaiting the task itself would take a cancellation of ours for its own.
        """
        is_cut = not listening.done()
        listening.cancel()
        try:
            await _unbroken(asyncio.wait([listening]))
        finally:
            is_told = listening.done() and not listening.cancelled()
            error = listening.exception() if is_told else None
            if is_cut and error is not None:
                kind = type(error).__name__
                log.warning("stream_closed_badly", provider=self._supply.name, error=kind)

    async def _wanted(self) -> frozenset[Market]:
        """The watched markets that the provider is asked for now."""
        watched = await _unbroken(self._watched())
        now, supply = self._monotonic(), self._supply
        if supply.standing.is_aside(now):
            return frozenset()
        own = [
            market
            for market in watched
            if self._supplies.chosen(market, now) is supply
            and supply.provider.lists(market.asset_id, market.quote)
        ]
        own.sort(key=lambda m: (m.quote != self._quote, m.asset_id, m.quote))
        return frozenset(own[:MOST_MARKETS])

    async def _watched(self) -> set[Market]:
        asked_since = self._clock() - ASKED_STAYS_WATCHED
        async with self._database.reading() as tx:
            return await watched_markets(tx, self._quote, asked_since)

    # ---- passing ticks on

    def _hear(self, tick: Tick) -> None:
        self._heard_at = self._monotonic()
        self._conflation.add(tick)

    async def _pass(self) -> None:
        """Pass on what was heard since the last time; kept while the database fails."""
        batches = self._conflation.taken()
        at, now = self._clock(), self._monotonic()
        for place, batch in enumerate(batches):
            self._supply.note_streamed(batch, at, now)
            try:
                await _unbroken(self._sink.apply_ticks(self._believed(batch, at, now)))
            except StorageError as error:
                log.warning("streamed_ticks_wait", error=error.log_text)
                self._conflation.put_back(tick for late in batches[place:] for tick in late)
                return

    def _believed(self, ticks: Iterable[Tick], at: datetime, now: float) -> list[Tick]:
        """The ticks of markets that are asked of this provider now, completed from the others."""
        return [
            self._supplies.completed(tick, at)
            for tick in ticks
            if self._supplies.chosen(tick.market, now) is self._supply
        ]


async def _unbroken(work: Coroutine[Any, Any, _Gives]) -> _Gives:
    """What a piece of work gives; whoever is cancelled meanwhile ends once it is done.

    A transaction that is cut short can turn the cancelling into an error of the database, which
    is then taken for one.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("streamed_work_failed", error=type(error).__name__)
        raise
