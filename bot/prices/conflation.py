"""Ticks conflated: of each market at most three between two times that they are passed on.

Owns which: the newest, and before it the highest and the lowest in their order, for a wick that
came and went crosses lines too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.markets import Market, Tick


@dataclass(slots=True)
class _Heard:
    """What was heard of a market since the last time, each with its place in the order."""

    highest: tuple[int, Tick]
    lowest: tuple[int, Tick]
    newest: tuple[int, Tick]


class Conflation:
    """Takes ticks as they come, and gives those that count."""

    def __init__(self) -> None:
        self._heard: dict[Market, _Heard] = {}
        self._count = 0

    def add(self, tick: Tick) -> None:
        """Take a tick; of one market they come in the order of time."""
        self._count += 1
        one = (self._count, tick)
        heard = self._heard.get(tick.market)
        if heard is None:
            self._heard[tick.market] = _Heard(one, one, one)
            return
        heard.newest = one
        if tick.price > heard.highest[1].price:
            heard.highest = one
        if tick.price < heard.lowest[1].price:
            heard.lowest = one

    def taken(self) -> list[list[Tick]]:
        """What counts since the last time, and forget it: batches to be passed on one by one.

        No batch has two ticks of a market, and of one market they are in their order.
        """
        batches: list[list[Tick]] = [[], [], []]
        heard, self._heard = self._heard, {}
        for one in heard.values():
            for place, tick in enumerate(_counting(one)):
                batches[place].append(tick)
        return [batch for batch in batches if batch]

    def put_back(self, ticks: Iterable[Tick]) -> None:
        """Take ticks back that could not be passed on; they come before those heard since."""
        since = [
            tick
            for one in self._heard.values()
            for _, tick in sorted({one.highest, one.lowest, one.newest}, key=lambda found: found[0])
        ]
        self._heard.clear()
        for tick in [*ticks, *since]:
            self.add(tick)


def _counting(heard: _Heard) -> list[Tick]:
    """The ticks of a market that are passed on, in their order."""
    last = heard.newest[1].price
    extremes = (heard.highest, heard.lowest)
    found = {heard.newest, *(one for one in extremes if one[1].price != last)}
    return [tick for _, tick in sorted(found, key=lambda one: one[0])]
