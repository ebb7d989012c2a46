"""Waiting for work without asking all the time.

Owns the event that producers set and the one consumer waits on.
"""

import asyncio
import contextlib


class Wakeup:
    """A signal that is remembered until the next wait; implements `ports.Signal`."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        """End the current wait, or the next one."""
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Return once woken, or after so many seconds; true when it was woken."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0)):
                await self._event.wait()
        woken = self._event.is_set()
        self._event.clear()
        return woken
