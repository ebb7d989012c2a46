"""The newest ticks of all providers side by side, and how long one has been off.

Owns that memory. The decision of which of them is off is `bot.prices.failover`'s.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.markets import Market, Tick
from bot.prices.failover import comparable_prices, off_providers

# At a check every two minutes that is three in a row: a provider that is a minute late has
# caught up with a crash by then.
OFF_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class _Off:
    """Since when a provider has been off in a market, and when it last was seen to be."""

    since: float
    seen: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a look at one market gave: who is off by now for good, and who agrees."""

    off: frozenset[str]
    agreeing: frozenset[str]
    prices: dict[str, Decimal]


class Comparison:
    """What each provider last said of each market; `by_id` is who knows assets by our ids."""

    def __init__(self, by_id: str) -> None:
        self._by_id = by_id
        self._ticks: dict[Market, dict[str, Tick]] = {}
        self._agreed: dict[Market, Decimal] = {}
        self._off: dict[tuple[Market, str], _Off] = {}

    def note(self, ticks: Iterable[Tick]) -> None:
        """Keep these ticks as their providers' newest."""
        for tick in ticks:
            self._ticks.setdefault(tick.market, {})[tick.provider] = tick

    def keep_only(self, markets: Collection[Market]) -> None:
        """Forget every market that is not among these."""
        self._ticks = {m: found for m, found in self._ticks.items() if m in markets}
        self._agreed = {m: price for m, price in self._agreed.items() if m in markets}
        self._off = {key: off for key, off in self._off.items() if key[0] in markets}

    def others(self, tick: Tick) -> list[Tick]:
        """The newest ticks of the same market from the other providers."""
        found = self._ticks.get(tick.market, {})
        return [other for name, other in found.items() if name != tick.provider]

    def judge(self, market: Market, now: datetime, seconds: float) -> Judgement:
        """Who is off in a market and has been for three minutes; `seconds` are monotonic.

        Nobody is, and nobody agrees, while fewer than two prices can be compared. Who was not
        seen to be off for longer than that may have agreed meanwhile: the time begins anew.
        """
        prices = comparable_prices(self._ticks.get(market, {}), now)
        if len(prices) <= 1:
            return Judgement(frozenset(), frozenset(), prices)
        off = off_providers(prices, self._agreed.get(market), self._by_id)
        if not off:
            ordered = sorted(prices.values())
            self._agreed[market] = ordered[len(ordered) // 2]
        for name in prices:
            self._note_off(market, name, seconds, is_off=name in off)
        lasting = {n for n in off if seconds - self._off[market, n].since >= OFF_SECONDS}
        return Judgement(frozenset(lasting), frozenset(prices) - off, prices)

    def _note_off(self, market: Market, name: str, seconds: float, *, is_off: bool) -> None:
        known = self._off.pop((market, name), None)
        if is_off:
            if known is None or seconds - known.seen > OFF_SECONDS:
                known = _Off(seconds, seconds)
            self._off[market, name] = _Off(known.since, seconds)
