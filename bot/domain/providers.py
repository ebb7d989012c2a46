"""How a provider of prices is doing, and what of it is news to the operators.

Owns the troubles that set a provider aside. Refuses to judge: that is `bot.prices.failover`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Trouble(StrEnum):
    """Why a provider, or its price of one market, is not used.

    BLOCKED: it refuses the region that the bot asks from (HTTP 451). FAILING: it gives no
    answer that can be used. STALE: the time it gives has stopped moving. OFF: its price is
    more than 5 % from what the others give. MISSING: it does not list the market.
    """

    BLOCKED = "blocked"
    FAILING = "failing"
    STALE = "stale"
    OFF = "off"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ProviderState:
    """How a provider is doing: `trouble` None is well; `off` counts markets with a wrong price.

    `back_seconds` is how long until a provider that is set aside is tried again, else 0.
    `streamed` counts the markets whose prices its stream tells; `in_use` is that of all providers
    which is preferred now.
    """

    name: str
    trouble: Trouble | None
    detail: str
    back_seconds: float
    off: int
    streamed: int = 0
    in_use: bool = False


@dataclass(frozen=True, slots=True)
class ProviderNews:
    """A provider was set aside, or (`trouble` None) works again.

    `detail` is for operators, without secrets; `at` is when it was noticed.
    """

    provider: str
    trouble: Trouble | None
    detail: str
    at: datetime
