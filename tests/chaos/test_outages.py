"""The network, the disk and the clock fail while everything flows."""

from pathlib import Path

import pytest

from tests.chaos.ledger import Result
from tests.chaos.outages import full_disk, small_disk, stepped_clock, unplugged

pytestmark = pytest.mark.timeout(300)


def _only_broadcasts(result: Result) -> bool:
    return all(identity.startswith("broadcast-") for _, identity in result.lost)


async def test_a_network_that_fails_loses_nothing(tmp_path: Path) -> None:
    """What got no answer may come twice; a broadcast that got none is not sent again."""
    found = await unplugged(tmp_path, seed=5)
    print("\n".join(found.result.lines()))
    assert _only_broadcasts(found.result)
    assert found.result.lost.total() <= found.place.unknown()
    assert found.result.repeats.total() <= found.unanswered
    assert not found.result.uncalled


async def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """Sending pauses without room and goes on with it; a kill meanwhile repeats the wire only."""
    try:
        with small_disk(tmp_path / "probe"):
            pass
    except PermissionError as error:
        pytest.skip(str(error))
    result = (await full_disk(tmp_path, seed=6)).result
    print("\n".join(result.lines()))
    assert result.keeps_promise
    assert len(result.wire) == 1


@pytest.mark.parametrize("killed", [False, True], ids=["at work", "while dead"])
async def test_a_clock_set_back_an_hour_holds_nothing_up(tmp_path: Path, *, killed: bool) -> None:
    """What waited for a time of the wrong clock comes at once, and nothing twice but the wire."""
    result = (await stepped_clock(tmp_path, seed=7, killed=killed)).result
    print("\n".join(result.lines()))
    assert result.keeps_promise
    assert len(result.wire) == killed
