"""What was liquidated lately, as far as it was heard: sums of any window up to a day.

Owns these sums, in memory, by spans of ten seconds. A span counts until its beginning has left
the window, so that a sum is rather too small than too great. Refuses what it was told before:
an event counts once over reconnects.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.conditions import Side
from bot.prices.swap_rows import STALE_AFTER, Liquidation

LONGEST_WINDOW = timedelta(days=1)
_SPAN_SECONDS = 10
_MOST_KNOWN = 50_000  # events that are remembered, to know them again

Spans = dict[int, list[Decimal]]
"""By span, what was liquidated of longs and of shorts."""


class LiquidationSums:
    """Sums by asset, of the events of all exchanges."""

    def __init__(self) -> None:
        self._spans: dict[str, Spans] = {}
        self._known: dict[tuple[str, Liquidation], None] = {}

    def add(self, exchange_id: str, asset_id: str, event: Liquidation, now: datetime) -> bool:
        """Count an event; false when it was counted before."""
        if (exchange_id, event) in self._known:
            return False
        self._known[exchange_id, event] = None
        self._forget_known(now)
        spans = self._spans.setdefault(asset_id, {})
        sums = spans.setdefault(_span(event.at), [Decimal(0), Decimal(0)])
        sums[0 if event.side is Side.LONGS else 1] += event.dollars
        return True

    def total(self, asset_id: str, side: Side, window: timedelta, now: datetime) -> Decimal:
        """The dollars liquidated within the window that ends now."""
        first = (now - min(window, LONGEST_WINDOW)).timestamp()
        within = [
            sums
            for span, sums in self._spans.get(asset_id, {}).items()
            if span * _SPAN_SECONDS >= first
        ]
        longs = sum((sums[0] for sums in within), Decimal(0))
        shorts = sum((sums[1] for sums in within), Decimal(0))
        return {Side.LONGS: longs, Side.SHORTS: shorts, Side.BOTH: longs + shorts}[side]

    def forget(self, asset_ids: set[str], now: datetime) -> None:
        """Drop what is older than a day, and all that is not about these assets."""
        first = _span(now - LONGEST_WINDOW)
        self._spans = {
            asset_id: {span: sums for span, sums in spans.items() if span >= first}
            for asset_id, spans in self._spans.items()
            if asset_id in asset_ids
        }

    def _forget_known(self, now: datetime) -> None:
        """Drop events that would be refused for their age if they came again."""
        oldest = now - 2 * STALE_AFTER
        while self._known:
            first = next(iter(self._known))
            if first[1].at >= oldest and len(self._known) <= _MOST_KNOWN:
                return
            del self._known[first]


def _span(at: datetime) -> int:
    return int(at.timestamp()) // _SPAN_SECONDS
