"""What was traded, against what is usual; on years of real candles against numpy elsewhere."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.candles import Candle
from bot.domain.volumes import mean_volume, ratios_on, volume_ratio

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def days(volumes: Sequence[object], last: datetime = NOON) -> list[tuple[datetime, Decimal]]:
    """Days that end with yesterday."""
    midnight = last.replace(hour=0)
    count = len(volumes)
    return [
        (midnight - timedelta(days=count - place), Decimal(str(volume)))
        for place, volume in enumerate(volumes)
    ]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (days([10] * 30), 10),
        (days([5] * 15 + [15] * 15), 10),
        (days([1000] * 5 + [10] * 30), 10),
        (days([10] * 10), 10),
        (days([10] * 9), None),
        ([], None),
        (days([0] * 30), None),
        (days(["NaN"] * 10 + [10] * 9), None),
        (days([-1] * 10 + [10] * 9), None),
        ([*days([10] * 12), (NOON.replace(hour=0), Decimal(9999))], 10),
        (days([10] * 12) * 3, 10),
    ],
)
def test_a_mean_is_of_the_last_whole_days(
    found: list[tuple[datetime, Decimal]], expected: int | None
) -> None:
    """Thirty at most, ten at least, each once, without today."""
    assert mean_volume(found, NOON) == expected


@pytest.mark.parametrize(
    ("volume", "mean", "expected"),
    [
        ("30", "10", "3"),
        ("29.9999999999", "10", "2.9999999"),
        ("0", "10", None),
        ("NaN", "10", None),
        (None, "10", None),
        ("30", None, None),
    ],
)
def test_a_ratio_is_cut_and_never_of_nothing(
    volume: str | None, mean: str | None, expected: str | None
) -> None:
    found = volume_ratio(
        None if volume is None else Decimal(volume), None if mean is None else Decimal(mean)
    )
    assert found == (None if expected is None else Decimal(expected))


def hours(volumes: Sequence[int | None]) -> list[Candle]:
    """Candles of an hour from a midnight on, with what was traded in each."""
    midnight, one = NOON.replace(hour=0), Decimal(1)
    return [
        Candle(midnight + place * HOUR, one, one, one, one, None if v is None else Decimal(v))
        for place, v in enumerate(volumes)
    ]


def test_a_candle_ends_24_hours_that_are_compared_with_the_days_before_its_own() -> None:
    """Of ten days of 240 the last hours of the eleventh are three times as much."""
    candles = hours([10] * 24 * 10 + [30] * 24)
    found = list(ratios_on(candles, HOUR))
    assert [at for at, _ in found] == [candle.open_at for candle in candles[240:]]
    assert found[0][1] == Decimal("1.0833333")
    assert found[-1][1] == 3


@pytest.mark.parametrize(
    ("hole", "compared"),
    [
        (None, [*range(240, 288)]),
        (10, [*range(264, 288)]),
        (239, [*range(264, 288)]),
        (250, [*range(240, 250), *range(274, 288)]),
    ],
)
def test_hours_that_are_not_known_are_no_hours_without_trades(
    hole: int | None, compared: list[int]
) -> None:
    """A day with a hole is no whole day, and 24 hours with one are not compared."""
    volumes: list[int | None] = [10 for _ in range(24 * 12)]
    if hole is not None:
        volumes[hole] = None
    candles = hours(volumes)
    found = dict(ratios_on(candles, HOUR))
    assert [place for place, candle in enumerate(candles) if candle.open_at in found] == compared
    assert set(found.values()) == {Decimal(1)}
