"""What is known of the words of crypto headlines.

Owns the two bundled lists: `words.json`, written by hand, says which words tell the same
act, name or asset and which acts are opposites; `word_counts.json` says in how many of
2,548 crypto headlines a word stands, and which words are no names. Pure once they are read.
"""

import json
import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources
from math import log
from typing import Any

from bot.news.stories.stems import stem


class Kind(Enum):
    """What a word of a headline is."""

    WORD = "word"
    ACTION = "action"
    NAME = "name"
    ASSET = "asset"
    AMOUNT = "amount"


Phrase = tuple[tuple[str, ...], str, Kind]
Axis = tuple[frozenset[str], ...]

_PARTS = {
    "nothing": Kind.WORD,
    "assets": Kind.ASSET,
    "names": Kind.NAME,
    "same": Kind.WORD,
    "actions": Kind.ACTION,
}
_HIGHEST = {Kind.ACTION: 4.5, Kind.ASSET: 4.5}
# Those who are in the news every week, whatever the headlines that were counted say.
_OFTEN = 3.5
# Acts that news of every kind has.
_FAINT = 2.8
_LOWEST = 0.3
_WITHOUT_WEIGHT = frozenset({"say"})


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The knowledge of words; all but the counts are written by hand, in `words.json`.

    What a word stands for: `phrases` are by their first stem, longest first: their stems, the key
    that they stand for (empty: nothing), and what it is. `only_capitals` are keys' stems that
    name an asset or a body only where all is in capitals, `need_capital` assets that do so only
    with one, `companies` words that with a capital are a company; `implied` is whom or where a
    name stands for beside itself, `composed` the act that two keys make together. `press` are
    names that are told of nothing, `stop` words that are left out, `small` those that a title
    in capitals writes small, `calendar` days and months.

    How words stand to each other: `axes` are groups of acts, of which two exclude each other,
    `first_axes` those that do so as the first acts of two titles, and `exclusive` words that do;
    `domains` are acts of one sort of news, `families` acts that sources take for one another,
    `classes` words of which a headline has one where it is of another event: products, roles,
    results, places. `chains` say of acts the how-manieth step of a matter they are. `scenes` are
    places and bodies where so much happens that they tell no two subjects apart.

    What a word weighs: `counts` says in how many of so many `documents` it stands; `often` are
    those in the news every week and `faint` acts of every kind of news, whatever the count says.
    `common` are stems that are words, so that a capital alone makes no name of them.
    """

    phrases: dict[str, tuple[Phrase, ...]]
    axes: tuple[Axis, ...]
    first_axes: tuple[Axis, ...]
    exclusive: tuple[frozenset[str], ...]
    domains: tuple[frozenset[str], ...]
    families: tuple[frozenset[str], ...]
    implied: dict[str, str]
    classes: dict[str, frozenset[str]]
    chains: dict[str, dict[str, int]]
    composed: tuple[tuple[frozenset[str], str], ...]
    only_capitals: frozenset[str]
    need_capital: frozenset[str]
    companies: frozenset[str]
    press: frozenset[str]
    scenes: frozenset[str]
    often: frozenset[str]
    faint: frozenset[str]
    stop: frozenset[str]
    small: frozenset[str]
    calendar: frozenset[str]
    documents: int
    counts: dict[str, int]
    common: frozenset[str]

    def weight(self, key: str, kind: Kind) -> float:
        """How much a word tells, from 0.3 to 6: the rarer, the more."""
        if key in _WITHOUT_WEIGHT:
            return 0.0
        rarity = log(self.documents / (self.counts.get(key, 0) + 2.0))
        highest = _HIGHEST.get(kind, 6.0)
        if key in self.often:
            highest = _OFTEN
        elif key in self.faint and kind is Kind.ACTION:
            highest = _FAINT
        return round(min(highest, max(_LOWEST, rarity)), 3)

    def counted(self, word_stem: str) -> str:
        """What a word says that is counted: an asset's symbol, else what the word stands for."""
        for stems, key, kind in self.phrases.get(word_stem, ()):
            if len(stems) == 1 and kind in {Kind.ASSET, Kind.WORD} and key:
                return key
        return word_stem

    def asset(self, word_stem: str) -> str | None:
        """The symbol of the asset that a word is a name of, or None."""
        for stems, key, kind in self.phrases.get(word_stem, ()):
            if kind is Kind.ASSET and len(stems) == 1:
                return key
        return None


@cache
def load_lexicon() -> Lexicon:
    """The bundled lexicon; reads two files of 135 kB together, once, and takes about 2 MB."""
    known = _read("words.json")
    counts = _read("word_counts.json")
    return Lexicon(
        phrases=_phrases(known),
        axes=_axes(known["axes"]),
        first_axes=_axes(known["first_axes"]),
        exclusive=tuple(frozenset(group.split()) for group in known["exclusive"]),
        domains=tuple(frozenset(domain.split()) for domain in known["domains"]),
        families=tuple(frozenset(family.split()) for family in known["families"]),
        implied=known["implied"],
        classes={name: frozenset(keys.split()) for name, keys in known["classes"].items()},
        chains={
            name: {act: n for n, acts in enumerate(chain.split("|")) for act in acts.split()}
            for name, chain in known["chains"].items()
        },
        composed=tuple(
            (frozenset(parts.split()), act)
            for act, some in known["composed"].items()
            for parts in some
        ),
        only_capitals=frozenset(known["only_capitals"].split()),
        need_capital=frozenset(stem(word) for word in known["need_capital"].split()),
        companies=frozenset(stem(word) for word in known["companies_that_are_words"].split()),
        press=frozenset(stem(word) for word in known["press"].split()),
        scenes=frozenset(known["scenes"].split()),
        often=frozenset(known["often"].split()),
        faint=frozenset(known["faint"].split()),
        stop=frozenset(known["stop"].split()),
        small=frozenset(known["small"].split()),
        calendar=frozenset(known["calendar"].split()),
        documents=counts["documents"],
        counts=counts["counts"],
        common=frozenset(counts["common"].split()),
    )


def related(act: str, other: str) -> bool:
    """Whether sources take the two acts for one another, as buying and investing."""
    families = _families()
    return bool(families.get(act, _NONE) & families.get(other, _NONE))


_NONE: frozenset[int] = frozenset()


@cache
def _families() -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for number, family in enumerate(load_lexicon().families):
        for act in family:
            found[act] = found.get(act, _NONE) | {number}
    return found


def _axes(known: list[list[str]]) -> tuple[Axis, ...]:
    return tuple(tuple(frozenset(group.split()) for group in axis) for axis in known)


def _read(name: str) -> dict[str, Any]:
    text = resources.files("bot.news.stories").joinpath(name).read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def _phrases(known: dict[str, Any]) -> dict[str, tuple[Phrase, ...]]:
    found: dict[str, list[Phrase]] = {}
    for part, kind in _PARTS.items():
        meanings = {"": known[part]} if part == "nothing" else known[part]
        for key, texts in meanings.items():
            for text in texts.split(", "):
                stems = tuple(stem(word) for word in re.findall(r"[^\s-]+", text))
                found.setdefault(stems[0], []).append((stems, key, kind))
    # Sorting is stable: of two phrases of one length, the name is tried before the act.
    return {first: tuple(sorted(some, key=_longest)) for first, some in found.items()}


def _longest(phrase: Phrase) -> int:
    return -len(phrase[0])
