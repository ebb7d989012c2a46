"""A signal is never lost, and never counted twice."""

import asyncio

import pytest

from bot.delivery.wakeup import Wakeup


async def test_a_signal_before_the_wait_ends_it() -> None:
    """Whoever wakes before anybody waits is heard, and once."""
    wakeup = Wakeup()
    wakeup.wake()
    wakeup.wake()
    async with asyncio.timeout(1):
        await wakeup.wait(60)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await wakeup.wait(60)


async def test_a_wait_ends_by_itself() -> None:
    """Without a signal the time given ends the wait, and one signal ends one wait."""
    wakeup = Wakeup()
    wakeup.wake()
    await wakeup.wait(60)
    async with asyncio.timeout(1):
        await wakeup.wait(0.01)
    assert not wakeup._event.is_set()
