"""Amounts as people write them, and the canonical text of decimals."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ArgumentError
from bot.domain.numbers import canonical_text, parsed_amount


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("95000", "95000", None),
        ("95k", "95000", None),
        ("95K", "95000", None),
        ("1.2m", "1200000", None),
        ("1,2m", "1200000", None),
        ("2.5bn", "2500000000", None),
        ("3t", "3000000000000", None),
        ("$97,800", "97800", "USD"),
        ("97,800.55", "97800.55", None),
        ("1,297,800", "1297800", None),
        ("0.00001234", "0.00001234", None),
        (".5", "0.5", None),
        ("97 800", "97800", None),
        ("97 800,50 €", "97800.50", "EUR"),
        ("97\u00a0800\u00a0€", "97800", "EUR"),
        ("97\u202f800", "97800", None),
        ("97\u2009800", "97800", None),
        ("97'800.5", "97800.5", None),
        ("97\u2019800", "97800", None),
        ("97_800", "97800", None),
        ("97.800,5", "97800.5", None),
        ("1.297.800", "1297800", None),
        ("€90k", "90000", "EUR"),
        ("90k€", "90000", "EUR"),
        ("90 k USD", "90000", "USD"),
        ("£1m", "1000000", "GBP"),
        ("₿0.05", "0.05", "BTC"),
        ("0.05 btc", "0.05", "BTC"),
        ("$5 usd", "5", "USD"),
        ("3,300", "3300", None),
        ("1,5", "1.5", None),
        ("1,50", "1.50", None),
        ("1,5000", "1.5000", None),
        ("0,300", "0.300", None),
        ("0,5", "0.5", None),
        ("97.800", "97.800", None),
        ("  95000\n", "95000", None),
        ("٩٥٠٠٠", "95000", None),
        ("९५०००", "95000", None),
        ("\uff19\uff15k", "95000", None),
        ("\U0001d7d7\U0001d7d3", "95", None),
        ("\u0661\u066b\u0665", "1.5", None),
        ("\u0669\u0667\u066c\u0668\u0660\u0660", "97800", None),
    ],
)
def test_an_amount_is_read_as_it_was_meant(text: str, value: str, currency: str | None) -> None:
    amount = parsed_amount(text)
    assert amount.value == Decimal(value)
    assert amount.currency == currency


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "$", "k", "BTC", "nan", "NaN", "inf", "-inf", "Infinity", "1e5", "1E5", "0x10"),
        *("1.2.3", "1,2,3", "1,23,456", "97,80 0", "97 800 1", "97,800 100", "12 34", "0,123,456"),
        *("97 800,500", "1.234,567", "95000 apples", "95kk", "--5", "+5", "5%", "5-6", "$5€", "₪5"),
        *("²", "½", "Ⅷ", "5\x00", "5\n6", "1 k 2", "$$5"),
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        parsed_amount(text)
    assert refused.value.argument_text_id == "number.unreadable"


@pytest.mark.parametrize("text", ["0", "0.000", "0k", "$0", "-5", "- 5", "-95k", "\u22125", "-0"])
def test_zero_and_negative_numbers_have_their_own_answer(text: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        parsed_amount(text)
    assert refused.value.argument_text_id == "number.not_positive"


@pytest.mark.parametrize(
    "text", ["1" * 31, "1" * 28 + "k", "0." + "1" * 31, "9" * 4096, "1" + ",000" * 1000]
)
def test_a_number_of_absurd_length_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        parsed_amount(text)
    assert refused.value.argument_text_id == "number.too_long"
    assert len(refused.value.values["typed"]) <= 40


@pytest.mark.parametrize("text", ["1" + "0" * 39, "1" + "0" * 40, "9" * 4096])
def test_a_quote_that_was_cut_says_so(text: str) -> None:
    """Forty characters are quoted as typed; of more the cut is to be seen."""
    with pytest.raises(ArgumentError) as refused:
        parsed_amount(text)
    quoted = refused.value.values["typed"]
    assert quoted == (text if len(text) <= 40 else text[:39] + "…")


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("90.000", True),
        ("$1.250", True),
        ("97.800 eur", True),
        ("\u0669\u0660\u066b\u0660\u0660\u0660", True),
        ("90.00", False),
        ("90.0000", False),
        ("0.995", False),
        (".995", False),
        ("1234.500", False),
        ("90.000k", False),
        ("90,000", False),
        ("1.297.800", False),
        ("97.800,5", False),
        ("97,800.555", False),
    ],
)
def test_a_point_before_three_digits_may_separate_thousands(text: str, may_be: bool) -> None:
    assert parsed_amount(text).may_be_thousands is may_be


def test_thirty_digits_are_kept_to_the_last_one() -> None:
    digits = "123456789012345678901234567891"
    assert parsed_amount(digits).value == Decimal(digits)
    assert canonical_text(parsed_amount(digits[:27] + "k").value) == digits[:27] + "000"


positive = st.decimals(
    min_value=Decimal("0.0000000001"), max_value=Decimal(10**15), places=10, allow_nan=False
)


@given(positive)
def test_a_canonical_text_reads_back_as_the_same_amount(value: Decimal) -> None:
    assert parsed_amount(canonical_text(value)).value == value


@given(st.integers(min_value=1, max_value=10**15), st.sampled_from([",", " ", "_", "'", "\u00a0"]))
def test_thousands_may_be_set_apart_by_any_usual_sign(value: int, gap: str) -> None:
    assert parsed_amount(f"{value:,}".replace(",", gap)).value == value


@given(st.text(max_size=60))
def test_any_text_is_an_amount_or_a_clear_refusal(text: str) -> None:
    with contextlib.suppress(ArgumentError):
        amount = parsed_amount(text)
        assert amount.value > 0
        assert canonical_text(amount.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.50", "1.5"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("0.00", "0"),
        ("-0", "0"),
        ("1E-8", "0.00000001"),
        ("-2.0", "-2"),
        ("95000.000", "95000"),
    ],
)
def test_the_canonical_text_has_no_exponent_and_no_idle_zeros(value: str, text: str) -> None:
    assert canonical_text(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_equal_decimals_have_one_text_that_reads_back(value: Decimal) -> None:
    text = canonical_text(value)
    assert Decimal(text) == value
    assert canonical_text(Decimal(text)) == text
    assert canonical_text(Decimal(text + ("00" if "." in text else ".0"))) == text


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_not_finite_has_no_text(value: str) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        canonical_text(Decimal(value))
