"""The one HTTP server.

Owns the listeners, the headers that every answer carries, and the answers to what is not
there. Knows nothing of what the routes do: whoever owns them hands them in.
Refuses to tell anything about itself: no version, no path, no traceback.
"""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.domain.errors import ConfigError

log = structlog.get_logger(__name__)

HostPort = tuple[str, int]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_MAX_BODY_BYTES: Final = 1024 * 1024  # an update of Telegram has some kilobytes
_SHUTDOWN_SECONDS: Final = 5.0
# Longer than proxies keep an idle connection (a minute), so that none is closed under a request.
_PATIENCE_SECONDS: Final = 75.0
_BIND_REMEDIES: Final[Mapping[int, str]] = {
    errno.EADDRINUSE: "is taken by another program; stop that or choose another port",
    errno.EADDRNOTAVAIL: "is no address of this machine; use 127.0.0.1 or 0.0.0.0",
    errno.EACCES: "is not allowed to this user; choose a port above 1023",
    errno.EPERM: "is not allowed to this user; choose a port above 1023",
    errno.EAFNOSUPPORT: "is of a kind of address that this machine lacks; use 127.0.0.1",
}


class WebServer:
    """Serves routes on `web.listen` and, if there is one, on `web.admin_listen`.

    `routes` (health, metrics) are on both; `public_routes` (the webhook) on `listen` alone;
    `admin_routes` on `admin_listen`, or on `listen` when there is no other. Who takes longer
    than `patience_seconds` over the head of a request, or over the whole of it, is cut off.
    """

    def __init__(
        self,
        listen: HostPort,
        admin_listen: HostPort | None = None,
        *,
        routes: Iterable[web.AbstractRouteDef] = (),
        public_routes: Iterable[web.AbstractRouteDef] = (),
        admin_routes: Iterable[web.AbstractRouteDef] = (),
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        shared, public, admin = [*routes], [*public_routes], [*admin_routes]
        if admin_listen is None:
            self._planned = [("web.listen", listen, [*shared, *public, *admin])]
        else:
            self._planned = [
                ("web.listen", listen, [*shared, *public]),
                ("web.admin_listen", admin_listen, [*shared, *admin]),
            ]
        self._patience_seconds = patience_seconds
        self._runners: list[web.AppRunner] = []

    async def start(self) -> None:
        """Listen everywhere; raises ConfigError, with nothing left open, where it cannot."""
        try:
            for key, listen, routes in self._planned:
                runner = web.AppRunner(
                    _application(routes, self._patience_seconds),
                    access_log=None,
                    shutdown_timeout=_SHUTDOWN_SECONDS,
                    # Counted from the connection or the last answer to a whole head: the one
                    # bound that aiohttp has on a head that drips in.
                    keepalive_timeout=self._patience_seconds,
                )
                self._runners.append(runner)
                await runner.setup()
                await _bind(runner, key, listen)
        except BaseException:
            await self.stop()
            raise
        log.info("web_started", addresses=[f"{host}:{port}" for host, port in self.addresses])

    @property
    def addresses(self) -> list[HostPort]:
        """Where it listens, the port chosen by the system in place of 0; empty when stopped."""
        return [
            (str(address[0]), int(address[1]))
            for runner in self._runners
            for address in runner.addresses
        ]

    async def stop(self) -> None:
        """Stop listening and let requests under way finish for five seconds; again is no harm."""
        while self._runners:
            await self._runners.pop().cleanup()


async def _bind(runner: web.AppRunner, key: str, listen: HostPort) -> None:
    host, port = listen
    try:
        await web.TCPSite(runner, host, port).start()
    except (socket.gaierror, UnicodeError) as error:
        raise ConfigError(
            f"{key}: the host {host} cannot be resolved; use 127.0.0.1 or 0.0.0.0"
        ) from error
    except OSError as error:
        remedy = _BIND_REMEDIES.get(
            error.errno or 0, f"cannot be opened ({error.strerror}); choose another"
        )
        raise ConfigError(f"{key}: {host}:{port} {remedy}") from error


def _application(
    routes: Iterable[web.AbstractRouteDef], patience_seconds: float
) -> web.Application:
    application = web.Application(
        middlewares=[_plain_errors, _bounded(patience_seconds)], client_max_size=_MAX_BODY_BYTES
    )
    application.add_routes(routes)
    application.on_response_prepare.append(_add_headers)
    return application


@web.middleware
async def _plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What the handler answers; an error becomes JSON that says no more than its status."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return _error_response(error.status, allowed)
    except (web.RequestPayloadError, ConnectionResetError):
        # What was sent breaks off, or cannot be decompressed.
        return _error_response(HTTPStatus.BAD_REQUEST, {})
    except Exception:  # the edge of every handler: the caller is owed an answer
        log.exception("request_failed", method=request.method, route=_route_name(request))
        return _error_response(HTTPStatus.INTERNAL_SERVER_ERROR, {})


def _bounded(seconds: float) -> Middleware:
    """What the handler answers within so many seconds; a body that drips in ends with 408."""

    @web.middleware
    async def bounded(request: web.Request, handler: Handler) -> web.StreamResponse:
        """The handler's answer, or HTTPRequestTimeout."""
        try:
            async with asyncio.timeout(seconds):
                return await handler(request)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None

    return bounded


def _route_name(request: web.Request) -> str:
    # The pattern, not the path: the webhook's path may hold its secret.
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""


def _error_response(status: int, headers: Mapping[str, str]) -> web.Response:
    words = HTTPStatus(status).phrase.lower()
    return web.json_response({"error": words}, status=status, headers=headers)


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        # A page of the operator's brings its own policy.
        response.headers.setdefault(name, value)
    response.headers["Server"] = "Coinbell"
