"""What an amount of money says of a price: paid, reached, a support, a target, or nothing.

Owns the judgement by nouns beside an amount and by the verb or preposition that it follows.
Refuses what is money but no price (fees, fines, volumes, values of companies), and anything that
it is not sure of: a wrong level makes a wrong alert. Lines that are named as such are for
`bot.news.figures.levels`.
"""

import re
from collections.abc import Callable

from bot.domain.articles import FigureKind
from bot.news.figures.level_words import CHANCE, CHANCE_OF, FAILED, SELLERS
from bot.news.figures.levels import is_conditional, named_line, told_before, told_behind
from bot.news.figures.price_words import (
    ALMOST,
    AROUND,
    AVERAGE_PRICE,
    BREAKS_THROUGH,
    BUYING,
    CUE,
    EXTREME,
    IN_RANGE,
    INDICATOR,
    IS_AT,
    JUST_BESIDE,
    MINING_COST,
    MOVES,
    NEW_HIGH,
    NOUN_LEFT,
    NOUN_RIGHT,
    OTHER_MONEY_LEFT,
    PASSING,
    PAST,
    PEAKED,
    PLACED,
    PRICE_OF,
    RANGE_LEFT,
    RISEN,
    ROLE_NOUN,
    STANDS,
    STAYS,
    TO_AMOUNT,
    TRADES,
    TURNS,
)
from bot.news.figures.readings import (
    HIGH,
    LINE,
    LINE_REACHED,
    NEW_HIGH_PAID,
    PAID,
    REACHED,
    RESISTANCE,
    SUPPORT,
    TARGET,
    PriceReading,
    Surroundings,
)

_BY_NOUN = {
    "support": SUPPORT,
    "resistance": RESISTANCE,
    "rejected": RESISTANCE,
    "target": TARGET,
}


def price_reading(words: Surroundings) -> PriceReading | None:
    """What the amount between these words is to a price; None when it is none of one."""
    noun = NOUN_RIGHT.match(words.right)
    left = NOUN_LEFT.search(words.tail.lower()) if "noun" in words.screened else None
    if noun is not None and not (left and _begins_anew(noun)):
        return _by_noun_right(noun, words)
    if (words.upper or words.lower) and RANGE_LEFT.search(words.tail):
        return _end_of_range(words)
    if "mining_cost" in words.screened and MINING_COST.search(words.clause):
        return None
    if "average_price" in words.screened and AVERAGE_PRICE.search(words.clause):
        return TARGET if words.is_unreal or words.is_unreal_here else PAID
    if left is not None and not (words.is_other_behind or _is_sum_of(words)):
        return _by_noun_left(left, words)
    behind = told_behind(words)
    if behind is not None:
        return behind
    line = told_before(words) or named_line(words)
    if line is not None or words.is_other_money:
        return line
    reading = _by_cue(words)
    is_drawn = reading in {PAID, REACHED, LINE_REACHED} and INDICATOR.search(words.before)
    return LINE if is_drawn else reading


def _begins_anew(noun: re.Match[str]) -> bool:
    """Whether the noun behind opens a heading: "resistance at $0.26 Support for it lies …"."""
    return noun[0].lstrip()[:1].isupper()


def _is_sum_of(words: Surroundings) -> bool:
    """Whether "support of $95,000" may be money that somebody gave."""
    return words.tail.rstrip().endswith(" of") and words.is_other_money


def _by_noun_right(noun: re.Match[str], words: Surroundings) -> PriceReading | None:
    if noun["ath"]:
        return _by_high(words)
    if noun["extreme"]:
        return TARGET if words.is_unreal_here else REACHED
    if noun["range"] and (words.upper or words.lower):
        return _end_of_range(words)
    if noun["range"]:
        return _by_cue(words)
    if noun["breakout"] or noun["breakdown"]:
        cue = told_before(words) or _by_cue(words)
        return cue if cue is TARGET else RESISTANCE if noun["breakout"] else SUPPORT
    if noun["line"]:
        if "other_money" in words.screened and OTHER_MONEY_LEFT.search(words.between.lower()):
            return None
        cue = told_before(words) or _by_cue(words)
        return PriceReading(FigureKind.LEVEL, cue.role) if cue else LINE
    return _BY_NOUN[noun.lastgroup or ""]


def _by_noun_left(noun: re.Match[str], words: Surroundings) -> PriceReading | None:
    if noun["ath"]:
        return _by_high(words)
    return _BY_NOUN[noun.lastgroup or ""]


def _by_high(words: Surroundings) -> PriceReading:
    if words.is_unreal:
        return TARGET if NEW_HIGH.search(words.clause) else HIGH
    return NEW_HIGH_PAID if NEW_HIGH.search(words.clause) else HIGH


def _end_of_range(words: Surroundings) -> PriceReading | None:
    if words.is_unreal_here:
        return TARGET
    if PLACED.search(words.clause):
        return LINE
    if words.upper:
        return RESISTANCE
    return SUPPORT if words.lower else None


def _by_cue(words: Surroundings) -> PriceReading | None:
    """By the verb or preposition that the amount follows."""
    kept = words.kept
    last, two = kept.rpartition(" ")[2], " ".join(kept.split()[-2:])
    cue = CUE.fullmatch(two.lower()) or CUE.fullmatch(last.lower())
    if cue is None:
        is_price = AROUND.search(words.clause) and STANDS.search(kept)
        return _standing(words, kept) if is_price else None
    name = cue.lastgroup or ""
    if name == "reach" and ALMOST.search(kept[: len(kept) - len(cue[0])].rstrip()):
        return LINE
    if name == "passes" and CHANCE.search(words.before):
        return TARGET
    if name == "hold" and SELLERS.search(kept[: len(kept) - len(cue[0])]):
        return RESISTANCE
    if name in _PLAIN_CUES:
        real, unreal = _PLAIN_CUES[name]
        return unreal if words.is_unreal else real
    return _JUDGES[name](words, kept[: len(kept) - len(cue[0])].rstrip())


def _above(words: Surroundings, before: str) -> PriceReading | None:
    if before.endswith("from"):
        return None
    if BUYING.search(before):
        return LINE
    if EXTREME.search(before):
        return TARGET if words.is_unreal else REACHED
    if TRADES.search(before) and JUST_BESIDE.search(words.clause):
        return PAID
    return _held_or_broken(before) or _passed(words, before, RESISTANCE, TARGET)


def _held_or_broken(before: str) -> PriceReading | None:
    """What a line is that a price stays above or breaks above; None without either."""
    stays, breaks = STAYS.search(before), BREAKS_THROUGH.search(before)
    if stays and not (breaks and breaks.start() > stays.start()):
        return RESISTANCE if FAILED.search(before) else SUPPORT
    return RESISTANCE if breaks else None


def _passed(
    words: Surroundings, before: str, conditional: PriceReading, unreal: PriceReading
) -> PriceReading | None:
    """What a line is that a price moves past: in fact, under a condition, or in hope."""
    if not (MOVES.search(before) or words.beside_asset or PRICE_OF.search(before)):
        return None
    if is_conditional(words, before):
        return conditional
    return unreal if words.is_unreal else LINE_REACHED


def _below(words: Surroundings, before: str) -> PriceReading | None:
    if BUYING.search(before):
        return LINE
    if before.endswith(" at") and STANDS.search(before):
        return PAID
    if STAYS.search(before):
        return None if words.is_unreal else RESISTANCE
    if TRADES.search(before):
        return PAID if JUST_BESIDE.search(words.clause) else LINE
    return _passed(words, before, SUPPORT, SUPPORT)


def _toward(words: Surroundings, before: str) -> PriceReading | None:
    return LINE if PAST.search(before) and not words.is_unreal else TARGET


def _moved_to(words: Surroundings, before: str) -> PriceReading | None:
    if f" {before}".endswith(" up") and not RISEN.search(before.removesuffix("up")):
        return None
    if not (MOVES.search(before) or before.endswith("%") or words.beside_asset):
        return None
    return TARGET if words.is_unreal else REACHED


def _standing(words: Surroundings, before: str) -> PriceReading | None:
    if not (STANDS.search(before) or IS_AT.search(before) or words.beside_asset):
        return None
    if EXTREME.search(before) or PEAKED.search(before):
        return TARGET if words.is_unreal else REACHED
    noun = ROLE_NOUN.search(before)
    if noun is not None and not TURNS.search(before, noun.end()):
        return _by_noun_left(noun, words)
    return TARGET if words.is_unreal_here else PAID


def _being(words: Surroundings, before: str) -> PriceReading | None:
    if EXTREME.search(before):
        return TARGET if words.is_unreal else REACHED
    passing = PASSING.search(before)
    if passing is not None:
        judge = _above if passing["above"] else _below
        return judge(words, before[: passing.start()].rstrip())
    if PRICE_OF.search(before):
        return TARGET if words.is_unreal_here else PAID
    return TARGET if CHANCE_OF.search(before) else None


def _between(words: Surroundings, before: str) -> PriceReading | None:
    if not (words.upper or words.lower):
        begins_move = MOVES.search(before) and TO_AMOUNT.match(words.right)
        return PAID if begins_move and not words.is_unreal else None
    if IN_RANGE.search(words.clause):
        return _end_of_range(words)
    if words.is_unreal_here:
        return TARGET
    return PAID if STANDS.search(before) else None


# What an amount behind the cue is when the sentence tells a fact, and when it does not.
_PLAIN_CUES: dict[str, tuple[PriceReading | None, PriceReading | None]] = {
    "reach": (REACHED, TARGET),
    "breaks": (RESISTANCE, RESISTANCE),
    "passes": (LINE_REACHED, RESISTANCE),
    "hold": (SUPPORT, SUPPORT),
    "lose": (None, SUPPORT),  # "lost $90,000" may be anybody's money
    "gives": (LINE_REACHED, SUPPORT),
    "test": (LINE, LINE),
    "near": (LINE, LINE),
    "eye": (TARGET, TARGET),
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
