"""Delivery: how fast, at what cost, how close to the limit, how soon an alert."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from bot.domain.markets import Market
from tests.bench.figures import Figure
from tests.bench.ground import TEXT, cpu_seconds, draining, ground, opened, peak_megabytes
from tests.bench.telegram import TOKEN, chat_id, stand_in


async def throughput(folder: Path) -> list[Figure]:
    """Messages through the whole outbox to a server 50 ms away, limits lifted."""
    count = 20_000
    with stand_in(count) as telegram:
        async with ground(folder, count) as place:
            await place.owe_story(1)
            cpu, started = cpu_seconds(), time.perf_counter()
            async with draining(place, telegram.api_url, per_second=100_000):
                await place.until_ended(count)
            seconds = time.perf_counter() - started
            cpu = cpu_seconds() - cpu
    return [
        Figure("through the outbox, limits lifted", count / seconds, "messages/s", least=1000),
        Figure("CPU of a message", cpu / count * 1000, "ms", most=1.0),
    ]


async def beside_aiogram(folder: Path) -> list[Figure]:
    """The same messages through the outbox and by aiogram without one, in one run."""
    count = 10_000
    with stand_in(count) as telegram:
        command = [
            ".venv-bench/bin/python",
            str(Path(__file__).with_name("aiogram_sending.py")),
            telegram.api_url,
            TOKEN,
            str(chat_id(1)),
            str(count),
        ]
        done = await asyncio.to_thread(
            subprocess.run, command, input=TEXT, capture_output=True, text=True, check=True
        )
        theirs, their_cpu = (float(word) for word in done.stdout.split())
        async with ground(folder, count) as place:
            await place.owe_story(1)
            cpu, started = cpu_seconds(), time.perf_counter()
            async with draining(place, telegram.api_url, per_second=100_000):
                await place.until_ended(count)
            ours, cpu = time.perf_counter() - started, cpu_seconds() - cpu
    return [
        Figure("aiogram 3 without an outbox", count / theirs, "messages/s"),
        Figure("CPU of its message", their_cpu / count * 1000, "ms"),
        Figure("through the outbox, beside it", count / ours, "messages/s"),
        Figure("CPU of our message", cpu / count * 1000, "ms", most=1.0),
        Figure("ours to theirs", theirs / ours, "times", least=1.0),
    ]


async def pace(folder: Path) -> list[Figure]:
    """At 30 a second to 3,000 chats of the strict server."""
    count = 3_000
    with stand_in(count, limited=True) as telegram:
        async with ground(folder, count) as place:
            await place.owe_story(1)
            async with draining(place, telegram.api_url, per_second=30):
                await place.until_ended(count)
        tally = telegram.tally()
    rate = (tally.accepted - 1) / (tally.last_at - tally.first_at)
    return [
        Figure("of the allowed rate at 30/s", rate / 30 * 100, "%", least=99),
        Figure("refused over limit", tally.refused, "messages", most=0),
    ]


async def overtaking(folder: Path) -> list[Figure]:
    """A tick that crosses an alert, while 100,000 broadcast rows wait."""
    count, waits = 100_000, []
    with stand_in(count, limited=True) as telegram:
        async with ground(folder, count) as place:
            await place.owe_story(1)
            await place.owe_broadcasts()
            markets = {Market(f"coin-{chat}"): chat for chat in range(99_000, 99_010)}
            for market, chat in markets.items():
                await place.set_alert(chat, market)
            async with draining(place, telegram.api_url, per_second=30) as wakeup:
                await asyncio.sleep(3)
                for market in markets:
                    crossed_at = time.time()
                    await place.ring(market)
                    wakeup.wake()
                    while telegram.tally().rang_at < crossed_at:  # noqa: ASYNC110  # another process
                        await asyncio.sleep(0.01)
                    waits.append(telegram.tally().rang_at - crossed_at)
    return [Figure("tick to wire past 100,000 broadcasts, worst of 10", max(waits), "s", most=1.0)]


async def owing(folder: Path) -> list[Figure]:
    """A story owed to 100,000 subscribers, the fifth in a row."""
    async with ground(folder, 100_000) as place:
        seconds = [await place.owe_story(n) for n in range(1, 6)]
    return [Figure("a story owed to 100,000 chats", seconds[-1], "s", most=0.25)]


async def memory(folder: Path) -> list[Figure]:
    """The drain at work while 1,000,000 rows wait, which another process has owed."""
    command = [sys.executable, "-m", "tests.bench.ground", str(folder), "100000", "10"]
    await asyncio.to_thread(subprocess.run, command, check=True, timeout=300)
    with stand_in(1000) as telegram:
        async with opened(folder) as place, draining(place, telegram.api_url, per_second=30):
            await asyncio.sleep(15)
    return [Figure("memory with 1,000,000 rows waiting", peak_megabytes(), "MB", most=150)]
