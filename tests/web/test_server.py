"""The server against real requests on loopback."""

import asyncio
import io
import json
import socket
from collections.abc import Awaitable, Callable, Iterable

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.domain.errors import ConfigError
from bot.web.server import WebServer

Serve = Callable[[Iterable[web.AbstractRouteDef]], Awaitable[str]]

LOOPBACK = ("127.0.0.1", 0)
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Server": "Coinbell",
}


async def _hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def _broken(_: web.Request) -> web.Response:
    raise RuntimeError("/srv/coinbell/secret.db is broken")


async def _elsewhere(_: web.Request) -> web.Response:
    raise web.HTTPFound("/hello")


ROUTES = [
    web.get("/hello", _hello),
    web.get("/broken/{secret}", _broken),
    web.get("/elsewhere", _elsewhere),
]


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/", 404, "not found"),
        ("GET", "/hello/", 404, "not found"),
        ("GET", "/../../etc/passwd", 404, "not found"),
        ("GET", "/%00", 404, "not found"),
        ("POST", "/nowhere", 404, "not found"),
        ("POST", "/hello", 405, "method not allowed"),
        ("DELETE", "/hello", 405, "method not allowed"),
        ("GET", "/broken/tok3n", 500, "internal server error"),
    ],
)
async def test_errors_are_json_that_says_no_more_than_the_status(
    serve: Serve,
    client: aiohttp.ClientSession,
    method: str,
    path: str,
    status: int,
    words: str,
) -> None:
    address = await serve(ROUTES)
    with capture_logs():
        async with client.request(method, address + path) as answer:
            assert answer.status == status
            assert answer.content_type == "application/json"
            assert await answer.json() == {"error": words}
            if status == 405:
                assert answer.headers["Allow"] == "GET,HEAD"


@pytest.mark.parametrize("path", ["/hello", "/nowhere", "/broken/x", "/elsewhere"])
async def test_every_answer_carries_the_security_headers(
    serve: Serve, client: aiohttp.ClientSession, path: str
) -> None:
    address = await serve(ROUTES)
    with capture_logs():
        async with client.get(address + path, allow_redirects=False) as answer:
            got = {name: answer.headers[name] for name in SECURITY_HEADERS}
    assert got == SECURITY_HEADERS


async def test_a_route_may_bring_its_own_policy(
    serve: Serve, client: aiohttp.ClientSession
) -> None:
    async def _page(_: web.Request) -> web.Response:
        return web.Response(headers={"Content-Security-Policy": "default-src 'self'"})

    async with client.get(await serve([web.get("/", _page)])) as answer:
        assert answer.headers["Content-Security-Policy"] == "default-src 'self'"


async def test_a_broken_handler_is_logged_by_its_pattern_not_its_path(
    serve: Serve, client: aiohttp.ClientSession
) -> None:
    """The webhook's path may hold a secret, so that only the route's pattern is logged."""
    address = await serve(ROUTES)
    with capture_logs() as logs:
        async with client.get(f"{address}/broken/tok3n"):
            pass
    (event,) = [entry for entry in logs if entry["event"] == "request_failed"]
    assert event["route"] == "/broken/{secret}"
    assert event["exc_info"] is True
    assert "tok3n" not in json.dumps(event, default=str)


async def test_a_mounted_route_takes_what_it_asked_for_up_to_a_mebibyte(
    serve: Serve, client: aiohttp.ClientSession
) -> None:
    """A webhook is posted to; a body past the limit is refused before it is held in memory."""

    async def _length(request: web.Request) -> web.Response:
        return web.Response(text=f"{len(await request.read())}")

    address = await serve([web.post("/webhook", _length)])
    async with client.post(f"{address}/webhook", data=b"x" * 1000) as answer:
        assert await answer.text() == "1000"
    async with client.post(
        f"{address}/webhook", data=io.BytesIO(b"x" * (1024 * 1024 + 1))
    ) as answer:
        assert answer.status == 413
        assert await answer.json() == {"error": "request entity too large"}


async def test_bytes_that_are_no_http_do_not_end_the_server(
    serve: Serve, client: aiohttp.ClientSession
) -> None:
    address = await serve(ROUTES)
    port = int(address.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 no http\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert b" 400 " in answer.splitlines()[0]
    assert b"Traceback" not in answer
    async with client.get(f"{address}/hello") as good:
        assert await good.text() == "hello"


async def test_a_second_listener_has_the_shared_and_the_operators_routes(
    client: aiohttp.ClientSession,
) -> None:
    server = WebServer(
        LOOPBACK,
        LOOPBACK,
        routes=[web.get("/shared", _hello)],
        public_routes=[web.get("/public", _hello)],
        admin_routes=[web.get("/admin", _hello)],
    )
    await server.start()
    try:
        (_, public), (_, admin) = server.addresses
        found = {
            (name, path): (await client.get(f"http://127.0.0.1:{port}{path}")).status
            for name, port in (("public", public), ("admin", admin))
            for path in ("/shared", "/public", "/admin")
        }
    finally:
        await server.stop()
    assert found == {
        ("public", "/shared"): 200,
        ("public", "/public"): 200,
        ("public", "/admin"): 404,
        ("admin", "/shared"): 200,
        ("admin", "/public"): 404,
        ("admin", "/admin"): 200,
    }


async def test_without_a_second_listener_the_operators_routes_are_on_the_first(
    client: aiohttp.ClientSession,
) -> None:
    server = WebServer(LOOPBACK, admin_routes=[web.get("/admin", _hello)])
    await server.start()
    try:
        async with client.get(f"http://127.0.0.1:{server.addresses[0][1]}/admin") as answer:
            assert answer.status == 200
    finally:
        await server.stop()


async def test_a_taken_port_is_one_clear_line_and_leaves_nothing_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = WebServer(LOOPBACK, ("127.0.0.1", port))
        with pytest.raises(ConfigError) as caught:
            await server.start()
    assert caught.value.log_text == (
        f"web.admin_listen: 127.0.0.1:{port} is taken by another program; "
        "stop that or choose another port"
    )
    assert server.addresses == []


@pytest.mark.parametrize(
    ("host", "line"),
    [
        ("no-such-host.invalid", "web.listen: the host no-such-host.invalid cannot be resolved"),
        ("a..b", "web.listen: the host a..b cannot be resolved"),
        ("203.0.113.7", "web.listen: 203.0.113.7:8080 is no address of this machine"),
    ],
)
async def test_a_bad_host_is_one_clear_line(host: str, line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        await WebServer((host, 8080)).start()
    assert caught.value.log_text.startswith(line)
    assert "\n" not in caught.value.log_text


async def test_stopping_closes_the_port_lets_requests_finish_and_may_be_repeated(
    client: aiohttp.ClientSession,
) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def _slow(_: web.Request) -> web.Response:
        entered.set()
        await go_on.wait()
        return web.Response(text="finished")

    server = WebServer(LOOPBACK, routes=[web.get("/slow", _slow)])
    await server.start()
    address = f"http://127.0.0.1:{server.addresses[0][1]}"
    under_way = asyncio.create_task(client.get(f"{address}/slow"))
    await entered.wait()
    stopping = asyncio.create_task(server.stop())
    await asyncio.sleep(0)
    go_on.set()
    assert await (await under_way).text() == "finished"
    await stopping
    await server.stop()
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.get(f"{address}/slow")


async def _echo(request: web.Request) -> web.Response:
    return web.Response(text=await request.text())


async def _dripping(port: int, head: bytes) -> bytes:
    """The first line that comes back where a head is followed by a drip; empty when cut off."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)

    async def drip() -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    try:
        return await reader.readline()
    finally:
        dripping.cancel()
        writer.transport.abort()
        await asyncio.gather(dripping, writer.wait_closed(), return_exceptions=True)


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"GET /echo HTTP/1.1\r\nHost: a\r\nX-Slow: ", b""),
        (b"GET /", b""),
        (
            b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n",
            b"HTTP/1.1 408 Request Timeout\r\n",
        ),
    ],
)
async def test_who_sends_a_request_byte_by_byte_is_cut_off(head: bytes, answer: bytes) -> None:
    """Else a few hundred such connections keep everybody else out."""
    server = WebServer(LOOPBACK, routes=[web.post("/echo", _echo)], patience_seconds=0.3)
    await server.start()
    try:
        came = await _dripping(server.addresses[0][1], head)
    finally:
        await server.stop()
    assert came == answer
