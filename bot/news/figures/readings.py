"""The words around an amount, and what they may make of it.

Owns the clause, the part of it behind the asset, the words to the right, and whether all that is
only expected. Refuses to judge: that is for `bot.news.figures.prices` and
`bot.news.figures.levels`.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.domain.articles import FigureKind, FigureRole
from bot.news.figures.places import behind_last, last_place
from bot.news.figures.price_words import (
    CLAUSE,
    FACT,
    FILLERS,
    HYPHENED_FILLER,
    OTHER_MONEY_LEFT,
    OTHER_MONEY_RIGHT,
    PAST,
    RESET,
    UNREAL,
    UNREAL_RIGHT,
)
from bot.news.figures.screened_words import LEFT_SCREEN

_LEFT = 120
_RIGHT = 60
_NOUN_REACH = 70

_PRICE_WORD = re.compile(r".*\b(?:prices?|levels?)\b", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PriceReading:
    """What the words around an amount make of it: PRICE or LEVEL, with its role."""

    kind: FigureKind
    role: FigureRole | None = None


TARGET = PriceReading(FigureKind.LEVEL, FigureRole.TARGET)
SUPPORT = PriceReading(FigureKind.LEVEL, FigureRole.SUPPORT)
RESISTANCE = PriceReading(FigureKind.LEVEL, FigureRole.RESISTANCE)
LINE = PriceReading(FigureKind.LEVEL)
LINE_REACHED = PriceReading(FigureKind.LEVEL, FigureRole.REACHED)
PAID = PriceReading(FigureKind.PRICE)
REACHED = PriceReading(FigureKind.PRICE, FigureRole.REACHED)
HIGH = PriceReading(FigureKind.LEVEL, FigureRole.ALL_TIME_HIGH)
NEW_HIGH_PAID = PriceReading(FigureKind.PRICE, FigureRole.ALL_TIME_HIGH)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The words around an amount.

    `clause` is what its clause has on the left, `between` the part of that behind the last
    asset, `before` goes back to where the sentence turns ("after", "but"), `tail` ignores all
    of these; `right` is what follows. `beside_asset` tells that the cue follows the asset's
    name directly, `upper` that the amount ends a range, `lower` that it begins one. `kept` is the
    clause without the words at its end that mean nothing; `screened` says which of the patterns
    of `LEFT_WORDS` may find something on the left.
    """

    clause: str
    between: str
    before: str
    tail: str
    right: str
    beside_asset: bool
    kept: str
    screened: AbstractSet[str]
    upper: bool = False
    lower: bool = False

    @property
    def is_unreal(self) -> bool:
        """Whether the sentence only expects, fears, asks or denies."""
        if UNREAL_RIGHT.match(self.right):
            return True
        last = last_place(UNREAL, self.before)
        return last is not None and PAST.search(self.before, last.end()) is None

    @property
    def is_unreal_here(self) -> bool:
        """The same, for what a clause of its own says of the present."""
        if UNREAL_RIGHT.match(self.right):
            return True
        last = last_place(UNREAL, self.clause)
        return last is not None and FACT.search(self.clause, last.end()) is None

    @property
    def is_other_money(self) -> bool:
        """Whether the words make it a fee, a volume, a fine and the like."""
        return self.is_other_before or self.is_other_behind

    @property
    def is_other_before(self) -> bool:
        """Whether what stands before it makes it so: "fees of $95,000"."""
        if "other_money" not in self.screened:
            return False
        words = behind_last(_PRICE_WORD, self.between)
        return OTHER_MONEY_LEFT.search(words.lower()) is not None

    @property
    def is_other_behind(self) -> bool:
        """Whether what follows makes it so: "$95,000 in fees"."""
        return OTHER_MONEY_RIGHT.match(self.right) is not None


def surroundings(
    text: str, start: int, end: int, asset_end: int, *, upper: bool = False, lower: bool = False
) -> Surroundings:
    """The words around the amount at `start`; `asset_end` is where the asset before it ends."""
    left = text[max(0, start - _LEFT) : start]
    clause = behind_last(CLAUSE, left)
    between = text[max(start - len(clause), asset_end) : start]
    return Surroundings(
        clause=clause,
        between=between,
        before=behind_last(RESET, left),
        tail=left[-_NOUN_REACH:],
        right=text[end : end + _RIGHT],
        beside_asset=asset_end > start - len(clause) and not core(core(between).rpartition(" ")[0]),
        kept=core(clause),
        screened=LEFT_SCREEN.passed(left.lower()),
        upper=upper,
        lower=lower,
    )


def core(clause: str) -> str:
    """The clause without the words at its end that mean nothing: "trading at about the"."""
    words = clause.split()
    while words:
        word = words[-1].lower()
        if word not in FILLERS and not HYPHENED_FILLER.fullmatch(word):
            break
        words.pop()
    return " ".join(words)
