"""The bot as a process of its own, started, killed and watched from outside.

Owns the environment it runs in and its log. `reached` counts the lives that got as far as
asking Telegram who they are: nothing is sent before that.
"""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.demo.telegram_server import TelegramServer

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60
_STOP_SECONDS = 40


async def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Return once a condition holds; TimeoutError says what never came."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        await asyncio.sleep(0.01)


def settings_of(
    server: TelegramServer, database: Path, feeds: Sequence[str], admin_id: int
) -> dict[str, str]:
    """The whole configuration, as environment; polls as fast as it may."""
    sources = [{"key": key, "url": f"{server.api_url}/{key}.xml"} for key in feeds]
    return {
        "COINBELL_TELEGRAM__TOKEN": server.token,
        "COINBELL_TELEGRAM__API_URL": server.api_url,
        "COINBELL_TELEGRAM__ADMINS": json.dumps([admin_id]),
        "COINBELL_STORAGE__URL": f"sqlite:///{database}",
        "COINBELL_NEWS__POLL_SECONDS": "1",
        "COINBELL_NEWS__SLOWEST_POLL_SECONDS": "1",
        "COINBELL_SOURCES": json.dumps(sources),
        "COINBELL_PRICES__PROVIDERS": '["coingecko"]',
        "COINBELL_PRICES__POLL_SECONDS": "1",
        "COINBELL_PRICES__COINGECKO__API_URL": f"{server.api_url}/api/v3",
        "COINBELL_PRICES__COINGECKO__REQUESTS_PER_MINUTE": "600",
        "COINBELL_WEB__LISTEN": "127.0.0.1:0",
    }


@dataclass
class BotProcess:
    """`python -m bot run` again and again on one database.

    `entry` replaces `-m bot`. `lives` holds the monotonic time at which each life reached
    Telegram, `start_seconds` how long it took to get there.
    """

    server: TelegramServer
    database: Path
    settings: dict[str, str]
    log: Path
    entry: Sequence[str] = ("-m", "bot")
    lives: list[float] = field(default_factory=list)
    start_seconds: list[float] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None
    _asked: int = 0
    _started: float = 0.0

    def command(self, *words: str) -> subprocess.Popen[bytes]:
        """Another command on the same configuration; what it prints goes to the log."""
        kept = {name: value for name, value in os.environ.items() if "COINBELL" not in name}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *self.entry, *words],
                cwd=self.log.parent,
                env={**kept, **self.settings, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def start(self) -> None:
        assert self._process is None
        self._asked = self.server.calls("getMe")
        self._started = time.monotonic()
        self._process = self.command("run")

    def has_reached(self) -> bool:
        """Whether this life has asked Telegram who it is; the first time is noted."""
        self.check()
        if self.server.calls("getMe") > self._asked and self._started:
            now = time.monotonic()
            self.lives.append(now)
            self.start_seconds.append(now - self._started)
            self._started = 0.0
        return not self._started

    async def reached(self) -> None:
        await until(self.has_reached, _START_SECONDS, "the bot's start")

    async def reached_or_ended(self) -> bool:
        """Whether this life reached Telegram; false when it ended by itself before."""
        assert self._process is not None
        process = self._process
        await until(
            lambda: process.poll() is not None or self.has_reached(), _START_SECONDS, "the start"
        )
        return process.poll() is None

    def check(self) -> None:
        """Fail when it ended by itself."""
        assert self._process is not None
        code = self._process.poll()
        assert code is None, f"it ended by itself with {code}:\n{self.log_end()}"

    async def kill(self) -> None:
        """SIGKILL, and its end awaited, as a supervisor would."""
        self.check()
        assert self._process is not None
        self._process.kill()
        await asyncio.to_thread(self._process.wait)
        self._process = None

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(self._process.wait, _STOP_SECONDS)
        self._process = None
        return code

    async def ended(self) -> int:
        """The exit code of a life that is to end by itself."""
        assert self._process is not None
        code = await asyncio.to_thread(self._process.wait, _START_SECONDS)
        self._process = None
        return code

    def clear(self) -> None:
        """Leave no process behind, whatever went wrong."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds; read-only, so that nothing is repaired by looking at it."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def log_text(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def log_end(self) -> str:
        return self.log_text()[-4000:]
