"""A condition in the words that people type: one text for each condition.

Pure. Owns the way back from a condition to the grammar of `bot.domain.alert_words`, which reads
exactly the condition again. What is stored, exported and replayed is this text. The options
behind it (repeat, until and the rest) are kept beside it and are no part of it.
"""

from datetime import timedelta
from decimal import Decimal

from bot.domain.alert_options import span_text
from bot.domain.alerts import Direction, Line
from bot.domain.conditions import (
    Close,
    Condition,
    Extreme,
    Figure,
    Gauge,
    Move,
    Range,
    Side,
    Way,
)
from bot.domain.numbers import canonical_text

_SIGNS = {Direction.ABOVE: "> ", Direction.BELOW: "< ", Direction.CROSS: ""}
_WAYS = {Way.UP: "+", Way.DOWN: "-", Way.EITHER: ""}
_SIDES = {Side.BOTH: "", Side.LONGS: "longs ", Side.SHORTS: "shorts "}


def condition_words(condition: Condition) -> str:
    """The words that ask for a condition, without its options: "> 95000", "+5% 1h", "high 30d"."""
    match condition:
        case Line():
            return _level(condition.direction, condition.level)
        case Range():
            return f"{canonical_text(condition.low)}..{canonical_text(condition.high)}"
        case Move():
            percent = canonical_text(condition.share * 100)
            return f"{_WAYS[condition.way]}{percent}%{_window(condition.window)}"
        case Extreme():
            if condition.window is None:
                return "ath" if condition.way is Way.UP else "atl"
            return ("high" if condition.way is Way.UP else "low") + _window(condition.window)
        case Close():
            return f"close {condition.frame} {_level(condition.direction, condition.level)}"
        case Gauge():
            return _gauge_words(condition)


def _gauge_words(gauge: Gauge) -> str:
    sign = _SIGNS[gauge.direction]
    match gauge.figure:
        case Figure.VOLUME:
            return f"volume {sign}{canonical_text(gauge.level)}x"
        case Figure.FUNDING:
            return f"funding {sign}{canonical_text(gauge.level * 100)}%"
        case Figure.LIQUIDATIONS:
            whose, level = _SIDES[gauge.side], canonical_text(gauge.level)
            # "100 150m" would be a number with a gap between its thousands.
            return f"liquidations {whose}{sign}{level} in{_window(gauge.window)}"


def _level(direction: Direction, level: Decimal) -> str:
    return f"{_SIGNS[direction]}{canonical_text(level)}"


def _window(window: timedelta | None) -> str:
    return "" if window is None else f" {span_text(window)}"
