"""How an alert lies in its row.

Owns the columns of a condition and of where an alert stands, both ways. A line's direction and
level have columns; any other condition is kept as its words, which the grammar reads again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from bot.domain.alert_options import Options
from bot.domain.alert_words import condition_of
from bot.domain.alerts import AlertState, Direction, Line, Memory, Side, Told, Watch
from bot.domain.condition_words import condition_words
from bot.domain.conditions import Condition, Extreme, Move, Range
from bot.domain.markets import Market
from bot.domain.measures import measure_of, triggers_of


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert of a destination: its condition, its market, and where it stands.

    `armed_at` is when it was armed last, None where that was not noted. The watch of a condition
    with a window lacks its memory: that is the market's.
    """

    id: int
    destination_id: int
    market: Market
    condition: Condition
    watch: Watch
    set_price: Decimal | None
    created_at: datetime
    armed_at: datetime | None = None


def condition_values(condition: Condition) -> dict[str, object]:
    """The columns that tell two alerts of a market and a chat apart, and the rest of its manner."""
    cooldown = condition.cooldown
    return {
        **key_values(condition),
        "measure": measure_of(condition),
        "band": condition.band,
        "cooldown_seconds": None if cooldown is None else int(cooldown.total_seconds()),
        "until_at": condition.until,
        "note": condition.note,
    }


def key_values(condition: Condition) -> dict[str, object]:
    """The columns by which two alerts of a market are the same."""
    is_line = isinstance(condition, Line)
    return {
        "direction": (
            condition.direction if isinstance(condition, Line) else Direction.CROSS
        ).value,
        "level": condition.level if isinstance(condition, Line) else Decimal(0),
        "words": None if is_line else condition_words(condition),
        "repeat": condition.repeat,
        "told": condition.told.value if condition.told else None,
    }


WATCH_COLUMNS = (
    "state",
    "side",
    "arming",
    "fired",
    "rests_until",
    "from_price",
    "trigger_low",
    "trigger_high",
)


def watch_values(condition: Condition, watch: Watch) -> dict[str, object]:
    """The columns that say where an alert stands, and which values touch it."""
    at = triggers_of(condition, watch)
    return {
        "state": watch.state.value,
        "side": watch.side.value if watch.side else None,
        "arming": watch.arming,
        "fired": watch.fired,
        "rests_until": watch.rests_until,
        "from_price": watch.memory.price if counts_from_now(condition) else None,
        "trigger_low": None if at.low is None else float(at.low),
        "trigger_high": None if at.high is None else float(at.high),
    }


def counts_from_now(condition: Condition) -> bool:
    """Whether a condition counts from the price at which it was set."""
    return isinstance(condition, Move) and condition.window is None


def shares_memory(condition: Condition) -> bool:
    """Whether what a condition remembers is the market's, and no alert's own."""
    return isinstance(condition, Extreme) or (
        isinstance(condition, Move) and not counts_from_now(condition)
    )


# A tick that crosses thousands of alerts reads as many rows, and a call of an enum takes longer.
_STATES = {state.value: state for state in AlertState}
_SIDES = {side.value: side for side in Side}
_DIRECTIONS = {direction.value: direction for direction in Direction}


_NOTHING = Memory()


def alert_of(found: sa.RowMapping | dict[str, Any]) -> StoredAlert:
    """The alert of a row, as a mapping of its columns; of thousands a plain one is read faster."""
    condition = _condition(found)
    watch = Watch(
        _STATES[found["state"]],
        _SIDES[found["side"]] if found["side"] else None,
        found["arming"],
        found["fired"],
        found["rests_until"],
        _memory(condition, found),
    )
    return StoredAlert(
        id=found["id"],
        destination_id=found["destination_id"],
        market=Market(found["asset_id"], found["quote"]),
        condition=condition,
        watch=watch,
        set_price=found["set_price"],
        created_at=found["created_at"],
        armed_at=found["armed_at"],
    )


def _condition(found: sa.RowMapping | dict[str, Any]) -> Condition:
    seconds, told = found["cooldown_seconds"], found["told"]
    manner = (
        found["repeat"],
        found["band"],
        None if seconds is None else timedelta(seconds=seconds),
        found["until_at"],
        found["note"],
        Told(told) if told else None,
    )
    if found["words"] is not None:
        return condition_of(found["words"], Options(*manner)).condition
    return Line(_DIRECTIONS[found["direction"]], found["level"], *manner)


def _memory(condition: Condition, found: sa.RowMapping | dict[str, Any]) -> Memory:
    """What the alert itself remembers; an empty one has seen no price yet."""
    if isinstance(condition, Range) and found["arming"]:
        return Memory(since=found["created_at"])
    if counts_from_now(condition) and found["from_price"] is not None:
        return Memory(found["from_price"], since=found["created_at"])
    return _NOTHING
