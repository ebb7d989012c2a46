"""Fixtures of the demo's tests: a clock to turn by hand, a stand-in, and a real client of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest
import telegram

from bot.demo.telegram_api import METHODS
from bot.demo.telegram_chats import User
from bot.demo.telegram_context import Context
from bot.demo.telegram_limits import LimitBook
from bot.demo.telegram_params import Params
from bot.demo.telegram_server import TelegramServer
from bot.demo.telegram_world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Call(Protocol):
    """Calls one method of the Bot API without HTTP."""

    def __call__(self, method: str, **values: object) -> Any: ...  # an answer of any shape


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(clock: Clock) -> Context:
    """Everything a method works with, without limits."""
    bot = User(123456, "Coinbell", "coinbell_bot", is_bot=True)
    world = World(bot, clock=clock, wall=lambda: 1_760_000_000.0)
    return Context(world, LimitBook(None))


@pytest.fixture
def call(context: Context) -> Call:
    def run(method: str, **values: object) -> object:
        return METHODS[method.lower()][1](context, Params(dict(values)))

    return run


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[TelegramServer]:
    """A stand-in without limits whose monotonic clock stands still."""
    async with TelegramServer(limits=None, clock=clock) as running:
        yield running


@pytest.fixture
async def client(
    server: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[telegram.Bot]:
    """A real client, connected to the stand-in."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # the form that the library will keep
    url = server.api_url
    async with telegram.Bot(
        server.token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot"
    ) as bot:
        yield bot
