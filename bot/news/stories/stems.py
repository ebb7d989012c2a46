"""The stem of an English word, as headlines inflect and spell it.

Owns that rule alone; lighter than Porter's, for a headline's words must stay apart that
Porter's makes one ("universe" and "university"). Pure.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

_SHORT = 3
_LONG = 7
_PLURALS = (("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("ies", "y"), ("s", ""))
_ENDINGS = (("ying", "y"), ("ied", "y"), ("isation", "ization"), ("ing", ""), ("ed", ""))
_BRITISH = re.compile(r"(?<=[ncrlmtd])is(e|ing|ed)$")
_VOWEL = re.compile("[aeiouy]")
_DOUBLED = re.compile(r"([bcdfgkmnprt])\1$")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_INNER_CAPITAL = re.compile(r".[A-Z]")
_PLURAL_CAPITALS = re.compile(r"[A-Z]{2,}s")
_UNINFLECTED = {
    "rating": "rating", "ratings": "rating", "during": "during",
    "sues": "sue", "sued": "sue", "suing": "sue",
    "backs": "support", "funding": "funding", "financing": "financing",
    "node": "node", "nodes": "node",
}  # fmt: skip


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its inflection, lower case, in American spelling: "Tokenised" is "tokeniz".

    Tickers and the like ("USDe") are left as they are, in lower case.
    """
    lower = _POSSESSIVE.sub("", word.lower().replace("\u2019", "'")).replace("'", "")
    if len(lower) <= _SHORT or not lower.isascii() or lower in _UNINFLECTED:
        return _UNINFLECTED.get(lower, lower)
    if _PLURAL_CAPITALS.fullmatch(word):
        return lower[:-1]
    if _INNER_CAPITAL.match(word) and not word.isupper():
        return lower
    if not lower.endswith(("ss", "us", "is")):
        lower = _without_ending(lower, _PLURALS)
    if len(lower) > _LONG:
        lower = _BRITISH.sub(r"iz\1", lower)
    lower = _without_ending(lower, _ENDINGS)
    lower = lower.removesuffix("e") if len(lower) > _SHORT else lower
    return lower[:-1] + "er" if lower.endswith("tr") else lower


def _without_ending(word: str, endings: Sequence[tuple[str, str]]) -> str:
    for ending, instead in endings:
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) > 1 and _VOWEL.search(base + instead):
            return _DOUBLED.sub(r"\1", base) if ending in {"ing", "ed"} else base + instead
    return word
