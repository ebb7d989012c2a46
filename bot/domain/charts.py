"""What a chart is asked to show.

Owns the spans of charts and the values of a question for one. Refuses to know how it is drawn.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.candles import Timeframe
from bot.domain.markets import Market


class ChartSpan(StrEnum):
    """How much time a chart shows."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    YEAR = "1y"

    @property
    def length(self) -> timedelta:
        """How much time it shows."""
        return _SPANS[self][0]

    @property
    def timeframe(self) -> Timeframe:
        """The stored candles that it is made of."""
        return _SPANS[self][1]

    @property
    def bar(self) -> timedelta:
        """How much time a candle of the picture covers: some 60 to 120 fit a phone."""
        return _SPANS[self][2]


_SPANS = {
    ChartSpan.HOUR: (timedelta(hours=1), Timeframe.MINUTE, timedelta(minutes=1)),
    ChartSpan.DAY: (timedelta(hours=24), Timeframe.MINUTE, timedelta(minutes=15)),
    ChartSpan.WEEK: (timedelta(days=7), Timeframe.HOUR, timedelta(hours=2)),
    ChartSpan.MONTH: (timedelta(days=30), Timeframe.HOUR, timedelta(hours=8)),
    ChartSpan.YEAR: (timedelta(days=365), Timeframe.DAY, timedelta(days=3)),
}


@dataclass(frozen=True, slots=True)
class AskedChart:
    """A chart of a market: `symbol` names it, `lines` are levels of alerts drawn across.

    `stories` are the times of stories, numbered on the picture from 1 in this order.
    """

    market: Market
    symbol: str
    span: ChartSpan
    lines: tuple[Decimal, ...] = ()
    stories: tuple[datetime, ...] = ()
    is_dark: bool = True
