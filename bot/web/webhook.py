"""The address that Telegram calls with updates.

Owns the check of the secret and the answer: 200 only once the updates are committed, so that
Telegram calls again otherwise.
"""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiohttp import web

from bot.domain.errors import StorageError

log = structlog.get_logger(__name__)

WEBHOOK_PATH = "/telegram"
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name

Keep = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]


def webhook_route(secret: str, keep: Keep) -> web.RouteDef:
    """The route of the webhook; `keep` commits updates and may raise StorageError."""

    async def receive(request: web.Request) -> web.Response:
        """Keep one update, then say so: 403 without the secret, 400 for what is no update."""
        given = request.headers.get(_SECRET_HEADER, "")
        # A header may hold bytes that are no text.
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), secret.encode()):
            return web.json_response({"error": "forbidden"}, status=403)
        try:
            update = await request.json()
        except ValueError:
            return web.json_response({"error": "no JSON"}, status=400)
        if not isinstance(update, dict):
            return web.json_response({"error": "no update"}, status=400)
        try:
            await keep([update])
        except StorageError as error:
            log.warning("webhook_refused", error=error.log_text)
            return web.json_response({"error": "try again"}, status=503)
        return web.json_response({})

    return web.post(WEBHOOK_PATH, receive)
