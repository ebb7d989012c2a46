"""The end of what runs beside each other, when the bot stops.

Owns that a stop is bounded: a loop that takes one cancellation for a failure of its own and goes
on is told again, and one that never ends keeps nobody waiting for ever.
"""

import asyncio
from collections.abc import Collection
from typing import Any

import structlog

log = structlog.get_logger(__name__)

_TIMES = 3
_SECONDS = 10.0


async def stop_tasks(tasks: Collection[asyncio.Task[Any]], seconds: float = _SECONDS) -> None:
    """Cancel tasks and wait until they have ended: three times at most, so many seconds each.

    Raises the first error that one of them ended with; a cancellation is none. What still runs
    then is logged and left.
    """
    running: set[asyncio.Task[Any]] = set(tasks)
    for _ in range(_TIMES):
        if not running:
            break
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=seconds)
    if running:
        log.error("tasks_never_ended", tasks=sorted(task.get_name() for task in running))
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error
