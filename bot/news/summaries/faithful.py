"""Whether a text says only what its article says.

Owns the check that stands between a language model and a reader: every figure and every name
of the text must stand in the article, in its language, without links, markup or advice. Pure.
Strict by design: a good text refused costs nothing, for the extract is shown in its place.
Refuses to repair: a text passes whole or not at all.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from bot.news.cleaning.languages import language_of
from bot.news.cleaning.text import sentences
from bot.news.summaries.name_words import NAMES_IN_LOWER_CASE, OPENING_WORDS, TITLES
from bot.news.summaries.quantities import SCALE_WORDS, Quantity, quantities

SHORTEST = 20
LONGEST = 3_000

_STEM = 5
_LEAST_COVERED = 0.5
_LEAST_COVERED_LETTERS = 0.4
_NEAR = 4
_MAX_ARTICLE = 60_000
_COMMA_IS_DECIMAL = frozenset(
    ("cs", "de", "es", "fr", "id", "it", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "vi")
)

_UNWANTED = (
    (
        "a link or an address",
        re.compile(
            r"://|\bwww\.|\bt\.me/|\S+@\S+\.\w|(?<!\w)@\w+|\b0x[0-9a-fA-F]{6,}|\bbc1[a-z0-9]{10,}|"
            r"\b[13][a-km-zA-HJ-NP-Z1-9]{25,}\b|\b[1-9A-HJ-NP-Za-km-z]{32,}\b"
        ),
    ),
    (
        "markup",
        re.compile(r"[<>{}\\|`]|\*\*|__|^#{1,6}\s|\]\(|&(?:#\d+|\w+);", re.MULTILINE),
    ),
    (
        "a model's remark",
        re.compile(
            r"\b(?:as an ai|language model|i (?:cannot|can't|am unable|apologi[sz]e)|"
            r"my instructions|system prompt|ignore (?:all|any|the|previous)|"
            r"the (?:provided|given) (?:article|text)|here is (?:the|a|your)|"
            r"no information (?:is|was) (?:provided|given))\b"
        ),
    ),
    (
        "advice or promotion",
        re.compile(
            r"\b(?:buy now|sign up|subscribe|click here|visit (?:our|the website)|"
            r"join (?:us|our|now)|limited[- ]time|guaranteed (?:returns?|profits?)|promo code|"
            r"don't miss|claim your|act (?:now|fast)|you should|double your|financial advice|"
            r"your (?:wallet|funds|coins|tokens|keys?|seed|private)|"
            r"send (?:any |some )?(?:btc|eth|sol|usdt|bitcoin|crypto|funds?|coins?|tokens?) to)\b"
        ),
    ),
)
_ROUGH = re.compile(
    r"\b(doubl|tripl|quadrupl|halv|tenfold|twofold|threefold|dozens?|hundreds|thousands|millions|"
    r"billions|trillions|half|twice|third-|fourth-|fifth-|second-(?:largest|biggest|highest))",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[$#]?[^\W_](?:[^\W_]|['\u2019&.](?=[^\W_]))*")
_POSSESSIVE = re.compile(r"['\u2019]s?\Z")
_MONTHS = {
    written: month
    for month in (
        *("january", "february", "march", "april", "may", "june", "july", "august"),
        *("september", "october", "november", "december"),
    )
    for written in (month, month[:3], month[:4] if month == "september" else month)
}
_FIGURE_TOKEN = re.compile(r"\$?\d[\d.,]*(?:[a-z%]{0,3}|[KMBT]n?|st|nd|rd|th)\Z")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9.&-]+")


class _Known:
    """What an article says: its figures, its words as they are written, and their places."""

    def __init__(self, article_text: str) -> None:
        self.text = article_text[:_MAX_ARTICLE]
        self.folded = self.text.casefold()
        self.language = language_of(self.text)
        self.comma_is_decimal = self.language in _COMMA_IS_DECIMAL
        self.quantities = quantities(self.text, comma_is_decimal=self.comma_is_decimal)
        tokens = [_plain(token) for token in _tokens(self.text)]
        self.exact = frozenset(tokens)
        self.lower = frozenset(token.casefold() for token in tokens)
        self.stems = frozenset(token[:_STEM] for token in self.lower)
        # In capitals only: "may" is no month.
        names = (token.lower() for token in tokens if token[:1].isupper())
        self.months = frozenset(_MONTHS[name] for name in names if name in _MONTHS)
        self.order = [token.casefold() for token in tokens]


@lru_cache(maxsize=2)  # the parts of one model's text are checked against one article
def _known(article_text: str) -> _Known:
    return _Known(article_text)


def unfaithful(text: str, article_text: str) -> str | None:
    """Why a text must not stand for the article; None when it may.

    `article_text` is all that the article says, its title included, as plain text. Figures are
    compared by value and unit ($1.2bn is 1,200 million), percentages also by direction where
    both texts tell one; names are words in capitals, and tickers, beside words that may open a
    sentence; in scripts without capitals the words themselves are compared. A figure that is
    only implied, a sum or a year that the article does not name, counts as foreign.
    """
    bare = text.strip()
    if not SHORTEST <= len(bare) <= LONGEST:
        return f"{len(bare)} characters"
    lower = bare.lower().replace("\u2019", "'")
    for reason, pattern in _UNWANTED:
        if pattern.search(bare) or pattern.search(lower):
            return reason
    known = _known(article_text)
    return (
        _foreign_language(bare, known)
        or _foreign_figure(bare, known)
        or _foreign_name(bare, known)
        or _foreign_matter(bare, known)
    )


def _foreign_language(text: str, known: _Known) -> str | None:
    language = language_of(text)
    if language and known.language and language != known.language:
        return f"written in {language}, the article in {known.language}"
    return None


# ---- figures


def _foreign_figure(text: str, known: _Known) -> str | None:
    for quantity in quantities(text, comma_is_decimal=known.comma_is_decimal):
        same = [other for other in known.quantities if _is_same(quantity, other)]
        if not same:
            return f'the figure "{quantity.words}"'
        told = {other.direction for other in same} - {0}
        if quantity.unit == "%" and quantity.direction and told == {-quantity.direction}:
            return f'the direction of "{quantity.words}"'
    for rough in _ROUGH.finditer(text):
        if rough[1].casefold() not in known.folded:
            return f'the figure "{rough[1]}"'
    return None


def _is_same(quantity: Quantity, other: Quantity) -> bool:
    if not quantity.values & other.values:
        return False
    if "%" in {quantity.unit, other.unit} and quantity.unit:
        return quantity.unit == other.unit
    return not quantity.unit or not other.unit or quantity.unit == other.unit


# ---- names


def _foreign_name(text: str, known: _Known) -> str | None:
    for sentence in (part for line in text.splitlines() for part in sentences(line)):
        previous = ""
        for place, token in enumerate(_tokens(sentence)):
            word = "" if _WIDE.search(token) else _plain(token)
            if not _stands(word, known, is_opening=place == 0):
                return f'the name "{word}"'
            if _is_pair(previous, word, known) and not _are_near(previous, word, known):
                return f'the name "{previous} {word}"'
            previous = word if _joins(sentence, token, word) else ""
    return None


def _tokens(text: str) -> Iterator[str]:
    return (found[0] for found in _TOKEN.finditer(text))


def _plain(token: str) -> str:
    """The word without "'s", and an abbreviation without its stops."""
    word = _POSSESSIVE.sub("", token.lstrip("$#"))
    return word.replace(".", "") if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]?", f"{word}.") else word


def _stands(word: str, known: _Known, *, is_opening: bool) -> bool:
    """Whether a word is none of a name, or one that the article has."""
    lower = word.casefold()
    if not word or _FIGURE_TOKEN.match(word) or word in known.exact or lower in SCALE_WORDS:
        return True
    has_digit = any(char.isdigit() for char in word)
    if word == lower:
        is_name = has_digit or "." in word or lower in NAMES_IN_LOWER_CASE
        return not is_name or lower in known.lower
    if has_digit or (word.isupper() and len(word) > 1):
        return word.removesuffix("s") in known.exact
    if lower in TITLES:
        return lower in known.lower
    if lower in _MONTHS:
        return _MONTHS[lower] in known.months
    if is_opening:
        return lower in OPENING_WORDS or lower in known.lower or _has_stem(lower, known)
    singular = word.removesuffix("s")
    return singular in known.exact or f"{word}s" in known.exact or _is_known_in_lower(lower, known)


def _is_known_in_lower(lower: str, known: _Known) -> bool:
    """Some houses write bitcoin, others Bitcoin; a block is no Block."""
    return lower in NAMES_IN_LOWER_CASE and lower in known.lower


def _has_stem(lower: str, known: _Known) -> bool:
    return len(lower) > _STEM and lower[:_STEM] in known.stems


def _joins(sentence: str, token: str, word: str) -> bool:
    """Whether a word in capitals goes on into the next one: no mark between them."""
    place = sentence.find(token) + len(token)
    return word[:1].isupper() and sentence[place : place + 1] == " "


def _is_pair(previous: str, word: str, known: _Known) -> bool:
    """Whether two words are one name: both in capitals, and no ordinary word of the article."""
    if not previous or not word[:1].isupper() or previous.casefold() in OPENING_WORDS:
        return False
    ordinary = {word.casefold(), previous.casefold()} & known.exact
    return not ordinary and not (word.isupper() or previous.isupper())


def _are_near(first: str, second: str, known: _Known) -> bool:
    one, other = first.casefold(), second.casefold()
    places = [place for place, word in enumerate(known.order) if word == one]
    return any(other in known.order[max(0, at - _NEAR) : at + _NEAR + 1] for at in places)


# ---- matter


def _foreign_matter(text: str, known: _Known) -> str | None:
    """Whether the text strays: too few of its words, or pairs of wide signs, are the article's."""
    wide = _WIDE.findall(text)
    if len(wide) > len(text) / 4:
        pairs = [a + b for a, b in pairwise(text) if _WIDE.match(a)]
        covered = sum(pair in known.text for pair in pairs)
        for word in _LATIN_WORD.findall(text):
            if word.casefold() not in known.folded:
                return f'the name "{word}"'
        return None if covered >= _LEAST_COVERED_LETTERS * len(pairs) else "other matter"
    words = [word.casefold() for word in map(_plain, _tokens(text)) if len(word) >= _STEM]
    covered = sum(word[:_STEM] in known.stems for word in words)
    return None if covered >= _LEAST_COVERED * len(words) else "other matter"
