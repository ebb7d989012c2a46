"""What markets remember: the lowest and highest prices of the windows that alerts look back on.

Owns this memory, one for each market and window however many alerts share it. It is made from
candles and moves on with each accepted tick; a tick that it has not seen, of another process
or a transaction that failed, makes it anew. It holds nothing that the database does not.
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

    async def memories(
        self, tx: Transaction, tick: Tick, previous: Tick | None, measures: Iterable[str]
    ) -> dict[str, Memory]:
        """What was known before a tick, for each of these measures that has a window."""
        found: dict[str, Memory] = {}
        windows = {measure: window_of_measure(measure) for measure in measures}
        tracks = self._tracks.setdefault(tick.market, {}) if any_window(windows.values()) else {}
        for measure, window in windows.items():
            if window is not None:
                seen = (previous.provider_at, previous.price) if previous else None
                track = tracks.get(window)
                if track is None or track.seen != seen:
                    # Somebody else moved the market's alerts, or what this one did is undone.
                    self._unsettle(tick.market)
                # What was between two prices far apart only candles may tell.
                is_silent = previous is not None and is_silence(
                    window, previous.provider_at, tick.provider_at
                )
                if track is None or track.seen != seen or is_silent:
                    memory = await _read_memory(tx, tick, previous or tick, window)
                    track = tracks[window] = _Track(seen or (tick.provider_at, tick.price), memory)
                found[measure] = track.memory
        return found

    def advance(self, tick: Tick) -> None:
        """Take in a tick, after what it did was decided."""
        seen = (tick.provider_at, tick.price)
        tracks = self._tracks.get(tick.market, {})
        for window, track in tracks.items():
            span = window or None
            if span is None and not track.memory.highs:
                # Too little is known of all time, and a tick does not change that.
                tracks[window] = _Track(seen, track.memory)
                continue
            memory = replace(
                track.memory,
                lows=with_low(track.memory.lows, span, tick.price, tick.provider_at),
                highs=with_high(track.memory.highs, span, tick.price, tick.provider_at),
            )
            tracks[window] = _Track(seen, memory)


def any_window(windows: Iterable[timedelta | None]) -> bool:
    """Whether any of these measures has a window."""
    return any(window is not None for window in windows)


async def _read_memory(tx: Transaction, tick: Tick, before: Tick, window: timedelta) -> Memory:
    # A provider's highest ever may count the tick itself already.
    at = tick.provider_at
    frame, since = look_back(window, at)
    stored = await candles_since(tx, tick.market, frame, since)
    return memory_of([c for c in stored if c.open_at <= at], window, at, before.ath, before.atl)
