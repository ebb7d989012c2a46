"""The one guarded HTTP client.

Owns every request that Coinbell makes to feeds, news APIs and markets, and what it will not
put up with: bodies without end, servers that drip, redirects in circles, private addresses
behind addresses that people typed. Knows nothing of what it fetches.
Refuses cookies, proxies from the environment, and schemes other than http and https.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from functools import partial
from importlib import metadata
from typing import Never, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.domain.errors import (
    ConnectionFailed,
    FetchError,
    HttpStatusError,
    InvalidAddress,
    ParseError,
    PrivateAddressRefused,
    RedirectRefused,
    ResponseTooLarge,
    ResponseTooSlow,
)
from bot.domain.networks import is_ip_address, is_public_address

MAX_BYTES = 5 * 1024 * 1024
TIMEOUT_SECONDS = 20.0
MAX_REDIRECTS = 5
USER_AGENT = f"Coinbell/{metadata.version('coinbell')} (+https://github.com/coinbell/coinbell)"

_CHUNK_BYTES = 64 * 1024
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GOOD = frozenset({*range(200, 300), 304})
# What may follow a redirect to another origin; a key or a password may not.
_HARMLESS_HEADERS = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})
# aiohttp lets a few failures through bare: names that IDNA refuses (ValueError), and streams
# that break its decoders' assertions.
_FAILURES = (aiohttp.ClientError, OSError, ValueError, AssertionError, EOFError)


@dataclass(frozen=True, slots=True)
class Response:
    """A good answer, or 304.

    `url` is the address that answered in the end. `permanent_url` is where the server says the
    resource lives from now on: set when the redirects began with 301 or 308. `headers` are
    looked up without regard to case. `body` is decompressed.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    permanent_url: str | None = None


def shown_url(url: str) -> str:
    """The address as logs and errors may show it: no user, no password, no values of the query."""
    try:
        parsed = URL(url)
        hidden = parsed.with_user(None) if parsed.absolute else parsed
        query = "&".join(f"{key}=…" for key in dict.fromkeys(parsed.query))
        return f"{hidden.with_query(None).with_fragment(None)}{'?' if query else ''}{query}"
    except ValueError:
        return "(an unreadable address)"


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """What a Retry-After header asks for, in seconds from `now`, never negative.

    Reads both forms of RFC 9110, 10.2.3: seconds, and an HTTP date. None when absent or
    unreadable.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def parsed_json(body: bytes, shown: str) -> object:
    """The JSON value in `body`, its fractions as Decimal; `shown` names it in errors.

    Raises ParseError for HTML, broken or too deeply nested JSON, and for the constants NaN and
    Infinity, which JSON does not have.
    """
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, parse_float=Decimal, parse_constant=_refused_constant)
    except (ValueError, RecursionError, InvalidOperation) as error:
        what = "a page" if body.lstrip()[:1] == b"<" else "broken JSON"
        raise ParseError(f"{shown} gave {what} instead of JSON: {str(error)[:100]}") from None


def _refused_constant(name: str) -> Never:
    raise ValueError(f"{name} is no JSON")


class _JudgingResolver(AbstractResolver):
    """Resolves names and judges their addresses; with `public_only` it refuses private ones.

    aiohttp connects to exactly what this returns, so a name cannot be public when it is
    checked and private when it is connected to. `private` and `public` are the names that were
    ever seen to be so: one that changes its mind is in both.
    """

    def __init__(
        self, inner: AbstractResolver, is_public: Callable[[str], bool], *, public_only: bool
    ) -> None:
        self._inner = inner
        self._is_public = is_public
        self._public_only = public_only
        self.private: set[str] = set()
        self.public: set[str] = set()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name; raises PrivateAddressRefused where one may not be used."""
        found = await self._inner.resolve(host, port, family)
        judged = {self._is_public(entry["host"]) for entry in found}
        if self._public_only and False in judged:
            raise PrivateAddressRefused(f"{host} is on a private network", host=host)
        self.private.update([host] if False in judged else [])
        self.public.update([host] if True in judged else [])
        return found

    async def close(self) -> None:
        """Close the resolver that it asks."""
        await self._inner.close()


class GuardedClient:
    """Fetches over HTTP within limits of size, time, redirects and networks.

    Use it as an asynchronous context manager, or call `close`. `resolver` looks names up (the
    system's when None) and `is_public` judges addresses for requests that are `public_only`.
    """

    def __init__(
        self,
        *,
        resolver: AbstractResolver | None = None,
        is_public: Callable[[str], bool] = is_public_address,
    ) -> None:
        self._resolver = resolver
        self._is_public = is_public
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._judges: dict[bool, _JudgingResolver] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            await session.close()

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        timeout_seconds: float = TIMEOUT_SECONDS,
        public_only: bool = False,
    ) -> Response:
        """The answer to a GET of `url`, redirects followed.

        `max_bytes` bounds the body, decompressed; `timeout_seconds` the whole, from the name's
        resolution to the last byte. `public_only` refuses private addresses, at first and at
        each redirect; without it only a private address may redirect to another. Raises
        HttpStatusError for a status other than 2xx and 304, and another FetchError for
        everything else that goes wrong.
        """
        target = _checked_address(url)
        async with _time_limit(url, timeout_seconds):
            return await self._followed(target, dict(headers or {}), max_bytes, public_only)

    async def fetch_json(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        timeout_seconds: float = TIMEOUT_SECONDS,
        public_only: bool = False,
    ) -> object:
        """The JSON value that a GET of `url` answers with, fractions as Decimal.

        Limits and errors as for `fetch`; ParseError when the body is no JSON.
        """
        response = await self.fetch(
            url,
            headers={"Accept": "application/json", **(headers or {})},
            max_bytes=max_bytes,
            timeout_seconds=timeout_seconds,
            public_only=public_only,
        )
        return parsed_json(response.body, shown_url(url))

    async def post_json(
        self,
        url: str,
        payload: object,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> object:
        """The JSON value that a POST of `payload`, as JSON, is answered with.

        Limits and errors as for `fetch_json`; redirects are refused, private addresses are not.
        """
        target = _checked_address(url)
        given = {"Content-Type": "application/json", **(headers or {})}
        async with _time_limit(url, timeout_seconds):
            data = json.dumps(payload).encode()
            answer = await self._answer(target, given, MAX_BYTES, False, data)
        if not isinstance(answer, Response):
            raise RedirectRefused(f"{shown_url(url)} redirects what was posted")
        return parsed_json(answer.body, shown_url(url))

    async def _followed(
        self, target: URL, headers: dict[str, str], max_bytes: int, public_only: bool
    ) -> Response:
        seen = {target}
        permanent: URL | None = None
        only_permanent = True
        while True:
            answer = await self._answer(target, headers, max_bytes, public_only, b"")
            if isinstance(answer, Response):
                moved = str(permanent) if permanent else None
                return Response(answer.status, answer.url, answer.headers, answer.body, moved)
            status, location = answer
            # Who names a public address never means what lies behind their own firewall.
            public_only = public_only or not self._is_private(target)
            following = _next_hop(target, location, seen)
            only_permanent = only_permanent and status in _PERMANENT
            permanent = following if only_permanent else permanent
            if following.origin() != target.origin():
                headers = {k: v for k, v in headers.items() if k.lower() in _HARMLESS_HEADERS}
            seen.add(following)
            target = following

    async def _answer(
        self, target: URL, headers: dict[str, str], max_bytes: int, public_only: bool, data: bytes
    ) -> Response | tuple[int, str]:
        """The answer of one hop, or a redirect's status and Location; `data` makes it a POST."""
        self._check_literal(target, public_only)
        ask = partial(self._session(public_only).request, headers=headers, allow_redirects=False)
        try:
            async with ask("POST" if data else "GET", target, data=data or None) as answer:
                if answer.status in _REDIRECTS and "Location" in answer.headers:
                    return answer.status, answer.headers["Location"]
                _check_status(answer)
                body = await _read_body(answer, max_bytes)
                return Response(answer.status, str(answer.url), answer.headers, body)
        except (FetchError, TimeoutError):
            raise
        except aiohttp.InvalidURL:
            raise InvalidAddress(f"{shown_url(str(target))} cannot be fetched") from None
        except _FAILURES as error:
            # From None: aiohttp's own texts may hold the address with its secrets.
            raise ConnectionFailed(f"{shown_url(str(target))}: {_cause(error)}") from None

    def _check_literal(self, target: URL, public_only: bool) -> None:
        """Judge an IP address that stands in the URL itself: those are never resolved."""
        host = target.host or ""
        if public_only and is_ip_address(host) and not self._is_public(host):
            raise PrivateAddressRefused(f"{host} is on a private network", host=host)

    def _is_private(self, target: URL) -> bool:
        """Whether an address that has answered is on a private network, and was never public."""
        host = target.host or ""
        if is_ip_address(host):
            return not self._is_public(host)
        judge = self._judges.get(False)
        return judge is not None and host in judge.private - judge.public

    def _session(self, public_only: bool) -> aiohttp.ClientSession:
        # Two: a connection kept to a private address of the operator's must not serve a person's.
        session = self._sessions.get(public_only)
        if session is None:
            inner = self._resolver or aiohttp.ThreadedResolver()
            resolver = _JudgingResolver(inner, self._is_public, public_only=public_only)
            self._judges[public_only] = resolver
            session = self._sessions[public_only] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver, limit_per_host=8),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": USER_AGENT},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            )
        return session


@asynccontextmanager
async def _time_limit(url: str, seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise ResponseTooSlow(f"{shown_url(url)} did not finish within {seconds:g} s") from None


def _checked_address(url: str) -> URL:
    try:
        target = URL(url.strip()).with_fragment(None)
    except ValueError:
        raise InvalidAddress("the address cannot be read as a URL") from None
    if target.scheme not in {"http", "https"} or not target.host:
        raise InvalidAddress(f"{shown_url(url)} is no absolute http or https address")
    return target


def _next_hop(current: URL, location: str, seen: set[URL]) -> URL:
    shown = shown_url(str(current))
    if len(seen) > MAX_REDIRECTS:
        raise RedirectRefused(f"{shown} redirects more than {MAX_REDIRECTS} times")
    try:
        following = current.join(URL(location.strip())).with_fragment(None)
    except ValueError:
        raise RedirectRefused(f"{shown} redirects to an unreadable address") from None
    if following.scheme not in {"http", "https"} or not following.host:
        raise RedirectRefused(f"{shown} redirects to something that is not HTTP")
    if following in seen:
        raise RedirectRefused(f"{shown} redirects in a circle")
    return following


def _check_status(answer: aiohttp.ClientResponse) -> None:
    if answer.status in _GOOD:
        return
    raise HttpStatusError(
        f"{shown_url(str(answer.url))} answered {answer.status}",
        status=answer.status,
        retry_after_seconds=retry_after_seconds(
            answer.headers.get("Retry-After"), datetime.now(UTC)
        ),
    )


async def _read_body(answer: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    # The size is counted after decompression, which aiohttp does in small bounded steps.
    body = bytearray()
    announced = answer.content_length or 0
    while announced <= max_bytes:
        chunk = await answer.content.read(_CHUNK_BYTES)
        if not chunk:
            return bytes(body)
        body += chunk
        if len(body) > max_bytes:
            break
    answer.close()
    raise ResponseTooLarge(f"{shown_url(str(answer.url))} gave more than {max_bytes:,} bytes")


def _cause(error: Exception) -> str:
    """What went wrong, without the address that aiohttp puts into some of its texts."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection ({error.os_error.strerror or type(error).__name__})"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the answer breaks off or cannot be decompressed"
    if isinstance(error, aiohttp.ClientResponseError):
        return f"no HTTP ({error.message.splitlines()[0][:100] if error.message else 'unreadable'})"
    if isinstance(error, OSError) and error.strerror:
        return f"connection lost ({error.strerror})"
    return f"no usable connection ({type(error).__name__})"
