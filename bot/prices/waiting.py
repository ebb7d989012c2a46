"""Requests for the past that wait for their turn.

Owns their order, when one that failed is made again, and when it is given up. Refuses to make
them, and clocks: `now` is monotonic seconds throughout.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from bot.domain.markets import Market
from bot.prices.histories import Asking

FIRST_WAIT_SECONDS = 60.0
MOST_FAILURES = 8  # within two hours and a half
_LONGEST_WAIT_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class _Tried:
    """How often a request failed, and before when it is not made again."""

    failures: int = 0
    not_before: float = float("-inf")


class Waiting:
    """The requests, each once. `quote` is our own currency.

    What happened last is asked first, of every market, for alerts and charts need it most; then
    the markets in our own currency. One that failed stands behind all that failed less often, so
    that a market whose past cannot be had keeps no other waiting.
    """

    def __init__(self, quote: str) -> None:
        self._quote = quote
        self._tried: dict[Asking, _Tried] = {}

    def __iter__(self) -> Iterator[Asking]:
        return iter(sorted(self._tried, key=self._place))

    def add(self, askings: Iterable[Asking]) -> None:
        """Let these wait as well; those that do already stay as they are."""
        for asking in askings:
            self._tried.setdefault(asking, _Tried())

    def keep_only(self, markets: Collection[Market]) -> None:
        """Drop the requests of all other markets."""
        self._tried = {a: tried for a, tried in self._tried.items() if a.market in markets}

    def drop(self, asking: Asking) -> None:
        """Drop one that was answered, or never will be."""
        self._tried.pop(asking, None)

    def due(self, now: float) -> Asking | None:
        """The request that is to be made next; None while none may be."""
        found = (one for one, tried in self._tried.items() if now >= tried.not_before)
        return min(found, key=self._place, default=None)

    def put_off(self, asking: Asking, now: float, most: int = MOST_FAILURES) -> bool:
        """Count a failure; false where there were as many as `most`, and it waits no longer.

        It is made again after a minute, after twice as long with each failure, an hour at most.
        """
        failures = self._tried.get(asking, _Tried()).failures + 1
        if failures >= most:
            self.drop(asking)
            return False
        wait = min(FIRST_WAIT_SECONDS * 2.0 ** (failures - 1), _LONGEST_WAIT_SECONDS)
        self._tried[asking] = _Tried(failures, now + wait)
        return True

    def _place(self, asking: Asking) -> tuple[object, ...]:
        market = asking.market
        return (
            self._tried[asking].failures,
            asking.rank,
            market.quote != self._quote,
            market.asset_id,
            market.quote,
        )
