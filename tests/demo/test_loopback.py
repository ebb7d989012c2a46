"""The demo's door: its own page on this machine gets in, nobody else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.loopback import guarded, is_loopback, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Client = TestClient[web.Request, web.Application]


@pytest.mark.parametrize(
    ("netloc", "expected"),
    [
        ("localhost", True),
        ("localhost:8080", True),
        ("demo.localhost:8080", True),
        ("LOCALHOST:1", True),
        ("127.0.0.1:8080", True),
        ("127.8.9.10", True),
        ("[::1]:8080", True),
        ("", False),
        (":8080", False),
        ("0.0.0.0:8080", False),
        ("192.168.1.5:8080", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("localhost@example.com", False),
        ("example.com@localhost", False),
        ("[::1", False),
    ],
)
def test_only_names_of_this_machine_are_loopback(netloc: str, expected: bool) -> None:
    assert is_loopback(netloc) is expected


@given(st.text(max_size=40))
def test_no_host_header_raises(netloc: str) -> None:
    assert is_loopback(netloc) in {True, False}


@pytest.mark.parametrize(
    ("method", "host", "origin", "content_type", "word"),
    [
        ("GET", "127.0.0.1:8080", None, "", None),
        ("HEAD", "localhost", None, "", None),
        ("GET", "rebound.example:8080", None, "", "loopback"),
        ("POST", "127.0.0.1:8080", "http://127.0.0.1:8080", "application/json", None),
        ("POST", "127.0.0.1:8080", None, "application/json", None),
        ("POST", "127.0.0.1:8080", "https://evil.example", "application/json", "own page"),
        ("POST", "127.0.0.1:8080", "http://127.0.0.1:9999", "application/json", "own page"),
        ("POST", "127.0.0.1:8080", "http://[", "application/json", "own page"),
        ("POST", "127.0.0.1:8080", "null", "application/json", "own page"),
        ("POST", "127.0.0.1:8080", None, "text/plain", "application/json"),
        ("POST", "evil.example", "http://evil.example", "application/json", "loopback"),
    ],
)
def test_a_refusal_says_why(
    method: str, host: str, origin: str | None, content_type: str, word: str | None
) -> None:
    reason = refusal(method, host, origin, content_type)
    assert (reason is None) if word is None else (reason is not None and word in reason)


async def _echo(request: web.Request) -> web.StreamResponse:
    return web.json_response(await request.json() if request.can_read_body else {})


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """Yield a browser before an application with one guarded handler."""
    app = web.Application()
    app.add_routes([web.get("/", guarded(_echo)), web.post("/", guarded(_echo))])
    async with TestClient(TestServer(app)) as browser:
        yield browser


async def test_the_own_page_gets_in(client: Client) -> None:
    origin = str(client.make_url("").origin())
    answer = await client.post("/", json={"a": 1}, headers={"Origin": origin})
    assert (answer.status, await answer.json()) == (200, {"a": 1})


async def test_a_get_without_a_body_gets_in(client: Client) -> None:
    assert (await client.get("/")).status == 200


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_a_foreign_post_is_forbidden(client: Client, headers: dict[str, str]) -> None:
    answer = await client.post("/", json={"a": 1}, headers=headers)
    assert answer.status == 403
    assert "demo" in (await answer.json())["error"]


async def test_a_form_of_another_site_is_forbidden(client: Client) -> None:
    assert (await client.post("/", data={"a": "1"})).status == 403
