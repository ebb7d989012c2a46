"""When alerts ought to fire, worked out by looking back over all prices.

Keeps no queue, no candles and no state beside what fired: for each price it asks all of those
before it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from bot.domain.conditions import Close, Condition, Extreme, Move, Range, Way
from tests.domain.plain_windows import PlainWindow, is_silent

Point = tuple[datetime, Decimal]
"""A time and the price at it."""

MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class History:
    """All prices of a market that counted, oldest first, and what was the highest before them.

    `told` are these and those that were shown only, `reread` the numbers of the points before
    which the windows were made of candles.
    """

    points: list[Point]
    highest: Decimal
    lowest: Decimal
    told: list[Point]
    reread: set[int]
    windows: dict[timedelta, list[tuple[list[Decimal], list[Decimal]]]] = field(
        default_factory=dict
    )

    def expected(self, condition: Condition) -> list[Point]:
        """When and at which price an alert fires that was set at the first price."""
        if condition.told is not None and condition.told.value == "explained":
            return []
        points = self.closes(condition) if isinstance(condition, Close) else self.points
        fired: list[Point] = []
        armed = self.side_at(condition, 0, is_first=True)
        for index, (at, price) in enumerate(points):
            if index == 0:
                continue
            if condition.until is not None and at >= condition.until:
                break
            if armed and self.is_out(condition, points, index, armed):
                fired.append((at, price))
                if not condition.repeat:
                    break
                armed = ""
            rests = condition.cooldown is not None and fired
            if not armed and not (rests and at < fired[-1][0] + condition.cooldown):  # type: ignore[operator]  # it rests for one
                armed = self.side_left(condition, points, index, is_first=not fired)
        return fired

    def side_at(self, condition: Condition, index: int, *, is_first: bool) -> str:
        """The side that an alert is armed on at the price of that number."""
        return self.side_left(condition, self.points, index, is_first=is_first)

    def closes(self, condition: Close) -> list[Point]:
        """The price at which the alert was set, then the last prices of hours, where seen."""
        length = timedelta(seconds=condition.frame.seconds)
        found = [self.points[0]]
        for (at, price), (later, _) in pairwise(self.told):
            end = at - (at - MONDAY) % length + length
            if later >= end and end - at <= timedelta(minutes=5):
                found.append((end, price))
        return found

    def is_out(self, condition: Condition, points: list[Point], index: int, side: str) -> bool:
        """Whether an armed alert fires at this price."""
        price = points[index][1]
        match condition:
            case Range():
                return not condition.low < price < condition.high
            case Move():
                low, high = self.moved_lines(condition, index)
                return price <= low or price >= high
            case Extreme():
                low, high = self.extremes_before(condition, index)
                return price < low or price > high
            case _:
                return price >= condition.level if side == "under" else price <= condition.level

    def side_left(
        self, condition: Condition, points: list[Point], index: int, *, is_first: bool
    ) -> str:
        """Where the price stands far enough from what it may cross; nothing where it does not."""
        price = points[index][1]
        band = Decimal(0) if is_first else condition.band
        match condition:
            case Range():
                low, high = condition.low, condition.high
                gap = (high - low) / 4
                inner = low + min(low * band, gap), high - min(high * band, gap)
                return "in" if inner[0] <= price <= inner[1] and low < price < high else ""
            case Move():
                low, high = self.moved_lines(condition, index)
                gap = (high - low) / 4 if low > 0 and high < 10**9 else Decimal(10**9)
                inner = low + min(low * band, gap), high - min(high * band, gap)
                return "in" if inner[0] <= price <= inner[1] and low < price < high else ""
            case Extreme():
                if is_first:
                    return "in"
                return "in" if self.has_left_extreme(condition, index) else ""
            case _:
                level, gap = condition.level, condition.level * band
                if price < level and price <= level - gap and condition.direction != "below":
                    return "under"
                if price > level and price >= level + gap and condition.direction != "above":
                    return "over"
                return ""

    # ---- looking back

    def inside(self, window: timedelta, index: int, *, itself: bool) -> list[Decimal]:
        """The prices that count in a window that ends with this price."""
        if window not in self.windows:
            self.windows[window] = self.walked(window)
        return self.windows[window][index][itself]

    def walked(self, window: timedelta) -> list[tuple[list[Decimal], list[Decimal]]]:
        """The prices that count in a window at each point, without and with its own."""
        plain, found = PlainWindow(window), []
        for index, (at, price) in enumerate(self.points):
            before = self.points[max(index - 1, 0)][0]
            if index in self.reread or is_silent(before, at, window):
                plain.reread(at)
            without = plain.inside(at)
            plain.take(at, price)
            found.append((without, plain.inside(at)))
        return found

    def moved_lines(self, condition: Move, index: int) -> tuple[Decimal, Decimal]:
        """The prices at which a percentage is reached; far away where it does not look."""
        if condition.window is None:
            seen = [self.points[0][1]]
        else:
            seen = self.inside(condition.window, index, itself=True)
        low = Decimal(-1) if condition.way is Way.UP else max(seen) * (1 - condition.share)
        high = Decimal(10**12) if condition.way is Way.DOWN else min(seen) * (1 + condition.share)
        return low, high

    def extremes_before(self, condition: Extreme, index: int) -> tuple[Decimal, Decimal]:
        """The lowest and highest before this price; far away where they are not known."""
        if condition.window is None:
            seen = [self.highest, self.lowest, *(price for _, price in self.points[:index])]
        elif self.known_since(index) > self.points[index][0] - condition.window:
            seen = []
        else:
            seen = self.inside(condition.window, index, itself=False)
        low = min(seen) if seen and condition.way is Way.DOWN else Decimal(-1)
        high = max(seen) if seen and condition.way is Way.UP else Decimal(10**12)
        return low, high

    def has_left_extreme(self, condition: Extreme, index: int) -> bool:
        """Whether the price has come back by the band from the extreme, its own included."""
        low, high = self.extremes_before(condition, index)
        price = self.points[index][1]
        if condition.way is Way.UP:
            return high < 10**12 and price <= max(high, price) * (1 - condition.band)
        return low > 0 and price >= min(low, price) * (1 + condition.band)

    def known_since(self, index: int) -> datetime:
        """The first minute after the last silence of more than a quarter of an hour."""
        minutes = [minute(at) for at, _ in self.points[: index + 1]]
        since = minutes[0]
        for before, after in pairwise(minutes):
            if after - before > timedelta(minutes=16):
                since = after
        return since


def minute(at: datetime) -> datetime:
    """When the minute of a time began."""
    return at.replace(second=0, microsecond=0)
