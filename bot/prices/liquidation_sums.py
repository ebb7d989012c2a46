"""What was liquidated lately, as far as it was heard: sums of any window up to a day.

Owns these sums, in memory, by spans of ten seconds. A span counts until its beginning has left
the window, so that a sum is rather too small than too great. Refuses what it was told before:
an event counts once over reconnects.
"""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.conditions import Side
from bot.prices.swap_rows import STALE_AFTER, Liquidation

LONGEST_WINDOW = timedelta(days=1)
_SPAN_SECONDS = 10
_SPANS_AN_HOUR = 360
_FORGET_EVERY = timedelta(minutes=1)
_MOST_KNOWN = 50_000  # events that are remembered, to know them again

Spans = dict[int, list[Decimal]]
"""By span or by hour, what was liquidated of longs and of shorts."""


class LiquidationSums:
    """Sums by asset, of the events of all exchanges."""

    def __init__(self) -> None:
        self._spans: dict[str, Spans] = {}
        # The same by whole hours: a sum of a day would walk over 8,640 spans each second.
        self._hours: dict[str, Spans] = {}
        self._forgot_at: datetime | None = None
        self._known: dict[tuple[str, Liquidation], None] = {}

    def add(self, exchange_id: str, asset_id: str, event: Liquidation, now: datetime) -> bool:
        """Count an event; false when it was counted before."""
        if (exchange_id, event) in self._known:
            return False
        self._known[exchange_id, event] = None
        self._forget_known(now)
        span, side = _span(event.at), 0 if event.side is Side.LONGS else 1
        for sums, place in ((self._spans, span), (self._hours, span // _SPANS_AN_HOUR)):
            of_asset = sums.setdefault(asset_id, {})
            of_asset.setdefault(place, [Decimal(0), Decimal(0)])[side] += event.dollars
        return True

    def total(self, asset_id: str, side: Side, window: timedelta, now: datetime) -> Decimal:
        """The dollars liquidated within the window that ends now."""
        since = (now - min(window, LONGEST_WINDOW)).timestamp()
        first = math.ceil(since / _SPAN_SECONDS)
        first_hour = math.ceil(first / _SPANS_AN_HOUR)
        spans, hours = self._spans.get(asset_id, {}), self._hours.get(asset_id, {})
        begun = range(first, first_hour * _SPANS_AN_HOUR)
        within = [spans[span] for span in begun if span in spans]
        within += [sums for hour, sums in hours.items() if hour >= first_hour]
        longs = sum((sums[0] for sums in within), Decimal(0))
        shorts = sum((sums[1] for sums in within), Decimal(0))
        return {Side.LONGS: longs, Side.SHORTS: shorts, Side.BOTH: longs + shorts}[side]

    def forget(self, asset_ids: set[str], now: datetime) -> None:
        """Drop all that is not about these assets, and once a minute what is older than a day."""
        for sums in (self._spans, self._hours):
            for asset_id in sums.keys() - asset_ids:
                del sums[asset_id]
        if self._forgot_at is not None and abs(now - self._forgot_at) < _FORGET_EVERY:
            return
        self._forgot_at = now
        first = _span(now - LONGEST_WINDOW)
        _drop_before(self._spans, first)
        _drop_before(self._hours, first // _SPANS_AN_HOUR)

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


def _drop_before(sums: Mapping[str, Spans], first: int) -> None:
    for of_asset in sums.values():
        for place in [place for place in of_asset if place < first]:
            del of_asset[place]
