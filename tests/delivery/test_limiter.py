"""What python-telegram-bot sends by itself keeps the outbox's pace."""

import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from telegram.error import RetryAfter
from telegram.ext import ExtBot

from bot.delivery.limiter import PacedLimiter
from bot.delivery.pacing import Pacer
from bot.delivery.request import AiohttpRequest
from bot.demo.telegram_server import TelegramServer


@pytest.fixture
async def strict() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def pacer() -> Pacer:
    return Pacer(30, started=time.monotonic() - 60)


@pytest.fixture
async def bot(
    strict: TelegramServer, session: aiohttp.ClientSession, pacer: Pacer
) -> AsyncIterator[ExtBot[None]]:
    request = AiohttpRequest(session)
    bot: ExtBot[None] = ExtBot(
        strict.token,
        base_url=f"{strict.api_url}/bot",
        request=request,
        get_updates_request=request,
        rate_limiter=PacedLimiter(pacer),
    )
    async with bot:
        yield bot


async def test_direct_messages_wait_for_the_chats_turn(
    bot: ExtBot[None], strict: TelegramServer
) -> None:
    """The strict server refuses none of two messages to one chat."""
    alice = strict.world.add_user("Alice", started=True)
    for text in ("one", "two"):
        await bot.send_message(alice.id, text)
    assert [sent.text for sent in strict.sent] == ["one", "two"]
    assert strict.over_limit == []


async def test_calls_that_are_no_messages_do_not_wait(
    bot: ExtBot[None], strict: TelegramServer, pacer: Pacer
) -> None:
    """A held pacer holds messages, not questions."""
    pacer.hold_all(time.monotonic() + 3600)
    assert (await bot.get_me()).id == strict.world.bot.id


async def test_a_refusal_of_a_direct_message_is_remembered(
    bot: ExtBot[None], strict: TelegramServer, pacer: Pacer
) -> None:
    """The outbox then leaves that chat alone too."""
    alice = strict.world.add_user("Alice", started=True)
    strict.fail("sendMessage", 429, parameters={"retry_after": 30})
    with pytest.raises(RetryAfter):
        await bot.send_message(alice.id, "one")
    assert pacer.wait_for_chat(alice.id, "private", time.monotonic()) > 25
