"""Charts for who asks: laid out here, drawn in a process of their own, kept for a minute.

Owns that process, which is started when a chart is asked for and ends when none was for a
while, and the cache. Refuses to draw: `bot.prices.chart_drawing` does, over there.
"""

import asyncio
import contextlib
import sys
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.domain.candles import Candle, opened_at
from bot.domain.charts import AskedChart
from bot.domain.errors import ChartFailed
from bot.domain.ports import Candles, Clock
from bot.prices.chart_layout import Picture, laid_out
from bot.prices.chart_worker import DRAWN, LENGTH_BYTES, framed, written

log = structlog.get_logger(__name__)

_KEPT_SECONDS = 60.0
_KEPT_MOST = 64
_IDLE_SECONDS = 60.0
# Its first chart takes it a second or two, on a small machine more.
_ANSWER_SECONDS = 30.0
_END_SECONDS = 5.0


class DrawnCharts:
    """Charts of stored candles, as `bot.domain.ports.Charts`; `close` ends the process."""

    def __init__(
        self,
        candles: Candles,
        clock: Clock,
        monotonic: Callable[[], float],
        *,
        idle_seconds: float = _IDLE_SECONDS,
    ) -> None:
        self.worker = Worker(idle_seconds)
        self._candles = candles
        self._clock = clock
        self._monotonic = monotonic
        self._kept: dict[AskedChart, tuple[float, bytes]] = {}
        self._asking: dict[AskedChart, asyncio.Lock] = {}

    async def chart(self, asked: AskedChart) -> bytes | None:
        """The chart as a PNG, at most a minute old; None when too few candles are stored.

        Those may come with the next second, so that only what was drawn is kept. Raises
        ChartFailed when it cannot be drawn, StorageError when candles cannot be read.
        """
        lock = self._asking.setdefault(asked, asyncio.Lock())
        async with lock:  # who asks for the same meanwhile gets the same
            try:
                kept = self._kept.get(asked)
                if kept is None or self._monotonic() - kept[0] > _KEPT_SECONDS:
                    self._drop_old()
                    png = await self._drawn(asked)
                    if png is None:
                        return None
                    kept = self._kept[asked] = (self._monotonic(), png)
                return kept[1]
            finally:
                self._asking.pop(asked, None)

    async def _drawn(self, asked: AskedChart) -> bytes | None:
        now = self._clock()
        picture = laid_out(asked, await self._shown(asked, now), now)
        return None if picture is None else await self.worker.drawn(picture)

    async def _shown(self, asked: AskedChart, now: datetime) -> list[Candle]:
        span = asked.span
        since = opened_at(now - span.length, span.bar)
        return await self._candles.candles(asked.market, span.timeframe, since)

    def _drop_old(self) -> None:
        now = self._monotonic()
        fresh = {a: kept for a, kept in self._kept.items() if now - kept[0] <= _KEPT_SECONDS}
        while len(fresh) >= _KEPT_MOST:
            del fresh[next(iter(fresh))]
        self._kept = fresh

    async def close(self) -> None:
        """End the process, if there is one."""
        await self.worker.stop()


class Worker:
    """The process of `bot.prices.chart_worker`, started when it is needed."""

    def __init__(self, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process's id; None when there is none."""
        return self._process.pid if self._process else None

    async def drawn(self, picture: Picture) -> bytes:
        """The picture as a PNG; raises ChartFailed. A process that fails is not used again."""
        async with self._turn:
            self._rest()
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    found = await self._asked(framed(written(picture)))
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                await self._end()
                raise ChartFailed(f"the drawing process: {type(error).__name__}") from error
            except asyncio.CancelledError:
                # Its answer would be taken for that of the next question.
                self._kill()
                self._process = None
                raise
            self._idle = asyncio.get_running_loop().call_later(
                self._idle_seconds, self._begin_ending
            )
        if found[:1] != DRAWN:
            raise ChartFailed(found[1:].decode("utf-8", "replace")[:300])
        return found[1:]

    async def _asked(self, message: bytes) -> bytes:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await _started()
            log.info("chart_worker_started", pid=process.pid)
        assert process.stdin is not None  # noqa: S101  # both are pipes
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(message)
        await process.stdin.drain()
        head = await process.stdout.readexactly(LENGTH_BYTES)
        return await process.stdout.readexactly(int.from_bytes(head))

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _begin_ending(self) -> None:
        self._ending = asyncio.get_running_loop().create_task(self.stop())

    async def stop(self) -> None:
        """End the process once it has answered what it was asked."""
        async with self._turn:
            self._rest()
            await self._end()

    def _kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _end(self) -> None:
        """Close its input, by which it ends; else kill it."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None  # noqa: S101  # it is a pipe
        process.stdin.close()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await process.wait()
        except TimeoutError:
            self._kill()
            await process.wait()
        self._process = None
        log.info("chart_worker_ended", pid=process.pid)


async def _started() -> asyncio.subprocess.Process:
    """A fresh interpreter with the paths of this one, that loads nothing but the drawing."""
    code = f"import sys; sys.path[:] = {sys.path!r}; "
    code += "from bot.prices.chart_worker import main; main()"
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
