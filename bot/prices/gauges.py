"""The figures beside prices that live alerts look at: who tells them is asked, what is told fires.

Owns which figures are wanted, and how often a value of one is passed on. Refuses to know where
values come from: that is each teller's. While no alert wants a figure its teller is told so, and
asks nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from bot.domain.markets import Market
from bot.domain.measures import Reading
from bot.domain.ports import Clock, Signal
from bot.prices.firing import pass_readings
from bot.prices.metrics import ALERTS_FIRED
from storage.database import Database
from storage.readings import last_reading, wanted_figures

log = structlog.get_logger(__name__)

Key = tuple[Market, str]
"""A market and a measure of it."""

_LOOK_SECONDS = 5.0
# With a million alerts a look takes half a second: no more than this share of the time goes there.
_LOOK_SHARE = 0.02
# A value that changes is passed on no more often than this, one that stays is told again after
# a while: alerts begin from the value that was told last.
_CHANGED_SECONDS = 5.0
_UNCHANGED_SECONDS = 60.0
_REMEMBERED = timedelta(days=1)


class Teller(Protocol):
    """Who tells figures. `name` is for the schedule and the log."""

    name: str

    def takes(self, market: Market, measure: str) -> bool:
        """Whether it tells that measure."""
        ...

    async def tell(
        self, wanted: Sequence[Key], last: Mapping[Key, Reading]
    ) -> list[tuple[Market, Reading]]:
        """What is known now, each key once at most; asks at its own pace, and logs failures.

        Called about once a second, with nothing `wanted` too. `last` is what was told last of
        each, before a restart as well.
        """
        ...


class WantedFigures:
    """What live alerts look at, read every few seconds for all tellers together."""

    def __init__(self, database: Database, monotonic: Callable[[], float]) -> None:
        self._database = database
        self._monotonic = monotonic
        self._due_at = float("-inf")
        self._wanted: list[Key] = []

    async def all(self) -> list[Key]:
        """The markets and measures, each once; raises StorageError."""
        now = self._monotonic()
        if now >= self._due_at:
            async with self._database.reading() as tx:
                self._wanted = await wanted_figures(tx)
            read_at = self._monotonic()
            self._due_at = read_at + max(_LOOK_SECONDS, (read_at - now) / _LOOK_SHARE)
        return self._wanted


class FigureWatch:
    """Passes on what one teller tells."""

    def __init__(
        self,
        *,
        teller: Teller,
        wanted: WantedFigures,
        database: Database,
        clock: Clock,
        monotonic: Callable[[], float],
        outbox: Signal,
    ) -> None:
        self.name = teller.name
        self._teller = teller
        self._wanted = wanted
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._outbox = outbox
        self._last: dict[Key, Reading] = {}
        self._passed_at: dict[Key, float] = {}

    async def run(self) -> None:
        """Pass on what is due of what is told now; raises StorageError, then nothing was."""
        takes = self._teller.takes
        wanted = [key for key in await self._wanted.all() if takes(*key)]
        await self._remember(wanted)
        told = await self._teller.tell(wanted, self._last)
        due = [(market, reading) for market, reading in told if self._is_due(market, reading)]
        if not due:
            return
        fired = await pass_readings(self._database, due, self._clock())
        now = self._monotonic()
        for market, reading in due:
            self._last[market, reading.measure] = reading
            self._passed_at[market, reading.measure] = now
        if fired:
            ALERTS_FIRED.inc(fired)
            log.info("alerts_fired", alerts=fired, figures=self.name)
            self._outbox.wake()

    async def _remember(self, wanted: Sequence[Key]) -> None:
        """Keep what was told last of what is wanted, and forget the rest."""
        new = [key for key in wanted if key not in self._passed_at]
        self._last = {key: self._last[key] for key in wanted if key in self._last}
        never = float("-inf")
        self._passed_at = {key: self._passed_at.get(key, never) for key in wanted}
        if new:
            since = self._clock() - _REMEMBERED
            async with self._database.reading() as tx:
                for key in new:
                    found = await last_reading(tx, *key, since)
                    if found is not None:
                        self._last[key] = found

    def _is_due(self, market: Market, reading: Reading) -> bool:
        last = self._last.get((market, reading.measure))
        passed = self._monotonic() - self._passed_at.get((market, reading.measure), float("-inf"))
        changed = last is None or (reading.value, reading.is_partial) != (
            last.value,
            last.is_partial,
        )
        return passed >= (_CHANGED_SECONDS if changed else _UNCHANGED_SECONDS)
