"""The addresses that WebSub hubs call.

Owns what a hub is answered and how much it may bring. What its calls mean is the listener's
matter, a part that `bot.app` hands in.
"""

import asyncio
from collections.abc import Mapping
from typing import Protocol

import structlog
from aiohttp import web

from bot.domain.errors import StorageError

log = structlog.get_logger(__name__)

MAX_BYTES = 5 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_SECONDS = 30.0
_PATH = r"/websub/{source_id:\d{1,18}}/{token:[0-9a-f]{32}}"


class HubListener(Protocol):
    """Who subscribed at hubs and takes what they bring; each call may raise StorageError."""

    async def expects(self, source_id: int, token: str) -> bool:
        """Whether anything is still expected at this address."""
        ...

    async def confirmed(self, source_id: int, token: str, query: Mapping[str, str]) -> str | None:
        """The text to answer a verification with, or None to refuse it."""
        ...

    async def delivered(
        self, source_id: int, token: str, body: bytes, content_type: str | None, signature: str
    ) -> None:
        """Take a delivery; returns when it is stored, or was not worth it."""
        ...


def websub_routes(listener: HubListener) -> list[web.RouteDef]:
    """The routes that hubs verify subscriptions at and deliver to (WebSub, 5.3 and 7)."""

    async def verify(request: web.Request) -> web.Response:
        """Answer a hub's question whether we asked for a subscription (WebSub, 5.3)."""
        try:
            answer = await listener.confirmed(*_called(request), request.query)
        except StorageError as error:
            return _later(error)
        if answer is None:
            return web.json_response({"error": "not found"}, status=404)
        return web.Response(text=answer)

    async def receive(request: web.Request) -> web.Response:
        """Take a hub's delivery (WebSub, 7)."""
        try:
            # Asked before the body is read, or strangers could keep us reading.
            if not await listener.expects(*_called(request)):
                return web.json_response({"error": "gone"}, status=410)
            async with asyncio.timeout(_SECONDS):
                body = await _body(request)
            if body is None:
                return web.json_response({"error": "too large"}, status=413)
            signature = request.headers.get("X-Hub-Signature", "")
            kind = request.headers.get("Content-Type")
            await listener.delivered(*_called(request), body, kind, signature)
        except TimeoutError:
            return web.json_response({"error": "too slow"}, status=408)
        except StorageError as error:
            return _later(error)
        return web.Response(status=204)

    return [web.get(_PATH, verify, allow_head=False), web.post(_PATH, receive)]


def _called(request: web.Request) -> tuple[int, str]:
    return int(request.match_info["source_id"]), request.match_info["token"]


def _later(error: StorageError) -> web.Response:
    log.warning("hub_put_off", error=error.log_text)
    return web.json_response({"error": "try again"}, status=503)


async def _body(request: web.Request) -> bytes | None:
    """What was sent, decompressed; None when it is too much."""
    body = bytearray()
    while chunk := await request.content.read(_CHUNK_BYTES):
        body += chunk
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)
