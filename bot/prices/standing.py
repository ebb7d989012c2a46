"""Where the alerts on one measure stand while its values pass them.

Owns which of them a value touches, in memory. Pure. It touches too often rather than once too
seldom, as the database does: what happens is decided by `bot.prices.crossing`.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.domain.alerts import Watch
from bot.domain.measures import triggers_of
from storage.alert_rows import StoredAlert
from storage.touching import widened


class Standing:
    """Some alerts of one market on one measure, moved from value to value.

    `armed` are the ids of those that were armed on the way.
    """

    def __init__(self, alerts: Iterable[StoredAlert]) -> None:
        self._alerts = {alert.id: alert for alert in alerts}
        self._edges: dict[int, tuple[float, float]] = {}
        # Whose edges are found out once a value comes: after the last one nobody asks.
        self._unsure = set(self._alerts)
        self._moved: set[int] = set()
        self.armed: set[int] = set()
        self._quiet = (-math.inf, math.inf)

    @property
    def moved(self) -> list[tuple[StoredAlert, Watch]]:
        """The alerts that have moved, by id, each with where it stands and since when armed."""
        return [
            (self._alerts[number], self._alerts[number].watch) for number in sorted(self._moved)
        ]

    def touched(self, value: Decimal) -> list[StoredAlert]:
        """The alerts on which a value may have an effect, by id."""
        if self._unsure:
            self._find_edges()
        low, high = widened(value)
        if self._quiet[0] < low and high < self._quiet[1]:
            return []
        return [
            self._alerts[number]
            for number, (lowest, highest) in self._edges.items()
            if lowest >= low or highest <= high
        ]

    def move(self, moved: Sequence[tuple[StoredAlert, Watch]], at: datetime) -> None:
        """Let alerts stand elsewhere from a value on, which was at that time."""
        for alert, watch in moved:
            is_armed = watch.arming > alert.watch.arming
            since = at if is_armed else alert.armed_at
            self._alerts[alert.id] = replace(alert, watch=watch, armed_at=since)
            if is_armed:
                self.armed.add(alert.id)
            self._moved.add(alert.id)
            self._unsure.add(alert.id)

    def _find_edges(self) -> None:
        """Find out where values touch, and between which ones none is touched."""
        for number in self._unsure:
            self._edges[number] = _edges(self._alerts[number])
        self._unsure.clear()
        edges = self._edges.values()
        # The first may be the higher: then every value touches one.
        self._quiet = (
            max((low for low, _ in edges), default=-math.inf),
            min((high for _, high in edges), default=math.inf),
        )


def _edges(alert: StoredAlert) -> tuple[float, float]:
    """At or under the first value, and at or over the second, something may happen."""
    at = triggers_of(alert.condition, alert.watch)
    return (
        -math.inf if at.low is None else float(at.low),
        math.inf if at.high is None else float(at.high),
    )
