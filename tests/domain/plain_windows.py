"""The prices of a window, kept one and all: what the queue of extremes must agree with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def grain_of(window: timedelta) -> timedelta:
    """By how much a price may outstay a window."""
    return 5 * SECOND if window <= HOUR else 60 * SECOND if window <= DAY else HOUR


def candle_of(window: timedelta) -> timedelta:
    """How long the candles are that tell a window."""
    return 60 * SECOND if window <= DAY else HOUR


def longest_hole(window: timedelta) -> timedelta:
    """How far two of its candles may lie apart, from beginning to beginning."""
    return 16 * 60 * SECOND if window <= DAY else 4 * HOUR


def begun(at: datetime, length: timedelta) -> datetime:
    """When the span of that length began that holds a time."""
    return at - (at - EPOCH) % length


def is_silent(before: datetime, after: datetime, window: timedelta) -> bool:
    """Whether prices at these times are so far apart that a window is read from candles."""
    length = candle_of(window)
    return begun(after, length) - begun(before, length) > longest_hole(window)


@dataclass
class PlainWindow:
    """Every price with its time, and the time that it counts as of.

    That is the time of its grain's last price; where candles told it, their end.
    """

    window: timedelta
    seen: list[tuple[datetime, datetime, Decimal]] = field(default_factory=list)

    def take(self, at: datetime, price: Decimal) -> None:
        """A price, which gives its time to all of its grain."""
        mine = self._grain(at)
        self.seen = [
            (when, at if self._grain(counted) == mine else counted, one)
            for when, counted, one in self.seen
        ]
        self.seen.append((at, at, price))

    def reread(self, at: datetime) -> None:
        """Know of all that was no more than candles tell at a time."""
        length = candle_of(self.window)
        self.seen = [
            (when, min(begun(when, length) + length, at), one) for when, _, one in self.seen
        ]

    def inside(self, at: datetime) -> list[Decimal]:
        """The prices that count at a time."""
        return [one for _, counted, one in self.seen if counted > at - self.window]

    def truly_inside(self, at: datetime, longer: timedelta = SECOND * 0) -> list[Decimal]:
        """The prices of exactly the window that ends at a time, or of one so much longer."""
        return [one for when, _, one in self.seen if when > at - self.window - longer]

    def _grain(self, at: datetime) -> int:
        """The number of the grain of a time; one ends with a whole number of seconds."""
        return -((EPOCH - at) // grain_of(self.window))
