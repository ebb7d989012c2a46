"""`coinbell demo`: the real bot between a local Telegram, sample feeds and a sample market.

Owns how these are put together. The bot itself is `bot.app`, unchanged: only its settings say
that Telegram, the feeds and CoinGecko are on this machine.
"""

import asyncio
import contextlib
import signal
import socket
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from pydantic import SecretStr

from bot.app import App, running
from bot.config import (
    CoinGeckoSection,
    DerivativesSection,
    NewsSection,
    PricesSection,
    Settings,
    SourceSection,
    StorageSection,
    TelegramSection,
    WebSection,
)
from bot.config_values import HostPort
from bot.demo.sample_feeds import SAMPLE_SOURCES
from bot.demo.sample_market import SampleMarket
from bot.demo.sample_news import SampleNews
from bot.demo.telegram_chats import User
from bot.demo.telegram_page import TelegramPage
from bot.demo.telegram_server import TelegramServer
from bot.domain.errors import ConfigError

log = structlog.get_logger(__name__)

TOKEN = "123456789:local-stand-in-opens-nothing-at-all"  # noqa: S105  # opens nothing
_DRIP_SECONDS = 25.0


@dataclass(slots=True)
class Demo:
    """Everything that runs: the stand-ins, and the bot between them."""

    server: TelegramServer
    news: SampleNews
    market: SampleMarket
    me: User
    app: App


def _now() -> datetime:
    return datetime.now(UTC)


async def run_demo(port: int, *, open_browser: bool) -> None:
    """Run the demo until it is interrupted; prints its address and opens it.

    Raises ConfigError when the port is taken.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    with tempfile.TemporaryDirectory(prefix="coinbell-demo-") as folder:
        async with demo(Path(folder), port) as running_demo:
            address = f"{running_demo.server.api_url}/"
            print(f"\n  Coinbell's demo is at {address}\n  Ctrl-C ends it.\n", flush=True)  # noqa: T201
            if open_browser:
                await asyncio.to_thread(webbrowser.open, address)
            await stop.wait()


@contextlib.asynccontextmanager
async def demo(
    folder: Path, port: int = 0, *, drip_seconds: float = _DRIP_SECONDS
) -> AsyncIterator[Demo]:
    """The demo at work for as long as the block, with its database in `folder`.

    Port 0 takes a free one; raises ConfigError when another program has the port.
    """
    # The stories hold their addresses from the first, so that the port must be known by now.
    port = port or _free_port()
    server = TelegramServer(TOKEN, name="Coinbell", username="coinbell_bot")
    news = SampleNews(f"http://127.0.0.1:{port}", _now, drip_seconds, seed=1)
    market = SampleMarket(seed=1, clock=_now)
    me = _furnish(server)
    server.mount(*TelegramPage(server, me).routes(), *news.routes(), *market.routes())
    try:
        await server.start(port=port)
    except OSError as error:
        remedy = 'use another one: make demo ARGS="--port 8765", or coinbell demo --port 8765'
        raise ConfigError(f"port {port} is taken; {remedy}") from error
    dripping = [asyncio.create_task(news.run()), asyncio.create_task(market.run())]
    try:
        async with running(demo_settings(server.api_url, news, me, folder)) as app:
            yield Demo(server, news, market, me, app)
    finally:
        for task in dripping:
            task.cancel()
        await asyncio.gather(*dripping, return_exceptions=True)
        await server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def demo_settings(address: str, news: SampleNews, me: User, folder: Path) -> Settings:
    """The bot's settings: everything on this machine, and as quick as it may be."""
    return Settings(
        telegram=TelegramSection(token=SecretStr(TOKEN), api_url=address, admins=(me.id,)),
        storage=StorageSection(url=f"sqlite:///{folder / 'coinbell.db'}"),
        news=NewsSection(poll_seconds=1, slowest_poll_seconds=1),
        sources=tuple(
            SourceSection(key=source.key, name=source.name, url=news.feed_url(source.key))
            for source in SAMPLE_SOURCES
        ),
        prices=PricesSection(
            providers=("coingecko",),
            poll_seconds=1,
            coingecko=CoinGeckoSection(api_url=f"{address}/api/v3", requests_per_minute=600),
        ),
        # The sample market has no swaps, and the demo asks nobody outside.
        derivatives=DerivativesSection(exchanges=()),
        web=WebSection(listen=HostPort("127.0.0.1", 0)),
    )


def _furnish(server: TelegramServer) -> User:
    """Put a person at the page, with a group, a forum and a channel beside the bot."""
    world = server.world
    me = world.add_user("You", language="en")
    ada = world.add_user("Ada")
    world.add_group("Night Traders", members=[ada], owner=me)
    forum = world.add_group("Coin Club", is_forum=True, members=[ada], owner=me)
    for name in ("Bitcoin", "Regulation"):
        world.add_thread(forum.id, name, me.id)
    world.add_channel("Morning Coins", owner=me)
    return me
