"""A desk between a Telegram stand-in and a database, with prices set by hand.

What the bot answers is really sent: a text that Telegram would refuse fails the test.
"""

import asyncio
import shutil
import struct
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import telegram
from structlog.testing import capture_logs

from bot.chat.catalogue import Catalogue, Voice
from bot.chat.desk import Desk
from bot.chat.members import TelegramAdministrators
from bot.chat.receiving import received_from
from bot.chat.rendering import ChatRenderer
from bot.delivery.calls import telegram_call
from bot.delivery.pictures import StoredPictures
from bot.delivery.request import AiohttpRequest
from bot.delivery.wire import call_body
from bot.demo.telegram_chats import User
from bot.demo.telegram_params import Params, Upload
from bot.demo.telegram_server import TelegramServer
from bot.domain.articles import Article, Category, Mention, Role
from bot.domain.assets import Asset, Assets
from bot.domain.markets import Market, Tick
from bot.domain.outbox import Claimed, MessageState, Priority, Result
from bot.domain.payloads import Payload, payload_from
from bot.domain.providers import ProviderState
from bot.domain.sources import SourceKind, SourceSettings
from bot.domain.topics import EVERYTHING
from bot.http import GuardedClient
from bot.news.sources.discovery import FeedDiscovery
from storage import articles, chats, inbox, outbox, owing, sources, subscriptions
from storage.database import Database
from storage.migrating import migrate
from storage.story_pages import StoredStory
from tests.chat.example_names import PUBLIC, ExampleNames
from tests.chat.hand_charts import HandCharts

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
ASSETS = Assets(
    [
        Asset("bitcoin", "BTC", "Bitcoin", ("xbt",), rank=1),
        Asset("ethereum", "ETH", "Ethereum", ("ether",), rank=2),
        Asset("tether", "USDT", "Tether", rank=3),
        Asset("ripple", "XRP", "XRP", rank=4),
        Asset("solana", "SOL", "Solana", rank=6),
        Asset("dogecoin", "DOGE", "Dogecoin", rank=8),
        Asset("chainlink", "LINK", "Chainlink", rank=14, ambiguous=True),
        Asset("internet-computer", "ICP", "Internet Computer", rank=25),
        Asset("little-icp", "ICP", "Little Computer", rank=2000),
        Asset("bitcoin-cash", "BCH", "Bitcoin Cash", rank=18),
        Asset("uniswap", "UNI", "Uniswap", rank=22),
        Asset("unicorn-token", "UNI", "UNICORN Token", rank=480),
        Asset("1inch", "1INCH", "1inch", rank=190),
        Asset("highstreet", "HIGH", "Highstreet", rank=490, ambiguous=True),
    ]
)
Message = dict[str, Any]


class HandPrices:
    """Prices that a test sets; a market without one is unknown to every provider."""

    quote = "USD"
    assets = ASSETS

    def __init__(self) -> None:
        self.known: dict[Market, Tick] = {}
        self.failure: Exception | None = None
        self.states: tuple[ProviderState, ...] = ()

    def set(self, asset_id: str, price: str, quote: str = "USD", **facts: Any) -> Tick:
        market = Market(asset_id, quote)
        at = facts.pop("at", NOW)
        self.known[market] = Tick(market, Decimal(price), "hand", at, at, **facts)
        return self.known[market]

    async def ticks(self, markets: Iterable[Market]) -> dict[Market, Tick]:
        if self.failure is not None:
            raise self.failure
        return {market: self.known[market] for market in markets if market in self.known}

    def is_stale(self, tick: Tick, now: datetime) -> bool:
        return now - tick.provider_at > timedelta(minutes=5)

    def providers(self) -> tuple[ProviderState, ...]:
        return self.states


class CountingSignal:
    """A signal that counts how often it was given."""

    def __init__(self) -> None:
        self.wakes = 0

    def wake(self) -> None:
        self.wakes += 1


class Lobby:
    """People on one side, the desk on the other; what is owed is sent when told."""

    def __init__(
        self,
        server: TelegramServer,
        bot: telegram.Bot,
        database: Database,
        clock: Any,
        session: aiohttp.ClientSession,
        client: GuardedClient,
    ) -> None:
        self.server = server
        self.world = server.world
        self.bot = bot
        self.database = database
        self.clock = clock
        self.prices = HandPrices()
        self.signal = CountingSignal()
        self.catalogue = Catalogue.load()
        self.finder = FeedDiscovery(client)
        self.charts = HandCharts()
        self.operator = self.world.add_user("Olga", started=True)
        self.desk = Desk(
            database=database,
            bot=bot,
            catalogue=self.catalogue,
            prices=self.prices,
            administrators=TelegramAdministrators(bot, lambda: 0.0),
            operators=frozenset({self.operator.id}),
            clock=clock,
            outbox_signal=self.signal,
            finder=self.finder,
            charts=self.charts,
        )
        self.renderer = ChatRenderer(database, self.catalogue, self.prices, clock)
        self._session = session

    def person(self, name: str = "Alice") -> User:
        return self.world.add_user(name, started=True, language="en")

    async def say(
        self, user: User, text: str, chat_id: int | None = None, **more: Any
    ) -> list[Message]:
        """Somebody writes, and what the bot sends for it, everywhere."""
        self.world.say(chat_id or user.id, user.id, text, **more)
        return await self.deliver()

    async def press(
        self, user: User, message: Message, label: str, chat_id: int | None = None
    ) -> list[Message]:
        """Somebody presses the button whose label holds these words."""
        found = [data for text, data in buttons_of(message).items() if label in text]
        assert found, f"no button {label!r} in {buttons_of(message)}"
        return await self.press_data(user, message, found[0], chat_id)

    async def press_data(
        self, user: User, message: Message, data: str, chat_id: int | None = None
    ) -> list[Message]:
        self.world.press(chat_id or user.id, message["message_id"], user.id, data)
        return await self.deliver()

    async def receive(self) -> None:
        """Keep the updates that wait at the stand-in."""
        found = list(self.world.updates.oldest(100))
        if not found:
            return
        self.world.updates.confirm(found[-1]["update_id"] + 1)
        kept = [received for update in found if (received := received_from(update)) is not None]
        async with self.database.writing() as tx:
            await inbox.keep_updates(tx, kept, self.clock())

    async def deliver(self) -> list[Message]:
        """Answer every update that waits and send all that is owed then."""
        await self.receive()
        async with self.database.reading() as tx:
            waiting = await inbox.unhandled_updates(tx)
        for received in waiting:
            await self.desk.handle(received)
        return await self.send()

    async def send(self) -> list[Message]:
        """Send what is owed, as delivery would; gives what Telegram shows."""
        ends: dict[Priority, datetime] = {}
        async with self.database.writing() as tx:
            due = await outbox.candidates(tx, self.clock(), 100, ends)
        shown = [await self._sent(claimed) for claimed in due]
        results = [
            Result(claimed.id, MessageState.SENT, telegram_message_id=message["message_id"])
            if "message_id" in message
            else Result(claimed.id, MessageState.FAILED, message["description"])
            for claimed, message in zip(due, shown, strict=True)
        ]
        async with self.database.writing() as tx:
            await outbox.record_results(tx, results, self.clock())
        return [message for message in shown if "message_id" in message]

    async def _sent(self, claimed: Claimed) -> Message:
        if claimed.subject is not None and claimed.subject_id is not None:
            rendered = await self.renderer.rendered(
                claimed.subject, claimed.subject_id, claimed.revision, claimed.view
            )
            assert rendered is not None
            payload = Payload(rendered, claimed.edit_message_id, claimed.reply_to_message_id)
        else:
            payload = payload_from(claimed.payload or "")
        picture_id = payload.rendered.picture_id
        kept = StoredPictures(self.database)
        picture = None if picture_id is None else await kept.picture(picture_id)
        method, params = telegram_call(claimed, payload, picture=picture)
        url = f"{self.server.api_url}/bot{self.server.token}/{method}"
        async with self._session.post(url, **call_body(params)) as response:
            answer = await response.json()
        if "not modified" in answer.get("description", ""):
            return {"message_id": params["message_id"], "text": ""}
        if "photo" in params and not answer["ok"]:
            # The one thing that only Telegram knows: whether it still has a picture.
            return {"description": answer["description"]}
        assert answer["ok"], (answer, params)
        message: Message = answer["result"]
        return message | {"sent": params}

    def picture(self) -> list[Message]:
        """A picture that Telegram has, as a message carries it."""
        head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)
        params = Params({}, {"photo": Upload("a.png", head, "image/png")})
        return self.server.context.files.photo(params, "photo", "")

    def show(self, user: User, photo: list[Message], caption: str = "") -> Message:
        """Somebody sends a picture."""
        message = self.world.send_file(user.id, user.id, {}, caption)
        del message["document"]
        message["photo"] = photo
        return message

    async def push(self, user: User, story_id: int, revision: int = 1) -> Message:
        """What somebody who follows all news gets of a story."""
        async with self.database.writing() as tx:
            everything = await subscriptions.interned_topic(tx, EVERYTHING)
            here = await chats.destination(tx, user.id)
            await subscriptions.subscribe(tx, here.id, EVERYTHING, user.id, self.clock())
            await owing.owe_story(tx, story_id, revision, [everything], self.clock())
        (message,) = await self.send()
        return message

    async def publish(self, title: str = "Bitcoin climbs", **facts: Any) -> int:
        """Store a story, published an hour ago unless told otherwise; gives its id."""
        given = {"published_at": self.clock() - timedelta(hours=1)} | facts
        article = Article(source_key="coindesk", guid=title, title=title, **given)
        async with self.database.writing() as tx:
            (source,) = await sources.known_sources(tx)
            place = await articles.add_article(tx, source.id, article, self.clock())
        assert place is not None
        return place.story_id


def labels_of(message: Message) -> list[list[str]]:
    """The labels of a message's buttons, row by row."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [[b["text"] for b in row] for row in rows]


def buttons_of(message: Message) -> dict[str, str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return {b["text"]: b["callback_data"] for row in rows for b in row if "callback_data" in b}


def about(asset_id: str, symbol: str) -> Mention:
    return Mention(asset_id, symbol, Role.PRIMARY, "in the title")


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """What is logged, kept instead of printed: drawing a traceback takes half a second."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of this version, to be copied: migrating takes a tenth of a second."""
    path = tmp_path_factory.mktemp("migrated") / "coinbell.db"

    async def build() -> None:
        database = Database(f"sqlite:///{path}")
        await migrate(database)
        await database.close()

    asyncio.run(build())
    return path


@pytest.fixture
async def database(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    copy = shutil.copy(migrated, tmp_path / "coinbell.db")
    database = Database(f"sqlite:///{copy}")
    yield database
    await database.close()


@pytest.fixture
def assets() -> Assets:
    return ASSETS


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="session")
def voice(catalogue: Catalogue) -> Voice:
    return Voice(catalogue, "en")


def connected(server: TelegramServer, session: aiohttp.ClientSession) -> telegram.Bot:
    request = AiohttpRequest(session)
    return telegram.Bot(
        server.token,
        base_url=f"{server.api_url}/bot",
        base_file_url=f"{server.api_url}/file/bot",
        request=request,
        get_updates_request=request,
    )


@pytest.fixture
async def lobby(database: Database, clock: Any) -> AsyncIterator[Lobby]:
    """A desk at work, with one source, and BTC and ETH priced."""
    settings = SourceSettings("coindesk", "CoinDesk", SourceKind.FEED, "https://news.example/rss")
    async with database.writing() as tx:
        await sources.configure_sources(tx, [settings])
    async with (
        TelegramServer(limits=None) as server,
        aiohttp.ClientSession() as http,
        connected(server, http) as bot,
        GuardedClient(
            resolver=ExampleNames(), is_public=lambda address: address == PUBLIC
        ) as client,
    ):
        lobby = Lobby(server, bot, database, clock, http, client)
        lobby.prices.set(
            "bitcoin",
            "91200",
            change_1h=Decimal("0.21"),
            change_24h=Decimal("-1.84"),
            change_7d=Decimal(4),
            low_24h=Decimal(90100),
            high_24h=Decimal("93050.5"),
        )
        lobby.prices.set("ethereum", "3180.25")
        yield lobby


@pytest.fixture
def story() -> Callable[..., StoredStory]:
    """A story of CoinDesk, twelve minutes old, with whatever a case changes."""

    def make(**changes: Any) -> StoredStory:
        facts: dict[str, Any] = {
            "source_key": "coindesk",
            "guid": "1",
            "title": "Bitcoin reclaims $95,000 as funds return",
            "published_at": NOW - timedelta(minutes=12),
            "url": "https://news.example/btc?a=1&b=2",
            "summary": "Bitcoin rose for a third day. Funds bought $400m. Miners sold. More.",
            "image_url": "https://news.example/btc.jpg",
            "mentions": (about("bitcoin", "BTC"),),
            "categories": (Category("markets", "feed"), Category("bitcoin", "feed")),
        } | changes
        return StoredStory(7, 1, Article(**facts), "CoinDesk")

    return make
