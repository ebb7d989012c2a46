"""What runs again and again.

Owns APScheduler and its traps: a run that is late is made all the same, runs never overlap,
and a wall clock that jumps starts every job anew (APScheduler alone would stand still for an
hour when the clock goes back one). Refuses to know what the jobs do, or what is due: that
lies in the tables.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.errors import StorageError
from bot.domain.ports import Clock

log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[object]]

_LOOK_SECONDS = 1.0
_STEP_SECONDS = 2.0
_STOP_SECONDS = 10.0


class Schedule:
    """Jobs that are run every so many seconds, each by itself.

    `on_step` is told by how many seconds the wall clock jumped, negative for back.
    """

    def __init__(
        self,
        clock: Clock,
        on_step: Callable[[float], Awaitable[None]],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._on_step = on_step
        self._monotonic = monotonic
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            # A job may be late by any time, and several missed runs are one.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._running: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._watcher: asyncio.Task[None] | None = None

    def every(self, seconds: float, name: str, job: Job) -> None:
        """Run a job now and then every so many seconds; its errors are logged and it goes on."""

        async def guarded() -> None:
            """Run the job once; what it raises is logged."""
            self._running.add(name)
            self._idle.clear()
            try:
                await job()
            except StorageError as error:
                log.warning("job_waits_for_database", job=name, error=error.log_text)
            except Exception:  # the edge of a job: the next run may do better
                log.exception("job_failed", job=name)
            finally:
                self._running.discard(name)
                if not self._running:
                    self._idle.set()

        self._scheduler.add_job(
            guarded, "interval", seconds=seconds, id=name, name=name, next_run_time=self._clock()
        )

    def start(self) -> None:
        """Begin to run jobs, and to watch the wall clock."""
        self._scheduler.start()
        self._watcher = asyncio.create_task(self._watch_clock())

    async def stop(self) -> None:
        """Start no more jobs and let those that run finish, for ten seconds at most."""
        if self._watcher is None:
            return
        self._watcher.cancel()
        self._scheduler.pause()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            log.warning("jobs_cut_short", jobs=sorted(self._running))
        self._scheduler.shutdown(wait=False)

    async def _watch_clock(self) -> None:
        while True:
            wall, steady = self._clock(), self._monotonic()
            await asyncio.sleep(_LOOK_SECONDS)
            passed = self._monotonic() - steady
            step = (self._clock() - wall).total_seconds() - passed
            if abs(step) > _STEP_SECONDS:
                log.warning("clock_stepped", seconds=round(step, 1))
                await self._start_anew(step)

    async def _start_anew(self, step: float) -> None:
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=self._clock())
        try:
            await self._on_step(step)
        except StorageError as error:
            log.warning("clock_step_not_handled", error=error.log_text)
