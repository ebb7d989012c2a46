"""Telegram's stand-in as a process of its own, so that its work is not measured as the bot's.

`python -m tests.bench.telegram CHATS LATENCY limited|free` prints its address and serves until
it is told to end. Its chats are private ones; `/tally` tells what came.
"""

import asyncio
import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import web

from bot import logs
from bot.demo.telegram_limits import TELEGRAM_LIMITS
from bot.demo.telegram_server import TelegramServer

TOKEN = "123456:BENCH"
RING = "RING"


def chat_id(number: int) -> int:
    """The id of the stand-in's private chat of that number, counted from 1."""
    return 5_000_000_000 + number


@dataclass
class Tally:
    """What the stand-in accepted and refused over limit; times are of the wall clock."""

    accepted: int = 0
    refused: int = 0
    first_at: float = 0.0
    last_at: float = 0.0
    rang_at: float = 0.0

    def note(self, event: dict[str, object]) -> None:
        if event.get("type") != "message":
            return
        self.last_at = time.time()
        self.first_at = self.first_at or self.last_at
        self.accepted += 1
        if RING in str(event.get("message")):
            self.rang_at = self.last_at


async def _serve(chats: int, latency: float, *, limited: bool) -> None:
    tally = Tally()
    server = TelegramServer(
        TOKEN, limits=TELEGRAM_LIMITS if limited else None, history=0, keep_records=False
    )
    server.latency_seconds = latency
    server.world.listeners.append(tally.note)
    ids = [server.world.add_user("Reader", started=True).id for _ in range(chats)]
    assert ids == [chat_id(number) for number in range(1, chats + 1)]

    async def tell(_: web.Request) -> web.Response:
        tally.refused = server.context.over_limit
        return web.json_response(vars(tally))

    server.mount(web.get("/tally", tell))
    await server.start()
    print(server.api_url, flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await server.stop()


@dataclass(frozen=True)
class StandIn:
    """A running stand-in."""

    api_url: str

    def tally(self) -> Tally:
        with urllib.request.urlopen(f"{self.api_url}/tally") as response:  # noqa: S310  # ours
            return Tally(**json.load(response))


@contextmanager
def stand_in(chats: int, latency: float = 0.05, *, limited: bool = False) -> Iterator[StandIn]:
    """A stand-in for as long as the block."""
    mode = "limited" if limited else "free"
    command = [sys.executable, "-m", "tests.bench.telegram", str(chats), str(latency), mode]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield StandIn(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    logs.configure("warning")
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]), limited=sys.argv[3] == "limited"))
