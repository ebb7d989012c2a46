"""The figures of a text, made alike: $1.2bn, 1.2 billion and 1,200 million are one value.

Owns the reading of numbers, their scale, unit and direction, wherever they stand, so that two
texts can be compared. Where a number can be read in two ways it has both values. Pure.
Refuses to judge what a figure means: that is `bot.news.figures.finding`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

_SCALES = {
    "k": 3, "thousand": 3, "thousands": 3, "tausend": 3, "mil": 3, "mille": 3, "тыс": 3,
    "m": 6, "mn": 6, "mln": 6, "mio": 6, "million": 6, "millions": 6, "millionen": 6,
    "millones": 6, "millón": 6, "milhões": 6, "milioni": 6, "млн": 6, "مليون": 6,
    "b": 9, "bn": 9, "bln": 9, "mrd": 9, "billion": 9, "billions": 9, "milliarden": 9,
    "milliards": 9, "milliard": 9, "bilhões": 9, "miliardi": 9, "млрд": 9, "مليار": 9,
    "t": 12, "tn": 12, "trn": 12, "trillion": 12, "trillions": 12, "billionen": 12, "трлн": 12,
    "万": 4, "萬": 4, "만": 4, "亿": 8, "億": 8, "억": 8, "兆": 12, "조": 12,
}  # fmt: skip
_MARKS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₿": "BTC", "₹": "INR"}
_UNITS = {
    "%": "%", "percent": "%", "per cent": "%", "percentage points": "%", "prozent": "%",
    "pour cent": "%", "por ciento": "%", "процентов": "%", "процента": "%", "pp": "%",
    "x": "x", "times": "x", "fold": "x",
    "dollar": "USD", "dollars": "USD", "us dollars": "USD", "dólares": "USD", "долларов": "USD",
    "euro": "EUR", "euros": "EUR", "pounds": "GBP", "yen": "JPY", "won": "KRW",
    "bitcoin": "BTC", "bitcoins": "BTC", "ether": "ETH", "ethereum": "ETH",
}  # fmt: skip


def _either(words: Iterable[str]) -> str:
    listed = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word) for word in listed)


# How a text may write thousands, millions and more, in lower case.
SCALE_WORDS = frozenset(_SCALES)

_SIGNS = "".join(scale for scale in _SCALES if scale[0] > "\u3000")
_SPELLED = [scale for scale in _SCALES if scale[0] not in _SIGNS]
_NUMBER = re.compile(
    r"(?P<mark>[$€£¥₩₿₹])?\s?(?<![A-Za-z0-9\u00c0-\u024f\u0400-\u04ff])(?<![A-Za-z]\.)"
    r"(?P<number>\d{1,3}(?: \d{3})+(?![\d.,])|\d+(?:[.,'\u2019\u00a0\u202f]\d+)*)"
    rf"(?:[\s-]?(?P<scale>(?i:{_either(_SPELLED)})(?![^\W\d_])|[{_SIGNS}]))?"
    rf"(?:[\s-]?(?P<unit>(?i:{_either(_UNITS)})(?!\w)|[A-Z]{{2,6}}(?![a-z])))?"
)
_JOIN = re.compile(r"\s?(?:[-\u2010-\u2015~]|to|and|bis|or)\s?")
_GROUPED = re.compile(r"\d{1,3}(?:[,.'\u2019\u00a0\u202f ]\d{3})+")
_LOOSE_SCALES = frozenset("kmbt")

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORD_VALUES = {
    **{word: value for value, word in enumerate(re.findall(r"\w+", _SMALL))},
    **{word: 10 * value for value, word in enumerate(re.findall(r"\w+", _TENS), 2)},
}
_WORD_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_WORDS = re.compile(
    rf"\b(?:{_either(_WORD_VALUES)})\b"
    rf"(?:[\s-](?:and )?(?:{_either([*_WORD_VALUES, *_WORD_SCALES])})\b)*",
    re.IGNORECASE,
)
_UP = re.compile(
    r"\b(?:up|ro?se|rises|rising|risen|gain\w*|climb\w*|jump\w*|surg\w+|rall(?:y|ied|ying)|soar\w*|"
    r"increas\w+|higher|advanc\w+|grew|grown|growth|spik\w+|rebound\w*)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:down|fell|falls?|falling|fallen|drop\w*|los[est]\w*|slid\w*|slump\w*|plung\w+|declin\w+|"
    r"sank|sinks?|tumbl\w+|shed\w*|decreas\w+|lower|dip(?:s|ped)?|slip\w*|"
    r"crash\w*|plummet\w*|retreat\w*)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:.!?]\s|\band\b|\bwhile\b|\bbut\b|\n")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure: its words, every value it may have, and what it counts.

    `unit` is %, x, an ISO currency or a symbol, empty where none is said. `direction` is 1, -1,
    or 0 where the clause does not say.
    """

    words: str
    values: frozenset[Decimal]
    unit: str = ""
    direction: int = 0


def quantities(text: str, *, comma_is_decimal: bool = False) -> list[Quantity]:
    """The figures of a text in order, those in English words included, but not a lone "one".

    With `comma_is_decimal` "1.200" and "1,200" have both values, 1200 and 1.2; without, a comma
    separates thousands and a full stop fractions. Digits of every script are read.
    """
    plain = _with_plain_digits(text)
    found = list(_NUMBER.finditer(plain))
    read = [_read(match, comma_is_decimal) for match in found]
    for place, (match, following) in enumerate(pairwise(found)):
        if not match["scale"] and _JOIN.fullmatch(plain, match.end(), following.start()):
            read[place], read[place + 1] = _joined(read[place], read[place + 1], following)
    turned = [
        Quantity(quantity.words, quantity.values, quantity.unit, _direction(plain, match))
        for match, quantity in zip(found, read, strict=True)
    ]
    return [*turned, *_in_words(plain)]


def _with_plain_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(
        char if char.isascii() or not char.isdecimal() else str(unicodedata.decimal(char))
        for char in text
    )


def _read(match: re.Match[str], comma_is_decimal: bool) -> Quantity:
    values = _values(match["number"], comma_is_decimal)
    mark = match["mark"]
    scale = (match["scale"] or "").lower()
    if scale:
        scaled = frozenset(value.scaleb(_SCALES[scale]) for value in values)
        # "10m" may be minutes; "$10m" is money.
        loose = scale in _LOOSE_SCALES and not mark
        values = scaled | values if loose else scaled
    unit = match["unit"] or ""
    return Quantity(
        match[0].strip(), values, _MARKS.get(mark or "", _UNITS.get(unit.lower(), unit))
    )


def _values(number: str, comma_is_decimal: bool) -> frozenset[Decimal]:
    readings = set()
    bare = re.sub(r"['\u2019\u00a0\u202f ]", "", number)
    marks = [char for char in bare if char in ".,"]
    if not marks:
        readings.add(bare)
    elif len(set(marks)) > 1:
        readings.add(bare.replace(next(m for m in ".," if m != marks[-1]), "").replace(",", "."))
    elif len(marks) > 1 or marks == [","]:
        readings.add(bare.replace(marks[0], ""))
        if len(marks) == 1 and (comma_is_decimal or not _GROUPED.fullmatch(bare)):
            readings.add(bare.replace(",", "."))
    else:
        readings.add(bare)
        if comma_is_decimal and _GROUPED.fullmatch(bare):
            readings.add(bare.replace(".", ""))
    return frozenset(value for reading in readings if (value := _decimal(reading)) is not None)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        return None


def _joined(first: Quantity, second: Quantity, match: re.Match[str]) -> tuple[Quantity, Quantity]:
    """The two figures of a range, which share scale and unit: "$93 to 95k"."""
    exponent = _SCALES.get((match["scale"] or "").lower(), 0)
    scaled = frozenset(value.scaleb(exponent) for value in first.values)
    return (
        Quantity(first.words, first.values | scaled, first.unit or second.unit),
        Quantity(second.words, second.values, second.unit or first.unit),
    )


def _direction(text: str, match: re.Match[str]) -> int:
    before = _CLAUSE.split(text[max(0, match.start() - 60) : match.start()])[-1]
    after = _CLAUSE.split(text[match.end() : match.end() + 25])[0]
    for near in (before, after):
        is_up, is_down = bool(_UP.search(near)), bool(_DOWN.search(near))
        if is_up != is_down:
            return 1 if is_up else -1
    return 0


def _in_words(text: str) -> Iterator[Quantity]:
    for match in _WORDS.finditer(text):
        words = re.findall(r"[a-z]+", match[0].lower())
        if words == ["one"]:
            continue
        total, current = 0, 0
        for word in words:
            if word in _WORD_VALUES:
                current += _WORD_VALUES[word]
            elif word == "hundred":
                current *= 100
            elif word in _WORD_SCALES:
                total, current = total + max(1, current) * 10 ** _WORD_SCALES[word], 0
        yield Quantity(match[0], frozenset({Decimal(total + current).normalize()}))
