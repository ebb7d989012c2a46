"""Words that are known as names of coins, companies, people, offices and places.

Owns the gathering of what the rest of the news knows: the registry, and the lexicon of headlines.
A name that is an ordinary word too ("Circle", "Strategy") is told from one that is nothing else
("Metaplanet", "Buterin"): the first says name only by its capital. Refuses to judge a text: that
is `bot.news.summaries.name_check`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from bot.news.assets.project_names import PROJECT_NAMES
from bot.news.assets.registry import load_registry
from bot.news.stories.lexicon import Kind, Lexicon, load_lexicon
from bot.news.stories.stems import stem
from bot.news.summaries.name_words import (
    NAMES_IN_LOWER_CASE,
    NAMES_THAT_ARE_WORDS,
    NEVER_NAMES,
    WORDS_IN_NAMES,
)

_SHORT = 3
_INFLECTED = re.compile(r".{3,}(?:ed|ings?)\Z")
_WORD = re.compile(r"[^\W\d_]+")

Stems = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class KnownNames:
    """The stems of names: `also_words` are ordinary words too, `only_names` are not."""

    also_words: frozenset[str]
    only_names: frozenset[str]

    def is_word_too(self, lower: str) -> bool:
        """Whether a word in lower case is a name that may be an ordinary word: "circle"."""
        # "Stripped" is no Stripe.
        return not _INFLECTED.match(lower) and stem(lower) in self.also_words

    def is_name_alone(self, lower: str) -> bool:
        """Whether a word in lower case can be nothing but a name: "buterin"."""
        return not _INFLECTED.match(lower) and stem(lower) in self.only_names


@cache
def load_names() -> KnownNames:
    """All names that are known; reads the registry and the lexicon, once."""
    lexicon = load_lexicon()
    ordinary = lexicon.common | lexicon.stop | {stem(word) for word in WORDS_IN_NAMES}
    given = list(_given(lexicon))
    words = {one for stems in given if len(stems) == 1 for one in stems if one in ordinary}
    words |= {stem(word) for word in NAMES_THAT_ARE_WORDS | PROJECT_NAMES} | lexicon.companies
    coins = {stem(word) for word in NAMES_IN_LOWER_CASE}
    words -= NEVER_NAMES | coins
    # Of "Wood's Ark" and "Bank of Korea" only what is no word tells who is meant.
    names = {one for stems in given for one in stems if len(stems) == 1 or len(one) > _SHORT}
    return KnownNames(frozenset(words), frozenset((names | lexicon.companies) - ordinary | coins))


def _given(lexicon: Lexicon) -> Iterator[Stems]:
    """Every name that is known, as the stems of its words."""
    for some in lexicon.phrases.values():
        yield from (stems for stems, _, kind in some if kind in {Kind.NAME, Kind.ASSET})
    yield from map(_stems, _registered())


def _registered() -> Iterable[str]:
    return (name for asset in load_registry() for name in (asset.name, *asset.aliases))


def _stems(name: str) -> Stems:
    return tuple(stem(word) for word in _WORD.findall(name.lower()))
