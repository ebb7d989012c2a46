"""The composition root: builds every part, starts and stops them in order.

Owns the wiring and nothing else: what the parts do stands in them. Refuses to be imported by
any of them.
"""

import asyncio
import contextlib
import secrets
import signal
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import aiohttp
import structlog
import telegram
from telegram.ext import ExtBot

from bot.chat.broadcasting import report_progress
from bot.chat.catalogue import Catalogue
from bot.chat.desk import Desk
from bot.chat.members import TelegramAdministrators
from bot.chat.menus import set_menus
from bot.chat.notices import ChatNotices
from bot.chat.provider_notices import ProviderNotices
from bot.chat.receiving import ALLOWED_UPDATES, Poller, Receiver
from bot.chat.reception import Reception
from bot.chat.rendering import ChatRenderer
from bot.chat.source_notices import SourceNotices
from bot.config import Settings
from bot.connecting import initialised, until_answered
from bot.delivery.drain import Drain
from bot.delivery.editing import Editing
from bot.delivery.folder import Folder
from bot.delivery.illustrating import Illustrating
from bot.delivery.ledger import Ledger
from bot.delivery.limiter import PacedLimiter
from bot.delivery.pacing import Pacer
from bot.delivery.pictures import StoredPictures
from bot.delivery.request import AiohttpRequest
from bot.delivery.sender import Sender
from bot.delivery.texts import Texts
from bot.delivery.wakeup import Wakeup
from bot.delivery.wire import Wire, telegram_session
from bot.domain.assets import Assets
from bot.domain.errors import CoinbellError
from bot.http import GuardedClient
from bot.news.assets.registry import load_registry
from bot.news.sources.discovery import FeedDiscovery
from bot.news.sources.poller import NewsPoller
from bot.news_wiring import HubDoor, hubs_at_work, news_poller, newsroom_at_work, utc_now
from bot.prices.candles import StoredCandles
from bot.prices.charts import DrawnCharts
from bot.prices.watch import PriceWatch
from bot.prices_wiring import PricesAtWork, prices_at_work
from bot.schedule import Schedule
from bot.states import Reporter
from bot.stopping import stop_tasks
from bot.upkeep import Upkeep
from bot.web.health import health_routes
from bot.web.metrics import metrics_routes
from bot.web.server import WebServer
from bot.web.webhook import WEBHOOK_PATH, webhook_route
from bot.web.websub import websub_routes
from storage.database import Database
from storage.identity import claim_identity
from storage.instance import single_instance
from storage.migrating import migrate
from storage.outbox_upkeep import release_waiting
from storage.registry import stored_registry
from storage.sources import configure_sources, release_polls

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 1.0
_PROGRESS_SECONDS = 1.0
_FOLDING_SECONDS = 10.0
_EDITING_SECONDS = 5.0
_ILLUSTRATING_SECONDS = 1.0
_UPKEEP_SECONDS = 600.0
_TIDY_SECONDS = 60.0
_HUB_SECONDS = 60.0


async def run_until_stopped(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT; raises what its start or a part raises."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    app = App(settings)
    try:
        await app.run(stop)
    finally:
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(sign)


class App:
    """The whole bot. `ready` is set once it polls, sends and answers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ready = asyncio.Event()
        self.database = Database(settings.storage.url)
        self.reporter = Reporter(self.database, utc_now)
        self._outbox = Wakeup()
        self._inbox = Wakeup()
        self._token = settings.telegram.token.get_secret_value()
        self._secret = settings.telegram.webhook_secret.get_secret_value() or secrets.token_hex(32)
        self.receiver = Receiver(self.database, utc_now, self._inbox)
        self._hub_door = HubDoor()
        self._prices_at_work: PricesAtWork | None = None
        self._charts = DrawnCharts(StoredCandles(self.database), utc_now, time.monotonic)
        self.web = self._web_server()

    async def run(self, stop: asyncio.Event) -> None:
        """Start everything, work until `stop` is set, then finish what is under way."""
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(single_instance(self.database))
            stack.push_async_callback(self.database.close)
            stack.push_async_callback(self._charts.close)
            await migrate(self.database)
            self.reporter.migrated = True
            async with self.database.writing() as tx:
                await configure_sources(tx, [s.source() for s in self.settings.sources])
            await self.web.start()
            stack.push_async_callback(self.web.stop)
            session = await stack.enter_async_context(telegram_session())
            client = await stack.enter_async_context(GuardedClient())
            wire = Wire(session, self.settings.telegram.api_url, self._token)
            if await self._meet_telegram(wire, stop):
                catalogue = Catalogue.load()
                prices = await stack.enter_async_context(self._prices(client, catalogue))
                await self._work(wire, session, client, catalogue, prices, stop)

    async def _meet_telegram(self, wire: Wire, stop: asyncio.Event) -> bool:
        """Wait for Telegram to answer, and check whose token it is; false when stopped first."""
        found = await until_answered(wire, "getMe", {}, stop, self._note_trouble)
        if found is None:
            return False
        async with self.database.writing() as tx:
            await claim_identity(tx, found["id"])
        log.info("telegram_reached", bot=found.get("username"))
        self.reporter.telegram_reached = True
        return True

    def _note_trouble(self, trouble: str | None) -> None:
        self.reporter.telegram_trouble = trouble

    async def _work(
        self,
        wire: Wire,
        session: aiohttp.ClientSession,
        client: GuardedClient,
        catalogue: Catalogue,
        prices: PriceWatch,
        stop: asyncio.Event,
    ) -> None:
        request = AiohttpRequest(session)
        telegram_settings = self.settings.telegram
        api_url = telegram_settings.api_url
        pacer = Pacer(telegram_settings.messages_per_second, time.monotonic())
        bot: ExtBot[None] = ExtBot(
            self._token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=request,
            get_updates_request=request,
            rate_limiter=PacedLimiter(pacer),
        )
        renderer = ChatRenderer(self.database, catalogue, prices, utc_now)
        drain = self._drain(wire, renderer, pacer, ChatNotices(catalogue, utc_now))
        desk = self._desk(bot, catalogue, prices, client)
        if not await initialised(bot, stop, self._note_trouble):
            return
        try:
            async with (
                newsroom_at_work(
                    self.settings, self.database, client, prices.assets, self._outbox
                ) as newsroom,
                hubs_at_work(self.settings, self.database, newsroom, self._hub_door) as hubs,
            ):
                reports = SourceNotices(catalogue, self.settings.telegram.admins, utc_now)
                news = news_poller(self.settings, self.database, client, newsroom, reports)
                schedule = self._schedule(news, prices, drain, catalogue)
                if hubs is not None:
                    schedule.every(_HUB_SECONDS, "hubs", hubs.subscribe_due)
                if await self._receive(wire, stop):
                    await set_menus(bot, catalogue, self.settings.telegram.admins)
                    await news.plan_first_polls()
                    await self._run_parts(wire, drain, desk, schedule, stop)
        finally:
            await bot.shutdown()

    async def _registry(self) -> Assets:
        async with self.database.reading() as tx:
            return load_registry(await stored_registry(tx))

    async def _run_parts(
        self, wire: Wire, drain: Drain, desk: Desk, schedule: Schedule, stop: asyncio.Event
    ) -> None:
        """Run the loops; the drain stops last, so that what the others owe still goes."""
        drain_task = asyncio.create_task(drain.run())
        loops: list[Coroutine[Any, Any, None]] = [Reception(desk, self.database, self._inbox).run()]
        if self.settings.telegram.transport == "polling":
            self.reporter.poller = Poller(wire, self.receiver)
            loops.append(self.reporter.poller.run())
        if self._prices_at_work is not None:
            loops += [stream.run() for stream in self._prices_at_work.streams]
            loops += [stream.run() for stream in self._prices_at_work.figures.streams]
        tasks = [asyncio.create_task(loop) for loop in loops]
        schedule.start()
        self.ready.set()
        log.info("started")
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([drain_task, stopping, *tasks], return_when="FIRST_COMPLETED")
        finally:
            log.info("stopping")
            stopping.cancel()
            await schedule.stop()
            try:
                await stop_tasks(tasks)
            finally:
                drain.stop()
                await drain_task
        log.info("stopped")

    # ---- building

    def _web_server(self) -> WebServer:
        settings = self.settings
        public = []
        if settings.telegram.transport == "webhook":
            public.append(webhook_route(self._secret, self.receiver.keep))
        if settings.web.public_url:
            public += websub_routes(self._hub_door)
        return WebServer(
            settings.web.listen,
            settings.web.admin_listen,
            routes=[
                *health_routes(self.reporter.states),
                *metrics_routes(self.reporter.gauges()),
            ],
            public_routes=public,
        )

    @contextlib.asynccontextmanager
    async def _prices(
        self, client: GuardedClient, catalogue: Catalogue
    ) -> AsyncIterator[PriceWatch]:
        reports = ProviderNotices(catalogue, self.settings.telegram.admins, utc_now)
        async with prices_at_work(
            self.settings, self.database, client, await self._registry(), self._outbox, reports
        ) as at_work:
            self.reporter.prices = at_work.watch
            self._prices_at_work = at_work
            yield at_work.watch

    def _drain(
        self, wire: Wire, renderer: ChatRenderer, pacer: Pacer, notices: ChatNotices
    ) -> Drain:
        paid = self.settings.telegram.paid_broadcast
        pictures = StoredPictures(self.database)
        drain = Drain(
            self.database,
            Sender(wire, Texts(renderer), pacer, utc_now, pictures=pictures, paid=paid),
            Ledger(self.database, notices, utc_now, self._outbox),
            pacer,
            utc_now,
            self._outbox,
        )
        self.reporter.drain = drain
        return drain

    def _desk(
        self,
        bot: telegram.Bot,
        catalogue: Catalogue,
        prices: PriceWatch,
        client: GuardedClient,
    ) -> Desk:
        return Desk(
            database=self.database,
            bot=bot,
            catalogue=catalogue,
            prices=prices,
            finder=FeedDiscovery(client),
            charts=self._charts,
            administrators=TelegramAdministrators(bot),
            operators=frozenset(self.settings.telegram.admins),
            clock=utc_now,
            outbox_signal=self._outbox,
            paid_broadcast=self.settings.telegram.paid_broadcast,
            max_alerts=self.settings.prices.alerts_per_chat,
        )

    def _schedule(
        self, news: NewsPoller, prices: PriceWatch, drain: Drain, catalogue: Catalogue
    ) -> Schedule:
        settings = self.settings.storage
        upkeep = Upkeep(
            self.database,
            utc_now,
            keep_articles_days=settings.keep_articles_days,
            keep_messages_days=settings.keep_messages_days,
        )

        folder = Folder(self.database, utc_now, self._outbox)
        per_second = self.settings.telegram.messages_per_second
        editing = Editing(self.database, utc_now, self._outbox, per_second)
        illustrating = Illustrating(
            self.database, self._charts, prices.assets, utc_now, self._outbox, per_second
        )

        async def poll_prices() -> None:
            """Poll the markets when their time has come."""
            if prices.next_poll_seconds() <= 0:
                await prices.poll()

        async def follow_broadcasts() -> None:
            """Bring the reports of broadcasts up to date."""
            await report_progress(self.database, catalogue, utc_now, self._outbox)

        async def tidy() -> None:
            """Forget what the drain knows of chats that have long been still."""
            drain.tidy()

        schedule = Schedule(utc_now, self._after_step)
        schedule.every(_LOOK_SECONDS, "sources", news.poll_due)
        schedule.every(_LOOK_SECONDS, "prices", poll_prices)
        if self._prices_at_work is not None:
            schedule.every(_LOOK_SECONDS, "candles", self._prices_at_work.fill_candles)
            for watch in self._prices_at_work.figures.watches:
                schedule.every(_LOOK_SECONDS, watch.name, watch.run)
        schedule.every(_PROGRESS_SECONDS, "broadcasts", follow_broadcasts)
        schedule.every(_FOLDING_SECONDS, "folding", folder.run)
        schedule.every(_EDITING_SECONDS, "edits", editing.run)
        schedule.every(_ILLUSTRATING_SECONDS, "charts", illustrating.run)
        schedule.every(_UPKEEP_SECONDS, "upkeep", upkeep.run)
        schedule.every(_TIDY_SECONDS, "tidy", tidy)
        return schedule

    # ---- Telegram

    async def _receive(self, wire: Wire, stop: asyncio.Event) -> bool:
        """Tell Telegram where updates go: to the webhook's address, or to who polls.

        False when stopped before it took that.
        """
        settings, method, params = self.settings, "deleteWebhook", dict[str, object]()
        if settings.telegram.transport == "webhook":
            method = "setWebhook"
            params = {
                "url": settings.web.public_url.rstrip("/") + WEBHOOK_PATH,
                "secret_token": self._secret,
                "allowed_updates": list(ALLOWED_UPDATES),
            }
        return await until_answered(wire, method, params, stop, self._note_trouble) is not None

    async def _after_step(self, seconds: float) -> None:
        """What waits for a time that was set by the old clock goes now."""
        if seconds < 0:
            async with self.database.writing() as tx:
                await release_waiting(tx, utc_now())
                await release_polls(tx, utc_now())
        self._outbox.wake()


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[App]:
    """The bot at work for as long as the block, for the demo and the tests.

    Raises what its start or a part raises.
    """
    app, stop = App(settings), asyncio.Event()
    task = asyncio.create_task(app.run(stop))
    ready = asyncio.create_task(app.ready.wait())
    try:
        await asyncio.wait([task, ready], return_when="FIRST_COMPLETED")
        if task.done():
            task.result()
        yield app
    finally:
        ready.cancel()
        stop.set()
        try:
            await task
        except CoinbellError as error:
            log.warning("stopped_with_error", error=error.log_text)
            raise
