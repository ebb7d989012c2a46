"""Every condition has words, and they are read as exactly that condition."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alert_options import Options
from bot.domain.alert_words import condition_of
from bot.domain.alerts import Direction, Line
from bot.domain.condition_words import condition_words
from bot.domain.conditions import (
    Close,
    Condition,
    Extreme,
    Figure,
    Frame,
    Gauge,
    Move,
    Range,
    Side,
    Way,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ABOVE, BELOW, CROSS = Direction.ABOVE, Direction.BELOW, Direction.CROSS
LEVEL = Decimal("3500.50")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Line(ABOVE, Decimal("9.5E+4")), "> 95000"),
        (Line(BELOW, Decimal("1E-8")), "< 0.00000001"),
        (Line(CROSS, LEVEL), "3500.5"),
        (Range(Decimal("90.0"), Decimal("1E+2")), "90..100"),
        (Move(Way.UP, Decimal("0.050"), HOUR), "+5% 1h"),
        (Move(Way.DOWN, Decimal("0.025"), 90 * HOUR / 60), "-2.5% 90m"),
        (Move(Way.EITHER, Decimal("0.1")), "10%"),
        (Extreme(Way.UP, 30 * DAY), "high 30d"),
        (Extreme(Way.DOWN, 36 * HOUR), "low 36h"),
        (Extreme(Way.UP), "ath"),
        (Extreme(Way.DOWN), "atl"),
        (Close(Frame.WEEK, ABOVE, LEVEL), "close 1w > 3500.5"),
        (Close(Frame.HOUR, CROSS, LEVEL), "close 1h 3500.5"),
        (Gauge(Figure.VOLUME, ABOVE, Decimal(3)), "volume > 3x"),
        (Gauge(Figure.FUNDING, BELOW, Decimal("-0.0005")), "funding < -0.05%"),
        (
            Gauge(Figure.LIQUIDATIONS, ABOVE, Decimal("1E+8"), HOUR),
            "liquidations > 100000000 in 1h",
        ),
        (
            Gauge(Figure.LIQUIDATIONS, BELOW, Decimal(100), 2.5 * HOUR, Side.LONGS),
            "liquidations longs < 100 in 150m",
        ),
    ],
)
def test_a_condition_in_words(condition: Condition, words: str) -> None:
    """The options behind it are no part of its words."""
    assert condition_words(condition) == words
    assert condition_words(replace(condition, repeat=True, note="n", band=Decimal("0.1"))) == words
    assert condition_of(words, Options()).condition == condition


# ---- whatever the grammar can ask for


def decimals(digits: int, places: int, least: str = "0.00000001") -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(10) ** digits - 1, places=places)


LEVELS = st.one_of(decimals(12, 8), decimals(20, 0, "1"), decimals(1, 20, "1e-20"))
DIRECTIONS = st.sampled_from(Direction)
ONE_WAY = st.sampled_from([ABOVE, BELOW])
MINUTES = st.integers(5, 90 * 24 * 60)
WINDOWS = st.builds(lambda minutes: timedelta(minutes=minutes), MINUTES)
IN_A_DAY = st.builds(lambda minutes: timedelta(minutes=minutes), st.integers(5, 24 * 60))
LESS = st.decimals(Decimal("1e-12"), Decimal("99.999999999999"), places=12)
MORE = st.decimals(Decimal("1e-12"), Decimal(1000), places=12)
FUNDING = st.decimals(Decimal("-999.99999999"), Decimal("999.99999999"), places=8)
RANGES = st.tuples(LEVELS, LEVELS).map(sorted).filter(lambda ends: ends[0] < ends[1])
CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Line, DIRECTIONS, LEVELS),
    RANGES.map(lambda ends: Range(*ends)),
    st.builds(Move, st.just(Way.UP), MORE.map(lambda p: p / 100), st.none() | WINDOWS),
    st.builds(
        Move,
        st.sampled_from([Way.DOWN, Way.EITHER]),
        LESS.map(lambda p: p / 100),
        st.none() | WINDOWS,
    ),
    st.builds(Extreme, st.sampled_from([Way.UP, Way.DOWN]), st.none() | WINDOWS),
    st.builds(Close, st.sampled_from(Frame), DIRECTIONS, LEVELS),
    st.builds(Gauge, st.just(Figure.VOLUME), ONE_WAY, decimals(4, 6, "0.000001")),
    st.builds(Gauge, st.just(Figure.FUNDING), ONE_WAY, FUNDING.map(lambda p: p / 100)),
    st.builds(
        Gauge,
        st.just(Figure.LIQUIDATIONS),
        ONE_WAY,
        LEVELS,
        IN_A_DAY,
        st.sampled_from(Side),
    ),
)


@given(CONDITIONS)
def test_the_words_of_a_condition_are_read_as_that_condition(condition: Condition) -> None:
    """Else an alert that was stored could not be read back."""
    assert condition_of(condition_words(condition), Options()).condition == condition


@given(CONDITIONS, CONDITIONS)
def test_different_conditions_have_different_words(one: Condition, other: Condition) -> None:
    """Two alerts of a chat are the same where their words are."""
    assert (condition_words(one) == condition_words(other)) == (one == other)
