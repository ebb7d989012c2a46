"""Prices over spans of time.

Owns the values of a candle, how one grows from prices, and how several become one. All times are
aware UTC; a candle's span begins at `open_at`, a day's at midnight, a week's on Monday.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

# Spans are counted from a Monday, so that those of a week begin on one.
_ORIGIN = datetime(1970, 1, 5, tzinfo=UTC)


class Timeframe(StrEnum):
    """How long a candle is."""

    MINUTE = "1m"
    HOUR = "1h"
    DAY = "1d"

    @property
    def seconds(self) -> int:
        """Its length."""
        return {"1m": 60, "1h": 3600, "1d": 86_400}[self.value]

    @property
    def length(self) -> timedelta:
        """Its length."""
        return timedelta(seconds=self.seconds)


# How long candles are kept; those of a day stay for good.
KEPT = {Timeframe.MINUTE: timedelta(hours=48), Timeframe.HOUR: timedelta(days=366)}


@dataclass(frozen=True, slots=True)
class Candle:
    """A market's prices in one span: first, highest, lowest, last; `volume` None: not known."""

    open_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal | None = None


def opened_at(at: datetime, length: timedelta) -> datetime:
    """When the span of `length` that holds `at` began."""
    return at - (at - _ORIGIN) % length


def extended(candle: Candle | None, price: Decimal, open_at: datetime) -> Candle:
    """A candle with a further price, its last; a new one that opened at `open_at` for None."""
    if candle is None:
        return Candle(open_at, price, price, price, price)
    high, low = max(candle.high, price), min(candle.low, price)
    return replace(candle, high=high, low=low, close=price)


def continued(candle: Candle | None, later: Candle) -> Candle:
    """A candle with what was seen later in its span; the later one alone for None."""
    return later if candle is None else replace(_joined(candle, later), volume=candle.volume)


def merged(candles: Iterable[Candle], length: timedelta) -> list[Candle]:
    """Candles of `length` made of shorter ones, oldest first as those are.

    A volume is the sum of those that are known, None when none is.
    """
    longer: list[Candle] = []
    for candle in candles:
        open_at = opened_at(candle.open_at, length)
        if longer and longer[-1].open_at == open_at:
            longer[-1] = _joined(longer[-1], candle)
        else:
            longer.append(replace(candle, open_at=open_at))
    return longer


def _joined(first: Candle, second: Candle) -> Candle:
    volumes = [v for v in (first.volume, second.volume) if v is not None]
    return Candle(
        first.open_at,
        first.open,
        max(first.high, second.high),
        min(first.low, second.low),
        second.close,
        sum(volumes, Decimal(0)) if volumes else None,
    )


def blended(stored: Candle | None, found: Candle, now: datetime, length: timedelta) -> Candle:
    """A provider's candle taken together with what ticks had built of the same span.

    The provider saw the whole span, so that its open and, once the span is over, its close
    count; in a span that goes on the last tick does. What both saw as high or low stays.
    """
    if stored is None:
        return found
    goes_on = found.open_at + length > now
    return Candle(
        found.open_at,
        found.open,
        max(found.high, stored.high),
        min(found.low, stored.low),
        stored.close if goes_on else found.close,
        stored.volume if found.volume is None else found.volume,
    )


def candles_of_prices(
    prices: Sequence[tuple[datetime, Decimal]], timeframe: Timeframe, now: datetime
) -> list[Candle]:
    """Candles made of single prices with their times, oldest first; volumes are not known.

    The first price after a span's end closes it where it comes within another span: a price
    a day at midnight tells a day's open and close. Spans without a price are left out.
    """
    length = timeframe.length
    found: list[Candle] = []
    for at, price in prices:
        if at > now:
            continue
        open_at = opened_at(at, length)
        if found and found[-1].open_at == open_at:
            found[-1] = extended(found[-1], price, open_at)
            continue
        if found and found[-1].open_at + length == open_at:
            found[-1] = extended(found[-1], price, open_at)
        found.append(extended(None, price, open_at))
    return found
