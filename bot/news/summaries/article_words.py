"""The words of an article as they are written, and what their capitals say.

Owns the cutting of a text into words, and which words of an article stand as names, which as
ordinary words, and which of these without an article before them. Pure.
Refuses to judge another text: that is `bot.news.summaries.name_check`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.news.cleaning.text import sentences
from bot.news.stories.stems import stem

PREFIX = 5

_TITLED_SHARE = 0.6
_FEWEST_TITLED = 4
_SHORT_WORD = 3
_TOKEN = re.compile(r"[$#]?[^\W_](?:[^\W_]|['\u2019&.](?=[^\W_]))*")
_POSSESSIVE = re.compile(r"['\u2019]s?\Z")
_CLAUSE = re.compile(r"[,;:.!?()\"\u201c\u201d\u2013\u2014]+(?=\s|\Z)|\n|\s[-\u2013\u2014]\s")
MONTHS = {
    written: month
    for month in (
        *("january", "february", "march", "april", "may", "june", "july", "august"),
        *("september", "october", "november", "december"),
    )
    for written in (month, month[:3], month[:4] if month == "september" else month)
}
# Before a thing that is counted or owned: "a strategic reserve", "their metaphor".
_DETERMINERS = frozenset(
    re.findall(
        r"\w+",
        "a an the this that its their his her our your my each every any no another some one",
    )
)
# Before a verb: "to anchor", "they circle".
_BEFORE_VERBS = frozenset(
    re.findall(r"\w+", "to will would can could may might must should not they we who which i you")
)


class ArticleWords:
    """The words of an article.

    `exact` has them as written, `lower` in lower case, `stems` and `prefixes` without their
    endings; `order` is the lower case of each in its place; `pairs` have each with the next one
    of its clause, `lower_pairs` the same in lower case; `months` are the full names of those
    that are named. `named` are words whose capital says name, for it opens neither a sentence
    nor the words of a headline; `openings` open a sentence; `bare` are words in lower case that
    stand somewhere as a thing without an article.
    """

    def __init__(self, text: str) -> None:
        lines = [line for line in text.splitlines() if line.strip()]
        tokens = [plain_word(token) for token in word_tokens(text)]
        self.exact = frozenset(tokens)
        self.order = [token.casefold() for token in tokens]
        self.lower = frozenset(self.order)
        self.stems = frozenset(map(stem, self.lower))
        self.prefixes = frozenset(token[:PREFIX] for token in self.lower)
        # In capitals only: "may" is no month.
        names = (token.lower() for token in tokens if token[:1].isupper())
        self.months = frozenset(MONTHS[name] for name in names if name in MONTHS)
        told = [sentence for line in lines for sentence in _told(line)]
        self.named = frozenset(
            word for sentence in told for word in sentence[1:] if _has_capital(word)
        )
        self.openings = frozenset(sentence[0] for sentence in told)
        clauses = [list(word_tokens(clause)) for clause in _CLAUSE.split(text)]
        self.pairs = frozenset(pair for clause in clauses for pair in _pairs(clause))
        self.lower_pairs = frozenset((one.casefold(), two.casefold()) for one, two in self.pairs)
        self.bare = frozenset(word for clause in clauses for word in _bare(clause))

    def has_name(self, word: str) -> bool:
        """Whether a word that may be a name or an ordinary word stands as a name.

        One that opens a sentence counts unless the article has it in lower case too, one of a
        headline not at all.
        """
        is_word = word.casefold() in self.exact
        return word in self.named or (word in self.openings and not is_word)

    def are_near(self, first: str, second: str, most: int) -> bool:
        """Whether two words stand at most so many words apart."""
        one, other = first.casefold(), second.casefold()
        places = [place for place, word in enumerate(self.order) if word == one]
        return any(other in self.order[max(0, at - most) : at + most + 1] for at in places)


def word_tokens(text: str) -> Iterator[str]:
    """The words of a text as they are written, numbers among them, in order."""
    return (found[0] for found in _TOKEN.finditer(text))


def plain_word(token: str) -> str:
    """The word without "'s", and an abbreviation without its stops."""
    word = _POSSESSIVE.sub("", token.lstrip("$#"))
    return word.replace(".", "") if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]?", f"{word}.") else word


def _told(line: str) -> Iterator[list[str]]:
    """The words of each sentence of a line that is not set as a headline."""
    for sentence in sentences(line):
        words = [plain_word(token) for token in word_tokens(sentence)]
        if words and not _is_titled(words):
            yield words


def _has_capital(word: str) -> bool:
    return word[:1].isupper()


def _is_titled(words: Sequence[str]) -> bool:
    """Whether a line is set as a headline, where a capital says nothing."""
    long = [word for word in words[1:] if len(word) > _SHORT_WORD and word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in long)
    return len(long) >= _FEWEST_TITLED and capitals >= _TITLED_SHARE * len(long)


def _pairs(clause: Sequence[str]) -> Iterator[tuple[str, str]]:
    return pairwise(map(plain_word, clause))


def _bare(clause: Sequence[str]) -> Iterator[str]:
    for place, token in enumerate(clause):
        before = clause[max(0, place - 2) : place]
        is_set = any(_sets(word) for word in before)
        if token.islower() and not is_set and not any(map(_is_before_verb, before[-1:])):
            yield plain_word(token)


def _sets(token: str) -> bool:
    return token.casefold() in _DETERMINERS or _POSSESSIVE.search(token) is not None


def _is_before_verb(token: str) -> bool:
    return token.casefold() in _BEFORE_VERBS
