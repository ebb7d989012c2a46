"""What an amount of money says of a price: paid, reached, a support, a target, or nothing.

Owns the judgement over the words to the left and to the right of an amount. Refuses what is
money but no price (fees, fines, volumes, values of companies), and anything that it is not sure
of: a wrong level makes a wrong alert.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.articles import FigureKind, FigureRole
from bot.news.figures.places import behind_last, last_place
from bot.news.figures.price_words import (
    AVERAGE_PRICE,
    BREAKS_THROUGH,
    CLAUSE,
    CUE,
    EXTREME,
    FILLERS,
    HYPHENED_FILLER,
    IN_RANGE,
    INDICATOR,
    JUST_BESIDE,
    MOVES,
    NEW_HIGH,
    NOUN_LEFT,
    NOUN_RIGHT,
    OTHER_MONEY_LEFT,
    OTHER_MONEY_RIGHT,
    PAST,
    PRICE_OF,
    RESET,
    ROLE_NOUN,
    STANDS,
    STAYS,
    TRADES,
    UNREAL,
    UNREAL_RIGHT,
)

_LEFT = 120
_RIGHT = 60
_NOUN_REACH = 70

_PRICE_WORD = re.compile(r".*\b(?:prices?|levels?)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class PriceReading:
    """What the words around an amount make of it: PRICE or LEVEL, with its role."""

    kind: FigureKind
    role: FigureRole | None = None


_TARGET = PriceReading(FigureKind.LEVEL, FigureRole.TARGET)
_SUPPORT = PriceReading(FigureKind.LEVEL, FigureRole.SUPPORT)
_RESISTANCE = PriceReading(FigureKind.LEVEL, FigureRole.RESISTANCE)
_LINE = PriceReading(FigureKind.LEVEL)
_LINE_REACHED = PriceReading(FigureKind.LEVEL, FigureRole.REACHED)
_PAID = PriceReading(FigureKind.PRICE)
_REACHED = PriceReading(FigureKind.PRICE, FigureRole.REACHED)
_HIGH = PriceReading(FigureKind.LEVEL, FigureRole.ALL_TIME_HIGH)
_NEW_HIGH = PriceReading(FigureKind.PRICE, FigureRole.ALL_TIME_HIGH)
_BY_NOUN = {
    "support": _SUPPORT,
    "resistance": _RESISTANCE,
    "rejected": _RESISTANCE,
    "target": _TARGET,
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The words around an amount.

    `clause` is what its clause has on the left, `between` the part of that behind the last
    asset, `before` goes back to where the sentence turns ("after", "but"), `tail` ignores all
    of these; `right` is what follows. `beside_asset` tells that the cue follows the asset's
    name directly, `upper` that the amount ends a range, `lower` that it begins one.
    """

    clause: str
    between: str
    before: str
    tail: str
    right: str
    beside_asset: bool
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
        return UNREAL_RIGHT.match(self.right) is not None or bool(UNREAL.search(self.clause))

    @property
    def is_other_money(self) -> bool:
        """Whether the words make it a fee, a volume, a fine and the like."""
        found = OTHER_MONEY_LEFT.search(behind_last(_PRICE_WORD, self.between))
        return found is not None or OTHER_MONEY_RIGHT.match(self.right) is not None


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


def price_reading(words: Surroundings) -> PriceReading | None:
    """What the amount between these words is to a price; None when it is none of one."""
    noun = NOUN_RIGHT.match(words.right)
    if noun is not None:
        return _by_noun_right(noun, words)
    if AVERAGE_PRICE.search(words.clause):
        return _TARGET if words.is_unreal_here else _PAID
    if words.is_other_money:
        return None
    left = NOUN_LEFT.search(words.tail)
    if left is not None:
        return _by_noun_left(left, words)
    reading = _by_cue(words)
    return _LINE if reading and INDICATOR.search(words.before) else reading


def _by_noun_right(noun: re.Match[str], words: Surroundings) -> PriceReading | None:
    if noun["ath"]:
        return _by_high(words)
    if noun["range"]:
        return _end_of_range(words)
    if noun["line"]:
        if OTHER_MONEY_LEFT.search(words.between):
            return None
        cue = _by_cue(words)
        return PriceReading(FigureKind.LEVEL, cue.role) if cue else _LINE
    return _BY_NOUN[noun.lastgroup or ""]


def _by_noun_left(noun: re.Match[str], words: Surroundings) -> PriceReading | None:
    if noun["ath"]:
        return _by_high(words)
    return _BY_NOUN[noun.lastgroup or ""]


def _by_high(words: Surroundings) -> PriceReading:
    if words.is_unreal:
        return _TARGET if NEW_HIGH.search(words.clause) else _HIGH
    return _NEW_HIGH if NEW_HIGH.search(words.clause) else _HIGH


def _end_of_range(words: Surroundings) -> PriceReading | None:
    if words.is_unreal_here:
        return _TARGET
    if words.upper:
        return _RESISTANCE
    return _SUPPORT if words.lower else None


def _by_cue(words: Surroundings) -> PriceReading | None:
    """By the verb or preposition that the amount follows."""
    kept = core(words.clause)
    last, two = kept.rpartition(" ")[2], " ".join(kept.split()[-2:])
    cue = CUE.fullmatch(two) or CUE.fullmatch(last)
    if cue is None:
        return None
    name = cue.lastgroup or ""
    if name in _PLAIN_CUES:
        real, unreal = _PLAIN_CUES[name]
        return unreal if words.is_unreal else real
    return _JUDGES[name](words, kept[: len(kept) - len(cue[0])].rstrip())


def _above(words: Surroundings, before: str) -> PriceReading | None:
    if before.endswith("from"):
        return None
    if TRADES.search(before) and JUST_BESIDE.search(words.clause):
        return _PAID
    stays, breaks = STAYS.search(before), BREAKS_THROUGH.search(before)
    if stays and not (breaks and breaks.start() > stays.start()):
        return _SUPPORT
    if breaks:
        return _RESISTANCE
    if MOVES.search(before) or words.beside_asset or PRICE_OF.search(before):
        return _TARGET if words.is_unreal else _LINE_REACHED
    return None


def _below(words: Surroundings, before: str) -> PriceReading | None:
    if STAYS.search(before):
        return None if words.is_unreal else _RESISTANCE
    if TRADES.search(before):
        return _PAID if JUST_BESIDE.search(words.clause) else _LINE
    if MOVES.search(before) or words.beside_asset or PRICE_OF.search(before):
        return _SUPPORT if words.is_unreal else _LINE_REACHED
    return None


def _toward(words: Surroundings, before: str) -> PriceReading | None:
    return _LINE if PAST.search(before) and not words.is_unreal else _TARGET


def _moved_to(words: Surroundings, before: str) -> PriceReading | None:
    if before.endswith("up"):
        before = before.removesuffix("up")  # "up to $5,000" is anybody's money
    if not (MOVES.search(before) or before.endswith("%") or words.beside_asset):
        return None
    return _TARGET if words.is_unreal else _REACHED


def _standing(words: Surroundings, before: str) -> PriceReading | None:
    if not (STANDS.search(before) or words.beside_asset):
        return None
    if EXTREME.search(before):
        return _TARGET if words.is_unreal else _REACHED
    noun = ROLE_NOUN.search(before)
    if noun is not None:
        return _by_noun_left(noun, words)
    return _TARGET if words.is_unreal_here else _PAID


def _being(words: Surroundings, before: str) -> PriceReading | None:
    if EXTREME.search(before):
        return _TARGET if words.is_unreal else _REACHED
    if PRICE_OF.search(before):
        return _TARGET if words.is_unreal_here else _PAID
    return None


def _between(words: Surroundings, before: str) -> PriceReading | None:
    if not (words.upper or words.lower):
        return None
    if IN_RANGE.search(words.clause):
        return _end_of_range(words)
    if words.is_unreal_here:
        return _TARGET
    return _PAID if STANDS.search(before) else None


# What an amount behind the cue is when the sentence tells a fact, and when it does not.
_PLAIN_CUES: dict[str, tuple[PriceReading | None, PriceReading | None]] = {
    "reach": (_REACHED, _TARGET),
    "breaks": (_RESISTANCE, _RESISTANCE),
    "passes": (_LINE_REACHED, _RESISTANCE),
    "hold": (_SUPPORT, _SUPPORT),
    "lose": (None, _SUPPORT),  # "lost $90,000" may be anybody's money
    "test": (_LINE, _LINE),
    "near": (_LINE, _LINE),
    "eye": (_TARGET, _TARGET),
}
_JUDGES: dict[str, Callable[[Surroundings, str], PriceReading | None]] = {
    "above": _above,
    "below": _below,
    "to": _moved_to,
    "toward": _toward,
    "at": _standing,
    "of": _being,
    "between": _between,
}
