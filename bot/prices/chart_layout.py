"""What stands where on a chart, before anything is drawn.

Owns the bars, the range of prices and the words along both axes, as plain values. Prices become
floats here: a picture has 800 points, and nothing is decided on it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from bot.domain.candles import Candle, merged, opened_at
from bot.domain.charts import AskedChart, ChartSpan, Crossing
from bot.domain.numbers import canonical_text

_MARGIN = 0.06
# A line further away than this share of the shown range would press the candles flat.
_LINE_REACH = 0.6
# What is known of less than the rest of a span tells nothing of the change over it.
_LEFT_OUT = 0.1
_PRICE_TICKS = 7
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_LARGE = 1000
_BILLION = 1e9
_MILLION = 1e6
_FIGURES = 5
# People set levels with fewer; a percentage of a price has more.
_LEVEL_FIGURES = 8
# Between two labels of time, and how they are written.
_TIME_STEPS = {
    ChartSpan.HOUR: (timedelta(minutes=15), "%H:%M"),
    ChartSpan.DAY: (timedelta(hours=6), "%H:%M"),
    ChartSpan.WEEK: (timedelta(days=1), "%a %-d"),
    ChartSpan.MONTH: (timedelta(days=7), "%-d %b"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A candle of the picture; `at` is the second its span begins, from the picture's left."""

    at: float
    open: float
    high: float
    low: float
    close: float
    volume: float | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place along an axis: seconds from the left, or a price."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring around a point: seconds from the left, and a price."""

    at: float
    price: float


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn: `seconds` wide, from `low` to `high`; texts are finished.

    `change_text` is empty where too little of the span is known, `is_up` tells its colour;
    `ring` is where an alert fired.
    """

    title: str
    span_text: str
    price_text: str
    change_text: str
    is_up: bool
    is_dark: bool
    seconds: float
    bar_seconds: float
    low: float
    high: float
    last: Mark
    bars: tuple[Bar, ...]
    price_ticks: tuple[Mark, ...]
    time_ticks: tuple[Mark, ...]
    lines: tuple[Mark, ...]
    stories: tuple[Mark, ...]
    ring: Ring | None = None


def laid_out(asked: AskedChart, candles: Sequence[Candle], now: datetime) -> Picture | None:
    """The picture of a market's stored candles; None when too few lie in its span.

    `candles` are of the span's timeframe, oldest first, from the span's first bar on.
    """
    bar = asked.span.bar
    since = opened_at(now - asked.span.length, bar) + bar
    shown = _connected(merged((c for c in candles if c.open_at >= since), bar), bar)
    if len(shown) < max(asked.fewest_bars, 1):
        return None
    seconds = (opened_at(now, bar) + bar - since).total_seconds()
    bars = tuple(_bar(candle, since) for candle in shown)
    low, high = shown_range(bars, [float(level) for level in asked.lines])
    ticks = price_ticks(low, high)
    # The change is that of the whole span, which begins within the bar before the first.
    begun = [candle for candle in candles if candle.open_at >= now - asked.span.length] or shown
    first, last = begun[0].open, shown[-1].close
    is_whole = begun[0].open_at <= now - asked.span.length * (1 - _LEFT_OUT)
    return Picture(
        title=f"{asked.symbol}/{asked.market.quote}",
        span_text=asked.span.value,
        price_text=price_text(last),
        change_text=_change_text(first, last) if is_whole else "",
        is_up=last >= first,
        is_dark=asked.is_dark,
        seconds=seconds,
        bar_seconds=bar.total_seconds(),
        low=low,
        high=high,
        last=Mark(float(last), price_text(last)),
        bars=bars,
        price_ticks=ticks,
        time_ticks=time_ticks(asked.span, since, seconds),
        lines=tuple(
            Mark(float(level), _level_text(level))
            for level in sorted(set(asked.lines))
            if low <= float(level) <= high
        ),
        stories=tuple(
            Mark((at - since).total_seconds(), str(number))
            for number, at in enumerate(asked.stories, start=1)
            if 0 <= (at - since).total_seconds() <= seconds
        ),
        ring=_ring(asked.crossing, since, seconds, (low, high)),
    )


def _change_text(first: Decimal, last: Decimal) -> str:
    return f"{(last / first - 1) * 100:+.2f} %".replace("-", "\u2212")


def _ring(
    crossing: Crossing | None, since: datetime, seconds: float, shown: tuple[float, float]
) -> Ring | None:
    """Where the crossing lies on the picture; None for one that lies beyond it."""
    if crossing is None:
        return None
    at, price = (crossing.at - since).total_seconds(), float(crossing.price)
    is_inside = 0 <= at <= seconds and shown[0] <= price <= shown[1]
    return Ring(at, price) if is_inside else None


def _connected(candles: Sequence[Candle], length: timedelta) -> list[Candle]:
    """The candles, each opening where its neighbour closed.

    These markets never close: what lies between is the time between two prices, and a price a
    minute would otherwise draw nothing but dashes.
    """
    found = list(candles[:1])
    for before, candle in pairwise(candles):
        first = before.close if candle.open_at - before.open_at == length else candle.open
        found.append(
            Candle(
                candle.open_at,
                first,
                max(candle.high, first),
                min(candle.low, first),
                candle.close,
                candle.volume,
            )
        )
    return found


def _bar(candle: Candle, since: datetime) -> Bar:
    return Bar(
        (candle.open_at - since).total_seconds(),
        float(candle.open),
        float(candle.high),
        float(candle.low),
        float(candle.close),
        None if candle.volume is None else float(candle.volume),
    )


def shown_range(bars: Sequence[Bar], levels: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest price of the picture.

    That of the bars with a margin, widened to the levels that are not too far away.
    """
    low, high = min(bar.low for bar in bars), max(bar.high for bar in bars)
    height = high - low or high * 0.01
    near = [v for v in levels if low - height * _LINE_REACH <= v <= high + height * _LINE_REACH]
    low, high = min([low, *near]), max([high, *near])
    margin = (high - low or height) * _MARGIN
    return low - margin, high + margin


def price_ticks(low: float, high: float) -> tuple[Mark, ...]:
    """Round prices between low and high, lowest first, written with the digits they need."""
    rough = (high - low) / _PRICE_TICKS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(s * magnitude for s in _STEPS if s * magnitude >= rough * (1 - 1e-9))
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step, places) != round(step, places + 1):
        places += 1  # a step of 2.5
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    values = [round((first + n) * step, places) for n in range(count)]
    return tuple(Mark(value, _tick_text(value, step, places)) for value in values if value > 0)


def _tick_text(value: float, step: float, places: int) -> str:
    for size, sign in ((_BILLION, "B"), (_MILLION, "M")):
        if step >= size / 100 and value >= size:
            return f"{value / size:,.2f}".rstrip("0").rstrip(".") + sign
    return f"{value:,.{places}f}"


def price_text(price: Decimal) -> str:
    """A price with about five figures, whole from a thousand on with cents below: 97,412."""
    if price >= _LARGE:
        return f"{price:,.0f}" if price >= _LARGE * 10 else f"{price:,.2f}"
    places = max(2, _FIGURES - 1 - price.adjusted())
    return f"{price:.{places}f}"


def _level_text(level: Decimal) -> str:
    """A level as it was set, with separators; a computed one as a price."""
    if len(level.normalize().as_tuple().digits) > _LEVEL_FIGURES:
        return price_text(level)
    whole, _, rest = canonical_text(level).partition(".")
    return f"{int(whole):,}.{rest}" if rest else f"{int(whole):,}"


def time_ticks(span: ChartSpan, since: datetime, seconds: float) -> tuple[Mark, ...]:
    """Round times of the picture in UTC with their names, by seconds from its left."""
    until = since + timedelta(seconds=seconds)
    if span is ChartSpan.YEAR:
        times = [
            datetime(since.year + month // 12, month % 12 + 1, 1, tzinfo=since.tzinfo)
            for month in range(since.month - 1, since.month + 13)
            if month % 2 == 0
        ]
        # A year's number stands where it begins.
        words = [at.strftime("%Y" if at.month == 1 else "%b") for at in times]
    else:
        step, form = _TIME_STEPS[span]
        first = opened_at(since, step)
        times = [first + step * n for n in range(int(seconds // step.total_seconds()) + 2)]
        words = [at.strftime(form) for at in times]
    return tuple(
        Mark((at - since).total_seconds(), word)
        for at, word in zip(times, words, strict=True)
        if since <= at < until
    )
