"""What the guarded client will not be led to: private networks, by any way round."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.domain.errors import FetchError, PrivateAddressRefused
from bot.http import GuardedClient
from tests.local_servers import Server, answering, redirecting, serving


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    async with GuardedClient() as opened:
        yield opened


class Names(AbstractResolver):
    """A name server that answers from a list, one after the other, then repeats the last."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        address = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        self.answers.clear()


def only_first_loopback(address: str) -> bool:
    """Stands for the public internet in tests: 127.0.0.1 is public, all else private."""
    return address == "127.0.0.1"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://localhost:{port}/",
    ],
)
async def test_private_addresses_are_refused_when_a_person_gave_them(
    client: GuardedClient, url: str
) -> None:
    async with serving(answering()) as server:
        with pytest.raises(PrivateAddressRefused):
            await client.fetch(url.format(port=server.port), public_only=True)
    assert server.requests == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "017700000001"])
async def test_odd_spellings_of_loopback_do_not_get_through(
    client: GuardedClient, host: str
) -> None:
    async with serving(answering()) as server:
        with pytest.raises(FetchError):
            await client.fetch(server.url(host=host), public_only=True)
    assert server.requests == []


async def test_a_kept_connection_is_no_way_round(client: GuardedClient) -> None:
    """The operator's feed on loopback leaves a connection that a person's URL must not use."""
    async with serving(answering()) as server:
        url = server.url(host="localhost")
        assert (await client.fetch(url)).body == b"good"
        with pytest.raises(PrivateAddressRefused):
            await client.fetch(url, public_only=True)


@pytest.mark.parametrize("target", ["127.0.0.2", "inside.example"])
async def test_a_redirect_to_a_private_address_is_refused(target: str) -> None:
    async def handler(_: web.Request) -> web.Response:
        return redirecting(302, f"http://{target}:{server.port}/secret")

    async with (
        GuardedClient(resolver=Names("127.0.0.2"), is_public=only_first_loopback) as guarded,
        serving(handler) as server,
    ):
        with pytest.raises(PrivateAddressRefused):
            await guarded.fetch(server.url(), public_only=True)
        assert len(server.requests) == 1


async def test_a_name_that_changes_its_mind_is_never_followed_inside() -> None:
    """DNS rebinding: the address that was judged is the one that is connected to."""
    names = Names("127.0.0.1", "127.0.0.2")
    async with (
        GuardedClient(resolver=names, is_public=only_first_loopback) as guarded,
        serving(answering()) as server,
    ):
        first = await guarded.fetch(server.url(host="news.example"), public_only=True)
        assert first.body == b"good"
        assert names.asked == 1
    async with (
        GuardedClient(resolver=names, is_public=only_first_loopback) as guarded,
        serving(answering()) as server,
    ):
        with pytest.raises(PrivateAddressRefused):
            await guarded.fetch(server.url(host="news.example"), public_only=True)


# ---- where what the settings name may lead


class Known(AbstractResolver):
    """Names with an address each; those that are not known do not resolve."""

    def __init__(self, **addresses: str) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        address = self.addresses[host.partition(".")[0]]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        self.addresses.clear()


@asynccontextmanager
async def a_network() -> AsyncIterator[tuple[GuardedClient, Server]]:
    """A client, and a server that redirects to where the path says and answers `/` and `/end`.

    news.example is public, wiki.example and office.example are on a private network.
    """

    async def handler(request: web.Request) -> web.Response:
        if request.path in {"/", "/end"}:
            return web.Response(body=b"good")
        host, *rest = request.path[1:].split("/")
        return redirecting(302, f"http://{host}:{server.port}/{'/'.join(rest) or 'end'}")

    names = Known(news="127.0.0.1", wiki="127.0.0.2", office="127.0.0.3")
    async with (
        GuardedClient(resolver=names, is_public=only_first_loopback) as guarded,
        serving(handler) as server,
    ):
        yield guarded, server


@pytest.mark.parametrize(
    ("host", "path", "hops"),
    [
        ("news.example", "/wiki.example", 1),
        ("news.example", "/127.0.0.2", 1),
        ("127.0.0.1", "/wiki.example", 1),
        ("127.0.0.1", "/127.0.0.2", 1),
        ("news.example", "/news.example/wiki.example", 2),
        ("wiki.example", "/news.example/office.example", 2),
    ],
)
async def test_what_is_public_leads_to_nothing_private(host: str, path: str, hops: int) -> None:
    """An operator's public source could else ask the operator's own network for anything."""
    async with a_network() as (guarded, server):
        with pytest.raises(PrivateAddressRefused):
            await guarded.fetch(server.url(path, host))
        assert len(server.requests) == hops


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("wiki.example", "/office.example"),
        ("wiki.example", "/127.0.0.3"),
        ("127.0.0.2", "/127.0.0.3/wiki.example"),
        ("wiki.example", "/news.example"),
        ("news.example", "/127.0.0.1/news.example"),
    ],
)
async def test_a_private_source_leads_wherever_its_operator_lets_it(host: str, path: str) -> None:
    async with a_network() as (guarded, server):
        assert (await guarded.fetch(server.url(path, host))).body == b"good"


async def test_a_name_that_was_ever_public_stays_so() -> None:
    """Else its owner would have it lead to a private address for once, and redirect from there."""

    async def handler(_: web.Request) -> web.Response:
        return redirecting(302, "http://127.0.0.3/secret")

    names = Names("127.0.0.1", "127.0.0.2")
    async with (
        GuardedClient(resolver=names, is_public=only_first_loopback) as guarded,
        serving(answering()) as first,
        serving(handler) as second,
    ):
        assert (await guarded.fetch(first.url(host="news.example"))).body == b"good"
        # Another port is looked up anew.
        with pytest.raises(PrivateAddressRefused):
            await guarded.fetch(second.url(host="news.example"))
        assert names.asked == 2
        assert len(second.requests) == 1
