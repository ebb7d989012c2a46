"""Whether a text says only what its article says.

Owns the check that stands between a language model and a reader: every figure and every name
of the text must stand in the article, in its language, without links, markup or advice. Pure.
Strict by design: a good text refused costs nothing, for the extract is shown in its place.
Refuses to repair: a text passes whole or not at all.
"""

import re
from functools import lru_cache
from itertools import pairwise

from bot.news.cleaning.languages import language_of
from bot.news.summaries.article_words import PREFIX, ArticleWords, plain_word, word_tokens
from bot.news.summaries.figure_check import foreign_figure
from bot.news.summaries.name_check import WIDE, foreign_name
from bot.news.summaries.quantities import quantities

SHORTEST = 20
LONGEST = 3_000

_LEAST_COVERED = 0.5
_LEAST_COVERED_LETTERS = 0.4
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
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9.&-]+")


class _Known:
    """What an article says: its figures, and its words."""

    def __init__(self, article_text: str) -> None:
        self.text = article_text[:_MAX_ARTICLE]
        self.folded = self.text.casefold()
        self.language = language_of(self.text)
        self.comma_is_decimal = self.language in _COMMA_IS_DECIMAL
        self.quantities = quantities(self.text, comma_is_decimal=self.comma_is_decimal)
        self.words = ArticleWords(self.text)


@lru_cache(maxsize=2)  # the parts of one model's text are checked against one article
def _known(article_text: str) -> _Known:
    return _Known(article_text)


def unfaithful(text: str, article_text: str) -> str | None:
    """Why a text must not stand for the article; None when it may.

    `article_text` is all that the article says, its title included, as plain text. Figures are
    compared by value and unit ($1.2bn is 1,200 million dollars), percentages also by direction
    where both texts tell one; names are words in capitals, tickers, and words known as names,
    beside words that may open a sentence; in scripts without capitals the words themselves are
    compared. A figure that is only implied, a sum or a year that the article does not name,
    counts as foreign.
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
        or foreign_figure(
            bare, known.quantities, known.folded, comma_is_decimal=known.comma_is_decimal
        )
        or foreign_name(bare, known.words, is_english=known.language in {None, "en"})
        or _foreign_matter(bare, known)
    )


def _foreign_language(text: str, known: _Known) -> str | None:
    language = language_of(text)
    if language and known.language and language != known.language:
        return f"written in {language}, the article in {known.language}"
    return None


def _foreign_matter(text: str, known: _Known) -> str | None:
    """Whether the text strays: too few of its words, or pairs of wide signs, are the article's."""
    wide = WIDE.findall(text)
    if len(wide) > len(text) / 4:
        pairs = [a + b for a, b in pairwise(text) if WIDE.match(a)]
        covered = sum(pair in known.text for pair in pairs)
        for word in _LATIN_WORD.findall(text):
            if word.casefold() not in known.folded:
                return f'the name "{word}"'
        return None if covered >= _LEAST_COVERED_LETTERS * len(pairs) else "other matter"
    words = [word.casefold() for word in map(plain_word, word_tokens(text)) if len(word) >= PREFIX]
    covered = sum(word[:PREFIX] in known.words.prefixes for word in words)
    return None if covered >= _LEAST_COVERED * len(words) else "other matter"
