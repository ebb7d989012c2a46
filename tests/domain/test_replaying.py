"""Candles walked through an alert; on years of real ones against numpy."""

import csv
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from bot.domain.alerts import Direction, Line
from bot.domain.candles import Candle
from bot.domain.conditions import Close, Extreme, Figure, Frame, Gauge, Move, Range, Way
from bot.domain.errors import ParseError
from bot.domain.replaying import firings_on, walked
from tests.domain.spent_crossings import Numbers, spent_by_hand

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UP_5 = Move(Way.UP, Decimal("0.05"), HOUR, repeat=True)
CLOSE = Close(Frame.HOUR, Direction.ABOVE, Decimal(100), repeat=True)


def candles_of(*rows: str, length: timedelta = HOUR) -> list[Candle]:
    """Candles of "open high low close", one after the other."""
    return [
        Candle(START + number * length, *(Decimal(price) for price in row.split()))
        for number, row in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("row", "order"),
    [
        ("90 99 80 95", [90, 80, 99, 95]),
        ("95 99 80 90", [95, 99, 80, 90]),
        ("90 99 80 90", [90, 99, 80, 90]),
    ],
)
def test_a_candle_that_closed_higher_had_its_low_first(row: str, order: list[int]) -> None:
    assert list(walked(candles_of(row)[0])) == order


def test_a_firing_has_its_line_and_the_candle_it_was_in() -> None:
    fired = list(
        firings_on(replace(CLOSE, repeat=False), candles_of("99 99 99 99", "99 101 99 101"))
    )
    assert [(one.open_at, one.price) for one in fired] == [(START + HOUR, Decimal(100))]
    assert fired[0].reason == "rose and closed beyond the line"


@pytest.mark.parametrize(
    ("rows", "fired"),
    [
        pytest.param({59: "101 101 101 101", 60: "9 9 9 9"}, [59], id="its last minute"),
        pytest.param({60: "101 101 101 101", 61: "9 9 9 9"}, [], id="the next hour's first"),
        pytest.param({56: "101 101 101 101", 75: "9 9 9 9"}, [56], id="seen shortly before"),
        pytest.param({54: "101 101 101 101", 75: "9 9 9 9"}, [], id="seen long before"),
        pytest.param({58: "101 101 101 101"}, [], id="nothing came after"),
    ],
)
def test_a_close_is_the_last_price_of_the_candle_that_ends(
    rows: dict[int, str], fired: list[int]
) -> None:
    """As the watch over markets takes it; minutes without a price are missing."""
    minute = timedelta(minutes=1)
    candles = [
        Candle(START + number * minute, *(Decimal(price) for price in row.split()))
        for number, row in {0: "99 99 99 99", 1: "99 99 99 99", **rows}.items()
    ]
    assert [one.open_at for one in firings_on(CLOSE, candles)] == [
        START + number * minute for number in fired
    ]
    assert list(firings_on(CLOSE, candles[:1])) == []


def test_what_no_candle_tells_fires_nothing_or_is_refused() -> None:
    """No candles; and no close of an hour in days."""
    assert list(firings_on(CLOSE, [])) == []
    days = candles_of("1 1 1 1", "1 1 1 1", length=DAY)
    with pytest.raises(ParseError, match="longer than 1h"):
        list(firings_on(CLOSE, days))


@pytest.fixture(scope="module")
def candles() -> list[Candle]:
    """The hourly candles of the corpus."""
    folder = os.environ.get("COINBELL_CORPUS")
    if not folder:
        pytest.skip("COINBELL_CORPUS names no folder")
    (path,) = Path(folder, "prices").glob("*.csv")
    with path.open(encoding="utf-8") as lines:
        return [
            Candle(
                datetime.fromisoformat(row["datetime"]).replace(tzinfo=UTC),
                *(Decimal(row[name]) for name in ("open", "high", "low", "close", "volume")),
            )
            for row in csv.DictReader(lines)
        ]


def path_of(candles: list[Candle]) -> Numbers:
    """Every price in the order walked, in cents, four to a candle."""
    return np.array([int(p * 100) for candle in candles for p in walked(candle)])


@pytest.mark.corpus
@pytest.mark.parametrize("level", [20_000, 30_000, 69_000, 95_000, 105_000])
def test_levels_agree_with_numpy(candles: list[Candle], level: int) -> None:
    """On all prices of three years, repeating."""
    cents = path_of(candles)
    out, back = cents >= level * 100, cents * 1000 <= level * 100 * 995
    expected = [candles[index // 4].open_at for index in spent_by_hand(out, back)]
    line = Line(Direction.ABOVE, Decimal(level), repeat=True)
    assert [one.open_at for one in firings_on(line, candles)] == expected
    assert expected


@pytest.mark.corpus
@pytest.mark.parametrize(("low", "high"), [(20_000, 25_000), (60_000, 70_000), (90_000, 95_000)])
def test_ranges_agree_with_numpy(candles: list[Candle], low: int, high: int) -> None:
    """On all prices of three years, repeating."""
    cents = path_of(candles)
    out = (cents <= low * 100) | (cents >= high * 100)
    back = (cents * 1000 >= low * 100 * 1005) & (cents * 1000 <= high * 100 * 995)
    # Before the first firing it is enough to be inside.
    inside = int(np.flatnonzero(~out)[0])
    back[: inside + 1] |= ~out[: inside + 1]
    expected = [candles[index // 4].open_at for index in spent_by_hand(out, back)]
    condition = Range(Decimal(low), Decimal(high), repeat=True)
    assert [one.open_at for one in firings_on(condition, candles)] == expected
    assert expected


@pytest.mark.corpus
@pytest.mark.parametrize(("percent", "hours"), [(5, 1), (5, 4), (10, 24), (20, 24 * 7)])
def test_moves_agree_with_numpy(candles: list[Candle], percent: int, hours: int) -> None:
    """The lowest of the window is taken over all of its prices, by their candles' times."""
    cents = path_of(candles)
    begun = np.array([int(c.open_at.timestamp()) // 3600 for c in candles]).repeat(4)
    first = np.searchsorted(begun, begun - hours, side="right")
    lowest = np.array([cents[a : n + 1].min() for n, a in enumerate(first.tolist())])
    out = cents * 100 >= lowest * (100 + percent)
    back = cents * 100 * 1000 <= lowest * (100 + percent) * 995
    expected = [candles[index // 4].open_at for index in spent_by_hand(out, back)]
    condition = Move(Way.UP, Decimal(percent) / 100, timedelta(hours=hours), repeat=True)
    assert [one.open_at for one in firings_on(condition, candles)] == expected
    assert expected


@pytest.mark.corpus
@pytest.mark.parametrize("frame", list(Frame))
@pytest.mark.parametrize("level", [30_000, 70_000, 100_000])
def test_closes_agree_with_numpy(candles: list[Candle], frame: Frame, level: int) -> None:
    """The last candle before each boundary closes it; crossings are between such closes."""
    ends = np.array([int(c.open_at.timestamp()) + 3600 for c in candles])
    monday = 4 * 86_400
    at_end = (ends - monday) % frame.seconds == 0
    which = np.flatnonzero(at_end)
    cents = np.array([int(c.close * 100) for c in candles])[which]
    out, back = cents >= level * 100, cents * 1000 <= level * 100 * 995
    expected = [candles[int(which[n])].open_at for n in spent_by_hand(out, back)]
    condition = Close(frame, Direction.ABOVE, Decimal(level), repeat=True)
    assert [one.open_at for one in firings_on(condition, candles)] == expected
    assert expected or frame is Frame.WEEK


@pytest.mark.corpus
@pytest.mark.parametrize("times", [2, 3])
def test_volumes_agree_with_numpy(candles: list[Candle], times: int) -> None:
    """Sums of 24 known hours, against the mean of up to 30 whole days, ten at least."""
    hour = np.array([int(c.open_at.timestamp()) // 3600 for c in candles])
    by_hour = np.full(int(hour[-1]) + 1 - int(hour[0]), np.nan)
    by_hour[hour - hour[0]] = [float(c.volume or 0) for c in candles]
    rolling = np.convolve(by_hour, np.ones(24), "full")[: len(by_hour)]
    rolling[:23] = np.nan
    midnight = -int(hour[0]) % 24
    whole = by_hour[midnight : midnight + (len(by_hour) - midnight) // 24 * 24]
    days = whole.reshape(-1, 24).sum(axis=1)
    ratios, places = [], []
    for place in range(midnight, len(by_hour)):
        day = (place - midnight) // 24
        known = days[max(0, day - 30) : day]
        known = known[~np.isnan(known)]
        if len(known) >= 10 and not np.isnan(rolling[place]):
            ratios.append(rolling[place] / known.mean())
            places.append(place)
    spent = spent_by_hand(np.array(ratios) >= times, np.array(ratios) <= times * 0.995)
    origin = candles[0].open_at
    expected = [origin + places[n] * HOUR for n in spent]
    condition = Gauge(Figure.VOLUME, Direction.ABOVE, Decimal(times), repeat=True)
    assert [one.open_at for one in firings_on(condition, candles)] == expected
    assert expected


@pytest.mark.corpus
def test_the_crash_of_october_fires_once(candles: list[Candle]) -> None:
    """From 114,266 to 102,000 and back within the hour; and a missing hour fires nothing."""
    since = datetime(2025, 10, 10, 20, tzinfo=UTC)
    later = [candle for candle in candles if candle.open_at >= since]
    once = list(firings_on(Line(Direction.BELOW, Decimal(105_000)), later))
    assert [one.open_at for one in once] == [since + HOUR]
    gap = datetime(2023, 3, 24, 13, tzinfo=UTC)
    around = [c for c in candles if abs(c.open_at - gap) <= 12 * HOUR]
    assert gap not in [c.open_at for c in around]
    for condition in (UP_5, replace(UP_5, way=Way.EITHER), Extreme(Way.UP, DAY), CLOSE):
        assert list(firings_on(condition, around)) == []
