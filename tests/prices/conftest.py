"""What tests of prices share: a market server on loopback, and a database with a chat."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.alerts import Direction, Line, started_watch
from bot.domain.assets import Asset, Assets
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.markets import Market, Tick
from bot.domain.providers import ProviderNews
from bot.http import GuardedClient
from bot.prices.coingecko import CoinGecko
from bot.prices.exchanges import Exchange, open_exchange
from bot.prices.supplies import Supplies
from bot.prices.supply import Supply
from bot.prices.swaps import Swaps
from bot.prices.tracks import Tracks
from bot.prices.watch import PriceWatch
from storage.alerts import NewAlert, add_alert, alert
from storage.chats import destination, see_chat
from storage.database import Database, Transaction
from storage.schema import firings, notifications
from tests.prices.local_binance import Binance
from tests.prices.local_swaps import LocalBinanceSwaps, LocalBybit, LocalSwaps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from storage.alert_rows import StoredAlert
    from tests.conftest import StandingClock

BITCOIN = Market("bitcoin")
ASSETS = (
    Asset("bitcoin", "BTC", "Bitcoin", rank=1),
    Asset("ethereum", "ETH", "Ethereum", rank=2),
    Asset("tether", "USDT", "Tether", rank=3),
    Asset("solana", "SOL", "Solana", rank=5),
    Asset("wrapped-solana", "SOL", "Wrapped Solana", rank=500),
)


class Gecko:
    """A server that answers `/coins/markets` from a table, and keeps what it was asked.

    `refusal` makes it answer with a status and headers instead; `body` with that text. It
    answers only while `gate` is open.
    """

    def __init__(self, clock: StandingClock) -> None:
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.asked: list[web.Request] = []
        self.refusal: tuple[int, dict[str, str]] | None = None
        self.body: str | None = None
        self.reached = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self._clock = clock

    def set_price(
        self, price: object, *, asset_id: str = "bitcoin", quote: str = "USD", age: float = 0
    ) -> None:
        at = self._clock() - timedelta(seconds=age)
        self.rows[asset_id, quote] = {
            "id": asset_id,
            "current_price": price,
            "last_updated": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }

    def asked_ids(self) -> list[list[str]]:
        return [request.query["ids"].split(",") for request in self.asked]

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        self.reached.set()
        await self.gate.wait()
        if self.refusal:
            status, headers = self.refusal
            return web.json_response({"error": "refused"}, status=status, headers=headers)
        if self.body is not None:
            return web.Response(text=self.body, content_type="application/json")
        quote = request.query["vs_currency"].upper()
        ids = request.query["ids"].split(",")
        return web.json_response(
            [self.rows[asset_id, quote] for asset_id in ids if (asset_id, quote) in self.rows]
        )


@dataclass
class Seconds:
    """Monotonic seconds that pass when a test says so."""

    now: float = 5000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Bell:
    """Counts how often the outbox was woken."""

    rings: int = 0

    def wake(self) -> None:
        self.rings += 1


@dataclass
class Reports:
    """Keeps what the operators would be told of providers."""

    told: list[ProviderNews] = field(default_factory=list)

    async def report(self, tx: Any, news: ProviderNews) -> None:
        assert tx is not None
        self.told.append(news)


class DyingDatabase(Database):
    """A database whose process dies at the end of a writing transaction, before the commit."""

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        async with super().writing() as tx:
            yield tx
            raise SystemExit("killed")


@dataclass
class PriceWorld:
    """A database with one chat, a market server, and clocks that move together."""

    url: str
    database: Database
    clock: StandingClock
    gecko: Gecko
    api_url: str
    client: GuardedClient
    seconds: Seconds = field(default_factory=Seconds)
    bell: Bell = field(default_factory=Bell)
    reports: Reports = field(default_factory=Reports)
    tracks: Tracks = field(default_factory=Tracks)

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.seconds.now += seconds

    def watch(
        self,
        database: Database | None = None,
        *,
        requests_per_minute: int = 30,
        poll_seconds: float = 5,
    ) -> PriceWatch:
        """A fresh watch, as after a start of the process."""
        return PriceWatch(
            database=database or self.database,
            supplies=Supplies(
                [Supply(CoinGecko(self.client, self.api_url), requests_per_minute, poll_seconds)],
                "coingecko",
            ),
            assets=Assets([Asset("bitcoin", "BTC", "Bitcoin", rank=1)]),
            quote="USD",
            clock=self.clock,
            monotonic=self.seconds,
            outbox=self.bell,
            reports=self.reports,
        )

    def watch_with(self, exchange: Exchange, *, poll_seconds: float = 5) -> PriceWatch:
        """A fresh watch that prefers an exchange to CoinGecko."""
        gecko = CoinGecko(self.client, self.api_url)
        return PriceWatch(
            database=self.database,
            supplies=Supplies(
                [
                    Supply(exchange, exchange.requests_per_minute, poll_seconds),
                    Supply(gecko, 5, poll_seconds),
                ],
                gecko.name,
            ),
            assets=Assets(ASSETS),
            quote="USD",
            clock=self.clock,
            monotonic=self.seconds,
            outbox=self.bell,
            reports=self.reports,
        )

    async def poll(self, watch: PriceWatch, price: object) -> None:
        """A poll that finds that price of bitcoin, when the watch says that it is due."""
        self.advance(watch.next_poll_seconds())
        self.gecko.set_price(price)
        await watch.poll()

    def tick(self, price: object, *, market: Market = BITCOIN, age: float = 0) -> Tick:
        now = self.clock()
        at = now - timedelta(seconds=age)
        return Tick(market, Decimal(str(price)), "coingecko", at, now)

    async def add_alert(
        self,
        direction: Direction,
        level: object,
        set_price: object,
        *,
        repeat: bool = False,
        market: Market = BITCOIN,
    ) -> int:
        (alert_id,) = await self.add_alerts(
            direction, [level], set_price, repeat=repeat, market=market
        )
        return alert_id

    async def add_alerts(
        self,
        direction: Direction,
        levels: Iterable[object],
        set_price: object,
        *,
        repeat: bool = False,
        market: Market = BITCOIN,
    ) -> list[int]:
        price = None if set_price is None else Decimal(str(set_price))
        lines = [Line(direction, Decimal(str(level)), repeat) for level in levels]
        async with self.database.writing() as tx:
            await see_chat(tx, ChatSeen(7, ChatKind.PRIVATE), self.clock())
            place = await destination(tx, 7)
            news = [
                NewAlert(place.id, market, line, started_watch(line, price), price, 7)
                for line in lines
            ]
            return [await add_alert(tx, new, self.clock()) for new in news]

    async def stored_alert(self, alert_id: int) -> StoredAlert:
        async with self.database.reading() as tx:
            found = await alert(tx, alert_id)
        assert found is not None
        return found

    async def firings(self) -> list[tuple[int, int, Decimal, datetime]]:
        """What fired: alert, arming, price and the provider's time, oldest first."""
        query = sa.select(
            firings.c.alert_id, firings.c.arming, firings.c.price, firings.c.price_at
        ).order_by(firings.c.id)
        async with self.database.reading() as tx:
            return [(row[0], row[1], row[2], row[3]) for row in await tx.execute(query)]

    async def owed(self) -> int:
        """How many notifications of firings are owed."""
        query = sa.select(sa.func.count()).where(
            notifications.c.subject == "firing", notifications.c.state == "owed"
        )
        async with self.database.reading() as tx:
            return await tx.scalar(query) or 0


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    async with GuardedClient() as opened:
        yield opened


@pytest.fixture
def gecko(clock: StandingClock) -> Gecko:
    return Gecko(clock)


@pytest.fixture
async def api_url(gecko: Gecko) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/api/v3/coins/markets", gecko.answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/api/v3"))


@pytest.fixture
def binance(clock: StandingClock) -> Binance:
    return Binance(clock)


@pytest.fixture
async def exchange(binance: Binance) -> AsyncIterator[Exchange]:
    """Binance as the bot asks it, with the addresses of ccxt's client on this machine."""
    app = web.Application()
    app.router.add_routes(binance.routes())
    async with TestServer(app) as server:
        found = open_exchange("binance", Assets(ASSETS))
        found._client.urls["api"]["public"] = str(server.make_url("/api/v3"))
        found._client.urls["api"]["ws"]["spot"] = str(server.make_url("/stream/ws"))
        found._client.enableRateLimit = False  # the pace is real time
        found._client.timeout_on_exit = 0
        yield found
        await found.close()
        await binance.close()


@pytest.fixture
def prices(
    database: Database,
    database_url: str,
    clock: StandingClock,
    gecko: Gecko,
    api_url: str,
    client: GuardedClient,
) -> PriceWorld:
    return PriceWorld(database_url, database, clock, gecko, api_url, client)


@pytest.fixture
async def dying_database(database: Database, database_url: str) -> AsyncIterator[Database]:
    """The same database file, through a process that dies before it commits."""
    del database  # it made the tables
    dying = DyingDatabase(database_url)
    yield dying
    await dying.close()


@pytest.fixture
async def swap_server() -> AsyncIterator[Callable[[LocalSwaps, str], Awaitable[Swaps]]]:
    """Opens swaps whose client of ccxt asks a server on this machine: `(server, exchange id)`."""
    opened: list[tuple[LocalSwaps, Swaps, TestServer]] = []

    async def open_swaps(local: LocalSwaps, exchange_id: str) -> Swaps:
        app = web.Application()
        app.router.add_routes(local.routes())
        server = TestServer(app)
        await server.start_server()
        swaps = Swaps(exchange_id, Assets(ASSETS))
        await swaps._open()
        local.point(swaps._client, str(server.make_url("")).rstrip("/"))
        opened.append((local, swaps, server))
        return swaps

    yield open_swaps
    for local, swaps, server in opened:
        await swaps.close()
        await local.drop()
        await server.close()


@pytest.fixture
def usdm(clock: StandingClock) -> LocalBinanceSwaps:
    return LocalBinanceSwaps(clock)


@pytest.fixture
def bybit(clock: StandingClock) -> LocalBybit:
    return LocalBybit(clock)
