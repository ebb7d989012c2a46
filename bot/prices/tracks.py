"""What markets remember: the lowest and highest prices of the windows that alerts look back on.

Owns this memory, one for each market and window however many alerts share it. It is made from
candles and moves on with each accepted tick; a tick that it has not seen, of another process
or a transaction that failed, makes it anew. Beyond what the database holds it knows the seconds of
the prices it has seen: what is made of candles lasts up to a candle longer (`bot.domain.pasts`).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.alerts import Memory
from bot.domain.markets import Market, Tick
from bot.domain.measures import window_of_measure
from bot.domain.pasts import is_silence, look_back, memory_of
from bot.domain.windows import with_high, with_low
from storage.candles import candles_since
from storage.database import Transaction


@dataclass(frozen=True, slots=True)
class _Track:
    """A window's memory after the tick of that time and price."""

    seen: tuple[datetime, Decimal]
    memory: Memory


class Tracks:
    """The memories of all markets that alerts with windows watch."""

    def __init__(self) -> None:
        self._tracks: dict[Market, dict[timedelta, _Track]] = {}
        self._quiet: dict[tuple[Market, str], tuple[float, float]] = {}

    def forget(self, market: Market) -> None:
        """Drop what is known of a market, for its alerts or candles have changed."""
        self._tracks.pop(market, None)
        self._unsettle(market)

    def _unsettle(self, market: Market) -> None:
        for key in [key for key in self._quiet if key[0] == market]:
            del self._quiet[key]

    def settle(self, market: Market, measure: str, quiet: tuple[float, float]) -> None:
        """Keep between which values of a measure no alert is touched."""
        self._quiet[market, measure] = quiet

    def is_quiet(self, market: Market, measure: str, value: Decimal) -> bool:
        """Whether it is known that this value touches no alert."""
        low, high = self._quiet.get((market, measure), (math.inf, -math.inf))
        return low < float(value) < high

    def are_known(self, tick: Tick, previous: Tick | None, measures: Iterable[str]) -> bool:
        """Whether every window among these measures is remembered up to this tick."""
        tracks = self._tracks.get(tick.market, {})
        return all(
            not _is_missing(tracks.get(window), window, tick, previous)
            for measure in measures
            if (window := window_of_measure(measure)) is not None
        )

    async def memories(
        self, tx: Transaction, tick: Tick, previous: Tick | None, measures: Iterable[str]
    ) -> dict[str, Memory]:
        """What was known before a tick, for each of these measures that has a window."""
        found: dict[str, Memory] = {}
        for measure in measures:
            window = window_of_measure(measure)
            if window is None:
                continue
            tracks = self._tracks.setdefault(tick.market, {})
            track = tracks.get(window)
            if track is None or _is_behind(track, previous):
                # Somebody else moved the market's alerts, or what this one did is undone.
                self._unsettle(tick.market)
            if track is None or _is_missing(track, window, tick, previous):
                memory = await _read_memory(tx, tick, previous or tick, window)
                track = tracks[window] = _Track(_seen(previous or tick), memory)
            found[measure] = track.memory
        return found

    def advance(self, tick: Tick) -> None:
        """Take in a tick, after what it did was decided."""
        seen = (tick.provider_at, tick.price)
        tracks = self._tracks.get(tick.market, {})
        for window, track in tracks.items():
            lows, highs = track.memory.lows, track.memory.highs
            span = window or None
            # Where too little is known of all time on one side, a tick does not change that.
            if span is not None or lows:
                lows = with_low(lows, span, tick.price, tick.provider_at)
            if span is not None or highs:
                highs = with_high(highs, span, tick.price, tick.provider_at)
            memory = replace(track.memory, lows=lows, highs=highs)
            tracks[window] = _Track(seen, memory)


def _seen(tick: Tick) -> tuple[datetime, Decimal]:
    return tick.provider_at, tick.price


def _is_behind(track: _Track, previous: Tick | None) -> bool:
    return previous is None or track.seen != _seen(previous)


def _is_missing(track: _Track | None, window: timedelta, tick: Tick, previous: Tick | None) -> bool:
    """Whether a window is to be read anew: only candles tell what was between prices far apart."""
    if track is None or previous is None or _is_behind(track, previous):
        return True
    return is_silence(window, previous.provider_at, tick.provider_at)


async def _read_memory(tx: Transaction, tick: Tick, before: Tick, window: timedelta) -> Memory:
    # A provider's highest ever may count the tick itself already.
    at = tick.provider_at
    frame, since = look_back(window, at)
    stored = await candles_since(tx, tick.market, frame, since)
    return memory_of([c for c in stored if c.open_at <= at], window, at, before.ath, before.atl)
