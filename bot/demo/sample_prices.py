"""The sample market's values: assets, candles and the walk that prices take.

Owns the arithmetic, all of it plain functions: where a price goes next, what the last days looked
like, which candle a moment falls into. Refuses clocks, randomness of its own and HTTP; whoever
calls brings the random number and the time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

CANDLE = timedelta(minutes=5)
HISTORY = timedelta(days=8)
_DAYS_PER_CANDLE = CANDLE / timedelta(days=1)

# An hour pulls a price half of the way back to its mean: lively enough to watch, and it never
# wanders off in an evening.
_KEPT_IN_AN_HOUR = 0.5
_HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class SampleAsset:
    """A coin of the sample market.

    `price` is where it starts, in dollars; `digits` how many decimals it is quoted with;
    `hourly_move` the standard deviation of its hourly change, as a share. The highest and lowest
    prices of all time, with their days, are those before its history began.
    """

    id: str
    symbol: str
    name: str
    price: Decimal
    digits: int
    hourly_move: float
    supply: Decimal
    daily_turnover: Decimal
    all_time_high: Decimal
    high_on: date
    all_time_low: Decimal
    low_on: date


@dataclass(frozen=True, slots=True)
class Candle:
    """What a price did in a stretch of time that began at `open_at`; prices in dollars."""

    open_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


# id, symbol, name, price, digits, hourly move, supply in millions, turnover a day
_TABLE = """
bitcoin          BTC  Bitcoin      94180  0    0.006   19.97  0.021
ethereum         ETH  Ethereum    3241.5  2    0.009   120.7  0.062
tether           USDT Tether      1.0001  4  0.00008  187000   0.55
ripple           XRP  XRP          2.114  4    0.010   60400  0.031
binancecoin      BNB  BNB          892.4  2    0.007   137.7  0.015
solana           SOL  Solana      141.62  2    0.011     561  0.058
usd-coin         USDC USDC        0.9999  4  0.00006   75300   0.19
dogecoin         DOGE Dogecoin   0.14315  5    0.013  161600  0.073
cardano          ADA  Cardano     0.4127  4    0.011   36600  0.045
chainlink        LINK Chainlink    13.92  2    0.012   696.8  0.066
litecoin         LTC  Litecoin     82.31  2    0.010    76.6  0.078
the-open-network TON  Toncoin      1.632  3    0.012    2470  0.047
"""
# id, all-time high and its day, all-time low and its day
_EXTREMES = """
bitcoin            126080  2025-10-06       67.81  2013-07-06
ethereum          4946.05  2025-08-24    0.432979  2015-10-20
tether               1.32  2018-07-24    0.572521  2015-03-02
ripple               3.65  2025-07-18  0.00268621  2014-05-22
binancecoin       1369.99  2025-10-13   0.0398177  2017-10-19
solana             293.31  2025-01-19    0.500801  2020-05-11
usd-coin             1.17  2019-05-08    0.877647  2023-03-11
dogecoin          0.73157  2021-05-08   0.0000869  2015-05-06
cardano              3.09  2021-09-02     0.01925  2020-03-13
chainlink            52.7  2021-05-10    0.148183  2017-11-29
litecoin           410.26  2021-05-10        1.15  2015-01-14
the-open-network     8.25  2024-06-15    0.519364  2021-09-21
"""


def _asset(row: str, extremes: str) -> SampleAsset:
    """Read an asset's row of each table."""
    asset_id, symbol, name, price, digits, move, millions, turnover = row.split()
    _, high, high_on, low, low_on = extremes.split()
    return SampleAsset(
        id=asset_id,
        symbol=symbol,
        name=name,
        price=Decimal(price),
        digits=int(digits),
        hourly_move=float(move),
        supply=Decimal(millions) * 1_000_000,
        daily_turnover=Decimal(turnover),
        all_time_high=Decimal(high),
        high_on=date.fromisoformat(high_on),
        all_time_low=Decimal(low),
        low_on=date.fromisoformat(low_on),
    )


SAMPLE_ASSETS = tuple(
    _asset(row, extremes)
    for row, extremes in zip(
        _TABLE.strip().splitlines(), _EXTREMES.strip().splitlines(), strict=True
    )
)


def quoted(price: float | Decimal, digits: int) -> Decimal:
    """Round a price to the decimals it is quoted with; never below the smallest one."""
    unit = Decimal(1).scaleb(-digits)
    return max(unit, Decimal(price).quantize(unit, rounding=ROUND_HALF_EVEN))


def stepped(asset: SampleAsset, price: Decimal, mean: Decimal, seconds: float, z: float) -> Decimal:
    """Give the price that follows `price` after `seconds`, for a standard normal number `z`.

    An exact step of the Ornstein-Uhlenbeck process on the logarithm: pulled towards `mean`, pushed
    by `z`. It is stationary, so the same step also leads backwards in time.
    """
    return quoted(_walked(asset, float(price), float(mean), seconds, z), asset.digits)


def _walked(asset: SampleAsset, price: float, mean: float, seconds: float, z: float) -> float:
    """Give the unrounded price of `stepped`: a walk is chance, so floats are exact enough."""
    away = math.log(price / mean)
    kept = _KEPT_IN_AN_HOUR ** (seconds / _HOUR_SECONDS)
    spread = asset.hourly_move / math.sqrt(1 - _KEPT_IN_AN_HOUR**2)
    moved = away * kept + spread * math.sqrt(1 - kept * kept) * z
    return mean * math.exp(moved)


def candle_start(at: datetime, length: timedelta = CANDLE) -> datetime:
    """Give the time at which the candle of `length` that holds `at` began, counted from 1970."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return at - (at - epoch) % length


def past_candles(asset: SampleAsset, now: datetime, random: Random) -> list[Candle]:
    """Give the candles of the last eight days, oldest first, the last one holding `now`.

    They end at the asset's starting price. The slow tide under the walk is what makes a week look
    like a week: a mean-reverting walk alone is flat from afar.
    """
    start = candle_start(now)
    phase = random.random() * math.tau
    here = _tide(phase, 0)
    candles: list[Candle] = []
    close = asset.price
    for back in range(HISTORY // CANDLE):
        swell = (_tide(phase, back * _DAYS_PER_CANDLE) - here) * asset.hourly_move * 3
        mean = float(asset.price) * math.exp(swell)
        opened = _walked(asset, float(close), mean, CANDLE.total_seconds(), random.gauss(0, 1))
        wick = asset.hourly_move * 0.15
        high = max(opened, float(close)) * (1 + wick * random.random())
        low = min(opened, float(close)) * (1 - wick * random.random())
        first, top, bottom = (quoted(price, asset.digits) for price in (opened, high, low))
        candles.append(Candle(start - back * CANDLE, first, top, bottom, close))
        close = first
    candles.reverse()
    return candles


def _tide(phase: float, days: float) -> float:
    """Give the height of two slow waves so many days ago."""
    return math.sin(phase + days * 1.7) + 0.5 * math.sin(2 * phase + days * 4.1)


def continued(candles: Sequence[Candle], at: datetime, price: Decimal) -> list[Candle]:
    """Give the candles with a price at `at` taken in, cut to the length of the history."""
    last = candles[-1]
    start = candle_start(at)
    if start > last.open_at:
        new = Candle(start, last.close, max(last.close, price), min(last.close, price), price)
        oldest_at = start - HISTORY
        return [candle for candle in candles if candle.open_at > oldest_at] + [new]
    high, low = max(last.high, price), min(last.low, price)
    return [*candles[:-1], replace(last, high=high, low=low, close=price)]


def merged(candles: Iterable[Candle], length: timedelta) -> Iterator[Candle]:
    """Yield longer candles of `length` made of shorter ones, oldest first."""
    longer: Candle | None = None
    for candle in candles:
        start = candle_start(candle.open_at, length)
        if longer is None or longer.open_at != start:
            if longer is not None:
                yield longer
            longer = replace(candle, open_at=start)
        else:
            longer = replace(
                longer,
                high=max(longer.high, candle.high),
                low=min(longer.low, candle.low),
                close=candle.close,
            )
    if longer is not None:
        yield longer


def since(candles: Iterable[Candle], at: datetime) -> list[Candle]:
    """Give the candles that had not ended by `at`, oldest first."""
    return [candle for candle in candles if candle.open_at + CANDLE > at]


def change_percent(candles: Sequence[Candle], now: datetime, over: timedelta) -> Decimal | None:
    """Give how far the price has moved `over` a time until now, in percent; None if unknown."""
    then = since(candles, now - over)
    if not then or now - over < candles[0].open_at:
        return None
    return (candles[-1].close / then[0].open - 1) * 100


def divided(candles: Sequence[Candle], by: Sequence[Candle]) -> list[Candle]:
    """Give the candles of one price in units of another, whose own candles are `by`.

    Both are of the same length, oldest first; a candle that `by` lacks counts as one that stood
    still. The extremes are those of a pair whose sides reach theirs together: what is kept of
    each candle does not tell when they did.
    """
    units = {unit.open_at: unit for unit in by}
    found, unit = [], by[0]
    for candle in candles:
        still = replace(unit, open=unit.close, high=unit.close, low=unit.close)
        unit = units.get(candle.open_at, still)
        first, last = candle.open / unit.open, candle.close / unit.close
        reached = (first, last, candle.high / unit.high, candle.low / unit.low)
        found.append(Candle(candle.open_at, first, max(reached), min(reached), last))
    return found
