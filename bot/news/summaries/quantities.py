"""The figures of a text, made alike: $1.2bn, 1.2 billion and 1,200 million are one value.

Owns the reading of numbers, their scale, unit and direction, wherever they stand, so that two
texts can be compared. Where a number can be read in two ways it has both values. Pure.
Refuses to judge what a figure means: that is `bot.news.figures.finding`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from bot.news.stories.stems import stem

_SCALES = {
    "k": 3, "thousand": 3, "thousands": 3, "tausend": 3, "mil": 3, "mille": 3, "тыс": 3,
    "m": 6, "mn": 6, "mln": 6, "mio": 6, "million": 6, "millions": 6, "millionen": 6,
    "millones": 6, "millón": 6, "milhões": 6, "milioni": 6, "млн": 6, "مليون": 6,
    "b": 9, "bn": 9, "bln": 9, "mrd": 9, "billion": 9, "billions": 9, "milliarden": 9,
    "milliards": 9, "milliard": 9, "bilhões": 9, "miliardi": 9, "млрд": 9, "مليار": 9,
    "t": 12, "tn": 12, "trn": 12, "trillion": 12, "trillions": 12, "billionen": 12, "трлн": 12,
    "万": 4, "萬": 4, "만": 4, "亿": 8, "億": 8, "억": 8, "兆": 12, "조": 12,
}  # fmt: skip
_MARKS = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₿": "BTC", "₹": "INR",
    "US$": "USD", "HK$": "HKD", "NT$": "TWD", "NZ$": "NZD", "CA$": "CAD", "AU$": "AUD",
    "C$": "CAD", "A$": "AUD", "S$": "SGD", "R$": "BRL",
}  # fmt: skip
_CODES = (
    "AED|AUD|BRL|CAD|CHF|CNY|EUR|GBP|HKD|IDR|INR|JPY|KRW|MXN|RUB|SGD|THB|TRY|TWD|USD|USDC|USDT|ZAR"
)
_UNITS = {
    "%": "%", "percent": "%", "per cent": "%", "percentage points": "%", "prozent": "%",
    "pour cent": "%", "por ciento": "%", "процентов": "%", "процента": "%", "pp": "%",
    "x": "x", "times": "x", "fold": "x",
    "basis points": "bp", "basis point": "bp", "bps": "bp", "cents": "cent", "cent": "cent",
    "dollar": "USD", "dollars": "USD", "us dollars": "USD", "dólares": "USD", "долларов": "USD",
    "u.s. dollars": "USD", "canadian dollars": "CAD", "australian dollars": "AUD",
    "hong kong dollars": "HKD", "singapore dollars": "SGD", "taiwan dollars": "TWD",
    "euro": "EUR", "euros": "EUR", "franken": "CHF", "us-dollar": "USD",
    "pounds": "GBP", "yen": "JPY", "won": "KRW",
    "yuan": "CNY", "renminbi": "CNY", "rupees": "INR", "reais": "BRL", "rubles": "RUB",
    "roubles": "RUB", "lira": "TRY", "dirhams": "AED", "dirham": "AED", "swiss francs": "CHF",
    "francs": "CHF", "pesos": "peso", "rand": "ZAR", "baht": "THB",
    "bitcoin": "BTC", "bitcoins": "BTC", "ether": "ETH", "ethereum": "ETH", "solana": "SOL",
    "dogecoin": "DOGE", "litecoin": "LTC", "cardano": "ADA", "avalanche": "AVAX",
    "chainlink": "LINK", "toncoin": "TON", "hyperliquid": "HYPE", "zcash": "ZEC",
    "monero": "XMR", "tether": "USDT", "satoshis": "sat", "satoshi": "sat", "sats": "sat",
}  # fmt: skip

# Of `_UNITS`, what money is counted in.
CURRENCIES = frozenset(_CODES.split("|")) - {"USDC", "USDT"}


def _either(words: Iterable[str]) -> str:
    listed = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word) for word in listed)


# How a text may write thousands, millions and more, in lower case.
SCALE_WORDS = frozenset(_SCALES)

_SIGNS = "".join(scale for scale in _SCALES if scale[0] > "\u3000")
_SPELLED = [scale for scale in _SCALES if scale[0] not in _SIGNS]
# Capitals behind a number are a symbol, but for what is so short for something else; a coin
# whose users are counted is none.
_NO_SYMBOLS = "AI|AM|CEO|CET|CFTC|DAO|DC|EDT|ES?T|ETF|ETP|EU|FBI|GMT|IPO|PM|SEC|UAE|UK|US|USA|UTC"
_COUNTED_WITH = (
    r"\s(?:accounts?|addresses|ATMs?|developers|holders|investors|miners|nodes|owners|people|"
    r"traders|transactions|users|validators|wallets)\b"
)
_UNIT = (
    rf"(?!\w{{1,20}}{_COUNTED_WITH})"
    rf"(?P<unit>(?i:{_either(_UNITS)})(?!\w)|(?!(?:{_NO_SYMBOLS})\b)[A-Z]{{2,6}}(?![A-Za-z]))"
)
_NUMBER = re.compile(
    rf"(?P<mark>(?<![A-Za-z])(?:US|HK|NT|NZ|CA|AU|[CASR])\$|[$€£¥₩₿₹]|(?<![\w/-])(?:{_CODES})\s)?"
    r"\s?(?<![A-Za-z0-9\u00c0-\u024f\u0400-\u04ff])(?<![A-Za-z]\.)"
    r"(?P<number>\d{1,3}(?: \d{3})+(?![\d.,])|\d+(?:[.,'\u2019\u00a0\u202f]\d+)*)"
    rf"(?:[\s-]?(?P<scale>(?i:{_either(_SPELLED)})(?![^\W\d_])|[{_SIGNS}]))?"
    rf"(?:(?:[\s-]|(?<=Mrd|Mio|Mln)\.\s)?(?:de\s|d['\u2019])?{_UNIT})?"
)
_UNIT_BEHIND = re.compile(rf"[\s-]{_UNIT}")
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
_NEXT_WORDS = re.compile(r"(?:[\s-]+[a-z][a-z'\u2019]*+)+")
_WORD = re.compile(r"[^\W\d_]+")
_AROUND = 60
_MOST_COUNTED = 4
_YEAR = re.compile(r"(?:19|20)\d\d")
# What is counted stands before these, or is not said.
_ENDS_COUNTED = frozenset(
    re.findall(
        r"\w+",
        "a after ago amid an and are as at be been before but by could during for from had has "
        "have he in into is it its later may more near of on or over per plus said she since so "
        "than that the they this to under until versus was were when which while who will with "
        "within would",
    )
)
_PLURAL = re.compile(r"\w{2,}[^siu]s")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure: its words, every value it may have, and what it counts.

    `unit` is %, x, an ISO currency or a symbol, "year" for what may be one, empty where none is
    said. `direction` is 1, -1, or 0 where the clause does not say. `counted` are the words in
    lower case that it stands before ("new funds"), `around` the stems of the words on both sides.
    """

    words: str
    values: frozenset[Decimal]
    unit: str = ""
    direction: int = 0
    counted: tuple[str, ...] = ()
    around: frozenset[str] = frozenset()

    @property
    def noun(self) -> str:
        """The stem of the things that it counts, in the plural; empty where none stand there."""
        plurals = (word for word in self.counted if _PLURAL.fullmatch(word))
        return stem(next(plurals, ""))

    @property
    def counted_stems(self) -> frozenset[str]:
        """The stems of the words that it stands before."""
        return frozenset(map(stem, self.counted))


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
            read[place], read[place + 1] = _joined(plain, read[place : place + 2], following)
    return [
        replace(
            quantity,
            direction=_direction(plain, match),
            counted=_counted(plain, match.end()),
            around=_around(plain, match),
        )
        for match, quantity in [*zip(found, read, strict=True), *_in_words(plain)]
    ]


def _counted(text: str, end: int) -> tuple[str, ...]:
    behind = _NEXT_WORDS.match(text, end, end + _AROUND)
    words = _WORD.findall(behind[0])[:_MOST_COUNTED] if behind else []
    ends = (place for place, word in enumerate(words) if word in _ENDS_COUNTED)
    return tuple(words[: next(ends, len(words))])


def _around(text: str, match: re.Match[str]) -> frozenset[str]:
    start, end = match.span()
    near = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return frozenset(stem(word) for part in near for word in _WORD.findall(part))


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
    before = (mark or "").strip()
    unit = _MARKS.get(before, before) or _unit(match)
    is_year = not unit and not scale and _YEAR.fullmatch(match["number"])
    return Quantity(match[0].strip(), values, "year" if is_year else unit)


def _unit(match: re.Match[str] | None) -> str:
    """What a match of the unit says, in its canonical form; empty without one."""
    unit = (match and match["unit"]) or ""
    return _UNITS.get(unit.lower(), unit)


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


def _joined(text: str, pair: Sequence[Quantity], match: re.Match[str]) -> tuple[Quantity, Quantity]:
    """The two figures of a range, which share scale and unit: "$93 to 95k", "5 to 7%".

    A sign before the second, and things that it counts, are its own.
    """
    first, second = pair
    exponent = _SCALES.get((match["scale"] or "").lower(), 0)
    scaled = frozenset(value.scaleb(exponent) for value in first.values)
    counts = Quantity("", frozenset(), counted=_counted(text, match.end())).noun
    shared = "" if match["mark"] or first.unit == "year" else second.unit
    own = second.unit if second.unit not in {"", "year"} or counts else first.unit
    return (
        Quantity(first.words, first.values | scaled, first.unit or shared),
        Quantity(second.words, second.values, own or second.unit),
    )


def _direction(text: str, match: re.Match[str]) -> int:
    before = _CLAUSE.split(text[max(0, match.start() - 60) : match.start()])[-1]
    after = _CLAUSE.split(text[match.end() : match.end() + 25])[0]
    for near in (before, after):
        is_up, is_down = bool(_UP.search(near)), bool(_DOWN.search(near))
        if is_up != is_down:
            return 1 if is_up else -1
    return 0


def _in_words(text: str) -> Iterator[tuple[re.Match[str], Quantity]]:
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
        value = Decimal(total + current).normalize()
        yield (
            match,
            Quantity(match[0], frozenset({value}), _unit(_UNIT_BEHIND.match(text, match.end()))),
        )
