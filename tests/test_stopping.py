"""The end of tasks: bounded, whatever they do with their cancellation."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.stopping import stop_tasks


async def _sleeps() -> None:
    await asyncio.sleep(3600)


async def _fails() -> None:
    raise OSError("the disk is gone")


async def _shrugs(times: int) -> None:
    """Take so many cancellations for something else, and go on."""
    for _ in range(times):
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            continue
    await asyncio.sleep(3600)


async def test_tasks_end_and_are_awaited() -> None:
    tasks = [asyncio.create_task(_sleeps()) for _ in range(3)]
    await stop_tasks(tasks)
    assert all(task.cancelled() for task in tasks)


async def test_nothing_to_stop_is_no_trouble() -> None:
    with capture_logs() as logs:
        await stop_tasks([])
    assert logs == []


async def test_the_error_that_a_task_ended_with_is_raised_once_all_have_ended() -> None:
    tasks = [asyncio.create_task(_sleeps()), asyncio.create_task(_fails())]
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="the disk is gone"):
        await stop_tasks(tasks)
    assert all(task.done() for task in tasks)


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again() -> None:
    task = asyncio.create_task(_shrugs(2))
    await asyncio.sleep(0)
    await stop_tasks([task], seconds=0.05)
    assert task.cancelled()


async def test_a_task_that_never_ends_keeps_nobody_waiting() -> None:
    task = asyncio.create_task(_shrugs(3), name="shrugging")
    await asyncio.sleep(0)
    with capture_logs() as logs:
        await stop_tasks([task], seconds=0.05)
    assert not task.done()
    assert [(log["event"], log["tasks"]) for log in logs] == [("tasks_never_ended", ["shrugging"])]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
