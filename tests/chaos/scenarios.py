"""What goes wrong, and the balance afterwards.

Each scenario plays on a stage, lets the bot finish in peace, ends it by SIGTERM, and gives the
ledger's result. Nothing here asserts how fast anything is.
"""

import asyncio
import random
import statistics
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.chaos.ledger import Result, read_kill
from tests.chaos.process import until
from tests.chaos.stage import Stage, stage
from tests.chaos.traffic import Traffic

_SETTLE_SECONDS = 1.5
_LONGEST_LIFE_SECONDS = 3.0
_STARTS_A_LIFE = 1.5
_DURING_START = 0.2
_BACKLOG = 100

Tell = Callable[[str], None]


def silent(_: str) -> None:
    """Tell nobody how far it is."""


async def killed(
    folder: Path, *, kills: int, chats: int, seed: int, seconds: float = 3.0, tell: Tell = silent
) -> tuple[Result, Stage]:
    """SIGKILL at random instants while everything flows; without kills it flows for `seconds`."""
    chance = random.Random(seed)
    async with stage(folder, chats, chance) as place:
        await place.started()
        traffic = Traffic(place, chance, most=_BACKLOG)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(traffic.until_told(stop))
            group.create_task(_broadcasts(traffic, stop, every=max(15.0, kills * 2.0)))
            await asyncio.sleep(0 if kills else seconds)
            for number in range(1, kills + 1):
                await _live(place, random.Random(f"{seed}:{number}"))
                await place.process.kill()
                place.ledger.kills.append(read_kill(place.process))
                place.process.start()
                left = place.ledger.outstanding()
                tell(f"kill {number}: {len(place.ledger.kills[-1].wire)} on the wire, {left} to go")
            await place.process.reached()
            stop.set()
        return await finished(place), place


async def _live(place: Stage, chance: random.Random) -> None:
    """Let a life last until a random instant: now and then during its start, else at work."""
    if place.process.lives and chance.random() < _DURING_START and not place.process.has_reached():
        usual = max(place.process.start_seconds)
        await _watched(place, chance.uniform(0, usual))
        return
    await place.process.reached()
    # A slow machine takes longer for both, so that some lives get as far as on a quick one.
    usual = statistics.median(place.process.start_seconds)
    longest = max(_LONGEST_LIFE_SECONDS, _STARTS_A_LIFE * usual)
    await _watched(place, chance.uniform(0, longest))


async def _watched(place: Stage, seconds: float) -> None:
    """Wait, and note when the life reaches Telegram meanwhile."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                place.process.has_reached()
                await asyncio.sleep(0.01)


async def _broadcasts(traffic: Traffic, stop: asyncio.Event, every: float) -> None:
    while not stop.is_set():
        await traffic.broadcast()
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await stop.wait()


async def finished(place: Stage) -> Result:
    """Let the bot work off all that is owed, look whether more comes, and end it."""
    seconds = 60 + place.ledger.outstanding() / 5
    with suppress(TimeoutError):
        await until(lambda: _is_through(place), seconds, "the end of the backlog")
    await asyncio.sleep(_SETTLE_SECONDS)
    assert await place.process.stop() == 0, place.process.log_end()
    return place.ledger.result()


def _is_through(place: Stage) -> bool:
    """Nothing waits, and all that is owed came, but for what the bot itself calls unknown."""
    place.process.has_reached()
    return place.waiting() == 0 and place.ledger.outstanding() <= place.unknown()
