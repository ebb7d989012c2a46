"""An alert of each kind that the database tells apart, for the tests of what alerts look at."""

from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.alerts import Direction, Line
from bot.domain.conditions import (
    Close,
    Condition,
    Extreme,
    Figure,
    Frame,
    Gauge,
    Move,
    Range,
    Way,
)
from bot.domain.markets import Market
from bot.domain.watching import begun_watch
from storage.alerts import NewAlert, add_alert
from storage.database import Transaction

BITCOIN = Market("bitcoin")
CONDITIONS: list[Condition] = [
    Line(Direction.ABOVE, Decimal(100)),
    Range(Decimal(90), Decimal(100)),
    Move(Way.UP, Decimal("0.05"), timedelta(hours=1)),
    Move(Way.UP, Decimal("0.08"), timedelta(hours=1)),
    Extreme(Way.UP),
    Close(Frame.DAY, Direction.ABOVE, Decimal(100)),
    Gauge(Figure.FUNDING, Direction.BELOW, Decimal("-0.0001")),
]


async def add_condition(
    tx: Transaction, here: int, condition: Condition, price: Decimal | None, now: datetime
) -> int:
    """Set an alert on a condition, begun at a price; returns its id."""
    watch = begun_watch(condition, price, now)
    return await add_alert(tx, NewAlert(here, BITCOIN, condition, watch, price, None), now)
