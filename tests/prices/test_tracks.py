"""What markets remember of their windows: made of candles, carried on with each tick."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.alerts import Memory
from bot.domain.candles import Candle, Timeframe, opened_at
from bot.domain.markets import Market
from bot.domain.measures import window_of_measure
from bot.domain.windows import extreme
from bot.prices.candles import add_ticks
from bot.prices.tracks import Tracks
from storage.candles import Span, put_candles
from tests.domain.plain_windows import PlainWindow, is_silent

if TYPE_CHECKING:
    from bot.domain.markets import Tick
    from tests.prices.conftest import PriceWorld

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WINDOWED = ("up:300", "down:3600", "either:3600", "high:86400", "low:259200", "high:0")
NUMBERS = count()


@dataclass
class TrackedMarket:
    """A market whose ticks are stored as candles, and what its tracks tell before each."""

    prices: PriceWorld
    market: Market
    tracks: Tracks = field(default_factory=Tracks)
    last: Tick | None = None

    async def move(
        self, tick: Tick, measures: tuple[str, ...] = WINDOWED, *, is_kept: bool = True
    ) -> dict[str, Memory]:
        """What is known before a tick; it is then taken in, and stored if the commit works."""
        async with self.prices.database.writing() as tx:
            found = await self.tracks.memories(tx, tick, self.last, measures)
            self.tracks.advance(tick)
            await add_ticks(tx, [tick])
            if not is_kept:
                await tx.rollback()
        self.last = tick if is_kept else self.last
        return found

    async def read(self, tick: Tick) -> dict[str, Memory]:
        """What candles alone tell before a tick."""
        async with self.prices.database.reading() as tx:
            return await Tracks().memories(tx, tick, self.last, WINDOWED)

    def tick(self, price: object) -> Tick:
        """The market at a price now."""
        return self.prices.tick(price, market=self.market)


@pytest.fixture
def market(prices: PriceWorld) -> TrackedMarket:
    """Bitcoin, of which nothing is known yet."""
    return TrackedMarket(prices, Market("bitcoin"))


def ends(found: dict[str, Memory], measure: str, market: TrackedMarket) -> tuple[object, object]:
    """The lowest and highest that are known of a measure's window now."""
    window, memory = window_of_measure(measure) or None, found[measure]
    now = market.prices.clock()
    return extreme(memory.lows, window, now), extreme(memory.highs, window, now)


async def test_a_memory_is_of_what_was_before_the_tick(market: TrackedMarket) -> None:
    for price, known in (
        (100, (None, None)),
        (105, (100, 100)),
        (95, (100, 105)),
        (99, (95, 105)),
    ):
        found = await market.move(market.tick(price))
        assert ends(found, "either:3600", market) == known
        market.prices.advance(30)


async def test_only_what_is_looked_at_is_remembered(market: TrackedMarket) -> None:
    assert await market.move(market.tick(100), ("close:1h", "volume", "price")) == {}
    assert set(await market.move(market.tick(100), ("close:1h", "up:300"))) == {"up:300"}


async def test_candles_of_before_are_part_of_it(market: TrackedMarket) -> None:
    """Those of the days for all time, which 90 of them tell, and those of the hours for three."""
    now = market.prices.clock()
    put = [
        (
            Span(market.market, frame, open_at),
            Candle(open_at, *(Decimal(price) for price in (100, high, low, 100))),
        )
        for frame, number, high, low in (
            (Timeframe.DAY, 100, 500, 7),
            (Timeframe.HOUR, 100, 300, 20),
            (Timeframe.MINUTE, 1600, 200, 50),
        )
        for open_at in (opened_at(now, frame.length) - n * frame.length for n in range(1, number))
    ]
    async with market.prices.database.writing() as tx:
        await put_candles(tx, put)
    found = await market.move(market.tick(100))
    assert ends(found, "high:0", market) == (7, 500)
    assert ends(found, "low:259200", market) == (20, 300)
    assert ends(found, "high:86400", market) == (50, 200)
    assert found["high:86400"].since is not None
    assert found["high:86400"].since <= now - DAY


async def test_the_highest_ever_is_not_that_of_two_days_but_what_the_provider_tells(
    market: TrackedMarket,
) -> None:
    """The tick's own highest ever may count its price already: that before it is taken."""
    found = await market.move(market.tick(100))
    assert ends(found, "high:0", market) == (None, None)
    market.prices.advance(30)
    told = replace(market.tick(100), ath=Decimal(120), atl=Decimal(2))
    assert ends(await market.move(told), "high:0", market) == (None, None)
    market.tracks.forget(market.market)
    market.prices.advance(30)
    higher = replace(market.tick(130), ath=Decimal(130), atl=Decimal(2))
    assert ends(await market.move(higher), "high:0", market) == (2, 120)
    market.prices.advance(30)
    assert ends(await market.move(market.tick(110)), "high:0", market) == (2, 130)


@pytest.mark.parametrize("told", ["ath", "atl"])
async def test_of_all_time_each_side_is_known_by_itself(market: TrackedMarket, told: str) -> None:
    """A provider that tells the highest ever and no lowest makes no tick the lowest."""
    ath, atl = (Decimal(120), None) if told == "ath" else (None, Decimal(2))
    for price in (100, 99, 101):
        found = await market.move(replace(market.tick(price), ath=ath, atl=atl))
        market.prices.advance(30)
        assert ends(found, "high:0", market) == (atl, ath)


async def test_a_tick_that_was_rolled_back_is_forgotten(market: TrackedMarket) -> None:
    await market.move(market.tick(100))
    market.prices.advance(30)
    await market.move(market.tick(150), is_kept=False)
    market.prices.advance(30)
    assert ends(await market.move(market.tick(101)), "up:300", market) == (100, 100)


async def test_a_tick_of_another_process_is_learned_from_candles(market: TrackedMarket) -> None:
    """Each process has tracks of its own, and the ticks of both count."""
    other = TrackedMarket(market.prices, market.market)
    for one, price in ((market, 100), (other, 90), (market, 120), (market, 110), (other, 100)):
        market.prices.advance(20)
        one.last = market.last
        known = await one.move(market.tick(price))
        market.last = one.last
    assert ends(known, "up:300", market) == (90, 120)


async def test_what_is_forgotten_is_read_again(market: TrackedMarket) -> None:
    """As after a provider's past was filled in."""
    await market.move(market.tick(100))
    open_at = opened_at(market.prices.clock(), MINUTE) - 3 * MINUTE
    filled = Candle(open_at, *(Decimal(price) for price in (100, 140, 60, 100)))
    async with market.prices.database.writing() as tx:
        await put_candles(tx, [(Span(market.market, Timeframe.MINUTE, open_at), filled)])
    market.prices.advance(30)
    assert ends(await market.move(market.tick(100)), "up:300", market) == (100, 100)
    market.tracks.forget(market.market)
    market.prices.advance(30)
    assert ends(await market.move(market.tick(100)), "up:300", market) == (60, 140)


async def test_after_a_silence_the_window_is_known_anew(market: TrackedMarket) -> None:
    """What was filled in meanwhile counts, and where nothing was, nothing is known."""
    await market.move(market.tick(100))
    market.prices.advance(3600)
    found = await market.move(market.tick(100))
    assert found["either:3600"].since == opened_at(market.prices.clock(), MINUTE)
    # Hours may be silent for three.
    assert found["low:259200"].since == opened_at(market.prices.clock() - HOUR, HOUR)


WALKS = st.lists(
    st.tuples(
        st.sampled_from(["kept", "kept", "kept", "lost", "fresh", "forgotten"]),
        st.sampled_from([0, 7, 61, 300, 900, 2000, 15_000]),
        st.integers(50, 150),
    ),
    min_size=2,
    max_size=30,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(walk=WALKS)
async def test_the_memory_is_that_of_all_ticks_however_it_was_come_by(
    prices: PriceWorld, walk: list[tuple[str, int, int]]
) -> None:
    """Carried, made of candles, or both: what was read counts as of its candle's end."""
    lived = TrackedMarket(prices, Market(f"coin-{next(NUMBERS)}"))
    plain = {name: PlainWindow(window_of_measure(name) or HOUR) for name in WINDOWED[:-1]}
    last_at = prices.clock()
    for event, seconds, price in walk:
        prices.advance(seconds)
        match event:
            case "lost":
                await lived.move(lived.tick(price * 2), is_kept=False)
                prices.advance(1)
            case "fresh":
                lived.tracks = Tracks()
            case "forgotten":
                lived.tracks.forget(lived.market)
        tick = lived.tick(price)
        fresh = await lived.read(tick)
        found = await lived.move(tick)
        at = tick.provider_at
        for name in WINDOWED[:-1]:
            known, window = plain[name], plain[name].window
            if event != "kept" or is_silent(last_at, at, window):
                known.reread(at)
            inside = known.inside(at)
            assert extreme(found[name].lows, window, at) == min(inside, default=None)
            assert extreme(found[name].highs, window, at) == max(inside, default=None)
            starts = [one[name].since for one in (fresh, found)]
            # What lies before the window does not matter.
            assert len({since and max(since, at - window) for since in starts}) == 1
            known.take(at, tick.price)
        last_at = at
