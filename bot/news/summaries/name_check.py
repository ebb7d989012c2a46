"""Whether a text names only what its article names.

Owns the rule for names: words in capitals, tickers, and words in lower case that are known as
names. Where a capital says nothing, at the beginning of a sentence, a word passes that the
article has, unless it is known as a name or could be one there. Pure.
"""

import re
from itertools import takewhile

from bot.news.cleaning.text import sentences
from bot.news.stories.stems import stem
from bot.news.summaries.article_words import (
    MONTHS,
    PREFIX,
    ArticleWords,
    plain_word,
    word_tokens,
)
from bot.news.summaries.known_names import load_names
from bot.news.summaries.name_words import OPENING_WORDS, TITLES
from bot.news.summaries.quantities import SCALE_WORDS

WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")

_NEAR = 4
_FIGURE = re.compile(r"\$?\d[\d.,]*(?:[a-z%]{0,3}|[KMBT]n?|st|nd|rd|th)\Z")
# No name ends so, or hardly any: "withdrawals", "asked", "regulatory".
_ENDS_AS_WORD = re.compile(
    r"(?:[^s]s|ed|ing|ly|[st]ion|ment|ness|[ae]nce|[ae]ncy|ity|ism|al|ic|ive|ous|ful|less|able|"
    r"ible|[ao]ry)\Z"
)
# What a word's form adds to its stem, and how much of another form it takes off.
_DERIVES = re.compile(
    r"[aeiou]?[ts]?(?:ion|or|er|ment|al|ical|ic|iv|ity|anc|enc|ancy|ency|ory|ary|ly|ness|abl|ibl|"
    r"ism|ist|ful|less|ous|y)?(?:al)?(?:ly)?"
)
_LONGEST_LOST = 2
# What follows "near" and "across" where these open a sentence as no NEAR and no Across.
_FUNCTION_WORDS = frozenset(
    re.findall(r"\w+", "a all an both each every its of over show that the their these this those")
)


def foreign_name(text: str, words: ArticleWords, *, is_english: bool = True) -> str | None:
    """The first name that an article does not have, as `the name "…"`; None when there is none.

    `is_english` says whether a capital makes a name, and articles stand before things, as in
    English.
    """
    for sentence in (part for line in text.splitlines() for part in sentences(line)):
        previous = ""
        tokens = list(word_tokens(sentence))
        plain = ["" if WIDE.search(token) else plain_word(token) for token in tokens]
        for place, (token, word) in enumerate(zip(tokens, plain, strict=True)):
            following = plain[place + 1] if place + 1 < len(plain) else ""
            if not _stands(word, words) and not (
                place == 0 and _opens(word, following, words, is_english=is_english)
            ):
                return f'the name "{word}"'
            if _is_pair(previous, word, words) and not words.are_near(previous, word, _NEAR):
                return f'the name "{previous} {word}"'
            previous = word if _joins(sentence, token, word) else ""
    return None


def _stands(word: str, words: ArticleWords) -> bool:
    """Whether a word is none of a name wherever it stands, or one that the article has."""
    lower = word.casefold()
    if not word or _FIGURE.match(word):
        return True
    if word == lower:
        return _stands_in_lower(word, words)
    if (word.isupper() and len(word) > 1) or _has_digit(word):
        return word in words.exact or word.removesuffix("s") in words.exact
    if lower not in TITLES and load_names().is_word_too(lower):
        return words.has_name(word)
    return word in words.exact or lower in SCALE_WORDS or _stands_otherwise(word, words)


def _stands_in_lower(word: str, words: ArticleWords) -> bool:
    is_name = _has_digit(word) or "." in word or load_names().is_name_alone(word)
    is_told = word in words.lower or word in SCALE_WORDS or stem(word) in words.stems
    return is_told or not is_name


def _stands_otherwise(word: str, words: ArticleWords) -> bool:
    """Whether the article has a word in capitals in another form, which names the same."""
    lower = word.casefold()
    if lower in TITLES:
        return lower in words.lower
    if lower in MONTHS:
        return MONTHS[lower] in words.months
    if load_names().is_name_alone(lower) and {lower, lower.removesuffix("s")} & words.lower:
        return True  # some houses write bitcoin, others Bitcoin; a block is no Block
    return word.removesuffix("s") in words.exact or f"{word}s" in words.exact


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)


def _opens(word: str, following: str, words: ArticleWords, *, is_english: bool) -> bool:
    """Whether a word in capitals may open a sentence without naming anybody."""
    lower = word.casefold()
    names = load_names()
    if names.is_word_too(lower):
        is_word = following in _FUNCTION_WORDS or following[:1].isdigit()
        return (word, following) in words.pairs or (lower in OPENING_WORDS and is_word)
    if lower in OPENING_WORDS:
        return True
    if _is_never_a_word(word, lower):
        return False
    if not is_english:
        return lower in words.lower or lower[:PREFIX] in words.prefixes
    if lower in words.exact and (
        lower in words.bare or (lower, following.casefold()) in words.lower_pairs
    ):
        return True
    return _ENDS_AS_WORD.search(lower) is not None and _is_derived(lower, words)


def _is_never_a_word(word: str, lower: str) -> bool:
    is_sign = _has_digit(word) or (word.isupper() and len(word) > 1)
    return is_sign or lower in TITLES or lower in MONTHS or load_names().is_name_alone(lower)


def _is_derived(lower: str, words: ArticleWords) -> bool:
    """Whether a word is one of the article's in another form: "adoption" of "adopted"."""
    own = stem(lower)
    if own in words.stems:
        return True
    akin = (other for other in words.stems if len(own) > PREFIX and other[:PREFIX] == own[:PREFIX])
    return any(
        len(other) - shared <= _LONGEST_LOST and _DERIVES.fullmatch(own, shared) is not None
        for other in akin
        if (shared := _shared(own, other))
    )


def _shared(one: str, other: str) -> int:
    """How many characters two words begin with alike."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in pairs)


def _joins(sentence: str, token: str, word: str) -> bool:
    """Whether a word in capitals goes on into the next one: no mark between them."""
    place = sentence.find(token) + len(token)
    return word[:1].isupper() and sentence[place : place + 1] == " "


def _is_pair(previous: str, word: str, words: ArticleWords) -> bool:
    """Whether two words are one name: both in capitals, and no ordinary word of the article."""
    if not previous or not word[:1].isupper() or previous.casefold() in OPENING_WORDS:
        return False
    ordinary = {word.casefold(), previous.casefold()} & words.exact
    return not ordinary and not (word.isupper() or previous.isupper())
