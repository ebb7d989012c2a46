"""Numbers as people write them, and as the database keeps them.

Owns the reading of amounts ("95k", "$97,800", "97 800") and the canonical text of a Decimal.
Refuses floats: a price that went through one is no longer what was typed.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.errors import ArgumentError

# What prices can be told in, by the code that people type; exchanges and CoinGecko know them all.
CURRENCIES = (
    *("USD", "EUR", "GBP", "BTC", "ETH"),
    *("JPY", "KRW", "INR", "BRL", "TRY", "RUB", "CAD", "AUD", "CHF"),
)
CURRENCY_SIGNS = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "₿": "BTC",
    "¥": "JPY",
    "₩": "KRW",
    "₹": "INR",
    "₺": "TRY",
    "₽": "RUB",
}
SIGN_PATTERN = f"[{''.join(CURRENCY_SIGNS)}]"
"""One sign of a currency, as a regular expression."""
CURRENCY_PATTERN = "|".join((SIGN_PATTERN, *(code.lower() for code in CURRENCIES)))
"""A sign or a code of a currency, the code in lower case."""

_SUFFIXES = {"k": 3, "m": 6, "b": 9, "bn": 9, "t": 12, "tn": 12}
_MAX_DIGITS = 30
_SHOWN_CHARACTERS = 40
_ARABIC_POINTS = str.maketrans({"\u066b": ".", "\u066c": ","})
_MINUSES = ("-", "\u2212")

# What people put between thousands beside commas and points; \u2019 is the apostrophe that
# phones make of a straight one, the others are the no-break and thin spaces.
_GAPS = r"\ \u00a0\u2009\u202f'\u2019_"

# A group of thousands never begins with 0: "0,300" is three tenths, not three hundred.
_AMOUNT = re.compile(
    rf"""(?P<sign>{SIGN_PATTERN})?\s*
        (?P<digits>
            [1-9]\d{{0,2}}(?:,\d{{3}})+(?:\.\d+)?               # 97,800.5
            |[1-9]\d{{0,2}}(?P<gap>[{_GAPS}])\d{{3}}(?:(?P=gap)\d{{3}})*
                (?:\.\d+|,\d{{1,2}}|,\d{{4,}})?                 # 97 800,5
            |[1-9]\d{{0,2}}(?:\.\d{{3}})+,(?:\d{{1,2}}|\d{{4,}})  # 97.800,5
            |[1-9]\d{{0,2}}(?:\.\d{{3}}){{2,}}                  # 1.297.800
            |\d+(?:\.\d+)?|\.\d+                                # plain
            |0+,\d+|\d+,\d{{1,2}}|\d+,\d{{4,}}                  # a comma for the point
        )
        \s*(?P<suffix>bn|tn|[kmbt])?
        \s*(?P<after>{CURRENCY_PATTERN})?""",
    re.VERBOSE | re.IGNORECASE,
)
# What is read as a number with three decimals, and is how others write thousands.
_MAY_BE_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_COMMA_IS_POINT = re.compile(r"0+,\d+|\d+,(?:\d{1,2}|\d{4,})")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that a person wrote: its exact value, and the currency when one was named.

    `may_be_thousands` is whether it has a single point before exactly three digits: "90.000" is
    read as ninety, and others write ninety thousand so.
    """

    value: Decimal
    currency: str | None = None
    may_be_thousands: bool = False


def parsed_amount(text: str) -> Amount:
    """The amount that `text` writes: "95k", "$97,800", "€1.2m", "97 800", "0.00001234".

    A comma followed by exactly three digits separates thousands; after a zero, or before one,
    two, or four and more digits it is a decimal point. A single point is a decimal point. The
    digits of any script count. Raises ArgumentError (`number.unreadable`) for anything else,
    zero and negative numbers (`number.not_positive`) and numbers of more than 30 digits, also
    once "k" and the like are written out (`number.too_long`).
    """
    typed = text.strip()
    shown = _cut(typed)
    stripped = _with_plain_digits(typed)
    if stripped.startswith(_MINUSES) and _AMOUNT.fullmatch(stripped[1:].strip()):
        raise ArgumentError("number.not_positive", typed=shown)
    match = _AMOUNT.fullmatch(stripped)
    if match is None:
        raise ArgumentError("number.unreadable", typed=shown)
    digits = _plain_number(match["digits"])
    currencies = {_currency(sign) for sign in (match["sign"], match["after"]) if sign}
    if len(currencies) > 1:
        raise ArgumentError("number.unreadable", typed=shown)
    # Written with its exponent: arithmetic would round to the context's 28 digits.
    value = Decimal(f"{digits}E{_SUFFIXES.get((match['suffix'] or '').lower(), 0)}")
    # What it is kept as is read again, so that its zeros count too.
    if any(_digit_count(written) > _MAX_DIGITS for written in (digits, canonical_text(value))):
        raise ArgumentError("number.too_long", typed=shown)
    if value <= 0:
        raise ArgumentError("number.not_positive", typed=shown)
    may_be_thousands = not match["suffix"] and bool(_MAY_BE_THOUSANDS.fullmatch(match["digits"]))
    return Amount(value, currencies.pop() if currencies else None, may_be_thousands)


def _cut(typed: str) -> str:
    if len(typed) <= _SHOWN_CHARACTERS:
        return typed
    return typed[: _SHOWN_CHARACTERS - 1] + "…"


def _digit_count(text: str) -> int:
    return sum(character.isdecimal() for character in text)


def _currency(sign: str) -> str:
    return CURRENCY_SIGNS.get(sign, sign.upper())


def _with_plain_digits(text: str) -> str:
    """The text with the digits of every script, Arabic or full-width, as 0 to 9."""
    if text.isascii():
        return text
    plain = (str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return "".join(plain).translate(_ARABIC_POINTS)


def _plain_number(digits: str) -> str:
    """Digits with at most a point: what separated thousands is taken out."""
    bare = re.sub(f"[{_GAPS}]", "", digits)
    if "," in bare and "." in bare:
        point = "," if bare.rindex(",") > bare.rindex(".") else "."
    elif "," in bare:
        point = "," if _COMMA_IS_POINT.fullmatch(bare) else ""
    else:
        point = "." if bare.count(".") == 1 else ""
    kept = (character for character in bare if character.isdecimal() or character == point)
    return "".join(kept).replace(",", ".")


def canonical_text(value: Decimal) -> str:
    """The one text of a finite Decimal: no exponent, no trailing zeros, no sign on zero.

    Equal values give equal texts, so that the text can be compared and made unique.
    Raises ValueError when the value is NaN or infinite.
    """
    if not value.is_finite():
        raise ValueError(f"not a finite number: {value}")
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
