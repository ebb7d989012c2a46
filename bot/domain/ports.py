"""What one part needs of another, as Protocols that `bot.app` wires.

Parts never import each other: who needs a price or a rendered message takes one of these.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from bot.domain.assets import Assets
from bot.domain.markets import Market, Tick
from bot.domain.outbox import Rendered, Subject


class Clock(Protocol):
    """Tells the wall clock's time, aware and in UTC."""

    def __call__(self) -> datetime:
        """The time now."""
        ...


class Signal(Protocol):
    """Wakes whoever waits for work; safe to call often, and before anybody waits."""

    def wake(self) -> None:
        """Tell the waiting part that there may be something to do."""
        ...


class Prices(Protocol):
    """Prices of markets, fetched when none fresh is stored."""

    quote: str
    assets: Assets

    async def ticks(self, markets: Iterable[Market]) -> dict[Market, Tick]:
        """The last tick of each market; one that no provider knows is left out.

        A tick may be stale: `bot.domain.markets.is_stale` tells. Raises nothing when the
        provider fails: what is stored is given.
        """
        ...

    def is_stale(self, tick: Tick, now: datetime) -> bool:
        """Whether a tick is too old to be trusted, at the pace that prices are polled."""
        ...


class Renderer(Protocol):
    """Turns a subject of the outbox into a message for a chat of that language."""

    async def rendered(
        self, subject: Subject, subject_id: int, revision: int, language: str | None
    ) -> Rendered | None:
        """The message, or None when the subject is no longer there."""
        ...
