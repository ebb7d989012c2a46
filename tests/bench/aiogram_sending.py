"""aiogram 3 sending the same messages without an outbox, for the comparison.

Run by `.venv-bench`'s Python, which has aiogram and nothing of ours: its bounds on pydantic
exclude what we use. `python aiogram_sending.py API_URL TOKEN FIRST_CHAT COUNT` reads the text on
standard input and prints seconds and CPU seconds.
"""

import asyncio
import resource
import sys
import time

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

AT_ONCE = 256


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def send(api_url: str, token: str, first: int, count: int, text: str) -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(api_url), limit=AT_ONCE)
    bot = Bot(token, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(chat_id: int) -> None:
        async with gate:
            await bot.send_message(chat_id, text)

    cpu, started = cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(one(first + n) for n in range(count)))
    print(time.perf_counter() - started, cpu_seconds() - cpu)
    await bot.session.close()


if __name__ == "__main__":
    api_url, token, first, count = sys.argv[1:]
    asyncio.run(send(api_url, token, int(first), int(count), sys.stdin.read()))
