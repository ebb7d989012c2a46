"""Numbers and times of providers, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prices.provider_numbers import (
    MAX_PRICE,
    MIN_PRICE,
    exact_number_of,
    number_of,
    price_within,
    time_of_milliseconds,
    time_of_text,
    within,
)

LONG_INT = 10**5000


@pytest.mark.parametrize(
    ("value", "found", "exact"),
    [
        ("95000.10", Decimal("95000.10"), None),
        (95_000, Decimal(95_000), Decimal(95_000)),
        (Decimal("1e-9"), Decimal("1e-9"), Decimal("1e-9")),
        (0.1, Decimal("0.1"), None),
        (True, None, None),
        (None, None, None),
        ("", None, None),
        ("12 000", None, None),
        ("NaN", None, None),
        ("sNaN", None, None),
        ("-Infinity", None, None),
        (float("inf"), None, None),
        (Decimal("NaN"), None, None),
        ("1" * 61, None, None),
        pytest.param(LONG_INT, None, None, id="long"),
        ({"value": 1}, None, None),
        ([1], None, None),
    ],
)
def test_only_finite_numbers_of_bearable_length_are_numbers(
    value: object, found: Decimal | None, exact: Decimal | None
) -> None:
    assert number_of(value) == found
    assert exact_number_of(value) == exact


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12))
def test_a_number_is_read_as_it_is_written(number: Decimal) -> None:
    found = number_of(str(number))
    assert found is None or str(found) == str(number)
    assert exact_number_of(number) == found


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.decimals()
    | st.lists(st.integers())
)
def test_a_number_is_finite(value: object) -> None:
    found = number_of(value)
    assert found is None or found.is_finite()


def test_bounds_hold_the_least_and_not_the_bound() -> None:
    assert price_within(MIN_PRICE) == MIN_PRICE
    assert price_within(MAX_PRICE) is None
    assert price_within(Decimal(0)) is None
    assert price_within(None) is None
    assert within(Decimal(0), Decimal(0), Decimal(1)) == 0
    assert within(Decimal(1), Decimal(0), Decimal(1)) is None


@pytest.mark.parametrize("value", [1_773_489_600_000, 1_773_489_600_000.0, Decimal(1773489600000)])
def test_milliseconds_are_times_in_utc(value: object) -> None:
    assert time_of_milliseconds(value) == datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "1773489600000",
        float("nan"),
        float("inf"),
        10**30,
        pytest.param(LONG_INT, id="long"),
    ],
)
def test_what_is_no_time_in_milliseconds_is_none(value: object) -> None:
    assert time_of_milliseconds(value) is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2026-03-14T12:00:00Z", datetime(2026, 3, 14, 12, tzinfo=UTC)),
        ("2026-03-14T13:00:00+01:00", datetime(2026, 3, 14, 12, tzinfo=UTC)),
        ("2026-03-14T12:00:00", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("yesterday", None),
        (1_773_489_600_000, None),
        (None, None),
    ],
)
def test_times_are_read_with_their_offset_or_not_at_all(
    value: object, found: datetime | None
) -> None:
    assert time_of_text(value) == found
