"""What was traded in 24 hours, against what is usual.

Pure. Owns the mean of the last whole days and how many of it a volume is, of a provider's own
numbers and of candles alike. Refuses to know who told them.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Context, Decimal

from bot.domain.candles import Candle, opened_at

DAYS = 30
FEWEST_DAYS = 10
DAY = timedelta(days=1)
# More digits would only take room; cut, so that no multiple is reached before it is.
_RATIO = Context(prec=8, rounding=ROUND_DOWN)

DayVolumes = Sequence[tuple[datetime, Decimal]]
"""When days began, in UTC, with what was traded on them, in one unit."""


def mean_volume(days: DayVolumes, now: datetime) -> Decimal | None:
    """The mean of the last 30 whole days; None where fewer than 10 are known, or nothing was."""
    today = now.astimezone(UTC).date()
    by_date = {at.astimezone(UTC).date(): volume for at, volume in days}
    known = [
        volume
        for date, volume in by_date.items()
        if date < today and (today - date).days <= DAYS and volume.is_finite() and volume >= 0
    ]
    total = sum(known, Decimal(0))
    return total / len(known) if len(known) >= FEWEST_DAYS and total > 0 else None


def volume_ratio(volume: Decimal | None, mean: Decimal | None) -> Decimal | None:
    """The volume in means; None where either is not known, and for nothing traded at all.

    A provider that tells no trades in 24 hours, of a market that had them, has lost count.
    """
    if volume is None or mean is None or not volume.is_finite() or volume <= 0:
        return None
    return _RATIO.divide(volume, mean)


def ratios_on(candles: Sequence[Candle], length: timedelta) -> Iterator[tuple[datetime, Decimal]]:
    """How many means the 24 hours were that each candle ends, with the time it began at.

    Candles of `length` come oldest first, none longer than a day. One that ends hours which are
    not all known is left out, and so is one before whose day fewer than 10 days are known.
    """
    days = _whole_days(candles, length)
    recent: deque[tuple[datetime, Decimal]] = deque()
    traded, mean, mean_of = Decimal(0), None, None
    for candle in candles:
        while recent and recent[0][0] <= candle.open_at - DAY:
            traded -= recent.popleft()[1]
        if candle.volume is None:
            continue
        recent.append((candle.open_at, candle.volume))
        traded += candle.volume
        if mean_of != (today := opened_at(candle.open_at, DAY)):
            mean_of = today
            last = [(at, volume) for at, volume in days if today - DAYS * DAY <= at < today]
            mean = mean_volume(last, today)
        ratio = volume_ratio(traded, mean) if len(recent) * length >= DAY else None
        if ratio is not None:
            yield candle.open_at, ratio


def _whole_days(candles: Sequence[Candle], length: timedelta) -> DayVolumes:
    """The days all of whose candles are known, oldest first."""
    days: defaultdict[datetime, list[Decimal]] = defaultdict(list)
    for candle in candles:
        if candle.volume is not None:
            days[opened_at(candle.open_at, DAY)].append(candle.volume)
    return [
        (at, sum(volumes, Decimal(0)))
        for at, volumes in days.items()
        if len(volumes) * length >= DAY
    ]
