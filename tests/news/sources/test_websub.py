"""News that hubs push: a hub and this program talk over real HTTP, on real SQLite."""

import hmac
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from bot.domain.articles import FeedItem
from bot.domain.errors import DatabaseLocked
from bot.domain.sources import PollResult, Source, SourceKind, SourceSettings, SourceState
from bot.news.sources.hub_client import HubClient
from bot.news.sources.websub import (
    Asked,
    HubSubscriber,
    callback_token,
    granted_lease,
    is_signed,
    reason_to_ask,
)
from bot.web.server import WebServer
from bot.web.websub import websub_routes
from storage.database import Database
from storage.hubs import Hub, hub_of
from storage.sources import active_sources, configure_sources, record_poll

if TYPE_CHECKING:
    from tests.conftest import StandingClock

RssOf = Callable[..., bytes]
TOPIC = "https://ledger.example/feed"
SETTINGS = SourceSettings("ledger", "Ledger", SourceKind.FEED, TOPIC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# ---- decisions


def _hub(hub_url: str = "https://hub.example/", until_at: datetime | None = None) -> Hub:
    return Hub(1, "ledger", SourceState.ACTIVE, hub_url, TOPIC, "secret", until_at)


@pytest.mark.parametrize(
    ("until", "asked", "reason"),
    [
        (None, None, "not asked since the start"),
        (9 * DAY, None, "not asked since the start"),
        (None, (HOUR, 0), "not subscribed"),
        (-HOUR, (HOUR, 0), "not subscribed"),
        (9 * DAY, (HOUR, 0), None),
        (23 * HOUR, (9 * DAY, 0), "the lease ends"),
        (25 * HOUR, (9 * DAY, 0), None),
        (None, (9 * HOUR / 60, 1), None),
        (None, (11 * HOUR / 60, 1), "not subscribed"),
        (None, (11 * HOUR / 60, 2), None),
        (None, (21 * HOUR / 60, 2), "not subscribed"),
        (None, (11 * HOUR, 90), None),
        (None, (13 * HOUR, 90), "not subscribed"),
        (None, (-DAY, 3), "not subscribed"),
    ],
)
def test_when_a_hub_is_asked(
    until: timedelta | None, asked: tuple[timedelta, int] | None, reason: str | None, now: datetime
) -> None:
    """`until` from now on, `asked` how long ago and how often in vain; a clock may be set back."""
    last = Asked(now - asked[0], asked[1]) if asked else None
    assert reason_to_ask(_hub(until_at=now + until if until else None), last, now) == reason


def test_a_short_lease_is_renewed_in_its_last_fifth(now: datetime) -> None:
    asked = Asked(now - HOUR, 0, lease=5 * HOUR)
    assert reason_to_ask(_hub(until_at=now + 2 * HOUR), asked, now) is None
    assert reason_to_ask(_hub(until_at=now + HOUR), asked, now) == "the lease ends"


@pytest.mark.parametrize("url", ["true", "", "mailto:hub@hub.example", "//hub"])
def test_what_is_no_address_is_never_asked(url: str, now: datetime) -> None:
    assert reason_to_ask(_hub(url), None, now) is None


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [
        ("864000", 10 * DAY),
        ("3600", HOUR),
        ("1", timedelta(minutes=5)),
        ("9" * 40, 30 * DAY),
        (None, 10 * DAY),
        ("-5", 10 * DAY),
        ("soon", 10 * DAY),
        ("٣", 10 * DAY),
    ],
)
def test_leases(seconds: str | None, lease: timedelta) -> None:
    assert granted_lease(seconds) == lease


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures(method: str) -> None:
    good = hmac.new(b"secret", b"body", method).hexdigest()
    assert is_signed(b"body", f"{method}={good}", "secret")
    assert is_signed(b"body", f"{method.upper()}={good.upper()}", "secret")
    assert not is_signed(b"body ", f"{method}={good}", "secret")
    assert not is_signed(b"body", f"{method}={good}", "another")
    assert not is_signed(b"body", f"{method}={good[:-1]}", "secret")


@pytest.mark.parametrize(
    "signature",
    ["", "=", "md5=1", "sha256", "sha256=", "sha256=ü", "x=y=z", "sha256=\udce9", "\udce9=\udcff"],
)
def test_what_is_no_signature(signature: str) -> None:
    assert not is_signed(b"body", signature, "secret")


# ---- a hub and this program


class PlayedHub:
    """A hub that confirms at once, within the request, as some do."""

    def __init__(self) -> None:
        self.url = ""
        self.form: dict[str, str] = {}
        self.confirms = True
        self.status = 202
        self.asked = 0
        self.answer: tuple[int, str] = (0, "")

    async def subscribe(self, request: web.Request) -> web.Response:
        self.asked += 1
        self.form = {key: str(value) for key, value in (await request.post()).items()}
        if self.confirms:
            self.answer = await self.verify()
        return web.Response(status=self.status)

    async def verify(self, **changed: str) -> tuple[int, str]:
        """The status and the text of our answer to a verification."""
        query = {
            "hub.mode": "subscribe",
            "hub.topic": self.form["hub.topic"],
            "hub.challenge": "a-challenge",
            "hub.lease_seconds": "432000",
        } | {name.replace("_", ".", 1): value for name, value in changed.items()}
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.form["hub.callback"], params=query) as answer,
        ):
            return answer.status, await answer.text()

    async def deliver(self, body: bytes, secret: str | None = None) -> int:
        key = (secret or self.form["hub.secret"]).encode()
        headers = {
            "X-Hub-Signature": f"sha256={hmac.new(key, body, 'sha256').hexdigest()}",
            "Content-Type": "application/rss+xml",
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.form["hub.callback"], data=body, headers=headers) as answer,
        ):
            return answer.status


class Desk:
    """Takes items as the newsroom does."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.locked = False

    async def take(self, source: Source, items: Sequence[FeedItem], *, delivered: bool) -> int:
        assert delivered
        if self.locked:
            raise DatabaseLocked("database is locked")
        self.taken += [(source.key, item.title) for item in items]
        return len(items)


@pytest.fixture
async def hub() -> AsyncIterator[PlayedHub]:
    found = PlayedHub()
    app = web.Application()
    app.router.add_post("/", found.subscribe)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield found
    await runner.cleanup()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def source_id(database: Database, hub: PlayedHub, now: datetime) -> int:
    """A source that was polled once and named the hub."""
    async with database.writing() as tx:
        await configure_sources(tx, [SETTINGS])
        (source,) = await active_sources(tx)
        result = PollResult(now, now, hub_url=hub.url, hub_topic_url=TOPIC)
        await record_poll(tx, source.id, result)
    return source.id


class Late:
    """The routes exist before the subscriber that needs their address."""

    subscriber: HubSubscriber

    def __getattr__(self, name: str) -> object:
        return getattr(self.subscriber, name)


@pytest.fixture
async def subscriber(
    database: Database, desk: Desk, clock: "StandingClock"
) -> AsyncIterator[HubSubscriber]:
    late = Late()
    server = WebServer(("127.0.0.1", 0), routes=websub_routes(late))  # type: ignore[arg-type]  # it passes all on
    await server.start()
    public_url = f"http://127.0.0.1:{server.addresses[0][1]}/"
    async with HubClient(is_public=lambda _: True) as client:
        late.subscriber = HubSubscriber(database, client, clock, desk.take, public_url=public_url)
        yield late.subscriber
    await server.stop()


async def _stored(database: Database, source_id: int) -> Hub:
    async with database.reading() as tx:
        found = await hub_of(tx, source_id)
    assert found is not None
    return found


async def test_a_hub_is_asked_and_its_challenge_answered(
    subscriber: HubSubscriber, hub: PlayedHub, database: Database, source_id: int, now: datetime
) -> None:
    assert await subscriber.subscribe_due() == 1
    assert hub.answer == (200, "a-challenge")
    assert hub.form["hub.mode"] == "subscribe"
    assert hub.form["hub.topic"] == TOPIC
    assert hub.form["hub.lease_seconds"] == "864000"
    assert len(hub.form["hub.secret"]) >= 32
    assert hub.form["hub.secret"] not in hub.form["hub.callback"]
    stored = await _stored(database, source_id)
    assert stored.until_at == now + 5 * DAY
    assert stored.secret == hub.form["hub.secret"]


async def test_a_lease_is_renewed_with_the_same_secret_before_it_ends(
    subscriber: HubSubscriber,
    hub: PlayedHub,
    database: Database,
    source_id: int,
    clock: "StandingClock",
) -> None:
    await subscriber.subscribe_due()
    first = dict(hub.form)
    assert await subscriber.subscribe_due() == 0
    clock.advance(4.5 * 86_400)
    assert await subscriber.subscribe_due() == 1
    assert hub.form == first
    assert (await _stored(database, source_id)).until_at == clock.now + 5 * DAY


@pytest.mark.parametrize("status", [202, 500])
async def test_a_hub_that_does_not_confirm_is_asked_ever_less_often(
    subscriber: HubSubscriber,
    hub: PlayedHub,
    source_id: int,
    clock: "StandingClock",
    status: int,
) -> None:
    assert source_id
    hub.confirms, hub.status = False, status
    for _ in range(24 * 6):
        await subscriber.subscribe_due()
        clock.advance(600)
    assert 5 <= hub.asked <= 9


@pytest.mark.parametrize(
    "changed",
    [
        {"hub_topic": "https://other.example/feed"},
        {"hub_mode": "unsubscribe"},
        {"hub_mode": ""},
        {"hub_challenge": ""},
        {"hub_challenge": "x" * 3_000},
    ],
)
async def test_only_what_was_asked_for_is_confirmed(
    subscriber: HubSubscriber,
    hub: PlayedHub,
    database: Database,
    source_id: int,
    changed: dict[str, str],
) -> None:
    hub.confirms = False
    await subscriber.subscribe_due()
    assert (await hub.verify(**changed))[0] == 404
    assert (await _stored(database, source_id)).until_at is None


async def test_a_wrong_token_is_nobody(
    subscriber: HubSubscriber, hub: PlayedHub, source_id: int
) -> None:
    await subscriber.subscribe_due()
    token = callback_token(hub.form["hub.secret"])
    assert hub.form["hub.callback"].endswith(f"/websub/{source_id}/{token}")
    hub.form["hub.callback"] = hub.form["hub.callback"].replace(token, token[::-1])
    assert (await hub.verify())[0] == 404
    assert await hub.deliver(b"<rss/>") == 410


async def test_a_denial_ends_the_lease(
    subscriber: HubSubscriber, hub: PlayedHub, database: Database, source_id: int
) -> None:
    await subscriber.subscribe_due()
    assert await hub.verify(hub_mode="denied", hub_reason="no") == (200, "")
    assert (await _stored(database, source_id)).until_at is None


async def test_a_delivery_goes_the_way_of_a_feed(
    subscriber: HubSubscriber, hub: PlayedHub, desk: Desk, source_id: int, rss_of: RssOf
) -> None:
    assert source_id
    await subscriber.subscribe_due()
    assert await hub.deliver(rss_of("<title>Fees fell</title>", "<title>Fees rose</title>")) == 204
    assert desk.taken == [("ledger", "Fees fell"), ("ledger", "Fees rose")]


async def test_a_forged_delivery_is_answered_and_ignored(
    subscriber: HubSubscriber, hub: PlayedHub, desk: Desk, source_id: int, rss_of: RssOf
) -> None:
    """As WebSub wants it, so that nobody can try signatures out."""
    assert source_id
    await subscriber.subscribe_due()
    assert await hub.deliver(rss_of("<title>Forged</title>"), secret="guessed") == 204
    assert desk.taken == []


async def test_a_delivery_that_is_no_feed_is_ignored(
    subscriber: HubSubscriber, hub: PlayedHub, desk: Desk, source_id: int
) -> None:
    assert source_id
    await subscriber.subscribe_due()
    assert await hub.deliver(b"<html>") == 204
    assert desk.taken == []


async def test_what_cannot_be_stored_is_delivered_again(
    subscriber: HubSubscriber, hub: PlayedHub, desk: Desk, source_id: int, rss_of: RssOf
) -> None:
    assert source_id
    await subscriber.subscribe_due()
    desk.locked = True
    assert await hub.deliver(rss_of("<title>Fees fell</title>")) == 503


async def test_a_source_that_was_removed_gets_nothing_any_more(
    subscriber: HubSubscriber,
    hub: PlayedHub,
    desk: Desk,
    database: Database,
    source_id: int,
    rss_of: RssOf,
) -> None:
    assert source_id
    await subscriber.subscribe_due()
    async with database.writing() as tx:
        await configure_sources(tx, [])
    assert await hub.deliver(rss_of("<title>Fees fell</title>")) == 410
    assert desk.taken == []
