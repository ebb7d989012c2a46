"""The wire tells an answer, a request that never left, and silence apart."""

import socket
import struct

import aiohttp
import pytest

from bot.delivery.wire import Wire, answer_from
from bot.demo.telegram_server import TelegramServer
from bot.domain.answers import Answer, NotWritten, Silence, Upload

TOKEN = "123456:TEST"


async def test_an_answer_carries_its_result(wire: Wire) -> None:
    """GetMe over real HTTP gives the bot's id."""
    outcome = await wire.call("getMe", {})
    assert isinstance(outcome, Answer)
    assert outcome.ok
    assert outcome.result["id"] == 123456


async def test_a_file_goes_along_in_a_form(wire: Wire, server: TelegramServer) -> None:
    """The other parameters come as they do in JSON."""
    alice = server.world.add_user("Alice")
    server.world.start(alice.id)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 800, 500)
    rows = [[{"text": "1h", "callback_data": "1:x:0:0"}]]
    outcome = await wire.call(
        "sendPhoto",
        {
            "chat_id": alice.id,
            "photo": Upload("picture.png", png, "image/png"),
            "caption": "<b>Ünï</b>",
            "parse_mode": "HTML",
            "reply_markup": {"inline_keyboard": rows},
        },
    )
    assert isinstance(outcome, Answer)
    assert outcome.ok
    assert outcome.result["caption"] == "Ünï"
    assert outcome.result["photo"][0]["file_size"] == len(png)
    assert outcome.result["reply_markup"]["inline_keyboard"] == rows


async def test_a_refusal_carries_its_parameters(wire: Wire, server: TelegramServer) -> None:
    """retry_after comes through."""
    server.fail("sendMessage", 429, parameters={"retry_after": 7})
    outcome = await wire.call("sendMessage", {"chat_id": 1, "text": "x"})
    assert isinstance(outcome, Answer)
    assert (outcome.ok, outcome.status, outcome.retry_after_seconds) == (False, 429, 7)


async def test_no_connection_means_nothing_was_written(session: aiohttp.ClientSession) -> None:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        wire = Wire(session, f"http://127.0.0.1:{taken.getsockname()[1]}", TOKEN)
        outcome = await wire.call("getMe", {})
    assert isinstance(outcome, NotWritten)
    assert TOKEN not in outcome.reason


async def test_a_lost_answer_is_silence(wire: Wire, server: TelegramServer) -> None:
    """The server acted and the connection broke: nobody can say whether it arrived."""
    alice = server.world.add_user("Alice")
    server.world.start(alice.id)
    server.drop_after("sendMessage")
    outcome = await wire.call("sendMessage", {"chat_id": alice.id, "text": "x"})
    assert isinstance(outcome, Silence)
    assert len(server.sent) == 1


async def test_no_answer_in_time_is_silence(wire: Wire, server: TelegramServer) -> None:
    """A server that hangs is given up after the time allowed."""
    server.hang("getMe")
    outcome = await wire.call("getMe", {}, timeout_seconds=0.05)
    assert isinstance(outcome, Silence)
    assert TOKEN not in outcome.reason


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b"<html>captive portal</html>", 502),
        (504, b"", 504),
        (500, b"[]", 502),
        (200, b"[" * 100_000, 502),
        (200, b'{"ok": "yes"}', 502),
        (200, b'{"ok": false, "error_code": 400, "description": "Bad Request: x"}', 400),
        (403, b'{"ok": false, "parameters": []}', 403),
    ],
)
def test_what_is_no_envelope_is_the_servers_failure(
    status: int, body: bytes, expected: int
) -> None:
    """A gateway's page is tried again, never taken for an answer."""
    found = answer_from(status, body)
    assert (found.ok, found.status) == (False, expected)
