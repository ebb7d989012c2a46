"""A market's way through a batch: it does to alerts what its ticks do one by one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.candles import Timeframe
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.conditions import Condition, Extreme, Move, Way
from bot.domain.markets import Market, Tick
from bot.domain.measures import PRICE
from bot.domain.watching import begun_watch
from bot.prices.courses import Course, seen_price
from bot.prices.crossing import Accept, Hold, Reason, Refuse, Show
from bot.prices.firing import pass_ticks
from bot.prices.tracks import Tracks
from storage.alerts import NewAlert, add_alert, alert
from storage.candles import candles_since
from storage.chats import destination, see_chat
from storage.markets import StoredMarket, stored_market
from storage.schema import firings
from tests.prices.test_firing_walks import WATCHED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.prices.crossing import Verdict
    from storage.alert_rows import StoredAlert
    from storage.database import Database
    from tests.prices.conftest import PriceWorld

NUMBERS = count()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Lived:
    """A market with alerts that passes ticks."""

    prices: PriceWorld
    market: Market
    tracks: Tracks = field(default_factory=Tracks)
    ids: list[int] = field(default_factory=list)

    async def begin(self, conditions: Sequence[Condition], price: Decimal) -> None:
        """Set the alerts at a first price."""
        now = self.prices.clock()
        await self.take([self.tick(price)])
        async with self.prices.database.writing() as tx:
            await see_chat(tx, ChatSeen(7, ChatKind.PRIVATE), now)
            place = await destination(tx, 7)
            for one in conditions:
                new = NewAlert(place.id, self.market, one, begun_watch(one, price, now), price, 7)
                self.ids.append(await add_alert(tx, new, now))

    def tick(self, price: Decimal, provider: str = "coingecko") -> Tick:
        """The market at a price now, as a provider tells it."""
        return replace(self.prices.tick(price, market=self.market), provider=provider)

    async def take(
        self, ticks: Sequence[Tick], database: Database | None = None
    ) -> list[tuple[Verdict, int]]:
        """What becomes of these ticks, in one transaction."""
        chosen = database or self.prices.database
        passed = await pass_ticks(chosen, ticks, self.prices.clock(), 60, self.tracks)
        return [(one.verdict, one.fired) for one in passed]

    async def facts(self) -> tuple[list[object], list[object]]:
        """All that was stored of it: what its alerts fired and where they stand, and its prices."""
        shown = [one for one in firings.c if one.name not in ("id", "alert_id", "fired_at")]
        fired: list[object] = []
        async with self.prices.database.reading() as tx:
            for number in self.ids:
                rows = await tx.execute(
                    sa.select(*shown).where(firings.c.alert_id == number).order_by(firings.c.id)
                )
                found = await alert(tx, number)
                assert found is not None
                fired.append((rows.all(), _stands(found)))
            market = await stored_market(tx, self.market)
            since = self.prices.clock() - timedelta(days=9)
            candles = [await candles_since(tx, self.market, frame, since) for frame in Timeframe]
        assert market.tick is not None
        told = replace(market.tick, market=Market("any"))
        return fired, [told, market.pending_price, market.quiet, market.measures, candles]


def _stands(found: StoredAlert) -> object:
    return found.watch, found.armed_at


BATCHES = st.lists(
    st.tuples(
        st.sampled_from([0, 30, 400, 4000]),
        st.booleans(),
        st.lists(
            st.tuples(
                st.sampled_from([0, 1, 20, 58]),
                st.integers(-14, 14),
                st.sampled_from(["coingecko", "coingecko", "coingecko", "binance"]),
                st.sampled_from([1, 1, 1, 1, 1, 2]),
            ),
            min_size=1,
            max_size=6,
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=BATCHES)
async def test_a_batch_does_what_its_ticks_do_one_by_one(
    prices: PriceWorld,
    dying_database: Database,
    batches: list[tuple[int, bool, list[tuple[int, int, str, int]]]],
) -> None:
    """With every condition, over switches of provider, wild ticks, silence, and deaths."""
    number, tenths = next(NUMBERS), 970
    together = Lived(prices, Market(f"together-{number}"))
    alone = Lived(prices, Market(f"alone-{number}"))
    for one in (together, alone):
        await one.begin(WATCHED, Decimal(97))
    for pause, dies, steps in batches:
        prices.advance(pause)
        batch: list[tuple[Tick, Tick]] = []
        for seconds, change, provider, times in steps:
            prices.advance(seconds)
            tenths = min(max(tenths + change, 900), 1040)
            price = Decimal(tenths * times) / 10
            batch.append((together.tick(price, provider), alone.tick(price, provider)))
        if dies:
            # Both read their windows anew then, which candles tell by the minute only.
            for one, dying in ((together, [first for first, _ in batch]), (alone, [batch[0][1]])):
                with pytest.raises(SystemExit):
                    await one.take(dying, dying_database)
        passed = await together.take([tick for tick, _ in batch])
        assert passed == [(await alone.take([tick]))[0] for _, tick in batch]
    assert await together.facts() == await alone.facts()


async def test_a_window_read_anew_within_a_batch_knows_the_batchs_earlier_prices(
    prices: PriceWorld,
) -> None:
    """After another provider's first price, which is shown only, windows are read from candles."""
    lived = Lived(prices, Market("bitcoin"))
    up = Move(Way.UP, Decimal("0.05"), HOUR)
    await lived.begin([up, Extreme(Way.UP, 5 * MINUTE)], Decimal(100))
    ticks = []
    for price, provider in ((95, "coingecko"), (98, "binance"), (99, "binance"), (100, "binance")):
        prices.advance(10)
        ticks.append(lived.tick(Decimal(price), provider))
    assert [fired for _, fired in await lived.take(ticks)] == [0, 0, 0, 1]
    assert await prices.firings() == [(lived.ids[0], 1, Decimal(100), prices.clock())]


async def _course(
    lived: Lived, before: StoredMarket, ticks: Sequence[Tick], measures: tuple[str, ...] = ()
) -> tuple[Course, list[object]]:
    course = Course(before, measures, lived.tracks)
    async with lived.prices.database.writing() as tx:
        verdicts: list[object] = [
            await course.take(tx, index, tick, lived.prices.clock(), 60)
            for index, tick in enumerate(ticks)
        ]
    return course, verdicts


async def test_what_is_quiet_is_shown_to_nobody_until_something_is_not(prices: PriceWorld) -> None:
    """What an alert does may make later prices count that were quiet before."""
    lived = Lived(prices, Market("bitcoin"))
    first = lived.tick(Decimal(100))
    before = StoredMarket(lived.market, first, quiet=(95.0, 105.0), measures=())
    prices.advance(10)
    ticks = [lived.tick(Decimal(price)) for price in (101, 105, 102)]
    course, _ = await _course(lived, before, ticks)
    shown = [(one.index, one.seen.value) for one in course.sights[PRICE]]
    assert shown == [(1, Decimal(105)), (2, Decimal(102))]
    assert course.sights[PRICE][1].seen == seen_price(ticks[2], ticks[1])
    assert list(course.loud) == [(lived.market, PRICE)]
    assert course.is_settled
    calm, _ = await _course(lived, before, ticks[:1])
    assert (calm.sights, list(calm.loud), calm.is_settled) == ({}, [], False)
    assert (calm.moved, calm.held, list(calm.unkept)) == (ticks[0], None, ticks[:1])


async def test_what_was_found_out_while_no_row_was_locked_is_not_kept(prices: PriceWorld) -> None:
    """However many ticks are in the first batch."""
    lived = Lived(prices, Market("bitcoin"))
    ticks = [lived.tick(Decimal(price)) for price in (100, 101)]
    course, verdicts = await _course(lived, StoredMarket(lived.market, None), ticks)
    assert verdicts == [Accept(), Accept()]
    assert not course.is_settled
    await lived.take([replace(ticks[0]), ticks[1]])
    async with prices.database.reading() as tx:
        assert (await stored_market(tx, lived.market)).measures is None


async def test_a_course_tells_what_the_market_is_after_it(prices: PriceWorld) -> None:
    lived = Lived(prices, Market("bitcoin"))
    before = StoredMarket(lived.market, lived.tick(Decimal(100)), quiet=(0.0, 1e9), measures=())
    prices.advance(10)
    ticks = [
        lived.tick(Decimal(price), name) for price, name in ((101, "binance"), (200, "binance"))
    ]
    prices.advance(10)
    ticks += [lived.tick(Decimal(201), "binance"), replace(ticks[0])]
    course, verdicts = await _course(lived, before, ticks[:2])
    assert verdicts == [Show(Reason.SWITCHED), Hold()]
    assert (course.moved, course.held) == (ticks[0], ticks[1])
    assert (course.stands.tick, course.stands.pending_price) == (ticks[0], Decimal(200))
    assert not course.is_accepted
    course, verdicts = await _course(lived, before, ticks)
    assert verdicts[2:] == [Accept(), Refuse(Reason.OLDER)]
    assert (course.moved, course.held, course.stands.pending_price) == (ticks[2], None, None)
    assert list(course.unkept) == [ticks[2]]
