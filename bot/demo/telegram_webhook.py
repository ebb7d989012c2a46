"""How updates leave the stand-in: long polling and the webhook.

Owns getUpdates (one at a time, a second one ends the first) and delivery to a webhook with its
secret, in order, tried again until it is taken. Waiting takes real time, whatever clock the
limits go by.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.demo.loopback import is_loopback
from bot.demo.telegram_errors import Json, bad_request, refused
from bot.demo.telegram_updates import MAX_LIMIT, UpdateQueue

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.telegram_params import Params
    from bot.demo.telegram_world import World

log = structlog.get_logger(__name__)

MAX_POLL_SECONDS = 50
FIRST_RETRY_SECONDS = 0.05  # Telegram waits longer; a test need not
MAX_RETRY_SECONDS = 5.0
DELIVERY_SECONDS = 60.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TERMINATED = "terminated by {}; make sure that only one bot instance is running"
_HAS_WEBHOOK = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
    "first"
)


@dataclass(slots=True)
class Webhook:
    """Where updates are delivered to; an empty `url` means to nobody."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_at: int = 0
    last_error: str = ""


@dataclass(slots=True)
class Outlet:
    """The one way out for updates: whoever polls, or the webhook."""

    world: World
    webhook: Webhook = field(default_factory=Webhook)
    on_delivery: Callable[[], None] = lambda: None
    _generation: int = 0
    _ended_by: str = ""
    _is_closed: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _delivery: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.queue.on_add = self.wake

    @property
    def queue(self) -> UpdateQueue:
        """The updates that wait."""
        return self.world.updates

    def wake(self) -> None:
        """Let everyone who waits look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def get_updates(self, params: Params) -> list[Json]:
        """Handle getUpdates; raises a 409 where a webhook is set or another poll takes over."""
        if self.webhook.url:
            raise refused(409, _HAS_WEBHOOK)
        mine = self._take_over("other getUpdates request")
        _set_allowed(self.queue, params)
        self.queue.confirm(params.integer("offset"))
        limit = params.integer("limit", MAX_LIMIT)
        timeout = min(max(params.integer("timeout"), 0), MAX_POLL_SECONDS)
        try:
            async with asyncio.timeout(timeout):
                while not len(self.queue) and not self._is_closed:
                    await self._changed.wait()
                    self._check_turn(mine)
        except TimeoutError:
            pass
        self._check_turn(mine)
        return self.queue.oldest(limit)

    async def set_webhook(self, params: Params) -> bool:
        """Handle setWebhook; an empty url deletes it. Plain http is for loopback addresses only."""
        url = params.text("url")
        if not url:
            return await self.delete_webhook(params)
        parts = urlsplit(url)
        is_local = parts.scheme == "http" and is_loopback(parts.netloc)
        if not parts.netloc or (parts.scheme != "https" and not is_local):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        secret = params.text("secret_token")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        _set_allowed(self.queue, params)
        if params.flag("drop_pending_updates"):
            self.queue.drop()
        await self._end_delivery()
        self._take_over("setWebhook request")
        connections = min(max(params.integer("max_connections", 40), 1), 100)
        self.webhook = Webhook(url, secret, connections)
        self.open()
        return True

    async def delete_webhook(self, params: Params) -> bool:
        """Handle deleteWebhook."""
        await self._end_delivery()
        self.webhook = Webhook()
        if params.flag("drop_pending_updates"):
            self.queue.drop()
        return True

    def webhook_info(self) -> Json:
        """Handle getWebhookInfo."""
        info: Json = {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.queue),
        }
        if self.webhook.url:
            info["max_connections"] = self.webhook.max_connections
        if self.queue.allowed:
            info["allowed_updates"] = self.queue.allowed
        if self.webhook.last_error:
            info["last_error_date"] = self.webhook.last_error_at
            info["last_error_message"] = self.webhook.last_error
        return info

    def open(self) -> None:
        """Let updates out, also after `close`."""
        self._is_closed = False
        if self.webhook.url and self._delivery is None:
            self._delivery = asyncio.create_task(self._deliver(self.webhook))

    async def close(self) -> None:
        """End every wait and every delivery."""
        self._is_closed = True
        await self._end_delivery()
        self.wake()

    def _take_over(self, reason: str) -> int:
        self._generation += 1
        self._ended_by = reason
        self.wake()
        return self._generation

    def _check_turn(self, mine: int) -> None:
        if mine != self._generation:
            raise refused(409, _TERMINATED.format(self._ended_by))

    async def _end_delivery(self) -> None:
        if self._delivery is not None:
            self._delivery.cancel()
            await asyncio.gather(self._delivery, return_exceptions=True)
            self._delivery = None

    async def _deliver(self, webhook: Webhook) -> None:
        timeout = aiohttp.ClientTimeout(total=DELIVERY_SECONDS)
        retry_seconds = FIRST_RETRY_SECONDS
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                while not len(self.queue):
                    await self._changed.wait()
                update = self.queue.oldest(1)[0]
                error = await _posted(session, webhook, update)
                if not error:
                    self.queue.confirm(update["update_id"] + 1)
                    self.on_delivery()
                    retry_seconds = FIRST_RETRY_SECONDS
                    continue
                webhook.last_error, webhook.last_error_at = error, int(self.world.wall())
                self.on_delivery()
                log.info("webhook_refused", update_id=update["update_id"], error=error)
                await asyncio.sleep(retry_seconds)
                retry_seconds = min(2 * retry_seconds, MAX_RETRY_SECONDS)


async def _posted(session: aiohttp.ClientSession, webhook: Webhook, update: Json) -> str:
    """Post one update; gives the error as getWebhookInfo words it, empty when it was taken."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
    try:
        async with session.post(webhook.url, json=update, headers=headers) as response:
            if response.ok:
                return ""
            return f"Wrong response from the webhook: {response.status} {response.reason}"
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"Connection failed: {type(error).__name__}"


def _set_allowed(queue: UpdateQueue, params: Params) -> None:
    """Take over `allowed_updates` where it is given; left out, the last list stays."""
    kinds: Any = params.nested("allowed_updates", "allowed updates")
    if kinds is None:
        return
    if not isinstance(kinds, list):
        raise bad_request("expected an Array of String as allowed_updates")
    queue.allow([str(kind) for kind in kinds])
