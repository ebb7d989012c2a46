"""The transaction of a tick: all of it or nothing, over restarts and deaths, exactly once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.alerts import AlertState, Direction, Side
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.conditions import Close, Condition, Extreme, Figure, Frame, Gauge, Move, Way
from bot.domain.markets import Market
from bot.domain.measures import Reading
from bot.domain.watching import begun_watch
from bot.prices.crossing import Accept, Hold, Reason, Refuse, Show
from bot.prices.firing import Passed, pass_readings, pass_ticks
from bot.prices.tracks import Tracks
from storage.alerts import NewAlert, add_alert
from storage.chats import destination, see_chat
from storage.database import Database
from storage.markets import StoredMarket, stored_market
from storage.readings import last_reading

if TYPE_CHECKING:
    from tests.prices.conftest import PriceWorld

BITCOIN = Market("bitcoin")


async def pass_price(prices: PriceWorld, price: object, database: Database | None = None) -> Passed:
    """One tick of that price, half a minute after the last."""
    prices.advance(30)
    chosen = database or prices.database
    (passed,) = await pass_ticks(chosen, [prices.tick(price)], prices.clock(), 15, prices.tracks)
    return passed


async def stored(prices: PriceWorld, market: Market = BITCOIN) -> StoredMarket:
    """What is stored of a market."""
    async with prices.database.reading() as tx:
        return await stored_market(tx, market)


async def test_a_crossing_stores_the_firing_the_watch_the_notification_and_the_tick(
    prices: PriceWorld,
) -> None:
    alert_id = await prices.add_alert(Direction.ABOVE, 95000, 94000)
    assert (await pass_price(prices, 94000)).fired == 0
    assert (await pass_price(prices, "95000.5")).fired == 1
    assert await prices.firings() == [(alert_id, 1, Decimal("95000.5"), prices.clock())]
    assert await prices.owed() == 1
    assert (await prices.stored_alert(alert_id)).watch.state is AlertState.DONE
    tick = (await stored(prices)).tick
    assert tick == prices.tick("95000.5")


async def test_hovering_beyond_the_line_rings_no_more(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000, repeat=True)
    fired = [
        (await pass_price(prices, price)).fired
        for price in (94500, 95100, 94900, 95200, 94600, 95000)
    ]
    assert fired == [0, 1, 0, 0, 0, 0]
    assert [(await pass_price(prices, price)).fired for price in (94500, 95000)] == [0, 1]
    told = [(row[1], row[2]) for row in await prices.firings()]
    assert told == [(1, Decimal(95100)), (2, Decimal(95000))]
    assert await prices.owed() == 2


async def test_an_alert_set_before_any_price_is_armed_by_the_first(prices: PriceWorld) -> None:
    alert_id = await prices.add_alert(Direction.BELOW, 95000, None)
    await pass_price(prices, 96000)
    assert (await prices.stored_alert(alert_id)).watch.side is Side.OVER
    assert (await pass_price(prices, 95000)).fired == 1


async def test_only_alerts_of_the_same_market_fire(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000, market=Market("bitcoin", "EUR"))
    await prices.add_alert(Direction.ABOVE, 95000, 94000, market=Market("ethereum"))
    await pass_price(prices, 94000)
    assert (await pass_price(prices, 96000)).fired == 0


async def test_levels_are_compared_as_decimals(prices: PriceWorld) -> None:
    """A level that a float cannot tell from its neighbour fires at itself, not beside it."""
    level = "0.000012345678901234567891"
    await prices.add_alert(Direction.ABOVE, level, "0.00001")
    await pass_price(prices, "0.000012345678901234567890")
    assert await prices.firings() == []
    assert (await pass_price(prices, level)).fired == 1


async def test_a_crossing_while_the_bot_was_down_fires_on_the_first_tick(
    prices: PriceWorld,
) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    await pass_price(prices, 94000)
    await prices.database.close()
    prices.advance(86_400)
    restarted = Database(prices.url)
    passed = await pass_price(prices, 130_000, restarted)
    again = await pass_price(prices, 130_001, restarted)
    await restarted.close()
    assert (passed.fired, again.fired) == (1, 0)
    assert await prices.owed() == 1


async def test_a_death_before_the_commit_leaves_nothing_and_it_fires_once_later(
    prices: PriceWorld, dying_database: Database
) -> None:
    alert_id = await prices.add_alert(Direction.ABOVE, 95000, 94000, repeat=True)
    await pass_price(prices, 94000)
    before = await stored(prices)
    with pytest.raises(SystemExit):
        await pass_price(prices, 96000, dying_database)
    assert await stored(prices) == before
    assert await prices.firings() == []
    assert await prices.owed() == 0
    assert (await prices.stored_alert(alert_id)).watch.state is AlertState.ARMED
    assert [(await pass_price(prices, 96000)).fired for _ in range(3)] == [1, 0, 0]
    assert await prices.owed() == 1


WINDOWED: list[Condition] = [
    Move(Way.UP, Decimal("0.02"), timedelta(hours=1)),
    Move(Way.EITHER, Decimal("0.02"), timedelta(minutes=5), repeat=True),
    Extreme(Way.UP, timedelta(minutes=5), repeat=True),
]


async def set_windowed(
    prices: PriceWorld, condition: Condition, price: int, market: Market = BITCOIN
) -> int:
    """The id of an alert that is set now."""
    watch = begun_watch(condition, Decimal(price), prices.clock())
    async with prices.database.writing() as tx:
        await see_chat(tx, ChatSeen(7, ChatKind.PRIVATE), prices.clock())
        place = await destination(tx, 7)
        new = NewAlert(place.id, market, condition, watch, None, 7)
        return await add_alert(tx, new, prices.clock())


@pytest.mark.parametrize("condition", WINDOWED, ids=str)
async def test_what_a_rolled_back_tick_found_out_is_forgotten(
    prices: PriceWorld, dying_database: Database, condition: Condition
) -> None:
    """Else an alert would count as fired, and its next value as one that touches nothing."""
    alert_id = await set_windowed(prices, condition, 95000)
    for _ in range(14):
        await pass_price(prices, 95000)
    with pytest.raises(SystemExit):
        await pass_price(prices, 98000, dying_database)
    assert [(await pass_price(prices, 98000)).fired for _ in range(2)] == [1, 0]
    assert [row[0] for row in await prices.firings()] == [alert_id]


async def test_a_rolled_back_batch_that_ended_where_it_began_is_forgotten_too(
    prices: PriceWorld, dying_database: Database
) -> None:
    """What it saw at the very time of the last price that is stored was no price."""
    await set_windowed(prices, Extreme(Way.UP, timedelta(minutes=5)), 95000)
    for _ in range(14):
        await pass_price(prices, 95000)
    both = [prices.tick(99000), prices.tick(95000)]
    with pytest.raises(SystemExit):
        await pass_ticks(dying_database, both, prices.clock(), 15, prices.tracks)
    assert [(await pass_price(prices, price)).fired for price in (97000, 98000)] == [1, 0]


@pytest.mark.parametrize("condition", WINDOWED[1:], ids=str)
async def test_two_processes_that_take_turns_fire_what_one_alone_fires(
    prices: PriceWorld, condition: Condition
) -> None:
    """Each finds the alert where the other left it, and knows its prices."""
    both, alone = Market("both"), Market("alone")
    ids = [await set_windowed(prices, condition, 950, market) for market in (both, alone)]
    processes = [Tracks(), Tracks()]
    walk = [950] * 14 + [980, 978, 970, 970, 968, 970, 985, 960, 960, 962, 961, 962, 990, 980, 995]
    for index, price in enumerate(walk):
        # One that is read from candles counts as of its minute's end, which matters to none here.
        prices.advance(90)
        for market, tracks in ((both, processes[index // 2 % 2]), (alone, prices.tracks)):
            tick = prices.tick(price, market=market)
            await pass_ticks(prices.database, [tick], prices.clock(), 15, tracks)
    told = [[row[1:] for row in await prices.firings() if row[0] == number] for number in ids]
    assert told[0] == told[1]
    assert len(told[1]) > 1


async def test_a_wild_tick_waits_and_fires_once_confirmed(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.BELOW, 80000, 95000)
    await pass_price(prices, 95000)
    passed = await pass_price(prices, 70000)
    assert passed.verdict == Hold()
    waiting = await stored(prices)
    assert waiting.tick is not None
    assert waiting.tick.price == 95000
    assert (waiting.pending_price, waiting.pending_at) == (Decimal(70000), prices.clock())
    assert await prices.firings() == []
    confirmed = await pass_price(prices, 71000)
    assert (confirmed.verdict, confirmed.fired) == (Accept(), 1)
    assert (await stored(prices)).pending_price is None


async def test_a_wild_tick_that_is_not_confirmed_is_forgotten(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.BELOW, 80000, 95000)
    for price in (95000, 950, 95010, 95020):
        await pass_price(prices, price)
    assert await prices.firings() == []
    assert (await stored(prices)).pending_price is None


async def test_a_wild_tick_waits_over_a_restart(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.BELOW, 80000, 95000)
    await pass_price(prices, 95000)
    await pass_price(prices, 70000)
    await prices.database.close()
    restarted = Database(prices.url)
    assert (await pass_price(prices, 70500, restarted)).fired == 1
    await restarted.close()


async def test_a_stale_tick_is_stored_to_be_shown_and_fires_nothing(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    old = prices.tick(96000, age=400)
    (passed,) = await pass_ticks(prices.database, [old], prices.clock(), 15, prices.tracks)
    assert passed.verdict == Show(Reason.STALE)
    assert (await stored(prices)).tick == old
    assert await prices.firings() == []
    assert (await pass_price(prices, 96000)).fired == 1


@pytest.mark.parametrize(
    ("provider", "age", "verdict"),
    [
        pytest.param("coingecko", 0, Accept(), id="the same provider"),
        pytest.param("binance", 0, Show(Reason.SWITCHED), id="a switch of provider"),
        pytest.param("coingecko", 310, Show(Reason.STALE), id="a stale tick"),
    ],
)
@pytest.mark.parametrize("frame", [Frame.HOUR, Frame.WEEK])
async def test_a_close_is_told_by_whatever_tick_comes_after_it(
    prices: PriceWorld, frame: Frame, provider: str, age: int, verdict: object
) -> None:
    """The price before the candle's end was seen: who tells that it is over does not matter."""
    monday = datetime(2026, 3, 16, tzinfo=UTC)
    prices.advance((monday - prices.clock()).total_seconds() - 120)
    close = Close(frame=frame, direction=Direction.ABOVE, level=Decimal(3500))
    alert_id = await set_windowed(prices, close, 3400)
    for seconds, price in ((0, 3400), (118, 3601)):
        prices.advance(seconds)
        await pass_ticks(prices.database, [prices.tick(price)], prices.clock(), 5, prices.tracks)
    prices.advance(5 + age)
    fired = []
    for number in range(3):
        tick = replace(prices.tick(3602 + number, age=0 if number else age), provider=provider)
        (passed,) = await pass_ticks(prices.database, [tick], prices.clock(), 5, prices.tracks)
        assert number or passed.verdict == verdict
        fired.append(passed.fired)
        prices.advance(5)
    assert fired == [1, 0, 0]
    assert await prices.firings() == [(alert_id, 1, Decimal(3601), monday)]
    assert await prices.owed() == 1


async def test_a_refused_tick_changes_nothing(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    await pass_price(prices, 94000)
    before = await stored(prices)
    for tick in (prices.tick(96000, age=10), prices.tick(96000, age=-100), prices.tick(94000)):
        (passed,) = await pass_ticks(prices.database, [tick], prices.clock(), 15, prices.tracks)
        assert isinstance(passed.verdict, Refuse)
    assert await stored(prices) == before
    assert await prices.firings() == []


async def test_many_markets_pass_together(prices: PriceWorld) -> None:
    markets = [Market(f"coin-{number}") for number in range(30)]
    for market in markets[::10]:
        await prices.add_alert(Direction.ABOVE, 10, 9, market=market)
    ticks = [prices.tick(11, market=market) for market in markets]
    passed = await pass_ticks(prices.database, ticks, prices.clock(), 15, prices.tracks)
    assert [one.tick for one in passed] == ticks
    assert sum(one.fired for one in passed) == 3
    assert (await stored(prices, markets[-1])).tick == ticks[-1]


async def test_a_tick_that_crosses_more_alerts_than_one_page_fires_them_all(
    prices: PriceWorld,
) -> None:
    ids = await prices.add_alerts(Direction.ABOVE, range(95000, 96100), 94000)
    assert (await pass_price(prices, 94000)).fired == 0
    assert (await pass_price(prices, 96050)).fired == 1051
    assert [row[0] for row in await prices.firings()] == ids[:1051]
    assert await prices.owed() == 1051
    assert (await pass_price(prices, 97000)).fired == 49


walks = st.lists(
    st.tuples(st.integers(min_value=9400, max_value=9600), st.booleans()), min_size=2, max_size=12
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(walks)
async def test_deaths_between_ticks_lose_no_crossing_and_ring_none_twice(
    prices: PriceWorld, dying_database: Database, walk: list[tuple[int, bool]]
) -> None:
    """Every tick may be killed before its commit and come again: the outcome is the same."""
    market_a, market_b = Market("calm"), Market("deadly")
    start = walk[0][0]
    fired_before = len(await prices.firings())
    calm = await prices.add_alert(Direction.CROSS, 9500, start, repeat=True, market=market_a)
    deadly = await prices.add_alert(Direction.CROSS, 9500, start, repeat=True, market=market_b)
    for price, dies in walk:
        prices.advance(30)
        ticks = [prices.tick(price, market=market_b)]
        if dies:
            with pytest.raises(SystemExit):
                await pass_ticks(dying_database, ticks, prices.clock(), 15, prices.tracks)
        both = [prices.tick(price, market=market_a), *ticks]
        await pass_ticks(prices.database, both, prices.clock(), 15, prices.tracks)
    rows = (await prices.firings())[fired_before:]
    told = {
        alert_id: [(row[1], row[2]) for row in rows if row[0] == alert_id]
        for alert_id in (calm, deadly)
    }
    assert told[calm] == told[deadly]


# ---- figures


async def told(prices: PriceWorld, value: str, *, is_partial: bool = False) -> int:
    """How many alerts a funding rate fires, a minute after the last."""
    prices.advance(60)
    reading = Reading("funding", Decimal(value), prices.clock(), is_partial)
    return await pass_readings(prices.database, [(BITCOIN, reading)], prices.clock())


async def test_a_figure_fires_beside_the_price_and_is_kept(prices: PriceWorld) -> None:
    """Once for each crossing; the firing has the price of the moment and the figure's value."""
    condition = Gauge(Figure.FUNDING, Direction.BELOW, Decimal("-0.0005"), repeat=True)
    watch = begun_watch(condition, Decimal(0), prices.clock())
    line_id = await prices.add_alert(Direction.ABOVE, 95000, 94000)
    async with prices.database.writing() as tx:
        place = await destination(tx, 7)
        new = NewAlert(place.id, BITCOIN, condition, watch, None, 7)
        alert_id = await add_alert(tx, new, prices.clock())
    assert await told(prices, "-0.0006") == 0, "no price is known yet"
    await pass_price(prices, 94000)
    assert [await told(prices, rate) for rate in ("-0.0004", "-0.0005", "-0.0006")] == [0, 1, 0]
    assert [await told(prices, rate) for rate in ("-0.0004", "-0.0007")] == [0, 1]
    rows = await prices.firings()
    assert [(number, arming, price) for number, arming, price, _ in rows] == [
        (alert_id, 1, Decimal(94000)),
        (alert_id, 2, Decimal(94000)),
    ]
    assert (await pass_price(prices, 95000)).fired == 1
    assert (await prices.firings())[-1][0] == line_id
    async with prices.database.reading() as tx:
        last = await last_reading(tx, BITCOIN, "funding", prices.clock() - timedelta(hours=1))
    assert last is not None
    assert last.value == Decimal("-0.0007")


async def test_a_figure_whose_transaction_dies_fires_with_the_next(
    prices: PriceWorld, dying_database: Database
) -> None:
    condition = Gauge(Figure.FUNDING, Direction.ABOVE, Decimal("0.0005"))
    await set_windowed(prices, condition, 0)
    await pass_price(prices, 94000)
    reading = Reading("funding", Decimal("0.0006"), prices.clock())
    with pytest.raises(SystemExit):
        await pass_readings(dying_database, [(BITCOIN, reading)], prices.clock())
    assert await prices.firings() == []
    assert [await told(prices, "0.0006") for _ in range(2)] == [1, 0]
