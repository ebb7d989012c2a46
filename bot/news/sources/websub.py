"""News that hubs push, as WebSub (W3C, 2018) has it: the subscriber.

Owns which hub is asked when, the secret that it signs with, and what is believed of a delivery.
A hub is an untrusted address that a feed named: it is asked on the public internet only, and
what it brings goes the way of a polled feed. Polling goes on beside it.
"""

import asyncio
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.articles import FeedItem
from bot.domain.errors import FetchError, ParseError
from bot.domain.ports import Clock
from bot.domain.sources import Source, SourceState
from bot.http import shown_url
from bot.news.feeds.fetching import read_feed
from bot.news.feeds.images import web_address
from bot.news.sources.hub_client import HubClient
from storage.database import Database
from storage.hubs import Hub, hub_of, set_hub_lease, set_hub_secret, usable_hubs
from storage.sources import active_sources

log = structlog.get_logger(__name__)

CALLBACK_PATH = "/websub"

_LEASE = timedelta(days=10)
_SHORTEST_LEASE = timedelta(minutes=5)
_LONGEST_LEASE = timedelta(days=30)
_RENEWED_BEFORE = timedelta(days=1)
_FIRST_WAIT = timedelta(minutes=10)
_LONGEST_WAIT = timedelta(hours=12)
_PARSED_AT_ONCE = 2
_LONGEST_CHALLENGE = 2_000
_ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})


class Take(Protocol):
    """Stores the items of a source and owes what is new; as the newsroom's `take`."""

    async def __call__(
        self, source: Source, items: Sequence[FeedItem], *, delivered: bool
    ) -> object:
        """Raises StorageError when they cannot be stored; `delivered` says they are a hub's."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """When this process asked a hub last, and how often since the hub confirmed.

    `lease` is what the hub granted last; None before it did.
    """

    at: datetime
    attempts: int
    lease: timedelta | None = None


def reason_to_ask(hub: Hub, asked: Asked | None, now: datetime) -> str | None:
    """Why a hub is to be asked for a subscription now; None when it is not.

    At the start of the process, for the callback's address may be another; when the lease has
    ended or will within a day, or a fifth of it; and again, ever less often, while a hub does
    not confirm.
    """
    if web_address(hub.hub_url, "") is None or web_address(hub.topic_url, "") is None:
        return None
    if asked is None:
        return "not asked since the start"
    if now < asked.at + _wait(asked.attempts) and now >= asked.at:
        return None
    if hub.until_at is None or hub.until_at <= now:
        return "not subscribed"
    margin = min(_RENEWED_BEFORE, (asked.lease or _LEASE) / 5)
    return "the lease ends" if hub.until_at - now <= margin else None


def _wait(attempts: int) -> timedelta:
    doublings = min(max(attempts - 1, 0), 10)
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << doublings)) if attempts else timedelta(0)


def granted_lease(seconds: str | None) -> timedelta:
    """The lease that a hub grants, from 5 minutes to 30 days; what was asked for when unsaid."""
    text = (seconds or "").strip()
    if not (text.isascii() and text.isdigit()):
        return _LEASE
    return min(_LONGEST_LEASE, max(_SHORTEST_LEASE, timedelta(seconds=int(text[:9]))))


def callback_token(secret: str) -> str:
    """What makes the callback's address one that nobody can guess: 32 letters of its secret."""
    return hmac.new(secret.encode(), b"callback", "sha256").hexdigest()[:32]


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether an X-Hub-Signature ("sha256=…") is that of the body under the secret.

    Compared in constant time. Of the methods that WebSub lists all are taken, sha1 too.
    """
    method, _, given = signature.strip().partition("=")
    # A header may hold bytes that are no text, and a digest is sixteen letters and figures.
    if method.lower() not in _ALGORITHMS or not given.isascii():
        return False
    expected = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode())


class HubSubscriber:
    """Subscribes to the hubs of sources and takes what they deliver.

    `take` stores the items of a source, as the newsroom does; `public_url` is the https address
    that this program's web server is reached at. `subscribe_due` is to be run every minute or
    so; the other three are what the web server's routes call.
    """

    def __init__(
        self,
        database: Database,
        client: HubClient,
        clock: Clock,
        take: Take,
        *,
        public_url: str,
    ) -> None:
        self._database = database
        self._client = client
        self._clock = clock
        self._take = take
        self._callbacks = public_url.rstrip("/") + CALLBACK_PATH
        self._asked: dict[int, Asked] = {}
        self._parsing = asyncio.Semaphore(_PARSED_AT_ONCE)

    async def subscribe_due(self) -> int:
        """Ask every hub that is to be asked now, one after the other; returns how many.

        Raises StorageError; a hub that does not answer is asked again later.
        """
        now = self._clock()
        async with self._database.reading() as tx:
            hubs = await usable_hubs(tx)
        due = [hub for hub in hubs if reason_to_ask(hub, self._asked.get(hub.source_id), now)]
        for hub in due:
            await self._ask(hub, now)
        return len(due)

    async def _ask(self, hub: Hub, now: datetime) -> None:
        before = self._asked.get(hub.source_id)
        attempts = 1 if before is None else before.attempts + 1
        self._asked[hub.source_id] = Asked(now, attempts, before.lease if before else None)
        secret = hub.secret
        if secret is None:
            # Stored before the hub is asked: some confirm before they answer.
            secret = secrets.token_urlsafe(32)
            async with self._database.writing() as tx:
                await set_hub_secret(tx, hub.source_id, secret)
        form = {
            "hub.mode": "subscribe",
            "hub.topic": hub.topic_url,
            "hub.callback": f"{self._callbacks}/{hub.source_id}/{callback_token(secret)}",
            "hub.secret": secret,
            "hub.lease_seconds": str(int(_LEASE.total_seconds())),
        }
        try:
            await self._client.post_form(hub.hub_url, form)
        except FetchError as error:
            log.warning("hub_refused", source=hub.key, error=error.log_text)
        else:
            log.info("hub_asked", source=hub.key, hub=shown_url(hub.hub_url))

    # ---- what the web server calls

    async def expects(self, source_id: int, token: str) -> bool:
        """Whether deliveries for this source, at this address, are still wanted."""
        hub = await self._hub(source_id, token)
        return hub is not None and hub.state in {SourceState.ACTIVE, SourceState.PAUSED}

    async def confirmed(self, source_id: int, token: str, query: Mapping[str, str]) -> str | None:
        """What to answer a hub that verifies a subscription; None when it was not asked for.

        The challenge for a topic that was asked for, whose lease is remembered; an empty text
        for a denial. Raises StorageError.
        """
        hub = await self._hub(source_id, token)
        if hub is None or hub.secret is None or query.get("hub.topic") != hub.topic_url:
            return None
        if query.get("hub.mode") == "denied":
            log.warning("hub_denied", source=hub.key, reason=query.get("hub.reason", "")[:200])
            await self._set_lease(hub, hub.secret, None)
            return ""
        challenge = query.get("hub.challenge", "")
        wanted = query.get("hub.mode") == "subscribe" and hub.state is SourceState.ACTIVE
        if not wanted or not 0 < len(challenge) <= _LONGEST_CHALLENGE:
            return None
        lease = granted_lease(query.get("hub.lease_seconds"))
        now = self._clock()
        if not await self._set_lease(hub, hub.secret, now + lease):
            return None
        self._asked[source_id] = Asked(now, 0, lease)
        log.info("hub_confirmed", source=hub.key, until=(now + lease).isoformat())
        return challenge

    async def delivered(
        self, source_id: int, token: str, body: bytes, content_type: str | None, signature: str
    ) -> None:
        """Take the items of a delivery; what is not signed as agreed is ignored.

        Raises StorageError when they cannot be stored: the hub is to deliver again.
        """
        hub = await self._hub(source_id, token)
        if hub is None or hub.secret is None:
            return
        if not is_signed(body, signature, hub.secret):
            log.warning("hub_delivery_forged", source=hub.key)
            return
        async with self._database.reading() as tx:
            sources = {source.id: source for source in await active_sources(tx)}
        source = sources.get(source_id)
        if source is None:
            return
        try:
            async with self._parsing:
                feed = await read_feed(body, content_type, hub.topic_url)
        except ParseError as error:
            log.warning("hub_delivery_unreadable", source=hub.key, error=error.log_text)
            return
        await self._take(source, feed.items, delivered=True)
        log.info("hub_delivered", source=hub.key, items=len(feed.items))

    async def _hub(self, source_id: int, token: str) -> Hub | None:
        """The hub of that source, if the token is that of its callback."""
        async with self._database.reading() as tx:
            hub = await hub_of(tx, source_id)
        if hub is None or hub.secret is None:
            return None
        own = callback_token(hub.secret)
        return hub if hmac.compare_digest(own.encode(), token.encode()) else None

    async def _set_lease(self, hub: Hub, secret: str, until_at: datetime | None) -> bool:
        async with self._database.writing() as tx:
            return await set_hub_lease(tx, hub.source_id, secret, until_at)
