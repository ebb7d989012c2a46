"""The words of a headline, and which of them say something good or bad.

Owns the way from text to tokens (word stems, and placeholders for money, percentages and
numbers) and the list of words with a value (`sentiment_words.json`), written by hand. Refuses to
judge: what the words say together is `valence`, what they weigh is `sentiment`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import NotRequired, TypedDict

MAX_TOKENS = 120
EDGE = "|"

_TOKEN = re.compile(
    r"(?P<up>(?<![\w.])\+\d[\d.,]*\s?%)"
    r"|(?P<down>(?<![\w.])[-\u2212\u2013]\d[\d.,]*\s?%)"
    r"|(?P<money>(?:us|hk|c|a)?[$€£¥₹₿]\s?\d[\d.,]*"
    r"(?:\s?(?:k|m|mn|mln|b|bn|t|tn|million|billion|trillion|thousand)\b)?)"
    r"|(?P<pct>\d[\d.,]*\s?(?:%|percent\b|per\scent\b))"
    r"|(?P<num>\d[\d.,]*(?:\s?(?:million|billion|trillion)\b|(?:k|m|b|x|st|nd|rd|th)\b)?)"
    r"|(?P<ticker>\$[a-z][a-z0-9]{1,9}\b)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?)"
    r"|(?P<question>\?)"
    r"|(?P<edge>[,:;.!()\[\]\u2013-](?=\s|$)|[\u2014|;])"
)
_CHARACTERS = str.maketrans(
    {
        # Windows-1252 read as Latin-1 leaves its quotes and dashes as controls.
        "\x91": "'", "\x92": "'", "\x93": '"', "\x94": '"', "\x96": "-", "\x97": " \u2014 ",
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2032": "'",
    }
)  # fmt: skip
_VOWEL = re.compile("[aeiouy]")
_SHORT_E = re.compile("[^aeiou][aeiou][^aeiouwxy]$")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, its stem, and its text in lower case; a placeholder's stem opens with #."""

    stem: str
    text: str


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a word: its group, its value (below 0 is bad), and what it does to others."""

    group: str
    value: float
    kind: str


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `start` to before `end` that the list knows, with their senses, the main one first."""

    start: int
    end: int
    senses: tuple[Sense, ...]

    @property
    def main(self) -> Sense:
        """The sense that counts when no other word turns it."""
        return self.senses[0]

    def is_(self, *kinds: str) -> bool:
        """Whether any of its senses is of one of these kinds."""
        return any(sense.kind in kinds for sense in self.senses)


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word of English without its endings of number and time: "surging" and "surged" are "surg".

    What is cut need not leave a word; it is the same for the forms of one word.
    """
    word = word.removesuffix("'s").replace("'", "")
    if len(word) <= 3:  # noqa: PLR2004  shorter words have no endings to lose
        return word
    if word.endswith(("ies", "ied")):
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ed") and not word.endswith("eed"):
        word = _without(word, 2)
    elif word.endswith("ing"):
        word = _without(word, 3)
    return word[:-1] if len(word) > 4 and word.endswith("e") else word  # noqa: PLR2004  "note"


def _without(word: str, length: int) -> str:
    rest = word[:-length]
    if len(rest) < 3 or not _VOWEL.search(rest):  # noqa: PLR2004  "bring" is no form of "br"
        return word
    if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz":  # noqa: PLR2004
        return rest[:-1]
    return rest + "e" if len(rest) == 3 and _SHORT_E.search(rest) else rest  # noqa: PLR2004


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a text in order, 120 at most; case and the form of quotes do not matter.

    Figures become #money, #pct, #num, #up and #down (a signed percentage) and #ticker; marks
    that part clauses become `EDGE`; other marks are left out.
    """
    found = []
    for match in _TOKEN.finditer(text.translate(_CHARACTERS).lower()):
        kind = match.lastgroup or ""
        if kind == "word":
            found.append(Token(stem(match[0]), match[0]))
        else:
            found.append(Token({"question": "?", "edge": EDGE}.get(kind, "#" + kind), match[0]))
        if len(found) == MAX_TOKENS:
            break
    return tuple(found)


class GroupData(TypedDict):
    """A group of the list: lines of words with commas between, their value and kind."""

    value: float
    words: list[str]
    kind: NotRequired[str]


class LexiconData(TypedDict):
    """The list as its file gives it: lines of names by their kind, and groups of words."""

    names: dict[str, list[str]]
    groups: dict[str, GroupData]


@dataclass(frozen=True, slots=True)
class _Entry:
    words: tuple[str, ...]
    exact: bool
    senses: tuple[Sense, ...]

    def matches(self, tokens: Sequence[Token], start: int) -> bool:
        """Whether the entry's words stand at a place of a text, in this form where it is exact."""
        part = tokens[start : start + len(self.words)]
        return self.words == tuple(t.text if self.exact else t.stem for t in part)


def _precedence(entry: _Entry) -> tuple[int, bool]:
    """Where an entry stands among those that may begin at a word: the longest first."""
    return -len(entry.words), not entry.exact


class Lexicon:
    """Words and phrases with a value, found in the tokens of a text.

    In the list, a phrase stands for all its forms; `=` before it takes the form as it is, `:`
    and a number give it a value other than its group's.
    """

    def __init__(self, data: LexiconData) -> None:
        senses: dict[tuple[bool, tuple[str, ...]], list[Sense]] = defaultdict(list)
        for name, lines in data["names"].items():
            for phrase in _phrases(lines):
                senses[_key(phrase)].append(Sense("#" + name, 0.0, "name"))
        for name, group in data["groups"].items():
            for phrase in _phrases(group["words"]):
                word, _, value = phrase.partition(":")
                sense = Sense(name, float(value or group["value"]), group.get("kind", ""))
                senses[_key(word)].append(sense)
        self._entries: dict[str, list[_Entry]] = defaultdict(list)
        for (exact, words), found in senses.items():
            self._entries[words[0]].append(_Entry(words, exact, tuple(found)))
        for entries in self._entries.values():
            entries.sort(key=_precedence)

    @classmethod
    def load(cls) -> "Lexicon":
        """The list that ships with Coinbell; reads one file of 40 kB."""
        source = resources.files("bot.news.tone").joinpath("sentiment_words.json")
        return cls(json.loads(source.read_text(encoding="utf-8")))

    def spans(self, tokens: Sequence[Token]) -> tuple[Span, ...]:
        """The known words and phrases of a text, in order, the longest where several fit."""
        found, at = [], 0
        while at < len(tokens):
            entry = self._entry_at(tokens, at)
            if entry is not None:
                found.append(Span(at, at + len(entry.words), entry.senses))
            at += len(entry.words) if entry is not None else 1
        return tuple(found)

    def _entry_at(self, tokens: Sequence[Token], at: int) -> _Entry | None:
        token = tokens[at]
        candidates = self._entries.get(token.stem, [])
        exact = token.text != token.stem and [
            entry for entry in self._entries.get(token.text, ()) if entry.exact
        ]
        if exact:
            candidates = sorted(exact + candidates, key=_precedence)
        return next((entry for entry in candidates if entry.matches(tokens, at)), None)


def _phrases(lines: Iterable[str]) -> Iterable[str]:
    return (phrase for line in lines for phrase in line.split(", "))


def _key(phrase: str) -> tuple[bool, tuple[str, ...]]:
    exact = phrase.startswith("=")
    if phrase.startswith("#"):
        return False, (phrase,)
    return exact, tuple(t.text if exact else t.stem for t in tokens_of(phrase.lstrip("=")))
