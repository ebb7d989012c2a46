"""Prices of assets, as a provider gave them.

Owns the values of a market, and whether a price may be trusted. Refuses floats.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

STALE_AFTER = timedelta(minutes=5)
STALE_POLLS = 3
CLOCK_TOLERANCE = timedelta(minutes=1)
JUMP_SHARE = Decimal("0.2")


@dataclass(frozen=True, slots=True)
class Market:
    """An asset priced in a currency: `asset_id` and the upper-case code of the quote."""

    asset_id: str
    quote: str = "USD"


@dataclass(frozen=True, slots=True)
class Tick:
    """A price at a time. `provider_at` is the provider's own time, `received_at` ours.

    Changes are percentages over the time their name gives; high and low are those of 24
    hours, and so is the volume, in the quote; `ath` and `atl` are the highest and lowest price
    ever. All of these are None when the provider does not tell.
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
    volume_24h: Decimal | None = None
    ath: Decimal | None = None
    atl: Decimal | None = None


def stale_after(poll_seconds: float) -> timedelta:
    """How long a provider's time may stand still: three polls or five minutes, the longer."""
    return max(timedelta(seconds=poll_seconds * STALE_POLLS), STALE_AFTER)


def is_stale(tick: Tick, now: datetime, poll_seconds: float) -> bool:
    """Whether the provider's time lies too far back for the price to fire or be trusted."""
    return now - tick.provider_at > stale_after(poll_seconds)


def is_ahead(tick: Tick, now: datetime) -> bool:
    """Whether the provider's time lies further in the future than clocks may differ."""
    return tick.provider_at - now > CLOCK_TOLERANCE


def is_jump(previous: Decimal, price: Decimal) -> bool:
    """Whether two prices lie more than 20 % of the first apart."""
    return abs(price - previous) > previous * JUMP_SHARE


def wild_within(poll_seconds: float) -> timedelta:
    """The time within which a jump is wild, so that a further tick must confirm it.

    A minute, or two polls where those are longer: at such a pace nobody can tell a jump within
    a minute from one between two neighbouring ticks.
    """
    return max(timedelta(minutes=1), timedelta(seconds=2 * poll_seconds))
