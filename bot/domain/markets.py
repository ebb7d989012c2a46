"""Prices of assets, as a provider gave them.

Owns the values of a market, and whether a price may be trusted. Refuses floats.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

STALE_AFTER = timedelta(minutes=5)
STALE_POLLS = 3


@dataclass(frozen=True, slots=True)
class Market:
    """An asset priced in a currency: `asset_id` and the upper-case code of the quote."""

    asset_id: str
    quote: str = "USD"


@dataclass(frozen=True, slots=True)
class Tick:
    """A price at a time. `provider_at` is the provider's own time, `received_at` ours.

    Changes are percentages over the time their name gives; high and low are those of 24
    hours; all of these are None when the provider does not tell.
    """

    market: Market
    price: Decimal
    provider: str
    provider_at: datetime
    received_at: datetime
    change_1h: Decimal | None = None
    change_24h: Decimal | None = None
    change_7d: Decimal | None = None
    high_24h: Decimal | None = None
    low_24h: Decimal | None = None


def stale_after(poll_seconds: float) -> timedelta:
    """How long a provider's time may stand still: three polls or five minutes, the longer."""
    return max(timedelta(seconds=poll_seconds * STALE_POLLS), STALE_AFTER)


def is_stale(tick: Tick, now: datetime, poll_seconds: float) -> bool:
    """Whether the provider's time lies too far back for the price to fire or be trusted."""
    return now - tick.provider_at > stale_after(poll_seconds)


def is_wild(previous: Decimal, price: Decimal, elapsed: timedelta) -> bool:
    """Whether a move is over 20 % within a minute, so that a further tick must confirm it."""
    if elapsed > timedelta(minutes=1):
        return False
    return abs(price - previous) > previous / 5
