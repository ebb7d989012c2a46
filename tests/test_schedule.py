"""Jobs run again and again, whatever one of them or the clock does."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.domain.errors import DatabaseLocked
from bot.schedule import Schedule


class JumpingClock:
    """The wall clock, and what somebody set it on or back by."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


class Steps:
    """What the schedule told of the clock."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seen.append(seconds)


async def until(condition: object, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # type: ignore[operator]  # noqa: ASYNC110  # a job sets no event
            await asyncio.sleep(0.01)


async def test_a_job_that_fails_runs_again() -> None:
    """Neither a fault of ours nor a locked database ends a job."""
    runs = 0

    async def job() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ValueError("a fault")
        if runs == 2:
            raise DatabaseLocked("locked")

    schedule = Schedule(JumpingClock(), Steps())
    schedule.every(0.05, "job", job)
    schedule.start()
    await until(lambda: runs >= 4)
    await schedule.stop()


async def test_runs_of_a_job_never_overlap() -> None:
    """A run that takes longer than its interval delays the next one."""
    now = most = 0

    async def job() -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.15)
        now -= 1

    schedule = Schedule(JumpingClock(), Steps())
    schedule.every(0.03, "slow", job)
    schedule.start()
    await asyncio.sleep(0.6)
    await schedule.stop()
    assert most == 1


async def test_stopping_lets_a_run_finish_and_starts_no_other() -> None:
    """What a job has begun is not cut off."""
    begun = finished = 0

    async def job() -> None:
        nonlocal begun, finished
        begun += 1
        await asyncio.sleep(0.2)
        finished += 1

    schedule = Schedule(JumpingClock(), Steps())
    schedule.every(0.01, "job", job)
    schedule.start()
    await until(lambda: begun == 1)
    await schedule.stop()
    assert finished == begun
    await asyncio.sleep(0.1)
    assert begun == finished


async def test_a_clock_set_back_an_hour_stops_no_job() -> None:
    """APScheduler alone would wait for the hour to pass; the schedule starts jobs anew."""
    runs = 0

    async def job() -> None:
        nonlocal runs
        runs += 1

    clock, steps = JumpingClock(), Steps()
    schedule = Schedule(clock, steps)
    schedule.every(0.1, "job", job)
    schedule.start()
    await until(lambda: runs >= 2)
    clock.offset = timedelta(hours=-1)
    await until(lambda: steps.seen != [])
    seen = runs
    await until(lambda: runs > seen)
    await schedule.stop()
    assert round(steps.seen[0]) == -3600


async def test_stopping_before_the_start_is_harmless() -> None:
    """A start that failed halfway may stop everything."""
    steps = Steps()
    await Schedule(JumpingClock(), steps).stop()
    assert steps.seen == []
