"""Rounds through sources over real HTTP, into a real database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import web

from bot.domain.assets import Asset, Assets
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.sources import Source, SourceKind, SourceSettings
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from bot.http import GuardedClient
from bot.news.cadence import Pace
from bot.news.mentions import MentionFinder
from bot.news.poller import NewsPoller
from storage.chats import destination, see_chat
from storage.database import Database
from storage.schema import articles, notifications
from storage.sources import active_sources, configure_sources
from storage.subscriptions import subscribe

BITCOIN = Asset("bitcoin", "BTC", "Bitcoin", rank=1)


class Site:
    """A feed as a test wants it, and how it was asked for."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.status = 200
        self.body: bytes | None = None
        self.headers: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        self.hold: asyncio.Event | None = None

    def item(self, guid: str, title: str, at: datetime, link: str = "") -> None:
        link = link or f"https://news.example/{guid}"
        self.items.insert(
            0,
            f"<item><guid>{guid}</guid><title>{title}</title><link>{link}</link>"
            f"<pubDate>{format_datetime(at)}</pubDate></item>",
        )

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.headers))
        if self.hold is not None:
            await self.hold.wait()
        xml = f"<rss version='2.0'><channel><title>t</title>{''.join(self.items)}</channel></rss>"
        body = xml.encode() if self.body is None else self.body
        tag = f'"{hash(body)}"'
        if self.status == 200 and request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        headers = {"ETag": tag, "Content-Type": "application/rss+xml"} | self.headers
        return web.Response(body=body, status=self.status, headers=headers)


class Woken:
    """Counts how often the outbox was woken."""

    def __init__(self) -> None:
        self.times = 0

    def wake(self) -> None:
        self.times += 1


@pytest.fixture
async def sites(aiohttp_sites: Any) -> tuple[Site, Site, str]:
    found: tuple[Site, Site, str] = aiohttp_sites
    return found


@pytest.fixture
async def aiohttp_sites() -> AsyncIterator[tuple[Site, Site, str]]:
    one, two = Site(), Site()
    app = web.Application()
    app.add_routes([web.get("/one.xml", one.serve), web.get("/two.xml", two.serve)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield one, two, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    async with GuardedClient() as client:
        yield client


class Desk:
    """A poller with what a test looks at."""

    def __init__(self, database: Database, client: GuardedClient, clock: Any) -> None:
        self.database = database
        self.clock = clock
        self.woken = Woken()
        self.poller = NewsPoller(
            database,
            client,
            MentionFinder(Assets([BITCOIN])),
            clock,
            self.woken,
            pace=Pace(60, 900),
            max_age=timedelta(hours=6),
            keep=timedelta(days=90),
        )

    async def configure(self, *sources: tuple[str, str]) -> None:
        settings = [SourceSettings(k, k.title(), SourceKind.FEED, url) for k, url in sources]
        async with self.database.writing() as tx:
            await configure_sources(tx, settings)

    async def sources(self) -> dict[str, Source]:
        async with self.database.reading() as tx:
            return {source.key: source for source in await active_sources(tx)}

    async def subscribe(self, topic: Topic, chat_id: int = 1) -> None:
        async with self.database.writing() as tx:
            await see_chat(tx, ChatSeen(chat_id, ChatKind.PRIVATE), self.clock())
            where = await destination(tx, chat_id)
            await subscribe(tx, where.id, topic, None, self.clock())

    async def follow(self, url: str) -> None:
        """One source, past its silent first poll, and a chat that follows everything."""
        await self.configure(("one", url))
        await self.subscribe(EVERYTHING)
        await self.poller.poll_due()

    async def count(self, table: sa.Table) -> int:
        async with self.database.reading() as tx:
            found: int = await tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            return found

    async def poll(self) -> int:
        """Let ten minutes pass, or whatever makes every source due, and poll."""
        self.clock.advance(24 * 3600 + 1)
        return await self.poller.poll_due()


@pytest.fixture
def desk(database: Database, client: GuardedClient, clock: Any) -> Desk:
    return Desk(database, client, clock)


async def test_a_first_poll_is_silent_and_the_second_owes_what_is_new(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """A new source's old items are stored and not pushed."""
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    await desk.subscribe(EVERYTHING)
    one.item("a", "Bitcoin was here before", desk.clock())
    assert await desk.poller.poll_due() == 1
    assert (await desk.count(articles), await desk.count(notifications)) == (1, 0)
    one.item("b", "Bitcoin is new", desk.clock() + timedelta(hours=24))
    await desk.poll()
    assert (await desk.count(articles), await desk.count(notifications)) == (2, 1)
    assert desk.woken.times == 1


async def test_only_who_asked_is_owed(desk: Desk, sites: tuple[Site, Site, str]) -> None:
    """Topics decide; a chat with two that fit is owed once."""
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    await desk.subscribe(Topic(TopicKind.ASSET, "bitcoin"), 1)
    await desk.subscribe(EVERYTHING, 1)
    await desk.subscribe(Topic(TopicKind.ASSET, "ethereum"), 2)
    await desk.poller.poll_due()
    one.item("a", "Bitcoin moves", desk.clock() + timedelta(hours=24))
    await desk.poll()
    assert await desk.count(notifications) == 1


async def test_an_old_article_is_kept_but_not_pushed(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """Older than max_age_hours is stored; older than is kept is not even that."""
    one, _, address = sites
    await desk.follow(f"{address}/one.xml")
    one.item("old", "Seven hours old", desk.clock() + timedelta(hours=17))
    one.item("ancient", "Of another age", desk.clock() - timedelta(days=100))
    await desk.poll()
    assert (await desk.count(articles), await desk.count(notifications)) == (1, 0)


async def test_an_unchanged_feed_is_not_stored_again(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """The request is conditional, and 304 costs nothing."""
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.item("a", "Bitcoin", desk.clock())
    await desk.poller.poll_due()
    await desk.poll()
    assert "If-None-Match" in one.asked[1]
    source = (await desk.sources())["one"]
    assert (source.quiet_polls, source.failures, source.last_error) == (1, 0, None)
    assert await desk.count(articles) == 1


async def test_new_guids_for_known_links_are_no_news(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """A site that renumbers its items, with tracking in the links, makes no storm."""
    one, two, address = sites
    await desk.configure(("one", f"{address}/one.xml"), ("two", f"{address}/two.xml"))
    await desk.subscribe(EVERYTHING)
    one.item("a", "Bitcoin", desk.clock(), "https://news.example/story")
    await desk.poller.poll_due()
    later = desk.clock() + timedelta(hours=24)
    one.item("z", "Bitcoin", later, "https://www.news.example/story?utm_source=rss")
    two.item("q", "Bitcoin", later, "http://news.example/story/")
    await desk.poll()
    assert (await desk.count(articles), await desk.count(notifications)) == (1, 0)


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (500, b"", "500"),
        (200, b"<html><body>Sign in</body></html>", "web page"),
        (200, b"", "empty"),
        (200, b"\x1f\x8bgarbage", "feed"),
    ],
)
async def test_one_sources_trouble_leaves_the_others_alone(
    desk: Desk, sites: tuple[Site, Site, str], status: int, body: bytes, word: str
) -> None:
    """The failure is remembered with its reason; the other source is read."""
    one, two, address = sites
    await desk.configure(("one", f"{address}/one.xml"), ("two", f"{address}/two.xml"))
    one.status, one.body = status, body
    two.item("a", "Bitcoin", desk.clock())
    assert await desk.poller.poll_due() == 2
    found = await desk.sources()
    assert found["one"].failures == 1
    assert found["one"].last_error is not None
    assert word in found["one"].last_error
    assert found["two"].last_error is None
    assert await desk.count(articles) == 1


async def test_a_source_that_recovers_loses_nothing(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """What was published meanwhile is pushed with the first good poll."""
    one, _, address = sites
    await desk.follow(f"{address}/one.xml")
    one.status = 503
    one.headers = {"Retry-After": "7200"}
    await desk.poll()
    failed = (await desk.sources())["one"]
    assert failed.next_poll_at is not None
    assert failed.next_poll_at >= desk.clock() + timedelta(seconds=7200)
    one.status = 200
    one.item("a", "Bitcoin", desk.clock() + timedelta(hours=24))
    await desk.poll()
    assert await desk.count(notifications) == 1
    assert (await desk.sources())["one"].failures == 0


async def test_a_start_spreads_the_first_polls(desk: Desk, sites: tuple[Site, Site, str]) -> None:
    """Sources that were never polled are not all asked at once."""
    address = sites[2]
    await desk.configure(*((f"s{n}", f"{address}/one.xml?{n}") for n in range(10)))
    await desk.poller.plan_first_polls()
    times = sorted(s.next_poll_at for s in (await desk.sources()).values() if s.next_poll_at)
    assert len(set(times)) == 10
    assert times[-1] - times[0] <= timedelta(seconds=30)


async def test_a_slow_source_holds_up_no_other(desk: Desk, sites: tuple[Site, Site, str]) -> None:
    """While one server keeps its answer back, another is polled as often as it is due."""
    one, two, address = sites
    await desk.configure(("one", f"{address}/one.xml"), ("two", f"{address}/two.xml"))
    await desk.poll()
    one.hold = asyncio.Event()
    polling = asyncio.create_task(desk.poll())
    async with asyncio.timeout(20):
        for times in (2, 3, 4):
            while len(two.asked) < times:  # noqa: ASYNC110  # a site has no event for it
                await asyncio.sleep(0.01)
            desk.clock.advance(3600)
    assert len(one.asked) == 2
    one.hold.set()
    assert await polling >= 4


async def test_a_feed_that_renames_its_items_at_every_fetch_is_no_news(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """New guids and addresses with the same words at the same time are the same article."""
    one, _, address = sites
    await desk.follow(f"{address}/one.xml")
    at = desk.clock() + timedelta(hours=24)
    for fetch in range(3):
        one.items.clear()
        one.item(f"a{fetch}", "Bitcoin moves", at, f"https://news.example/a?session={fetch}")
        desk.clock.advance(24 * 3600 + 1 if fetch == 0 else 3600)
        await desk.poller.poll_due()
    assert (await desk.count(articles), await desk.count(notifications)) == (1, 1)
