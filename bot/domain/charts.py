"""What a chart is asked to show.

Owns the spans of charts, which of them a fired alert is shown in, and the values of a question
for one. Refuses to know how it is drawn.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.candles import Timeframe
from bot.domain.conditions import Figure, Frame
from bot.domain.markets import Market
from bot.domain.measures import close_measure, window_of_measure
from bot.domain.numbers import canonical_text


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


# A picture of fewer candles would tell nothing, under a head that claims the whole span.
HANDFUL = 5


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a price fired an alert: the time, and the place along the axis of prices."""

    at: datetime
    price: Decimal


@dataclass(frozen=True, slots=True)
class AskedChart:
    """A chart of a market: `symbol` names it, `lines` are levels of alerts drawn across.

    `stories` are the times of stories, numbered on the picture from 1 in this order; `crossing`
    is marked by a ring. With fewer candles than `fewest_bars` there is no picture.
    """

    market: Market
    symbol: str
    span: ChartSpan
    lines: tuple[Decimal, ...] = ()
    stories: tuple[datetime, ...] = ()
    is_dark: bool = True
    crossing: Crossing | None = None
    fewest_bars: int = 1


_CLOSES = {
    close_measure(Frame.HOUR): ChartSpan.DAY,
    close_measure(Frame.FOUR_HOURS): ChartSpan.WEEK,
    close_measure(Frame.DAY): ChartSpan.MONTH,
    close_measure(Frame.WEEK): ChartSpan.YEAR,
}
_FIGURES = frozenset(figure.value for figure in Figure)


@dataclass(frozen=True, slots=True)
class FiredLine:
    """What a fired alert is shown with, the same for all chats that share it.

    `measure` is what the alert looks at, by its name in `bot.domain.measures`. `line` is the
    price that was reached, or None where the alert looks at something that is no price; `at` is
    the minute of the price that fired it, and `price` where it is marked.
    """

    market: Market
    measure: str
    line: Decimal | None
    at: datetime
    price: Decimal

    @property
    def key(self) -> str:
        """A name for its picture: equal for equal (market, span, line, minute)."""
        place = "-" if self.line is None else canonical_text(self.line)
        market = f"{self.market.asset_id}/{self.market.quote}"
        return f"{market} {span_of(self.measure).value} {place} {self.at.isoformat()}"


def fired_line(
    market: Market, measure: str, line: Decimal | None, price: Decimal, at: datetime
) -> FiredLine:
    """What a firing at `price` is shown with; its ring stands on the line where there is one."""
    shown = None if measure.partition(":")[0] in _FIGURES else line
    minute = at.replace(second=0, microsecond=0)
    return FiredLine(market, measure, shown, minute, price if shown is None else shown)


def span_of(measure: str) -> ChartSpan:
    """The span that shows what an alert on a measure looked at: its window, else a day.

    Of a window the shortest span that holds it; of closes some dozens of candles.
    """
    if measure in _CLOSES:
        return _CLOSES[measure]
    window = window_of_measure(measure)
    if window is None:
        return ChartSpan.DAY
    # No window at all: ever.
    window = window or ChartSpan.YEAR.length
    return next((span for span in ChartSpan if span.length >= window), ChartSpan.YEAR)


def asked_charts(fired: FiredLine, symbol: str) -> list[AskedChart]:
    """The charts that would show a fired alert, the best first.

    A third of a span's candles must be known; where they are not, a shorter span may do, else
    the next longer one: of a coin newly watched a day may be known by points five minutes apart,
    and its last hour is too few of them.
    """
    spans = list(ChartSpan)
    fitting = spans.index(span_of(fired.measure))
    by_fitness = [*reversed(spans[: fitting + 1]), *spans[fitting + 1 : fitting + 2]]
    return [
        AskedChart(
            fired.market,
            symbol,
            span,
            () if fired.line is None else (fired.line,),
            crossing=Crossing(fired.at, fired.price),
            fewest_bars=int(span.length / span.bar / 3),
        )
        for span in by_fitness
    ]
