"""Amounts as running text writes them.

Owns the reading of "$97,800", "€93.000", "93k\u201395k", "US$1.2tn", "380 million dollars" and
"-3.5%" where they stand among other words. Refuses to say what an amount means: "100x", years,
dates, versions and prices glued to a ticker ("ETH$3,356.01") are none, the rest is for
`bot.news.figures.finding`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.domain.errors import ArgumentError
from bot.domain.numbers import parsed_amount

PERCENT = "%"

_SIGNS = {
    "$": "USD", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD",
    "S$": "SGD", "SG$": "SGD", "NZ$": "NZD", "NT$": "TWD", "R$": "BRL", "MX$": "MXN",
    "€": "EUR", "£": "GBP", "¥": "JPY", "CN¥": "CNY", "₩": "KRW", "₹": "INR", "₽": "RUB",
    "₺": "TRY", "₿": "BTC", "₫": "VND", "₱": "PHP", "฿": "THB",
}  # fmt: skip
_WORDS = {
    "dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR", "pounds": "GBP",
    "yen": "JPY", "won": "KRW", "yuan": "CNY", "rupees": "INR", "lira": "TRY", "reais": "BRL",
    "francs": "CHF", "bitcoin": "BTC", "bitcoins": "BTC", "ether": "ETH",
}  # fmt: skip
CURRENCIES = frozenset(_SIGNS.values()) - {"BTC"} | {"CHF", "SEK", "NOK", "PLN", "AED", "ZAR"}
STABLE_UNITS = frozenset({"USDT", "USDC", "DAI", "FDUSD", "BUSD", "USDE"})
# There a point separates thousands as a rule.
_POINT_FOR_THOUSANDS = frozenset({"EUR", "TRY", "BRL"})

_SCALES = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "mln": 6, "mm": 6, "million": 6, "b": 9,
           "bn": 9, "bln": 9, "billion": 9, "t": 12, "tn": 12, "trn": 12,
           "trillion": 12}  # fmt: skip
_LARGE = 6
# Four digits without a comma are a year more often than a price.
_PLAIN_NUMBER = 10_000
_MOST_AMOUNTS = 200

_SIGN = r"(?:US|AU|HK|NZ|NT|MX|SG|CA|[ACRS])?\$|(?:CN)?¥|[€£₩₹₽₺₿₫₱฿]"
_UNIT_WORDS = "|".join(sorted(_WORDS, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"""(?=[-+\u2212\d$€£¥₩₹₽₺₿₫₱฿UAHNMSCR])(?<![\w.,'\u2019$€£¥/#:@])
    (?P<minus>(?<![\w%)])[-+\u2212](?=[\d$€£¥₩]))?
    (?:(?P<sign>{_SIGN})\s?(?P<sign_minus>-(?=\d))?)?
    (?P<digits>
        \d{{1,3}}(?:[,.]\d{{3}})+(?:[,.]\d+)?(?!\d)
        |(?(sign)\d{{1,3}}(?:\ \d{{3}})+(?!\d)|\d{{1,3}}(?:\ \d{{3}})+(?=\s?[€$₽]))
        |\d+(?:[.,]\d+)?
    )
    (?:
        \s?(?P<percent>%|percent\b|per\ cent\b|pct\b)
        |(?:[\s-]?(?P<scale>(?i:thousand|million|mln|mn|billion|bln|bn|trillion|trn|tn))
            |\s?(?P<letter>[kK])|(?(sign)\s?(?P<large>mm|[mMbBtT])))(?![a-zA-Z])
    )?
    (?:[\s-]?(?P<after>{_SIGN}(?!\s?\d)|(?:U\.?S\.?\ )?(?P<word>(?i:{_UNIT_WORDS}))\b
        |(?P<code>[A-Z][A-Z0-9]{{1,9}})\b(?!\$)))?
    (?!\w|[.,:/]\d)(?(sign)|(?!-[a-zA-Z]))""",
    re.VERBOSE,
)
_LONGEST_SIGN = len("-HK$ -")
_DIGIT = re.compile(r"\d")
_DECIMAL_COMMA = re.compile(r"\d,\d{1,2}\s?(?:%|€|Prozent|Mio|Mrd|Million|Milliard)")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_COMMAS_FOR_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_MOST_DIGITS = 30
_POINT_AND_THREE = re.compile(r"[1-9]\d{0,2}\.\d{3}")
# "GPT-5", "BIP-110"; after an amount the same dash makes a range.
_PART_OF_NAME = re.compile(r"\w[-\u2013]\Z")
_LETTERS_BEHIND = re.compile(r"(?<=[\d\s-])[a-zA-Z]+")
_BETWEEN_ENDS = re.compile(r"\s?(?:-|\u2013|\u2014|~|to)\s?")
_BETWEEN_PAIR = re.compile(r"\s(?:and|&)\s")
_WIDEST_BETWEEN = len(" and ")
_OPENS_PAIR = re.compile(
    r"\bbetween\s(?:about\s|around\s|roughly\s|approximately\s|nearly\s)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class WrittenAmount:
    """An amount at a place of a text.

    `unit` is an ISO currency, `%`, a symbol ("95,000 USDT") or None for a bare number. `value`
    is positive; `negative` tells of a minus in front, `signed` of a plus or a minus. `large` is
    one written in millions or more, `thousands` a bare number that shows thousands ("95k",
    "95,000"). `upper` is the end of a range that the amount before it begins.
    """

    start: int
    end: int
    value: Decimal
    unit: str | None
    words: str
    signed: bool = False
    negative: bool = False
    large: bool = False
    thousands: bool = False
    upper: bool = False

    @property
    def is_money(self) -> bool:
        """Whether the unit is a currency, or a coin that stands for one."""
        return self.unit in CURRENCIES or self.unit in STABLE_UNITS


def written_amounts(text: str) -> list[WrittenAmount]:
    """The amounts of a text in order, at most 200; ends of a range share unit and scale.

    A comma and three digits separate thousands; so does a point in a text that writes decimals
    with commas, after €, and in "93.000". Numbers that cannot be read are left out.
    """
    if not _DIGIT.search(text):
        return []
    comma_is_point = "," in text and _DECIMAL_COMMA.search(text) is not None
    found: list[WrittenAmount] = []
    for match in _numbers(text):
        ended = found[-1].end if found else 0
        # Looks two characters back only, or many dashes would cost as much as the text is long.
        if not match["sign"] and _PART_OF_NAME.search(
            text, max(ended, match.start() - 2), match.start()
        ):
            continue
        amount = _amount(match, comma_is_point)
        if amount is not None:
            found.append(amount)
        if len(found) == _MOST_AMOUNTS:
            break
    return _with_ranges(text, found)


def _numbers(text: str) -> Iterator[re.Match[str]]:
    """The places of `_AMOUNT`, looked for only from shortly before the next digit."""
    place = 0
    while digit := _DIGIT.search(text, place):
        found = _AMOUNT.search(text, max(place, digit.start() - _LONGEST_SIGN))
        if found is None:
            return
        yield found
        place = found.end()


def _amount(match: re.Match[str], comma_is_point: bool) -> WrittenAmount | None:
    unit = _unit(match)
    scale = (match["scale"] or match["letter"] or match["large"] or "").lower()
    value = _value(match["digits"], unit, scale, comma_is_point)
    if value is None:
        return None
    minus = match["minus"] or match["sign_minus"] or ""
    end = _end(match, unit)
    return WrittenAmount(
        start=match.start(),
        end=end,
        value=value,
        unit=unit,
        words=match.string[match.start() : end],
        signed=bool(minus),
        negative=minus in {"-", "\u2212"},
        large=_SCALES.get(scale, 0) >= _LARGE,
        thousands=_shows_thousands(match["digits"], scale, value),
    )


def _shows_thousands(digits: str, scale: str, value: Decimal) -> bool:
    return scale in {"k", "thousand"} or value >= _PLAIN_NUMBER or "," in digits[-4:-3]


def _unit(match: re.Match[str]) -> str | None:
    if match["percent"]:
        return PERCENT
    code, sign = match["code"], match["sign"]
    if sign:
        return code if sign == "$" and code in CURRENCIES else _SIGNS[sign]
    if match["word"]:
        return _WORDS[match["word"].lower()]
    return code or _SIGNS.get(match["after"] or "")


def _end(match: re.Match[str], unit: str | None) -> int:
    """Where the amount ends: a word in capitals behind a sign is no part of it ("$95K BTC")."""
    if match["after"] and match["sign"] and unit != match["code"]:
        kept = match[0][: match.start("after") - match.start()]
        return match.start() + len(kept.rstrip(" -"))
    return match.end()


def _value(digits: str, unit: str | None, scale: str, comma_is_point: bool) -> Decimal | None:
    has_point_and_three = "." in digits and _POINT_AND_THREE.fullmatch(digits) is not None
    if has_point_and_three and _is_thousands(digits, unit, comma_is_point):
        digits = digits.replace(".", "")
    if len(digits) > _MOST_DIGITS:
        return None
    plain = digits
    if "," in digits and _COMMAS_FOR_THOUSANDS.fullmatch(digits):
        plain = digits.replace(",", "")
    is_plain = plain.isdecimal() or _PLAIN.fullmatch(plain) is not None
    value = Decimal(plain) if is_plain else _read(digits)
    return value.scaleb(_SCALES.get(scale, 0)) if value else None


def _read(digits: str) -> Decimal | None:
    """The value of digits in one of the rarer ways, as people type them in a command."""
    try:
        return parsed_amount(digits).value
    except ArgumentError:
        return None


def _is_thousands(digits: str, unit: str | None, comma_is_point: bool) -> bool:
    """Whether the point of "93.000" separates thousands."""
    if comma_is_point or unit == PERCENT:
        return unit != PERCENT
    whole, _, rest = digits.partition(".")
    if unit in _POINT_FOR_THOUSANDS:
        # "€1.234" may be a price with three decimals; nobody writes "€1.250" so.
        return len(whole) > 1 or rest.endswith("0")
    return len(whole) > 1 and rest == "000"


def _with_ranges(text: str, amounts: list[WrittenAmount]) -> list[WrittenAmount]:
    """The amounts with the ends of ranges completed: "$93\u201395k" is $93k and $95k."""
    done = list(amounts)
    for index in range(1, len(done)):
        low, high = done[index - 1], done[index]
        if high.start - low.end > _WIDEST_BETWEEN:
            continue
        between = text[low.end : high.start]
        is_range = _BETWEEN_ENDS.fullmatch(between) or (
            _BETWEEN_PAIR.fullmatch(between)
            and _OPENS_PAIR.search(text[max(0, low.start - 20) : low.start])
        )
        if is_range and (low.unit == high.unit or low.unit is None or high.unit is None):
            done[index - 1], done[index] = _completed(low, high)
    return done


def _completed(low: WrittenAmount, high: WrittenAmount) -> tuple[WrittenAmount, WrittenAmount]:
    unit = low.unit or high.unit
    value, large, thousands = low.value, low.large, low.thousands
    exponent = _exponent(high)
    if exponent and not _exponent(low) and low.value <= high.value.scaleb(-exponent):
        value, large, thousands = value.scaleb(exponent), high.large, high.thousands
    return (
        replace(low, unit=unit, value=value, large=large, thousands=thousands),
        replace(high, unit=unit, upper=True),
    )


def _exponent(amount: WrittenAmount) -> int:
    """The power of ten that the words behind the digits stand for; 0 when there are none."""
    tail = _LETTERS_BEHIND.search(amount.words)
    return _SCALES.get(tail[0].lower(), 0) if tail else 0
