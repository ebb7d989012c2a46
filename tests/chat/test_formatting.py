"""Numbers and times as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.catalogue import Voice
from bot.chat.formatting import (
    age_text,
    ago_text,
    clock_text,
    date_text,
    digits_text,
    duration_text,
    exact_percent_text,
    level_digits,
    level_text,
    percent_text,
    price_text,
    share_text,
    window_text,
)
from bot.domain.numbers import parsed_amount

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "quote", "shown"),
    [
        ("96400", "USD", "$96,400"),
        ("96400.49", "USD", "$96,400"),
        ("3380.25", "USD", "$3,380.25"),
        ("3380", "EUR", "€3,380"),
        ("152.5", "GBP", "£152.50"),
        ("14500000", "JPY", "¥14,500,000"),
        ("30.5", "ETH", "30.50\u00a0ETH"),
        ("2.5", "USD", "$2.50"),
        ("1.0003", "USD", "$1.0003"),
        ("1", "USD", "$1.00"),
        ("0.5312", "USD", "$0.5312"),
        ("0.9", "USD", "$0.9"),
        ("0.99951", "USD", "$0.9995"),
        ("0.00001234", "USD", "$0.00001234"),
        ("0.000000012345678", "USD", "$0.00000001235"),
        ("0.0352", "BTC", "₿0.0352"),
        ("0", "USD", "$0"),
        ("12", "CHF", "12\u00a0CHF"),
        ("1E+30", "USD", "$1,000,000,000,000,000,000,000,000,000,000"),
    ],
)
def test_a_price_has_as_many_digits_as_say_something(value: str, quote: str, shown: str) -> None:
    assert price_text(Decimal(value), quote) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("95000", "$95,000"), ("3380.255", "$3,380.255"), ("0.0000123456789", "$0.0000123456789")],
)
def test_a_level_is_shown_digit_for_digit(value: str, shown: str) -> None:
    assert level_text(Decimal(value), "USD") == shown


@pytest.mark.parametrize(
    ("value", "quote", "shown"),
    [
        ("2.5", "USD", "$2.50"),
        ("14.2", "USD", "$14.20"),
        ("97800.5", "EUR", "€97,800.50"),
        ("152.50", "CHF", "152.50\u00a0CHF"),
        ("1.0", "USD", "$1"),
        ("0.5", "GBP", "£0.5"),
        ("0.00001234", "USD", "$0.00001234"),
        ("2.5", "BTC", "₿2.5"),
        ("30.5", "ETH", "30.5\u00a0ETH"),
    ],
)
def test_tenths_of_a_level_are_told_as_cents(value: str, quote: str, shown: str) -> None:
    """As in a price beside it; not below one, and not in a coin, where there are no cents."""
    assert level_text(Decimal(value), quote) == shown
    assert level_digits(Decimal(value), quote) in shown


@given(st.decimals(min_value="0.000001", max_value="999999999", places=6).filter(lambda d: d > 0))
def test_a_level_shown_and_typed_again_is_the_same_level(level: Decimal) -> None:
    assert parsed_amount(level_text(level, "USD")).value == level


@given(st.decimals(min_value=0, allow_nan=False, allow_infinity=False))
def test_any_price_can_be_shown(value: Decimal) -> None:
    assert price_text(value, "USD").startswith("$")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1.84", "+1.8\u00a0%"),
        ("-0.36", "\u22120.4\u00a0%"),
        ("0", "0.0\u00a0%"),
        ("-0.04", "0.0\u00a0%"),
        ("1234.5", "+1,234\u00a0%"),
        ("-99.96", "\u2212100.0\u00a0%"),
    ],
)
def test_a_change_has_its_sign(value: str, shown: str) -> None:
    assert percent_text(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("4.166", "4.2"), ("0.052", "0.05"), ("250.4", "250"), ("0", "0.00")]
)
def test_a_distance_has_none(value: str, shown: str) -> None:
    assert share_text(Decimal(value)) == f"{shown}\u00a0%"


def test_a_band_is_shown_exactly() -> None:
    assert exact_percent_text(Decimal("0.0005")) == "0.05\u00a0%"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-30, "just now"),
        (59, "just now"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86399, "23 h"),
        (86400, "yesterday"),
        (2 * 86400, "2 days"),
        (7 * 86400, "7\u00a0Mar"),
        (100 * 86400, "4\u00a0Dec\u00a02025"),
    ],
)
def test_an_age_in_words(voice: Voice, seconds: int, shown: str) -> None:
    assert age_text(voice, NOW - timedelta(seconds=seconds), NOW) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-30, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (86399, "23 h ago"),
        (86400, "yesterday"),
        (2 * 86400, "2 days ago"),
        (7 * 86400, "7\u00a0Mar"),
    ],
)
def test_an_age_that_stands_alone(voice: Voice, seconds: int, shown: str) -> None:
    assert ago_text(voice, NOW - timedelta(seconds=seconds), NOW) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("100000", "100,000"), ("1E+5", "100,000"), ("0.000120", "0.00012"), ("-3.5", "\u22123.5")],
)
def test_a_number_digit_for_digit(value: str, shown: str) -> None:
    assert digits_text(Decimal(value)) == shown


def test_a_time_of_another_day_says_which() -> None:
    assert clock_text(NOW - timedelta(hours=2), NOW) == "10:00"
    assert clock_text(NOW - timedelta(hours=13), NOW) == "13\u00a0Mar\u00a023:00"
    assert date_text(NOW - timedelta(days=365), NOW) == "14\u00a0Mar\u00a02025"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (-5, "0:00"), (45.9, "0:45"), (3333, "55:33"), (5530, "1:32:10")],
)
def test_a_duration_is_told_as_a_clock_counts_it(seconds: float, text: str) -> None:
    assert duration_text(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (5, "5 min"),
        (60, "1 h"),
        (90, "90 min"),
        (24 * 60, "24 h"),
        (36 * 60, "36 h"),
        (7 * 24 * 60, "7 days"),
        (90 * 24 * 60, "90 days"),
        (365 * 24 * 60, "1 year"),
    ],
)
def test_a_window_as_a_sentence_tells_it(voice: Voice, minutes: int, text: str) -> None:
    assert window_text(voice, timedelta(minutes=minutes)) == text
