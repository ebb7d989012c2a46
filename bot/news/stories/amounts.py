"""Numbers of a headline, and the days and periods that it names.

Owns how "$1.2bn", "1.2 billion dollars" and "$1,200,000,000" become one amount, and when two
amounts are the same told more or less exactly. Pure. Refuses to judge what an amount means:
that is the matter of figures.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import floor, log10

from bot.news.stories.reasons import rather_than

_SCALES = {
    **dict.fromkeys(("k", "thousand"), 1e3),
    **dict.fromkeys(("m", "mn", "mln", "mio", "million"), 1e6),
    **dict.fromkeys(("b", "bn", "bln", "billion"), 1e9),
    **dict.fromkeys(("t", "tn", "trn", "trillion"), 1e12),
}
_WORDS = {
    "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0,
    "eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0,
}  # fmt: skip
_CURRENCIES = {"€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₹": "INR"}
NUMBER = (
    r"(?P<currency>(?:US|A|C|HK|S)?[$€£¥₩₹])?\s?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[\s-]?(?P<scale>thousand|million|billion|trillion|mln|mio|bln|trn|bn|mn|tn|[kmbt]))?"
    r"(?![^\W\d_])\+?"
    r"(?P<percent>\s?%|[\s-]percent\b|[\s-]per\scent\b|\s?pct\b)?"
)
_WRITTEN = re.compile(NUMBER, re.IGNORECASE)
_MOST_SHARE_BETWEEN = 0.015
_MOST_ROUNDING = 0.09
_EXACT_DIGITS = 3
_LEAST_PRICE = 1_000
# No asset costs a million dollars: beyond that a number of dollars is a sum.
_LARGEST_PRICE = 1_000_000
# Twelve years are not eleven told less exactly.
_COUNTED = 12
_SURE_UNITS = frozenset({"USD", "EUR", "GBP", "JPY", "KRW", "INR", "%", "bps"})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit: an ISO currency, %, an asset's symbol, or what is counted.

    `digits` says how exactly it was told: 4,871 with four digits, $1B with one.
    """

    value: float
    unit: str
    digits: int

    @property
    def is_price(self) -> bool:
        """Whether it can be what one of an asset costs: dollars, less than a million of them."""
        return self.unit == "USD" and self.value < _LARGEST_PRICE


def written_amount(text: str) -> Amount | None:
    """The amount that a matched number writes, its unit empty when it is a bare count."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        return None
    plain = found["number"].replace(",", "")
    currency = found["currency"] or ""
    if currency.endswith("€") and re.fullmatch(r"\d{1,3}\.\d{3}", plain):
        plain = plain.replace(".", "")
    value = float(plain[:30]) * _SCALES.get((found["scale"] or "").lower(), 1.0)
    unit = "%" if found["percent"] else ""
    if currency:
        unit = _CURRENCIES.get(currency[-1], "USD")
    return Amount(value, unit, _digits(plain))


_POINT = re.compile(r"[\s-](?:of a )?(?:percentage[\s-])?point\b", re.IGNORECASE)


def said_amount(word: str, after: str) -> Amount | None:
    """The amount that a word says in lower case: two to twelve, or "quarter" before "point"."""
    if word in {"quarter", "half"} and _POINT.match(after):
        return Amount(25.0 if word == "quarter" else 50.0, "bps", 2)
    value = _WORDS.get(word)
    return Amount(value, "", 1) if value else None


def _digits(plain: str) -> int:
    digits = plain.replace(".", "").strip("0") if "." not in plain else plain.replace(".", "")
    return max(1, len(digits.lstrip("0")))


def agree(one: Amount, other: Amount) -> bool:
    """Whether two amounts are the same, told more or less exactly: $93K and $92,600."""
    if one.unit != other.unit:
        # "1,090 BTC" is "1,090 coins" elsewhere: so exact a number is no chance.
        is_exact = min(one.digits, other.digits) >= _EXACT_DIGITS
        return is_exact and one.value == other.value and not {one.unit, other.unit} <= _SURE_UNITS
    if one.value == other.value:
        return True
    largest = max(one.value, other.value)
    apart = abs(one.value - other.value) / largest if largest else 0.0
    if min(one.value, other.value) <= _COUNTED and one.unit not in {"USD", "%"}:
        return False
    if apart <= _MOST_SHARE_BETWEEN and one.unit in {"USD", "EUR", "GBP"}:
        return True
    if one.unit == "USD" and _LEAST_PRICE <= largest < _LARGEST_PRICE:
        # Of a price the thousands count: $90,000 is not $86,000 told less exactly.
        return False
    digits = min(one.digits, other.digits)
    return apart <= _MOST_ROUNDING and _rounded(one.value, digits) == _rounded(other.value, digits)


def any_agree(mine: Iterable[Amount], theirs: Iterable[Amount]) -> bool:
    """Whether any of one's amounts is any of the other's, told more or less exactly."""
    return any(agree(one, other) for one, other in product(mine, theirs))


def _rounded(value: float, digits: int) -> float:
    if value == 0:
        return 0.0
    return round(value, digits - 1 - floor(log10(abs(value))))


# ---- what a company is valued at

_AT = r"(?:\s+(?:it|at|of|to|above|over|near|nearly|past|up|about|as|much|more|than|a))*\s+"
_VALUED = re.compile(rf"\bvalu(?:e[ds]|ing|ation){_AT}{NUMBER}", re.IGNORECASE)
_VALUATION = re.compile(rf"{NUMBER}(?=(?:[\s-](?:pre|post)-money)?[\s-]valuation\b)", re.IGNORECASE)


def valuations_in(title: str) -> frozenset[float]:
    """What a title says that a company is valued at, as numbers without their currency."""
    found = (*_VALUED.finditer(title), *_VALUATION.finditer(title))
    written = (written_amount(title[one.start("number") : one.end()]) for one in found)
    return frozenset(amount.value for amount in written if amount)


# ---- days and periods

_DAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
_MONTHS = frozenset(
    {
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    }
)  # fmt: skip
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(rf"\b({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_NUMBERS = ("first", "second", "third", "fourth")
_QUARTER = re.compile(r"\bq([1-4])\b|\b(first|second|third|fourth)[\s-]quarter\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+")


def periods_in(title: str) -> dict[str, frozenset[str]]:
    """The days, months and quarters that a title names, by their kind.

    "May" counts as a month only where it cannot be a verb.
    """
    found: dict[str, set[str]] = {}
    words = _WORD.findall(title)
    for previous, word in zip(["", *words], words, strict=False):
        lower = word.lower()
        if lower in _DAYS:
            found.setdefault("day", set()).add(lower)
        is_month = lower in _MONTHS and word[0].isupper()
        if is_month and (lower not in {"may", "march"} or previous.lower() in {"in", "since"}):
            found.setdefault("month", set()).add(lower)
    for month, day in _DATE.findall(title):
        if month.lower()[:3] in {name[:3] for name in _MONTHS}:
            found.setdefault("date", set()).add(f"{month.lower()[:3]} {int(day)}")
    for digit, word in _QUARTER.findall(title):
        found.setdefault("quarter", set()).add(digit or str(_NUMBERS.index(word.lower()) + 1))
    return {kind: frozenset(values) for kind, values in found.items()}


def differing_period(
    one: dict[str, frozenset[str]], other: dict[str, frozenset[str]]
) -> str | None:
    """Which days or periods two titles name that cannot be the same, in words, or None."""
    for kind in one.keys() & other.keys():
        if not one[kind] & other[kind]:
            return rather_than(one[kind], other[kind])
    return None
