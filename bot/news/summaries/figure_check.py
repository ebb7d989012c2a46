"""Whether a text gives only the figures that its article gives.

Owns the rule for figures: the same value with the same unit, a percentage also in the same
direction where both texts tell one. Pure.
"""

import re
from collections.abc import Sequence

from bot.news.summaries.quantities import CURRENCIES, Quantity, quantities

_ROUGH = re.compile(
    r"\b(doubl|tripl|quadrupl|halv|tenfold|twofold|threefold|dozens?|hundreds|thousands|millions|"
    r"billions|trillions|half|twice|third-|fourth-|fifth-|second-(?:largest|biggest|highest))",
    re.IGNORECASE,
)
# Without its unit a figure may stand for one that has it before these words alone.
_OF_MONEY = frozenset({"level", "mark", "threshold", "line", "handle", "zone", "barrier"})
_OF_COINS = frozenset({"coins", "tokens"})
_NO_COINS = frozenset({"%", "x", "bp", "cent", "year", "peso"})


def foreign_figure(
    text: str, known: Sequence[Quantity], article_folded: str, *, comma_is_decimal: bool = False
) -> str | None:
    """The first figure that an article does not give, in words; None when there is none.

    `known` are the article's figures, read with the same `comma_is_decimal`, and
    `article_folded` is its text with cases folded, for "doubled" and "dozens".
    """
    for quantity in quantities(text, comma_is_decimal=comma_is_decimal):
        same = [other for other in known if is_same(quantity, other)]
        if not same:
            return f'the figure "{quantity.words}"'
        told = {other.direction for other in same} - {0}
        if quantity.unit == "%" and quantity.direction and told == {-quantity.direction}:
            return f'the direction of "{quantity.words}"'
    for rough in _ROUGH.finditer(text):
        if rough[1].casefold() not in article_folded:
            return f'the figure "{rough[1]}"'
    return None


def is_same(quantity: Quantity, other: Quantity) -> bool:
    """Whether a text's figure says what an article's other one says.

    A unit needs the same unit. A figure without one never stands for one with a unit, but for
    "the 93,000 level" and "1,638 coins"; things that it counts must stand by the other as well.
    """
    if not quantity.values & other.values:
        return False
    if quantity.unit not in {"", "year"}:
        return quantity.unit == other.unit
    if other.unit in {"", "year"}:
        return _counts_same(quantity, other)
    if other.unit in CURRENCIES:
        return quantity.counted[:1] != () and quantity.counted[0] in _OF_MONEY
    return other.unit not in _NO_COINS and not _OF_COINS.isdisjoint(quantity.counted)


def _counts_same(quantity: Quantity, other: Quantity) -> bool:
    """Whether two figures without a unit count the same things, as far as both tell."""
    if not quantity.noun:
        return quantity.unit == other.unit
    return quantity.noun in (other.counted_stems if other.noun else other.around)
