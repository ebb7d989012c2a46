"""What the public streams of exchanges tell of liquidations: sums of at least so much.

Owns which of the sums that were heard may be told. A stream tells a part only: Binance one event
a second of each coin, and none while it was not connected. So a sum may always rise, but it falls
only when the whole window was heard, or all that was told last has left the window. Without that
a restart would look like a fall, and arm again what has fired.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from bot.domain.conditions import Figure, Side
from bot.domain.markets import Market
from bot.domain.measures import Reading
from bot.domain.ports import Clock
from bot.prices.gauges import Key
from bot.prices.liquidation_stream import LiquidationStream
from bot.prices.liquidation_sums import LONGEST_WINDOW, LiquidationSums

_PARTS = 3


def liquidations_of(measure: str) -> tuple[Side, timedelta] | None:
    """The side and window of a measure of liquidations; None for other measures."""
    parts = measure.split(":")
    if len(parts) != _PARTS or parts[0] != Figure.LIQUIDATIONS.value:
        return None
    return Side(parts[1]), timedelta(seconds=int(parts[2]))


class HeardLiquidations:
    """Tells the sums of what its streams heard; `leaves` are left to another teller."""

    name = "liquidations"

    def __init__(
        self,
        streams: Sequence[LiquidationStream],
        sums: LiquidationSums,
        leaves: Callable[[Market, str], bool],
        clock: Clock,
    ) -> None:
        self._streams = tuple(streams)
        self._sums = sums
        self._leaves = leaves
        self._clock = clock

    def takes(self, market: Market, measure: str) -> bool:
        """Liquidations in windows of a day at most, that nobody else tells."""
        found = liquidations_of(measure)
        return (
            found is not None and found[1] <= LONGEST_WINDOW and not self._leaves(market, measure)
        )

    async def tell(
        self, wanted: Sequence[Key], last: Mapping[Key, Reading]
    ) -> list[tuple[Market, Reading]]:
        """The sums of the assets that are being heard now."""
        asset_ids = frozenset(market.asset_id for market, _ in wanted)
        for stream in self._streams:
            stream.want(asset_ids)
        now = self._clock()
        self._sums.forget(set(asset_ids), now)
        told = [
            (market, self._reading(market, measure, last.get((market, measure)), now))
            for market, measure in wanted
        ]
        return [(market, reading) for market, reading in told if reading is not None]

    def _reading(
        self, market: Market, measure: str, last: Reading | None, now: datetime
    ) -> Reading | None:
        found = liquidations_of(measure)
        since = [
            stream.heard_since(market.asset_id)
            for stream in self._streams
            if stream.lists(market.asset_id)
        ]
        if found is None or not any(since):
            return None
        side, window = found
        heard = [at for at in since if at is not None]
        is_whole = len(heard) == len(since) and max(heard) <= now - window
        value = self._sums.total(market.asset_id, side, window, now)
        value = value.to_integral_value(ROUND_FLOOR)
        if not may_tell(value, last, window, now, is_whole=is_whole):
            return None
        return Reading(measure, value, now, is_partial=True)


def may_tell(
    value: Decimal, last: Reading | None, window: timedelta, now: datetime, *, is_whole: bool
) -> bool:
    """Whether a sum of at least so much may follow what was told last."""
    if last is None or is_whole or value >= last.value:
        return True
    return now - last.at >= window
