"""A million ticks through the machine of each condition, against numpy."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np

from bot.domain.alerts import Direction, Line
from bot.domain.conditions import Close, Condition, Extreme, Frame, Move, Range, Way
from bot.domain.watching import begun_watch, close_step, closed_at, watch_step
from tests.domain.spent_crossings import Numbers, spent_by_hand

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ticks_at(count: int, seed: int) -> tuple[Numbers, Numbers]:
    """Seconds since a Monday, and prices in whole numbers around 100,000 that come back to it."""
    random = np.random.default_rng(seed)
    seconds = np.cumsum(random.choice([0, 1, 3, 10, 40, 200], count))
    steps = random.integers(-150, 151, count)
    wicks = np.where(random.random(count) < 0.01, random.integers(-3000, 3000, count), 0)
    slow = 4000 * np.sin(np.arange(count) / 5000)
    drift = np.cumsum(steps)
    calm = drift - np.convolve(drift, np.ones(2001) / 2001, mode="same")
    return seconds, (100_000 + slow + 2 * calm + wicks).astype(np.int64)


def fired_by(condition: Condition, seconds: Numbers, prices: Numbers) -> list[int]:
    """What the machine fires, set at the first price."""
    times = [START + timedelta(seconds=second) for second in seconds.tolist()]
    walk = list(map(Decimal, prices.tolist()))
    watch, fired = begun_watch(condition, walk[0], times[0]), []
    for index in range(1, len(walk)):
        step = watch_step(condition, watch, walk[index], times[index])
        watch = step.watch
        if step.fires:
            fired.append(index)
    return fired


def first_within(window: int, seconds: Numbers) -> Numbers:
    """The first tick of each that counts: the last of its five seconds was within the window."""
    grains = -(-seconds // 5)
    last = seconds[np.searchsorted(grains, grains, side="right") - 1]
    return np.searchsorted(last, seconds - window, side="right")


def closes_fired_by(condition: Close, seconds: Numbers, prices: Numbers) -> list[int]:
    """The numbers of the ticks that tell a close which fires, set at the first price."""
    times = [START + timedelta(seconds=second) for second in seconds.tolist()]
    walk = list(map(Decimal, prices.tolist()))
    watch, fired = begun_watch(condition, walk[0], times[0]), []
    for index, (seen_at, at) in enumerate(pairwise(times), start=1):
        ended_at = closed_at(condition.frame, seen_at, at)
        if ended_at is None:
            continue
        step = close_step(condition, watch, walk[index - 1], ended_at)
        watch = step.watch
        if step.fires:
            fired.append(index)
    return fired


def running(prices: Numbers, first: Numbers, last: Numbers, *, lowest: bool) -> Numbers:
    """The extreme of each stretch from `first` to `last`, by halves that overlap."""
    extreme = np.minimum if lowest else np.maximum
    tables = [prices]
    while 2 ** len(tables) <= len(prices):
        half = 2 ** (len(tables) - 1)
        tables.append(extreme(tables[-1][:-half], tables[-1][half:]))
    found = np.empty_like(prices)
    level = np.log2(last - first + 1).astype(int)
    for power, table in enumerate(tables):
        at = np.flatnonzero(level == power)
        found[at] = extreme(table[first[at]], table[last[at] - 2**power + 1])
    return found


def test_lines_agree_with_numpy_on_a_third_of_a_million() -> None:
    seconds, prices = ticks_at(333_000, 1)
    level = int(prices[0]) + 800
    out, back = prices >= level, prices * 1000 <= level * 995
    back[0] = True
    line = Line(Direction.ABOVE, Decimal(level), repeat=True)
    fired = fired_by(line, seconds, prices)
    assert fired == spent_by_hand(out, back)
    assert len(fired) > 50


def test_ranges_agree_with_numpy_on_a_quarter_of_a_million() -> None:
    seconds, prices = ticks_at(250_000, 2)
    low, high = int(prices[0]) - 1500, int(prices[0]) + 1500
    out = (prices <= low) | (prices >= high)
    back = (prices * 1000 >= low * 1005) & (prices * 1000 <= high * 995)
    back[0] = True
    fired = fired_by(Range(Decimal(low), Decimal(high), repeat=True), seconds, prices)
    assert fired == spent_by_hand(out, back)
    assert len(fired) > 50


def test_moves_agree_with_numpy_on_a_sixth_of_a_million() -> None:
    seconds, prices = ticks_at(167_000, 3)
    first = first_within(3600, seconds)
    index = np.arange(len(prices))
    lowest = running(prices, first, index, lowest=True)
    out = prices * 100 >= lowest * 103
    back = prices * 100 * 1000 <= lowest * 103 * 995
    back[0] = True
    fired = fired_by(Move(Way.UP, Decimal("0.03"), HOUR, repeat=True), seconds, prices)
    assert fired == spent_by_hand(out, back)
    assert len(fired) > 50


def test_new_highs_agree_with_numpy_on_an_eighth_of_a_million() -> None:
    """Higher than all before it, and only once an hour is known."""
    seconds, prices = ticks_at(125_000, 4)
    index = np.arange(len(prices))
    first = first_within(3600, seconds)
    own = running(prices, first, index, lowest=False)
    has_any = first < index
    before = running(prices, np.minimum(first, index - has_any), index - has_any, lowest=False)
    out = has_any & (prices > before) & (seconds >= 3600)
    back = prices * 1000 <= own * 995
    back[0] = True
    fired = fired_by(Extreme(Way.UP, HOUR, repeat=True), seconds, prices)
    assert fired == spent_by_hand(out, back)
    assert len(fired) > 50


def test_closes_agree_with_numpy_on_an_eighth_of_a_million() -> None:
    seconds, prices = ticks_at(125_000, 5)
    level = int(prices[0]) + 300
    hours = seconds // 3600
    ended = np.flatnonzero(
        (hours[1:] > hours[:-1]) & ((hours[:-1] + 1) * 3600 - seconds[:-1] <= 300)
    )
    closes = np.concatenate([prices[:1], prices[ended]])
    out, back = closes >= level, closes * 1000 <= level * 995
    back[0] = True
    expected = [int(ended[n - 1]) + 1 for n in spent_by_hand(out, back)]
    close = Close(Frame.HOUR, Direction.ABOVE, Decimal(level), repeat=True)
    fired = closes_fired_by(close, seconds, prices)
    assert fired == expected
    assert len(fired) > 20
