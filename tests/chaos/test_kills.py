"""Killed at random instants while news, alerts, a broadcast and commands flow.

The short run; `make chaos` is the long one. The limits are Telegram's own, for the promise speaks
of 32 messages on the wire at 30 a second; 100 chats keep it short.
"""

from pathlib import Path

import pytest

from tests.chaos.scenarios import killed

pytestmark = pytest.mark.timeout(300)


async def test_nothing_is_lost_and_only_what_was_on_the_wire_comes_twice(tmp_path: Path) -> None:
    """Five kills: every chat has all it is owed, and each repeat was on the wire at a kill."""
    result, _ = await killed(tmp_path, kills=5, chats=100, seed=3)
    print("\n".join(result.lines()))
    assert result.keeps_promise


async def test_without_a_kill_nothing_comes_twice(tmp_path: Path) -> None:
    """Everything that is owed comes exactly once."""
    result, _ = await killed(tmp_path, kills=0, chats=60, seed=4)
    assert result.owed > 60
    assert not result.lost
    assert not result.repeats
    assert not result.uncalled
