"""python-telegram-bot over aiohttp."""

import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from telegram import Bot, InputFile
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut

from bot.delivery.request import AiohttpRequest
from bot.demo.telegram_server import TelegramServer


@pytest.fixture
async def bot(server: TelegramServer, session: aiohttp.ClientSession) -> AsyncIterator[Bot]:
    request = AiohttpRequest(session)
    base = f"{server.api_url}/bot"
    async with Bot(server.token, base_url=base, request=request, get_updates_request=request) as b:
        yield b


async def test_calls_answers_and_refusals_come_through(bot: Bot, server: TelegramServer) -> None:
    """A message arrives, and Telegram's refusals become the library's errors."""
    alice = server.world.add_user("Alice")
    server.world.start(alice.id)
    sent = await bot.send_message(alice.id, "<b>Hi</b>", parse_mode="HTML")
    assert server.sent[0].message_id == sent.message_id
    with pytest.raises(BadRequest, match="an't parse entities"):
        await bot.send_message(alice.id, "<h1>Hi</h1>", parse_mode="HTML")
    server.fail("sendMessage", 429, parameters={"retry_after": 7})
    with pytest.raises(RetryAfter):
        await bot.send_message(alice.id, "Hi")


async def test_a_file_is_uploaded(bot: Bot, server: TelegramServer) -> None:
    """Multipart bodies carry name and content."""
    alice = server.world.add_user("Alice")
    server.world.start(alice.id)
    document = InputFile(b"a,b\n1,2\n", filename="alerts.csv")
    sent = await bot.send_document(alice.id, document)
    assert sent.document is not None
    assert sent.document.file_name == "alerts.csv"


async def test_failures_of_the_network_hold_no_token(
    bot: Bot, server: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither an error's text nor a log line shows the address of a call."""
    caplog.set_level(logging.DEBUG)
    server.hang("getMe")
    with pytest.raises(TimedOut) as timed_out:
        await bot.get_me(read_timeout=0.05)
    server.drop_before("getMe")
    with pytest.raises(NetworkError) as failed:
        await bot.get_me()
    for text in (str(timed_out.value), str(failed.value), caplog.text):
        assert server.token not in text
