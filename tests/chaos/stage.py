"""The world around the bot: a strict Telegram, feeds, a market, and who asked for what.

The limits are Telegram's own (30 a second, one a second for a chat, 20 a minute for a group):
with more generous ones more would be on the wire than the design's 32.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from bot.demo.sample_market import SampleMarket
from bot.demo.sample_prices import SAMPLE_ASSETS
from bot.demo.telegram_chats import User
from bot.demo.telegram_server import TelegramServer
from bot.domain.alerts import Direction, Line, started_watch
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.markets import Market
from bot.domain.topics import Topic, TopicKind
from storage.alerts import NewAlert, add_alert
from storage.chats import destination, see_chat
from storage.database import Database, Transaction
from storage.migrating import migrate
from storage.subscriptions import subscribe
from tests.chaos.ledger import Ledger
from tests.chaos.process import BotProcess, settings_of, until

TOKEN = "123456:CHAOS-TOKEN-THAT-IS-LONG-ENOUGH-TO-BE-ONE"
FEEDS = ("wire", "desk", "ledger")
ASSETS = {"bitcoin": "Bitcoin", "ethereum": "Ether"}
LOW, HIGH = 91_000, 99_000
_LATENCY_SECONDS = 0.05
_FEED_ITEMS = 40
_GROUP_EVERY, _CHANNEL_EVERY = 25, 40
_MOST_READERS, _MOST_ALERTS = 50, 60


@dataclass
class Feed:
    """An RSS feed; newest first, as feeds are."""

    key: str
    items: list[str] = field(default_factory=list)

    def publish(self, title: str) -> None:
        number = len(self.items) + 1
        self.items.append(
            f"<item><guid>{self.key}-{number}</guid>"
            f"<link>https://{self.key}.example/{number}</link><title>{title}</title>"
            f"<description>What happened, told in one sentence.</description>"
            f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate></item>"
        )

    async def serve(self, _: web.Request) -> web.Response:
        items = "".join(reversed(self.items[-_FEED_ITEMS:]))
        xml = f'<rss version="2.0"><channel><title>{self.key}</title>{items}</channel></rss>'
        return web.Response(text=xml, content_type="application/rss+xml")


@dataclass(frozen=True)
class Alert:
    """A line of Bitcoin's price that a chat watches."""

    chat_id: int
    direction: Direction
    level: int
    repeat: bool

    def identity(self, price: int, *, rising: bool) -> str:
        way = "rose" if rising else "fell"
        return f"BTC {way} through ${self.level:,} at ${price:,}"

    def fires(self, swing: int) -> bool:
        """Whether it fires on that swing between LOW and HIGH; the first one rises.

        Written anew from the description of alerts, not taken from the bot: an alert on a fall
        is beyond its line at first, and so fires on the second swing.
        """
        match self.direction:
            case Direction.ABOVE:
                return swing == 1 or (self.repeat and swing % 2 == 1)
            case Direction.BELOW:
                return swing == 2 or (self.repeat and swing % 2 == 0)
            case Direction.CROSS:
                return swing == 1 or self.repeat


@dataclass
class Stage:
    """Who is there; `readers` holds the chats by asset that subscribe to it."""

    server: TelegramServer
    feeds: list[Feed]
    market: SampleMarket
    admin: User
    private: list[int]
    groups: list[int]
    everybody: list[int]
    readers: dict[str, list[int]]
    alerts: list[Alert]
    process: BotProcess
    ledger: Ledger

    async def started(self) -> None:
        """Start the bot and wait until every source was polled and prices are known."""
        self.process.start()
        await self.process.reached()
        await until(self._is_warm, 30, "first polls")

    def _is_warm(self) -> bool:
        self.process.check()
        polled = self.process.rows("SELECT count(*) FROM sources WHERE first_polled_at NOT NULL")
        return polled == [(len(self.feeds),)] and self.price() == LOW

    def price(self) -> Decimal | None:
        """Bitcoin's price as the bot last stored it."""
        rows = self.process.rows("SELECT price FROM markets WHERE asset_id = 'bitcoin'")
        return Decimal(rows[0][0]) if rows and rows[0][0] is not None else None

    def unknown(self) -> int:
        """How many broadcasts were written and never answered, which are not sent again."""
        query = "SELECT count(*) FROM messages WHERE state = 'unknown' AND subject = 'broadcast'"
        return int(self.process.rows(query)[0][0])

    def waiting(self) -> int:
        """How many notifications and messages have not ended."""
        owed = self.process.rows("SELECT count(*) FROM notifications WHERE state = 'owed'")
        open_ = self.process.rows(
            "SELECT count(*) FROM messages WHERE state IN ('waiting', 'wire')"
        )
        return int(owed[0][0]) + int(open_[0][0])


@asynccontextmanager
async def stage(
    folder: Path, chats: int, chance: random.Random, database_folder: Path | None = None
) -> AsyncIterator[Stage]:
    """Everything ready, the bot not started yet."""
    feeds = [Feed(key) for key in FEEDS]
    for feed in feeds:
        feed.publish("A day like any other")
    market = SampleMarket(1, lambda: datetime.now(UTC), assets=SAMPLE_ASSETS)
    market.running = False
    market.set_price("bitcoin", Decimal(LOW))
    routes = [web.get(f"/{feed.key}.xml", feed.serve) for feed in feeds]
    server = TelegramServer(TOKEN, extra=[*routes, *market.routes()])
    server.latency_seconds = _LATENCY_SECONDS
    await server.start()
    breathing = asyncio.create_task(_breathe(market))
    database = (database_folder or folder) / "coinbell.db"
    admin = server.world.add_user("Ada", started=True)
    process = BotProcess(
        server, database, settings_of(server, database, FEEDS, admin.id), folder / "bot.log"
    )
    try:
        yield await _peopled(server, feeds, market, admin, process, chats, chance)
    except BaseException as error:
        error.add_note(process.log_end())
        raise
    finally:
        process.clear()
        breathing.cancel()
        await asyncio.gather(breathing, return_exceptions=True)
        await server.stop()


async def _breathe(market: SampleMarket) -> None:
    """Prices stay where they were put, and their provider's time goes on."""
    while True:
        await asyncio.sleep(0.2)
        market.step(0.2)


async def _peopled(
    server: TelegramServer,
    feeds: list[Feed],
    market: SampleMarket,
    admin: User,
    process: BotProcess,
    chats: int,
    chance: random.Random,
) -> Stage:
    world = server.world
    groups = [
        world.add_group(f"Club {n}", owner=admin, members=[admin]).id
        for n in range(chats // _GROUP_EVERY)
    ]
    channels = [
        world.add_channel(f"Morning {n}", owner=admin).id for n in range(chats // _CHANNEL_EVERY)
    ]
    left = chats - len(groups) - len(channels) - 1
    private = [admin.id, *(world.add_user("Reader", started=True).id for _ in range(left))]
    everybody = [*private, *groups, *channels]
    many = min(len(everybody) // 2, _MOST_READERS)
    readers = {asset: chance.sample(everybody, many) for asset in ASSETS}
    ways = list(Direction)
    alerts = [
        Alert(chat_id, chance.choice(ways), 92_000 + 100 * n, chance.random() < 0.5)
        for n, chat_id in enumerate(chance.sample(private, min(len(private) // 2, _MOST_ALERTS)))
    ]
    kinds = {
        **dict.fromkeys(private, ChatKind.PRIVATE),
        **dict.fromkeys(groups, ChatKind.SUPERGROUP),
        **dict.fromkeys(channels, ChatKind.CHANNEL),
    }
    await _seed(process.settings["COINBELL_STORAGE__URL"], kinds, readers, alerts)
    return Stage(
        server,
        feeds,
        market,
        admin,
        private,
        groups,
        everybody,
        readers,
        alerts,
        process,
        Ledger(process),
    )


async def _seed(
    url: str, kinds: dict[int, ChatKind], readers: dict[str, list[int]], alerts: list[Alert]
) -> None:
    """Write chats, subscriptions and alerts as the commands would."""
    database = Database(url)
    await migrate(database)
    now = datetime.now(UTC)
    async with database.writing() as tx:
        ids = {}
        for chat_id, kind in kinds.items():
            await see_chat(tx, ChatSeen(chat_id, kind), now)
            ids[chat_id] = (await destination(tx, chat_id)).id
        for asset, chat_ids in readers.items():
            for chat_id in chat_ids:
                await subscribe(tx, ids[chat_id], Topic(TopicKind.ASSET, asset), None, now)
        for alert in alerts:
            await _seed_alert(tx, ids[alert.chat_id], alert, now)
    await database.close()


async def _seed_alert(tx: Transaction, destination_id: int, alert: Alert, now: datetime) -> None:
    line = Line(alert.direction, Decimal(alert.level), alert.repeat)
    price = Decimal(LOW)
    watch = started_watch(line, price)
    market = Market("bitcoin", "USD")
    await add_alert(tx, NewAlert(destination_id, market, line, watch, price, None), now)
