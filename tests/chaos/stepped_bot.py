"""The bot with a wall clock of its own: `python -m tests.chaos.stepped_bot FILE run`.

The file holds by how many seconds the clock is ahead, and is read again and again: writing to it
sets the clock, for the whole process as a time server would. The bot itself knows nothing of it.
"""

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import time_machine

from bot.cli import main

_LOOK_SECONDS = 0.05


class _Clock(Protocol):
    def shift(self, delta: timedelta) -> None: ...


def _follow(file: Path, clock: _Clock, ahead: float) -> None:
    while True:
        time.sleep(_LOOK_SECONDS)
        wanted = float(file.read_text() or ahead)
        if wanted != ahead:
            clock.shift(timedelta(seconds=wanted - ahead))
            ahead = wanted


if __name__ == "__main__":
    offset_file = Path(sys.argv[1])
    ahead_seconds = float(offset_file.read_text())
    start_at = datetime.now(UTC) + timedelta(seconds=ahead_seconds)
    traveller = time_machine.travel(start_at, tick=True).start()
    threading.Thread(
        target=_follow, args=(offset_file, traveller, ahead_seconds), daemon=True
    ).start()
    raise SystemExit(main(sys.argv[2:]))
