"""How an article opens: what the first sentence of its lead tells beyond the title.

Owns which part of a lead is about the event itself; what follows the first sentence is often
older news. Pure. Refuses to compare: that is the matter of lead_evidence.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.news.stories.amounts import Amount
from bot.news.stories.lexicon import Kind
from bot.news.stories.wording import TIMES, Word, words_in

_LONGEST = 240
_NAMED = frozenset({Kind.NAME, Kind.ASSET})
_NOT_COUNTED = TIMES | {"calendar"}
# A sentence's end, not that of "U.S." or of an initial.
_END = re.compile(r"(?:(?<=[a-z\d%)][.!?])|(?<=[.!?][\"\u201d']))\s+(?=[A-Z\"\u201c'\u2018$\d])")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a lead's first sentence tells.

    `words` gives each key that the title has not its weight; `names`, `actions` and `amounts`
    are all of the sentence's, times and years left out of the amounts.
    """

    words: dict[str, float]
    names: frozenset[str]
    actions: frozenset[str]
    amounts: tuple[Amount, ...]


def opening(lead: str, title: Mapping[str, float], meant: Mapping[str, str]) -> Opening:
    """How a lead opens, of an article whose title has these words; empty for an empty lead.

    `meant` says of words in lower case which asset's symbol they stand for.
    """
    return _read(words_in(first_sentence(lead), meant), title)


def first_sentence(lead: str) -> str:
    """The first sentence of a lead, at most 240 characters of it."""
    return _END.split(lead[: 2 * _LONGEST], maxsplit=1)[0][:_LONGEST]


def _read(words: Sequence[Word], title: Mapping[str, float]) -> Opening:
    return Opening(
        words={
            word.key: word.weight
            for word in words
            if word.kind is not Kind.AMOUNT and word.weight and word.key not in title
        },
        names=frozenset(word.key for word in words if word.kind in _NAMED),
        actions=frozenset(word.key for word in words if word.kind is Kind.ACTION),
        amounts=tuple(
            word.amount for word in words if word.amount and word.amount.unit not in _NOT_COUNTED
        ),
    )
