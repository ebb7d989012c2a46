"""Who may talk to the demo: pages of this machine, served by the demo itself.

Owns the one check that keeps other web sites, and other machines, from driving the demo through
the visitor's browser (forged posts, DNS rebinding). Refuses nothing but that: what a request asks
for is judged by its handler.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def is_loopback(netloc: str) -> bool:
    """Tell whether a Host header, or the same part of an address, names this machine.

    `localhost`, its subdomains and the loopback addresses do, with or without a port. Names are
    not resolved: a foreign name that resolves to 127.0.0.1 is just what rebinding looks like.
    """
    try:
        host = urlsplit(f"//{netloc}").hostname
    except ValueError:
        return False
    if not host or "@" in netloc:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(method: str, host: str, origin: str | None, content_type: str) -> str | None:
    """Give the reason why a request is refused, or None where it is welcome.

    A GET or HEAD needs a loopback `host`. Everything else also needs JSON as its content type,
    which a form of another site cannot send, and an `origin`, where there is one, of the demo's
    own page; programs send none.
    """
    if not is_loopback(host):
        return "the demo answers to loopback addresses only"
    if method in {"GET", "HEAD"}:
        return None
    if origin is not None and origin.partition("://")[2] != host:
        return "the demo takes orders from its own page only"
    if content_type != "application/json":
        return "the body must be application/json"
    return None


def guarded(handler: Handler) -> Handler:
    """Wrap a handler so that it sees only what `refusal` lets through; the rest gets a 403."""

    @wraps(handler)
    async def guard(request: web.Request) -> web.StreamResponse:
        """Answer as the handler does, or refuse."""
        reason = refusal(
            request.method,
            request.host,
            request.headers.get("Origin"),
            request.content_type if request.method not in {"GET", "HEAD"} else "",
        )
        if reason is not None:
            return web.json_response({"error": reason}, status=web.HTTPForbidden.status_code)
        return await handler(request)

    return guard
