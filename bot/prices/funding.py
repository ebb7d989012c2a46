"""Funding rates of perpetual swaps, from the first exchange that answers.

Owns the choice between exchanges: an asset's rate stays with the exchange that told it last, so
that two exchanges with different rates do not make a crossing by turns. Refuses to convert: a
rate is a share for each of the exchange's own intervals.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from bot.domain.conditions import Figure
from bot.domain.errors import FetchError, ParseError
from bot.domain.markets import Market
from bot.domain.measures import Reading
from bot.domain.ports import Clock
from bot.prices.gauges import Key
from bot.prices.metrics import FIGURE_FAILURES
from bot.prices.swap_rows import Funding
from bot.prices.swaps import Swaps

log = structlog.get_logger(__name__)

POLL_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 3600.0
_STAYS_SECONDS = 600.0


class FundingRates:
    """Tells the funding rates of assets, once a minute; the preferred of `swaps` first."""

    name = "funding"

    def __init__(
        self, swaps: Sequence[Swaps], clock: Clock, monotonic: Callable[[], float]
    ) -> None:
        self._swaps = tuple(swaps)
        self._clock = clock
        self._monotonic = monotonic
        self._asked_at = float("-inf")
        self._asked: frozenset[str] = frozenset()
        self._failures: dict[str, int] = {}
        self._paused_until: dict[str, float] = {}
        self._from: dict[str, tuple[str, float]] = {}

    def takes(self, market: Market, measure: str) -> bool:
        """Every market's: the rate is its asset's, whatever it is priced in."""
        del market
        return measure == Figure.FUNDING.value

    async def tell(
        self, wanted: Sequence[Key], last: Mapping[Key, Reading]
    ) -> list[tuple[Market, Reading]]:
        """The rates of the wanted assets, where a minute has passed or one is new."""
        del last
        asset_ids = frozenset(market.asset_id for market, _ in wanted)
        now = self._monotonic()
        if not asset_ids or (asset_ids <= self._asked and now - self._asked_at < POLL_SECONDS):
            return []
        self._asked, self._asked_at = asset_ids, now
        rates = await self._rates(asset_ids, self._clock(), now)
        return [
            (market, Reading(measure, rates[market.asset_id].rate, rates[market.asset_id].at))
            for market, measure in wanted
            if market.asset_id in rates
        ]

    async def _rates(
        self, asset_ids: frozenset[str], at: datetime, now: float
    ) -> dict[str, Funding]:
        rates: dict[str, Funding] = {}
        for swaps in self._swaps:
            left = {one for one in asset_ids - rates.keys() if self._may_tell(swaps, one, now)}
            if not left or self._paused_until.get(swaps.name, now) > now:
                continue
            try:
                found = await swaps.fetch_funding(left, at)
            except (FetchError, ParseError) as error:
                self._note_failure(swaps.name, error, now)
                continue
            self._failures.pop(swaps.name, None)
            for asset_id in found:
                self._from[asset_id] = (swaps.name, now)
            rates |= found
        return rates

    def _may_tell(self, swaps: Swaps, asset_id: str, now: float) -> bool:
        """Whether no other exchange told the asset's rate lately."""
        name, told_at = self._from.get(asset_id, (swaps.name, now))
        return name == swaps.name or now - told_at >= _STAYS_SECONDS

    def _note_failure(self, name: str, error: FetchError | ParseError, now: float) -> None:
        failures = self._failures.get(name, 0)
        self._failures[name] = failures + 1
        # At once again with the next poll, then ever more rarely.
        wait = min(POLL_SECONDS * (2.0 ** min(failures, 10) - 1), _LONGEST_PAUSE_SECONDS)
        self._paused_until[name] = now + wait
        FIGURE_FAILURES.labels(source=name, error=type(error).__name__).inc()
        log.warning("funding_failed", exchange=name, error=error.log_text, paused_seconds=wait)
