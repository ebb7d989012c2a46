"""Two processes started on one database by mistake."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.chaos.process import until
from tests.chaos.scenarios import finished
from tests.chaos.stage import stage
from tests.chaos.traffic import Traffic

pytestmark = pytest.mark.timeout(200)


async def test_the_second_refuses_and_the_first_goes_on(tmp_path: Path) -> None:
    """It says why in one line and ends with 1; `check` may look on; commands are answered."""
    chance = random.Random(8)
    async with stage(tmp_path, 10, chance) as place:
        await place.started()
        for words, code in (("run", 1), ("check", 0)):
            other = place.process.command(words)
            assert await asyncio.to_thread(other.wait, 60) == code, place.process.log_end()
        told = [line for line in place.process.log_text().splitlines() if "another" in line]
        assert len(told) == 1
        assert told[0].startswith("coinbell: another Coinbell (process ")
        assert str(place.process.database) in told[0]
        assert "stop it first" in told[0]
        await Traffic(place, chance, most=10).command()
        await until(lambda: place.ledger.outstanding() == 0, 30, "the answer")
        assert not (await finished(place)).repeats
