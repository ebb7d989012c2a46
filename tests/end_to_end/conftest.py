"""The whole bot between stand-ins: Telegram, a feed that a test writes, a market it moves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.app import App, running
from bot.config import (
    CoinGeckoSection,
    NewsSection,
    PricesSection,
    Settings,
    SourceSection,
    StorageSection,
    TelegramSection,
    WebSection,
)
from bot.config_values import HostPort
from bot.demo.sample_market import SampleMarket
from bot.demo.sample_prices import SAMPLE_ASSETS
from bot.demo.telegram_chats import User
from bot.demo.telegram_context import Sent
from bot.demo.telegram_server import TelegramServer


@dataclass
class Feed:
    """An RSS feed whose items a test adds; newest first, as feeds are."""

    items: list[tuple[str, str, str]] = field(default_factory=list)
    polls: int = 0

    def publish(self, title: str, summary: str = "What happened, in one sentence.") -> None:
        guid = f"item-{len(self.items) + 1}"
        self.items.insert(0, (guid, title, summary))

    async def serve(self, _: web.Request) -> web.Response:
        self.polls += 1
        date = format_datetime(datetime.now(UTC))
        items = "".join(
            f"<item><guid>{guid}</guid><link>https://news.example/{guid}</link>"
            f"<title>{escape(title)}</title><description>{escape(summary)}</description>"
            f"<pubDate>{date}</pubDate></item>"
            for guid, title, summary in self.items
        )
        xml = f'<rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'
        return web.Response(text=xml, content_type="application/rss+xml")


@dataclass
class Stage:
    """All stand-ins, and the settings of a bot that plays among them."""

    server: TelegramServer
    feed: Feed
    market: "WatchedMarket"
    alice: User
    settings: Settings

    def bot(self) -> AbstractAsyncContextManager[App]:
        """The bot at work; may be started again on the same database."""
        return running(self.settings)

    def say(self, text: str, chat_id: int | None = None) -> None:
        self.server.world.say(chat_id or self.alice.id, self.alice.id, text)

    def press(self, sent: Sent, label: str) -> None:
        """Press the button of that label below a message."""
        rows: Sequence[Sequence[dict[str, Any]]] = sent.params["reply_markup"]["inline_keyboard"]
        data = next(b["callback_data"] for row in rows for b in row if label in b["text"])
        self.server.world.press(sent.chat_id, sent.message_id, self.alice.id, data)

    async def answered(self, text: str, chat_id: int | None = None) -> str:
        """Say something and give the bot's next message."""
        before = len(self.messages)
        self.say(text, chat_id)
        await self.until(lambda: len(self.messages) > before)
        return self.messages[before].text

    @property
    def messages(self) -> list[Sent]:
        """All that was accepted, without the charts that were added to what was there."""
        return [sent for sent in self.server.sent if sent.method != "editMessageMedia"]

    def texts(self, holding: str) -> list[str]:
        """The texts of all accepted messages that hold some words."""
        return [sent.text for sent in self.messages if holding in sent.text]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return once a condition holds."""
        async with asyncio.timeout(15):
            while not condition():  # noqa: ASYNC110  # stand-ins have no event for all of it
                await asyncio.sleep(0.02)

    async def polls(self, more: int) -> None:
        """Return once the feed was polled so many more times."""
        wanted = self.feed.polls + more
        await self.until(lambda: self.feed.polls >= wanted)

    def put(self, price: str, asset: str = "bitcoin") -> None:
        """Put an asset at a price."""
        self.market.set_price(asset, Decimal(price))

    async def hold(self, price: str, asset: str = "bitcoin") -> None:
        """Keep an asset at a price until the bot has seen it twice.

        When it asks for the third time it has done with what it heard before.
        """
        self.put(price, asset)
        wanted = self.market.polls + 3
        await self.until(lambda: self.market.polls >= wanted)


class WatchedMarket(SampleMarket):
    """The sample market, counting how often the bot looked at it."""

    polls = 0

    async def _markets(self, request: web.Request) -> web.Response:
        self.polls += 1
        return await super()._markets(request)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    feed = Feed()
    market = WatchedMarket(1, lambda: datetime.now(UTC), assets=SAMPLE_ASSETS[:2])
    market.running = False
    server = TelegramServer(
        "123456:TEST-TOKEN-THAT-IS-LONG-ENOUGH-TO-BE-ONE",
        privacy=False,
        extra=[web.get("/wire.xml", feed.serve), *market.routes()],
    )
    await server.start()
    walking = asyncio.create_task(_breathe(market))
    alice = server.world.add_user("Alice", started=True)
    yield Stage(server, feed, market, alice, _settings(server, alice, tmp_path))
    walking.cancel()
    await asyncio.gather(walking, return_exceptions=True)
    await server.stop()


async def _breathe(market: SampleMarket) -> None:
    """Prices stay, and their provider's time goes on."""
    while True:
        await asyncio.sleep(0.2)
        market.step(0.2)


def _settings(server: TelegramServer, admin: User, folder: Path) -> Settings:
    return Settings(
        telegram=TelegramSection(
            token=SecretStr(server.token), api_url=server.api_url, admins=(admin.id,)
        ),
        storage=StorageSection(url=f"sqlite:///{folder / 'coinbell.db'}"),
        news=NewsSection(poll_seconds=1, slowest_poll_seconds=1),
        sources=(SourceSection(key="wire", name="The Wire", url=f"{server.api_url}/wire.xml"),),
        prices=PricesSection(
            providers=("coingecko",),
            poll_seconds=1,
            coingecko=CoinGeckoSection(api_url=f"{server.api_url}/api/v3", requests_per_minute=600),
        ),
        web=WebSection(listen=HostPort("127.0.0.1", 0)),
    )
