"""What one part needs of another, as Protocols that `bot.app` wires.

Parts never import each other: who needs a price or a rendered message takes one of these.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from bot.domain.assets import Assets
from bot.domain.candles import Candle, Timeframe
from bot.domain.charts import AskedChart
from bot.domain.feeds import FoundFeed, ListedFeed
from bot.domain.markets import Market, Tick
from bot.domain.outbox import KeptPicture, Rendered, Subject, View
from bot.domain.providers import ProviderNews, ProviderState
from bot.domain.sources import Source, SourceNews


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

    def providers(self) -> tuple[ProviderState, ...]:
        """How each provider of prices is doing, the preferred first."""
        ...


class Candles(Protocol):
    """Prices of markets over spans of time, as far as they are stored."""

    async def candles(self, market: Market, timeframe: Timeframe, since: datetime) -> list[Candle]:
        """The candles that opened at `since` or later, oldest first; may be empty."""
        ...


class Charts(Protocol):
    """Pictures of markets."""

    async def chart(self, asked: AskedChart) -> bytes | None:
        """The chart as a PNG, at most a minute old; None when no candle is stored of its time.

        Raises ChartFailed, and StorageError.
        """
        ...


class KeptPictures(Protocol):
    """Pictures of our own that wait to be sent."""

    async def picture(self, picture_id: int) -> KeptPicture | None:
        """The picture of that id, or None when it is not kept any more; raises StorageError."""
        ...


class Renderer(Protocol):
    """Turns a subject of the outbox into a message for chats of one view."""

    async def rendered(
        self, subject: Subject, subject_id: int, revision: int, view: View
    ) -> Rendered | None:
        """The message, or None when the subject is no longer there."""
        ...


class SourceReports(Protocol):
    """Tells the operators how a source is doing."""

    async def report(self, tx: Any, source: Source, news: SourceNews) -> None:
        """Owe the operators this news in `tx`, storage's transaction that records the poll.

        `source` is as it was before the poll; each piece of news comes once.
        """
        ...


class ProviderReports(Protocol):
    """Tells the operators how a provider of prices is doing."""

    async def report(self, tx: Any, news: ProviderNews) -> None:
        """Owe the operators this news in `tx`, a transaction of storage; it comes once."""
        ...


class SourceFinder(Protocol):
    """Finds feeds that an operator wants to add, on the public internet only."""

    async def feed_behind(self, address: str) -> FoundFeed | None:
        """The feed at an address or of the site there; None when it has none.

        Raises FetchError when the site cannot be asked, PrivateAddressRefused among them.
        """
        ...

    async def feeds_in(self, body: bytes) -> tuple[ListedFeed, ...]:
        """The feeds that an OPML file lists, each once; raises ParseError when it is none."""
        ...
