"""The liquidations of one exchange, heard as long as an alert wants them.

Owns since when each asset has been heard without a break, and when a broken stream is tried
again. Refuses to sum up (`bot.prices.liquidation_sums`).
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.errors import FetchError, ParseError
from bot.domain.ports import Clock
from bot.prices.liquidation_sums import LiquidationSums
from bot.prices.metrics import FIGURE_FAILURES
from bot.prices.rests import Rests
from bot.prices.swap_rows import Liquidation
from bot.prices.swaps import Swaps

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long a stream rests, in seconds.

    After a failure it is tried again after `first`, twice as long each time up to `longest`, and
    from the beginning once it held for `steady`. One that lists nothing wanted looks after `idle`.
    """

    first: float = 5.0
    longest: float = 600.0
    steady: float = 300.0
    idle: float = 60.0


class LiquidationStream:
    """Hears `swaps` and counts what it tells into `sums`."""

    def __init__(
        self,
        *,
        swaps: Swaps,
        sums: LiquidationSums,
        clock: Clock,
        monotonic: Callable[[], float],
        pauses: Pauses | None = None,
    ) -> None:
        self._swaps = swaps
        self._sums = sums
        self._clock = clock
        self._monotonic = monotonic
        self._pauses = pauses or Pauses()
        self._wanted: frozenset[str] = frozenset()
        self._changed = asyncio.Event()
        self._since: dict[str, datetime] = {}
        self._rests = Rests(self._pauses.first, self._pauses.longest, self._pauses.steady)

    def want(self, asset_ids: frozenset[str]) -> None:
        """Hear these assets from now on, and no others."""
        if asset_ids != self._wanted:
            self._wanted = asset_ids
            self._changed.set()

    def lists(self, asset_id: str) -> bool:
        """Whether it can be heard here at all, as far as that is known."""
        return self._swaps.tells_liquidations and self._swaps.symbol(asset_id) is not None

    def heard_since(self, asset_id: str) -> datetime | None:
        """Since when an asset has been heard without a break; None while it is not."""
        return self._since.get(asset_id)

    async def run(self) -> None:
        """Listen as long as something is wanted, until cancelled."""
        while True:
            self._changed.clear()
            if not self._wanted:
                await self._changed.wait()
                continue
            began = self._monotonic()
            try:
                await self._swaps.listen(lambda: self._wanted, self._hear, self._heard, self._clock)
            except (FetchError, ParseError) as error:
                await self._rest(began, error.log_text, type(error).__name__)
            except Exception as error:  # the edge of a job: the next attempt may do better
                log.exception("liquidations_failed", exchange=self._swaps.name)
                await self._rest(began, type(error).__name__, type(error).__name__)
            else:
                self._since.clear()
                await self._idle()

    async def _idle(self) -> None:
        """Wait until something else is wanted, or for what may be listed by then."""
        try:
            async with asyncio.timeout(self._pauses.idle):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _rest(self, began: float, error_text: str, kind: str) -> None:
        self._since.clear()
        wait = self._rests.after_break(self._monotonic() - began)
        FIGURE_FAILURES.labels(source=self._swaps.name, error=kind).inc()
        log.warning(
            "liquidations_broken",
            exchange=self._swaps.name,
            error=error_text,
            again_seconds=round(wait, 1),
        )
        await asyncio.sleep(wait)

    # ---- what is heard

    def _hear(self, asset_id: str, event: Liquidation) -> None:
        self._sums.add(self._swaps.name, asset_id, event, self._clock())

    def _heard(self, asset_ids: Collection[str]) -> None:
        """Note which assets are being heard now."""
        now = self._clock()
        wanted = self._wanted
        self._since = {one: self._since.get(one, now) for one in asset_ids if one in wanted}
