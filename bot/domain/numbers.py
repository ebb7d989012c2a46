"""Numbers as people write them, and as the database keeps them.

Owns the reading of amounts ("95k", "$97,800", "97 800") and the canonical text of a Decimal.
Refuses floats: a price that went through one is no longer what was typed.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.errors import ArgumentError

_CURRENCY_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₿": "BTC"}
_SUFFIXES = {"k": 3, "m": 6, "b": 9, "bn": 9, "t": 12, "tn": 12}
_MAX_DIGITS = 30

_AMOUNT = re.compile(
    r"""^(?P<sign>[$€£₿])?\s*
        (?P<digits>
            \d{1,3}(?:[,\u00a0\u202f '_]\d{3})+(?:\.\d+)?   # thousands apart
            |\d+(?:\.\d+)?|\.\d+                            # plain
            |\d+,\d{1,2}|\d+,\d{4,}                         # a comma for the point
        )
        \s*(?P<suffix>bn|tn|[kmbt])?
        \s*(?P<after>[$€£₿]|usd|eur|gbp)?$""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that a person wrote: its exact value, and the currency when one was named."""

    value: Decimal
    currency: str | None = None


def parsed_amount(text: str) -> Amount:
    """The amount that `text` writes: "95k", "$97,800", "€1.2m", "97 800", "0.00001234".

    A comma followed by exactly three digits separates thousands; before one, two, or four
    and more digits it is a decimal point. Raises ArgumentError (`number.unreadable`) for
    anything else, zero and negative numbers (`number.not_positive`) and numbers of more than
    30 digits (`number.too_long`).
    """
    stripped = text.strip()
    if stripped.startswith("-") and _AMOUNT.match(stripped[1:].strip()):
        raise ArgumentError("number.not_positive", typed=text)
    match = _AMOUNT.match(stripped)
    if match is None:
        raise ArgumentError("number.unreadable", typed=text[:40])
    digits = _plain_digits(match["digits"])
    if len(digits) > _MAX_DIGITS:
        raise ArgumentError("number.too_long", typed=text[:40])
    value = Decimal(digits).scaleb(_SUFFIXES.get((match["suffix"] or "").lower(), 0))
    if value <= 0:
        raise ArgumentError("number.not_positive", typed=text)
    sign = match["sign"] or match["after"]
    currency = _CURRENCY_SIGNS.get(sign, sign.upper()) if sign else None
    return Amount(value, currency)


def _plain_digits(digits: str) -> str:
    bare = re.sub(r"[\u00a0\u202f '_]", "", digits)
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", bare):
        return bare.replace(",", "")
    return bare.replace(",", ".")


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
