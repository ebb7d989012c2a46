"""Waiting for work without asking all the time.

Owns the event that producers set and the one consumer waits on.
"""

import asyncio


class Wakeup:
    """A signal that is remembered until the next wait; implements `ports.Signal`."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        """End the current wait, or the next one."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Return once woken, or after so many seconds."""
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()
