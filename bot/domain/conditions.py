"""What an alert can watch of a price beside a line.

Owns the values of the conditions. What a price does to them is `bot.domain.watching`; the line
itself is `bot.domain.alerts.Line`. All of them repeat, rest and end in the same way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.alerts import DEFAULT_BAND, Direction, Line, Told

SHORTEST_WINDOW = timedelta(minutes=5)
LONGEST_WINDOW = timedelta(days=90)


class Way(StrEnum):
    """Which way a price moves: up, down, or either."""

    UP = "up"
    DOWN = "down"
    EITHER = "either"


class Frame(StrEnum):
    """The candles whose closes are watched.

    They begin on whole hours, at 0, 4, 8 … o'clock, at midnight, and on Mondays at midnight,
    all of it UTC.
    """

    HOUR = "1h"
    FOUR_HOURS = "4h"
    DAY = "1d"
    WEEK = "1w"

    @property
    def seconds(self) -> int:
        """Its length."""
        return {"1h": 3600, "4h": 14_400, "1d": 86_400, "1w": 604_800}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How often an alert fires and how long; the fields mean what they mean of a Line."""

    repeat: bool = False
    band: Decimal = DEFAULT_BAND
    cooldown: timedelta | None = None
    until: datetime | None = None
    note: str = ""
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Range(Manner):
    """The price leaves a range: it reaches `low` or `high` from between them."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Move(Manner):
    """The price moves by a share (0.05 is 5 %) within a window.

    Up counts from the window's lowest price, down from its highest. Without a window it counts
    from the price at which the alert was set.
    """

    way: Way
    share: Decimal
    window: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Extreme(Manner):
    """The price is higher (UP) or lower (DOWN) than ever in the window, or ever at all."""

    way: Way
    window: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Close(Manner):
    """A candle closes beyond a level when the close before it was not: a crossing by closes."""

    frame: Frame
    direction: Direction
    level: Decimal


class Figure(StrEnum):
    """What of a market is counted beside its price.

    Volume: that of 24 hours, in means of 30 days. Funding: what holders of longs pay those of
    shorts each funding interval, as a share. Liquidations: dollars of positions closed by force
    in a window, of longs, shorts, or both.
    """

    VOLUME = "volume"
    FUNDING = "funding"
    LIQUIDATIONS = "liquidations"


class Side(StrEnum):
    """Whose positions were liquidated."""

    BOTH = "both"
    LONGS = "longs"
    SHORTS = "shorts"


@dataclass(frozen=True, slots=True)
class Gauge(Manner):
    """A figure of a market crosses a level, in the figure's own unit."""

    figure: Figure
    direction: Direction
    level: Decimal
    window: timedelta | None = None
    side: Side = Side.BOTH


Condition = Line | Range | Move | Extreme | Close | Gauge
