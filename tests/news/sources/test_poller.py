"""Rounds through sources over real HTTP, into a real database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web

from bot.domain.articles import Article, FeedItem
from bot.domain.errors import DatabaseLocked
from bot.domain.sources import Source, SourceKind, SourceNews, SourceSettings, SourceState
from bot.http import GuardedClient
from bot.news.sources.cadence import Pace
from bot.news.sources.poller import NewsPoller
from storage.articles import add_article, prune_articles
from storage.database import Database, Transaction
from storage.sources import active_sources, configure_sources, known_sources

HOUR = 3600
DAY = 24 * HOUR


class Site:
    """A feed as a test wants it, and how it was asked for."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.channel = ""
        self.status = 200
        self.body: bytes | None = None
        self.headers: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        self.hold: asyncio.Event | None = None
        self.moved_to: str | None = None

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
        if self.moved_to is not None:
            return web.Response(status=301, headers={"Location": self.moved_to})
        inner = f"<title>t</title>{self.channel}{''.join(self.items)}"
        xml = f"<rss version='2.0'><channel>{inner}</channel></rss>"
        body = xml.encode() if self.body is None else self.body
        tag = f'"{hash(body)}"'
        if self.status == 200 and request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=self.headers)
        headers = {"ETag": tag, "Content-Type": "application/rss+xml"} | self.headers
        return web.Response(body=body, status=self.status, headers=headers)


class Newsroom:
    """Remembers what it was given; breaks when a test says so."""

    def __init__(self) -> None:
        self.guids: set[tuple[str, str]] = set()
        self.handed: list[list[str]] = []
        self.error: Exception | None = None

    async def take(self, source: Source, items: Sequence[FeedItem]) -> int:
        if self.error is not None:
            raise self.error
        self.handed.append([item.guid for item in items])
        found = {(source.key, item.guid) for item in items}
        new = found - self.guids
        self.guids |= found
        return len(new)


class Reports:
    """What the operators were told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, SourceNews]] = []
        self.error: Exception | None = None

    async def report(self, tx: Transaction, source: Source, news: SourceNews) -> None:
        assert tx.in_transaction()
        if self.error is not None:
            raise self.error
        self.told.append((source.key, news))


@pytest.fixture
async def sites() -> AsyncIterator[tuple[Site, Site, str]]:
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
        self.newsroom = Newsroom()
        self.reports = Reports()
        self.poller = NewsPoller(
            database,
            client,
            self.newsroom,
            clock,
            self.reports,
            pace=Pace(60, 900),
            api_keys={"wire": "k3y"},
        )

    async def configure(
        self, *sources: tuple[str, str], kind: SourceKind = SourceKind.FEED
    ) -> None:
        settings = [SourceSettings(key, key.title(), kind, url) for key, url in sources]
        async with self.database.writing() as tx:
            await configure_sources(tx, settings)

    async def sources(self) -> dict[str, Source]:
        async with self.database.reading() as tx:
            return {source.key: source for source in await known_sources(tx)}

    async def one(self) -> Source:
        return (await self.sources())["one"]

    async def poll(self, seconds: float = DAY + 1) -> Source | None:
        """Let so much time pass, by default what makes every source due, and poll."""
        self.clock.advance(seconds)
        await self.poller.poll_due()
        return (await self.sources()).get("one")

    async def wait_seconds(self) -> float:
        """How long the first source is left alone."""
        source = await self.one()
        assert source.next_poll_at is not None
        return float((source.next_poll_at - self.clock()).total_seconds())


@pytest.fixture
def desk(database: Database, client: GuardedClient, clock: Any) -> Desk:
    return Desk(database, client, clock)


async def test_what_a_feed_holds_is_handed_on(desk: Desk, sites: tuple[Site, Site, str]) -> None:
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.item("a", "Bitcoin was here before", desk.clock())
    assert await desk.poller.poll_due() == 1
    one.item("b", "Bitcoin is new", desk.clock() + timedelta(hours=24))
    await desk.poll()
    assert desk.newsroom.handed == [["a"], ["b", "a"]]
    source = await desk.one()
    assert source.first_polled_at is not None
    assert (source.quiet_polls, source.typical_fresh) == (0, 1.0)


async def test_an_unchanged_feed_is_not_handed_on_again(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """The request is conditional, and 304 costs nothing."""
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.item("a", "Bitcoin", desk.clock())
    await desk.poller.poll_due()
    await desk.poll()
    assert "If-None-Match" in one.asked[1]
    source = await desk.one()
    assert (source.quiet_polls, source.failures, source.last_error) == (1, 0, None)
    assert desk.newsroom.handed == [["a"]]


async def test_what_a_feed_lists_without_a_date_is_not_pruned(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """It would come back as new, and be pushed once more."""
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.items = ["<item><guid>pinned</guid><title>Read our rules</title></item>"]
    async with desk.database.writing() as tx:
        article = Article("one", "pinned", "Read our rules", desk.clock())
        await add_article(tx, (await desk.one()).id, article, desk.clock())
    for number in range(10):
        one.item(f"{number}", f"Bitcoin news {number}", desk.clock())
        await desk.poll(20 * DAY)
    async with desk.database.writing() as tx:
        newer = Article("one", "9", "Bitcoin news 9", desk.clock())
        await add_article(tx, (await desk.one()).id, newer, desk.clock())
        assert await prune_articles(tx, desk.clock() - timedelta(days=90)) == 0


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
    assert found["one"].failing_since_at == desk.clock()
    assert found["one"].last_error is not None
    assert word in found["one"].last_error
    assert found["two"].last_error is None
    assert desk.newsroom.handed == [["a"]]


async def test_items_that_cannot_be_understood_are_their_sources_failure(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.item("a", "Bitcoin", desk.clock())
    desk.newsroom.error = RecursionError("too deep")
    await desk.poller.poll_due()
    assert (await desk.one()).last_error == "cannot be read: RecursionError"


async def test_what_could_not_be_stored_is_fetched_again(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """A locked database is no fault of the source, which stays due."""
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.item("a", "Bitcoin", desk.clock())
    desk.newsroom.error = DatabaseLocked("the database is locked")
    await desk.poller.poll_due()
    source = await desk.one()
    assert (source.failures, source.last_polled_at, source.etag) == (0, None, None)
    desk.newsroom.error = None
    desk.clock.advance(60)
    await desk.poller.poll_due()
    assert desk.newsroom.handed == [["a"]]


async def test_a_database_in_trouble_is_no_reason_to_ask_a_site_every_second(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """What cannot be stored is fetched no oftener than the operator allows; the others go on."""
    one, two, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.item("a", "Bitcoin", desk.clock())
    desk.newsroom.error = DatabaseLocked("the database is locked")
    for _ in range(30):
        await desk.poller.poll_due()
        desk.clock.advance(1)
    assert len(one.asked) == 1
    await desk.configure(("one", f"{address}/one.xml"), ("two", f"{address}/two.xml"))
    await desk.poller.poll_due()
    assert (len(one.asked), len(two.asked)) == (1, 1)
    desk.clock.advance(30)
    await desk.poller.poll_due()
    assert len(one.asked) == 2
    desk.clock.advance(-3600)
    await desk.poller.poll_due()
    assert len(one.asked) == 3


async def test_a_source_that_recovers_loses_nothing(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """What was published meanwhile is handed on with the first good poll."""
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    await desk.poller.poll_due()
    one.status = 503
    one.headers = {"Retry-After": "7200"}
    await desk.poll()
    assert await desk.wait_seconds() >= 7200
    one.status = 200
    one.item("a", "Bitcoin", desk.clock() + timedelta(hours=24))
    source = await desk.poll(3 * HOUR)
    assert desk.newsroom.handed == [["a"]]
    assert source is not None
    assert (source.failures, source.failing_since_at) == (0, None)
    assert desk.reports.told == [], "it failed for hours, not for a day"


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
    desk.clock.advance(DAY + 1)
    polling = asyncio.create_task(desk.poller.poll_due())
    async with asyncio.timeout(20):
        # A site has no event for it.
        while len(two.asked) < 4:
            desk.clock.advance(900)
            await asyncio.sleep(0.02)
    assert len(one.asked) == 2
    one.hold.set()
    assert await polling >= 4


# ---- manners


async def test_a_source_is_polled_at_its_own_pace(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """Articles every half hour: a poll every two and a half minutes, and a little spread."""
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    for n in range(9, -1, -1):
        one.item(f"a{n}", f"Bitcoin {n}", desk.clock() - timedelta(minutes=30 * n))
    await desk.poller.poll_due()
    assert (await desk.one()).typical_seconds == pytest.approx(1800)
    assert 150 <= await desk.wait_seconds() <= 165


@pytest.mark.parametrize(
    ("channel", "headers", "least"),
    [
        ("<ttl>10</ttl>", {}, 600),
        ("", {"Cache-Control": "max-age=700"}, 700),
        ("<ttl>10000</ttl>", {"Cache-Control": "max-age=99999999"}, 900),
        ("<skipHours><hour>12</hour><hour>13</hour></skipHours>", {}, 2 * HOUR),
    ],
)
async def test_what_a_source_asks_for_is_kept_at_every_poll(
    desk: Desk,
    sites: tuple[Site, Site, str],
    channel: str,
    headers: dict[str, str],
    least: float,
) -> None:
    """The unchanged feed has said it before."""
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.channel, one.headers = channel, headers
    one.item("a", "Bitcoin", desk.clock())
    await desk.poller.poll_due()
    first = await desk.wait_seconds()
    await desk.poll(DAY)
    assert least <= first <= least * 1.1
    assert least <= await desk.wait_seconds() <= least * 1.1
    assert desk.newsroom.handed == [["a"]]


async def test_a_feed_that_asks_for_nothing_more_is_polled_quickly_again(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.channel = "<ttl>10</ttl><skipHours><hour>3</hour></skipHours>"
    one.item("a", "Bitcoin", desk.clock())
    await desk.poller.poll_due()
    one.channel = ""
    source = await desk.poll()
    assert source is not None
    assert (source.ttl_seconds, source.skip_hours) == (None, "")
    assert await desk.wait_seconds() < 600


async def test_a_feed_names_its_hub(desk: Desk, sites: tuple[Site, Site, str]) -> None:
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.channel = (
        '<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>'
        '<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="https://one.example/f"/>'
    )
    one.item("a", "Bitcoin", desk.clock())
    await desk.poller.poll_due()
    source = await desk.one()
    assert (source.hub_url, source.hub_topic_url) == (
        "https://hub.example/",
        "https://one.example/f",
    )


@pytest.mark.parametrize("status", [403, 429])
async def test_a_server_that_wants_fewer_questions_gets_fewer(
    desk: Desk, sites: tuple[Site, Site, str], status: int
) -> None:
    one, two, address = sites
    await desk.configure(("one", f"{address}/one.xml"), ("two", f"{address}/two.xml"))
    one.status, two.status = status, 500
    await desk.poller.poll_due()
    other = (await desk.sources())["two"].next_poll_at
    assert other is not None
    assert await desk.wait_seconds() > 5 * (other - desk.clock()).total_seconds()


# ---- moves and ends


async def test_a_feed_that_moved_is_asked_at_its_new_address(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    one, two, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.moved_to = f"{address}/two.xml"
    two.item("a", "Bitcoin", desk.clock())
    await desk.poller.poll_due()
    source = await desk.one()
    assert (source.url, source.moved_url) == (f"{address}/one.xml", f"{address}/two.xml")
    await desk.poll()
    assert (len(one.asked), len(two.asked)) == (1, 2)


async def test_a_move_to_what_is_no_feed_is_not_followed(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    one, two, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.moved_to = f"{address}/two.xml"
    two.body = b"<html>Buy this domain</html>"
    await desk.poller.poll_due()
    assert (await desk.one()).moved_url is None


async def test_a_feed_that_moves_back_is_at_home_again(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    one, two, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.moved_to = f"{address}/two.xml"
    await desk.poller.poll_due()
    one.moved_to, two.moved_to = None, f"{address}/one.xml"
    source = await desk.poll()
    assert source is not None
    assert source.moved_url is None


async def test_an_address_that_fails_for_a_day_after_a_move_is_given_up(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    one, two, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.moved_to = f"{address}/two.xml"
    await desk.poller.poll_due()
    one.moved_to, two.status = None, 404
    for _ in range(2):
        source = await desk.poll()
    assert source is not None
    assert source.moved_url is None
    source = await desk.poll()
    assert source is not None
    assert source.failures == 0
    assert desk.reports.told == [("one", SourceNews.FAILING), ("one", SourceNews.RECOVERED)]


async def test_a_source_that_is_gone_is_polled_no_more_and_reported(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.status = 410
    await desk.poller.poll_due()
    source = await desk.poll()
    assert source is not None
    assert source.state is SourceState.RETIRED
    assert len(one.asked) == 1
    assert desk.reports.told == [("one", SourceNews.RETIRED)]
    async with desk.database.reading() as tx:
        assert await active_sources(tx) == []


async def test_a_long_trouble_and_its_end_are_reported_once_each(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.status = 500
    for _ in range(60):
        await desk.poll(HOUR)
    assert desk.reports.told == [("one", SourceNews.FAILING)]
    one.status = 200
    for _ in range(3):
        await desk.poll(2 * HOUR)
    assert desk.reports.told == [("one", SourceNews.FAILING), ("one", SourceNews.RECOVERED)]
    assert (await desk.one()).reported_at is None


async def test_a_report_that_is_not_stored_comes_again(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    """It is owed in the transaction that remembers it."""
    one, _, address = sites
    await desk.configure(("one", f"{address}/one.xml"))
    one.status = 410
    desk.reports.error = DatabaseLocked("the database is locked")
    await desk.poller.poll_due()
    assert (await desk.one()).state is SourceState.ACTIVE
    desk.reports.error = None
    desk.clock.advance(60)
    await desk.poller.poll_due()
    assert desk.reports.told == [("one", SourceNews.RETIRED)]


# ---- news APIs


async def test_a_news_api_is_asked_with_the_key_of_its_source(
    desk: Desk, sites: tuple[Site, Site, str]
) -> None:
    one, two, address = sites
    await desk.configure(
        ("wire", f"{address}/one.xml"),
        ("other", f"{address}/two.xml"),
        kind=SourceKind.COINDESK_DATA,
    )
    for site in (one, two):
        site.body = b'{"Data":[{"ID":7,"TITLE":"From a wire"}],"Err":{}}'
    await desk.poller.poll_due()
    assert one.asked[0]["Authorization"] == "Apikey k3y"
    assert "Authorization" not in two.asked[0]
    assert desk.newsroom.guids == {("wire", "7"), ("other", "7")}
    assert "k3y" not in repr(await desk.sources())
