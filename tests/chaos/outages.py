"""What goes wrong beside a kill: the network, the disk, the clock.

Each plays on a stage while everything flows, lets the bot finish, and gives the ledger's result
with what bounds the repeats.
"""

import asyncio
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.ledger import Result, read_kill
from tests.chaos.process import until
from tests.chaos.scenarios import finished
from tests.chaos.stage import Stage, stage
from tests.chaos.traffic import Traffic

CHATS = 40
HOUR_SECONDS = 3600
_DISK_BYTES = 16 * 1024 * 1024
_FULL = "database or disk is full"
_WIRE = "SELECT count(*) FROM messages WHERE state = 'wire'"


@dataclass(frozen=True)
class Outage:
    """The balance, and `unanswered`: for how many messages no answer may have arrived."""

    result: Result
    place: Stage
    unanswered: int


async def unplugged(folder: Path, seed: int) -> Outage:
    """Connections are refused twice for a while, reset before the call, and reset after it."""
    chance = random.Random(seed)
    async with stage(folder, CHATS, chance) as place:
        await place.started()
        traffic, stop = Traffic(place, chance, most=CHATS), asyncio.Event()
        unanswered = 0
        async with asyncio.TaskGroup() as group:
            group.create_task(traffic.until_told(stop))
            group.create_task(traffic.broadcast())
            for chat_id in chance.sample(place.private, 10):
                place.server.drop_before("sendMessage", chat_id)
            for chat_id in chance.sample(place.private, 10):
                place.server.drop_after("sendMessage", chat_id)
                unanswered += 1
            for method in ("getUpdates", "getMe"):
                place.server.drop_after(method)
            for _ in range(2):
                await asyncio.sleep(chance.uniform(2, 3))
                unanswered += place.process.rows(_WIRE)[0][0]
                await _without_network(place, chance.uniform(1, 2))
            stop.set()
        place.server.faults.clear()
        return Outage(await finished(place), place, unanswered)


async def _without_network(place: Stage, seconds: float) -> None:
    port = int(place.server.api_url.rpartition(":")[2])
    await place.server.stop()
    await asyncio.sleep(seconds)
    await place.server.start(port)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 16 MB; PermissionError where this process may not mount one."""
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or mount is None or umount is None:
        raise PermissionError("mounting a tmpfs needs root")
    command = [mount, "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        raise PermissionError("mounting a tmpfs is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run([umount, str(folder)], check=True)


def _fill(disk: Path) -> None:
    with suppress(OSError), (disk / "ballast").open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))


async def full_disk(folder: Path, seed: int) -> Outage:
    """No room for some seconds, twice; the second time the process is killed and started too."""
    chance = random.Random(seed)
    with small_disk(folder / "disk") as disk:
        async with stage(folder, CHATS, chance, disk) as place:
            await place.started()
            traffic, stop = Traffic(place, chance, most=CHATS), asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(traffic.until_told(stop))
                group.create_task(traffic.broadcast())
                await asyncio.sleep(1)
                await _without_room(place, disk, chance.uniform(2, 3))
                (disk / "ballast").unlink()
                await asyncio.sleep(chance.uniform(1, 2))
                await _without_room(place, disk, chance.uniform(1, 2))
                await _killed_without_room(place, disk)
                stop.set()
            return Outage(await finished(place), place, 0)


async def _without_room(place: Stage, disk: Path, seconds: float) -> None:
    """Fill the disk, until the bot has met it and for so many seconds more."""
    before = place.process.log_text().count(_FULL)
    _fill(disk)
    await until(lambda: place.process.log_text().count(_FULL) > before, 20, "a refused write")
    await asyncio.sleep(seconds)


async def _killed_without_room(place: Stage, disk: Path) -> None:
    """A start on a full disk is refused with one line; once there is room the next one works.

    SQLite may have room left within its log: then the bot starts, and waits like before.
    """
    await place.process.kill()
    place.ledger.kills.append(read_kill(place.process))
    place.process.start()
    has_started = await place.process.reached_or_ended()
    if not has_started:
        assert await place.process.ended() == 1, place.process.log_end()
        assert place.process.log_text().splitlines()[-1].startswith("coinbell: ")
    (disk / "ballast").unlink()
    if not has_started:
        place.process.start()
        await place.process.reached()


async def stepped_clock(folder: Path, seed: int, *, killed: bool) -> Outage:
    """A clock an hour ahead is put right: at work, or while the process was dead.

    Prices wait for the right time: with the wrong one each of them is an hour old.
    """
    chance = random.Random(seed)
    clock = folder / "clock"
    _set_ahead(clock, HOUR_SECONDS)
    async with stage(folder, CHATS, chance) as place:
        place.process.entry = ("-m", "tests.chaos.stepped_bot", str(clock))
        await place.started()
        traffic = Traffic(place, chance, most=CHATS)
        wrong, right = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(traffic.until_told(wrong, swinging=False))
            group.create_task(traffic.broadcast())
            # What is tried again waits for a time of the wrong clock.
            for chat_id in place.readers["bitcoin"]:
                place.server.fail("sendMessage", 502, chat_id=chat_id)
            await asyncio.sleep(3)
            wrong.set()
        place.server.faults.clear()
        await _put_right(place, clock, killed=killed)
        async with asyncio.TaskGroup() as group:
            group.create_task(traffic.until_told(right))
            await asyncio.sleep(4)
            right.set()
        return Outage(await finished(place), place, 0)


async def _put_right(place: Stage, clock: Path, *, killed: bool) -> None:
    if not killed:
        _set_ahead(clock, 0)
        return
    await place.process.kill()
    place.ledger.kills.append(read_kill(place.process))
    _set_ahead(clock, 0)
    place.process.start()
    await place.process.reached()


def _set_ahead(clock: Path, seconds: int) -> None:
    clock.write_text(f"{seconds}")
