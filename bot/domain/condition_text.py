"""Conditions and what alerts remember, as the text that the database keeps.

Pure. Owns the canonical words of a condition, which the grammar of alerts reads back, and the
JSON of a memory. Equal conditions give equal texts.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal

from bot.domain.alert_options import span_text
from bot.domain.alerts import Direction, Line, Memory
from bot.domain.conditions import Close, Condition, Extreme, Move, Range, Way
from bot.domain.numbers import canonical_text
from bot.domain.windows import Extremes

_SIGNS = {Direction.ABOVE: "> ", Direction.BELOW: "< ", Direction.CROSS: ""}
_WAYS = {Way.UP: "+", Way.DOWN: "-", Way.EITHER: ""}


def condition_text(condition: Condition) -> str:
    """What a condition watches, in the words of the grammar, without its options."""
    match condition:
        case Line():
            return f"{_SIGNS[condition.direction]}{canonical_text(condition.level)}"
        case Range():
            return f"{canonical_text(condition.low)}..{canonical_text(condition.high)}"
        case Move():
            words = f"{_WAYS[condition.way]}{canonical_text(condition.share * 100)}%"
            return f"{words} {span_text(condition.window)}" if condition.window else words
        case Extreme():
            if condition.window is None:
                return "ath" if condition.way is Way.UP else "atl"
            kind = "high" if condition.way is Way.UP else "low"
            return f"{kind} {span_text(condition.window)}"
        case Close():
            level = f"{_SIGNS[condition.direction]}{canonical_text(condition.level)}"
            return f"close {condition.frame.value} {level}"


def condition_kind(condition: Condition) -> str:
    """The one word that says which condition it is: level, range, move, extreme, close."""
    return "level" if isinstance(condition, Line) else type(condition).__name__.lower()


def memory_text(memory: Memory) -> str | None:
    """A memory as JSON; None for an empty one. `read_memory` gives an equal one back."""
    if memory == Memory():
        return None
    found = {
        "price": None if memory.price is None else canonical_text(memory.price),
        "seen_at": _moment_text(memory.seen_at),
        "lows": _extremes_value(memory.lows),
        "highs": _extremes_value(memory.highs),
        "since": _moment_text(memory.since),
    }
    kept = {key: value for key, value in found.items() if value}
    return json.dumps(kept, separators=(",", ":"))


def read_memory(text: str | None) -> Memory:
    """The memory that a text of `memory_text` holds."""
    if text is None:
        return Memory()
    found = json.loads(text)
    return Memory(
        price=Decimal(found["price"]) if "price" in found else None,
        seen_at=_moment(found.get("seen_at")),
        lows=_extremes(found.get("lows", ())),
        highs=_extremes(found.get("highs", ())),
        since=_moment(found.get("since")),
    )


def _extremes_value(extremes: Extremes) -> list[list[object]]:
    return [[began, canonical_text(price)] for began, price in extremes]


def _extremes(found: list[tuple[int, str]]) -> Extremes:
    return tuple((began, Decimal(price)) for began, price in found)


def _moment_text(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
