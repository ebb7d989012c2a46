"""Candles filled from the sample market's API: what was missing, within the quota."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler

from bot.demo.sample_gecko import Fault
from bot.demo.sample_market import SampleMarket
from bot.domain.alerts import Direction
from bot.domain.candles import Candle, Timeframe
from bot.domain.errors import (
    CoinbellError,
    ConnectionFailed,
    DatabaseLocked,
    HttpStatusError,
    ParseError,
    QuestionRefused,
)
from bot.domain.markets import Market
from bot.prices.backfill import Backfill, Pace
from bot.prices.candles import StoredCandles
from bot.prices.coingecko import CoinGecko
from bot.prices.firing import pass_ticks
from bot.prices.histories import Asking, Filled, PointHistory
from bot.prices.quota import Quota
from storage.markets import ask_markets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.prices.conftest import PriceWorld

BITCOIN, ETHER = Market("bitcoin"), Market("ethereum")
DAY = timedelta(days=1)


class Paced:
    """A quota whose next poll is due at once."""

    def __init__(self, requests_per_minute: int) -> None:
        self.quota = Quota(requests_per_minute)

    def has_room(self, now: float) -> bool:
        return self.quota.leaves_room(now, now)


class Ground:
    """A backfill over the sample market's API, with what it was asked."""

    def __init__(self, prices: PriceWorld, market: SampleMarket, url: str) -> None:
        self.prices = prices
        self.market = market
        self.pace = Paced(30)
        self.kept: dict[Market, bool | None] = {}
        self._url = url
        self.asked: list[tuple[str, str]] = []

    def backfill(self) -> Backfill:
        """A fresh one, as after a start of the process."""
        return Backfill(
            database=self.prices.database,
            history=PointHistory(
                self.prices.database, CoinGecko(self.prices.client, self._url), self.prices.clock
            ),
            pace=Pace(self.pace, 1000),
            keeps=lambda market: self.kept.get(market, True),
            quote="USD",
            clock=self.prices.clock,
            monotonic=self.prices.seconds,
        )

    async def watch(self, *markets: Market) -> None:
        async with self.prices.database.writing() as tx:
            await ask_markets(tx, markets, self.prices.clock())

    async def stored(self, frame: Timeframe, market: Market = BITCOIN) -> list[Candle]:
        since = self.prices.clock() - 400 * DAY
        return await StoredCandles(self.prices.database).candles(market, frame, since)

    async def tick(self) -> None:
        tick = self.prices.tick(self.market.price("bitcoin"))
        await pass_ticks(self.prices.database, [tick], self.prices.clock(), 15, self.prices.tracks)

    async def pass_minutes(self, minutes: int) -> None:
        """Let the market walk, without anybody listening."""
        for _ in range(minutes):
            self.prices.advance(60)
            self.market.step(60)


@pytest.fixture
async def ground(prices: PriceWorld) -> AsyncIterator[Ground]:
    market = SampleMarket(7, prices.clock)
    asked: list[tuple[str, str]] = []

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked.append((request.match_info["id"], request.query["days"]))
        return await handler(request)

    app = web.Application(middlewares=[note])
    app.add_routes(market.routes())
    async with TestServer(app) as server:
        ground = Ground(prices, market, str(server.make_url("/api/v3")))
        ground.asked = asked
        yield ground


async def test_a_market_newly_watched_is_filled_in_every_length(ground: Ground) -> None:
    """The sample market knows eight days."""
    await ground.watch(BITCOIN)
    await ground.backfill().run()
    assert ground.asked == [("bitcoin", days) for days in ("1", "90", "365")]
    minutes, hours, days = [await ground.stored(frame) for frame in Timeframe]
    assert len(minutes) >= 24 * 12
    assert len(hours) >= 7 * 24
    assert len(days) >= 7
    gaps = {b.open_at - a.open_at for a, b in pairwise(hours)}
    assert gaps == {timedelta(hours=1)}
    assert all(one.low <= min(one.open, one.close) <= one.high for one in hours)
    assert all(one.volume is None for one in days)


async def test_what_nobody_watches_is_not_asked_for(ground: Ground) -> None:
    await ground.backfill().run()
    assert ground.asked == []


async def test_what_is_whole_is_not_asked_for_again(ground: Ground) -> None:
    """After a restart at once, only what the provider does not know either is missing."""
    await ground.watch(BITCOIN)
    await ground.backfill().run()
    ground.asked.clear()
    await ground.backfill().run()
    assert ("bitcoin", "1") not in ground.asked
    backfill = ground.backfill()
    await backfill.run()
    ground.asked.clear()
    for _ in range(3):
        ground.prices.advance(61)
        await backfill.run()
    assert ground.asked == []


async def test_a_silence_is_filled_when_prices_come_again(ground: Ground) -> None:
    await ground.watch(BITCOIN)
    backfill = ground.backfill()
    await ground.tick()
    await backfill.run()
    await ground.pass_minutes(50)
    await ground.watch(BITCOIN)
    await ground.tick()
    ground.asked.clear()
    await backfill.run()
    assert ground.asked == [("bitcoin", "1")]
    minutes = [one.open_at for one in await ground.stored(Timeframe.MINUTE)]
    assert max(b - a for a, b in pairwise(minutes)) <= timedelta(minutes=10)
    hour = (await ground.stored(Timeframe.HOUR))[-1]
    assert hour.high > hour.low


async def test_candles_of_ticks_stand_where_nothing_is_missing(ground: Ground) -> None:
    await ground.watch(BITCOIN)
    for _ in range(70):
        ground.prices.advance(60)
        ground.market.step(60)
        await ground.tick()
    before = [await ground.stored(frame) for frame in (Timeframe.MINUTE, Timeframe.HOUR)]
    await ground.watch(BITCOIN)
    await ground.backfill().run()
    minutes, hours = [await ground.stored(frame) for frame in (Timeframe.MINUTE, Timeframe.HOUR)]
    assert set(before[0]) <= set(minutes)
    assert before[1][-1] == hours[-1]
    assert len(hours) > len(before[1])


async def test_requests_leave_only_where_they_hold_up_no_poll(ground: Ground) -> None:
    """A quota of five: four now, one kept for the poll; the others as the minute passes."""
    ground.pace = Paced(5)
    await ground.watch(BITCOIN, ETHER)
    backfill = ground.backfill()
    await backfill.run()
    first = list(ground.asked)
    assert first == [("bitcoin", "1"), ("ethereum", "1"), ("bitcoin", "90"), ("ethereum", "90")]
    await backfill.run()
    assert ground.asked == first
    ground.prices.advance(62)
    await backfill.run()
    assert ground.asked[4:] == [("bitcoin", "365"), ("ethereum", "365")]


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.UNAVAILABLE])
async def test_a_provider_that_fails_is_asked_again_after_a_minute(
    ground: Ground, fault: Fault
) -> None:
    ground.market.fault = fault
    await ground.watch(BITCOIN)
    backfill = ground.backfill()
    await backfill.run()
    await backfill.run()
    assert len(ground.asked) == 1
    ground.market.fault = None
    ground.prices.advance(61)
    await backfill.run()
    assert sorted(ground.asked[1:]) == [("bitcoin", days) for days in ("1", "365", "90")]
    assert await ground.stored(Timeframe.MINUTE)


async def test_a_provider_that_turns_us_away_is_left_alone_by_polls_too(ground: Ground) -> None:
    limited = SampleMarket(7, ground.prices.clock, requests_per_minute=1)
    app = web.Application()
    app.add_routes(limited.routes())
    async with TestServer(app) as server:
        ground._url = str(server.make_url("/api/v3"))
        await ground.watch(BITCOIN)
        await ground.backfill().run()
    now = ground.prices.seconds()
    assert ground.pace.quota.ready_at(now) == now + 60


async def test_an_asset_that_the_provider_does_not_know_is_asked_once(ground: Ground) -> None:
    await ground.watch(Market("unknown"))
    backfill = ground.backfill()
    for _ in range(4):
        await backfill.run()
        ground.prices.advance(61)
    assert sorted(ground.asked) == [("unknown", days) for days in ("1", "365", "90")]


async def test_many_markets_are_looked_at_a_few_at_a_time(ground: Ground) -> None:
    ground.pace = Paced(1000)
    await ground.watch(*(Market(f"coin-{n:02}") for n in range(30)))
    backfill = ground.backfill()
    for _ in range(100):
        await backfill.run()
    assert len({asset_id for asset_id, _ in ground.asked}) == 30
    assert len(ground.asked) == 90


async def test_what_another_provider_fills_is_not_asked_for(ground: Ground) -> None:
    """While nobody can tell who does, it looks again with every run."""
    await ground.watch(BITCOIN, ETHER)
    ground.kept = {BITCOIN: None, ETHER: False}
    backfill = ground.backfill()
    for _ in range(3):
        await backfill.run()
    assert ground.asked == []
    ground.kept[BITCOIN] = True
    await backfill.run()
    assert [asset_id for asset_id, _ in ground.asked] == ["bitcoin"] * 3


async def test_a_market_that_is_first_asked_for_is_looked_at_with_the_next_run(
    ground: Ground,
) -> None:
    """Not with the next minute: whoever named it waits for what it did."""
    await ground.watch(BITCOIN)
    backfill = ground.backfill()
    await backfill.run()
    ground.asked.clear()
    ground.prices.advance(1)
    await ground.watch(ETHER)
    ground.prices.advance(1)
    await backfill.run()
    assert ground.asked == [("ethereum", days) for days in ("1", "90", "365")]
    assert len(await ground.stored(Timeframe.HOUR, ETHER)) >= 7 * 24
    ground.asked.clear()
    for _ in range(130):
        ground.prices.advance(1)
        await backfill.run()
    assert ground.asked == []


async def test_newcomers_are_looked_at_a_few_at_a_time_and_none_is_left_out(
    ground: Ground,
) -> None:
    ground.pace = Paced(1000)
    backfill = ground.backfill()
    await backfill.run()
    await ground.watch(*(Market(f"coin-{n:02}") for n in range(30)))
    for _ in range(25):
        ground.prices.advance(1)
        await backfill.run()
    assert len({asset_id for asset_id, _ in ground.asked}) == 30
    assert len(ground.asked) == 90


async def test_coins_that_the_provider_does_not_know_hold_up_no_other(ground: Ground) -> None:
    """News names many: their refusals cost a request each, and no run."""
    await ground.watch(Market("aaa"), Market("aab"), BITCOIN)
    await ground.backfill().run()
    first = [("aaa", "1"), ("aab", "1"), ("bitcoin", "1"), ("aaa", "90"), ("aab", "90")]
    assert ground.asked == first


async def test_a_newcomer_that_another_provider_fills_is_left_to_it(ground: Ground) -> None:
    """While nobody can tell who does, it stays one."""
    backfill = ground.backfill()
    await backfill.run()
    await ground.watch(BITCOIN, ETHER)
    ground.kept = {BITCOIN: None, ETHER: False}
    for _ in range(3):
        ground.prices.advance(1)
        await backfill.run()
    assert ground.asked == []
    ground.kept[BITCOIN] = True
    await backfill.run()
    assert [asset_id for asset_id, _ in ground.asked] == ["bitcoin"] * 3


async def test_a_market_that_nobody_watched_any_more_is_new_when_it_is_asked_for_again(
    ground: Ground,
) -> None:
    """What happened meanwhile is missing, and is fetched at once."""
    backfill = ground.backfill()
    await ground.watch(BITCOIN)
    await backfill.run()
    for _ in range(63):
        await ground.pass_minutes(1)
        await backfill.run()
    ground.asked.clear()
    ground.prices.advance(1)
    await backfill.run()
    await ground.watch(BITCOIN)
    await backfill.run()
    assert ("bitcoin", "1") in ground.asked


class Scripted:
    """A history that tells what it was asked, and fails as it is told to; `broken` markets do.

    Each request does `work`, where there is some.
    """

    name = "scripted"
    longest_silence = timedelta(minutes=3)
    rest: timedelta | None = timedelta(hours=1)

    def __init__(self) -> None:
        self.since: list[datetime | None] = []
        self.asked: list[str] = []
        self.error: CoinbellError | None = None
        self.broken: set[Market] | None = None
        self.filled: list[str] = []
        self.work: Callable[[], Awaitable[Filled]] | None = None

    async def askings(
        self, tx: object, market: Market, since: datetime | None, now: datetime
    ) -> list[Asking]:
        del tx, now
        self.since.append(since)
        return [self._asking(market, "page 0")]

    def _asking(self, market: Market, shown: str) -> Asking:
        async def fill() -> Filled:
            self.asked.append(shown)
            if self.work is not None:
                return await self.work()
            if self.error is not None and (self.broken is None or market in self.broken):
                raise self.error
            self.filled.append(market.asset_id)
            return Filled(1, self._asking(market, "page 1") if shown == "page 0" else None)

        return Asking(market, 0, shown, fill)


def scripted(ground: Ground, history: Scripted) -> Backfill:
    return Backfill(
        database=ground.prices.database,
        history=history,
        pace=Pace(ground.pace, 10),
        keeps=lambda _: True,
        quote="USD",
        clock=ground.prices.clock,
        monotonic=ground.prices.seconds,
    )


async def test_what_follows_is_asked_next_and_after_its_rest_only_what_is_new(
    ground: Ground,
) -> None:
    history = Scripted()
    backfill = scripted(ground, history)
    began = ground.prices.clock()
    await ground.watch(BITCOIN)
    await backfill.run()
    assert history.asked == ["page 0", "page 1"]
    ground.prices.advance(3540)
    await ground.watch(BITCOIN)
    await backfill.run()
    assert history.since == [None]
    ground.prices.advance(61)
    await backfill.run()
    assert history.since == [None, began]


async def test_a_silence_is_asked_for_from_its_beginning(ground: Ground) -> None:
    history = Scripted()
    backfill = scripted(ground, history)
    await ground.watch(BITCOIN)
    await ground.tick()
    before = ground.prices.clock()
    await backfill.run()
    await ground.pass_minutes(5)
    await ground.tick()
    await backfill.run()
    assert history.since == [None, before]


async def test_an_answer_that_nobody_can_read_is_asked_for_three_times(ground: Ground) -> None:
    history = Scripted()
    history.error = ParseError("no candles")
    backfill = scripted(ground, history)
    await ground.watch(BITCOIN)
    for _ in range(6):
        await backfill.run()
        ground.prices.advance(61)
    assert history.asked == ["page 0"] * 3


async def test_the_past_takes_its_share_of_the_requests_at_most(ground: Ground) -> None:
    """However many a poll may still make."""
    ground.pace = Paced(30)
    pace = Pace(ground.pace, 2)
    for _ in range(2):
        assert pace.has_room(0)
        pace.spend(0)
    assert not pace.has_room(0)
    assert ground.pace.quota.left(0) == 28
    assert pace.has_room(62)
    pace.hold(62, 30)
    assert not pace.has_room(90)


SEVERAL = tuple(Market(name) for name in ("aave", "bitcoin", "ethereum", "solana"))


async def run_for(ground: Ground, backfill: Backfill, minutes: int) -> None:
    """Run as the schedule does, so that it looks for gaps again and again between failures."""
    for _ in range(minutes * 2):
        await backfill.run()
        ground.prices.advance(30)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionFailed("reset"),
        ParseError("no candles"),
        HttpStatusError("busy", status=503),
        QuestionRefused("scripted refused the question (HTTP 400)"),
        HttpStatusError("no such coin", status=404),
    ],
)
async def test_markets_whose_past_fails_keep_the_others_from_nothing(
    ground: Ground, error: CoinbellError
) -> None:
    """However often it is looked for gaps meanwhile; two of four fail, the first in the order."""
    history = Scripted()
    history.error, history.broken = error, set(SEVERAL[:2])
    backfill = scripted(ground, history)
    await ground.watch(*SEVERAL)
    await run_for(ground, backfill, 10)
    assert sorted(history.filled) == ["ethereum", "ethereum", "solana", "solana"]


async def test_a_request_that_always_fails_is_given_up_and_looked_at_again_hours_later(
    ground: Ground,
) -> None:
    """After eight attempts, each twice as long after the one before, an hour at most."""
    history = Scripted()
    history.error, history.rest = ConnectionFailed("reset"), None
    backfill = scripted(ground, history)
    await ground.prices.add_alert(Direction.ABOVE, 99_000, 95_000)
    times = []
    for _ in range(130):
        before = len(history.asked)
        await backfill.run()
        times += [ground.prices.seconds()] * (len(history.asked) - before)
        ground.prices.advance(60)
    assert [(b - a) / 60 for a, b in pairwise(times)] == [1, 2, 4, 8, 16, 32, 60]
    assert list(backfill._askings) == []
    history.error = None
    ground.prices.advance(5 * 3600)
    await backfill.run()
    assert history.filled == []
    ground.prices.advance(3600)
    await backfill.run()
    assert history.filled == ["bitcoin", "bitcoin"]


@pytest.mark.parametrize(
    "error", [QuestionRefused("no such symbol"), HttpStatusError("unknown", status=422)]
)
async def test_a_question_that_is_refused_is_asked_once(
    ground: Ground, error: CoinbellError
) -> None:
    history = Scripted()
    history.error, history.rest = error, None
    backfill = scripted(ground, history)
    await ground.watch(BITCOIN)
    await run_for(ground, backfill, 30)
    assert history.asked == ["page 0"]


@pytest.mark.parametrize("error", [DatabaseLocked("deadlock detected"), RuntimeError("a mistake")])
async def test_what_could_not_be_stored_is_asked_for_again(
    ground: Ground, error: Exception
) -> None:
    """And does not keep others waiting, nor is it asked for with every run."""
    history = Scripted()

    async def work() -> Filled:
        if len(history.asked) == 1:
            raise error
        return Filled(1)

    history.work = work
    backfill = scripted(ground, history)
    await ground.watch(BITCOIN)
    with pytest.raises(type(error)):
        await backfill.run()
    await backfill.run()
    assert len(history.asked) == 1
    ground.prices.advance(61)
    await backfill.run()
    assert len(history.asked) == 2
    assert list(backfill._askings) == []


async def test_a_request_that_is_cut_short_waits_on(ground: Ground) -> None:
    """As where a run is cancelled in the middle of it."""
    begun = asyncio.Event()
    history = Scripted()

    async def work() -> Filled:
        begun.set()
        await asyncio.Event().wait()
        return Filled(0)

    history.work = work
    backfill = scripted(ground, history)
    await ground.watch(BITCOIN)
    running = asyncio.create_task(backfill.run())
    await begun.wait()
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert [one.shown for one in backfill._askings] == ["page 0"]
