"""Every condition over everything that may happen to a market, against looking back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.alerts import Direction, Line, Told
from bot.domain.candles import Candle, Timeframe, opened_at
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.conditions import Close, Condition, Extreme, Frame, Move, Range, Way
from bot.domain.markets import Market, Tick
from bot.domain.watching import begun_watch
from bot.prices.crossing import Accept, Hold, Reason, Refuse, Show
from bot.prices.firing import pass_ticks
from bot.prices.tracks import Tracks
from storage.alerts import NewAlert, add_alert
from storage.candles import Span, put_candles
from storage.chats import destination, see_chat
from tests.prices.condition_model import History

if TYPE_CHECKING:
    from datetime import datetime

    from bot.prices.crossing import Verdict
    from storage.database import Database
    from tests.prices.conftest import PriceWorld

NUMBERS = count()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ABOVE, BELOW, CROSS = Direction
SHARE = Decimal("0.02")
WATCHED: list[Condition] = [
    Line(ABOVE, Decimal("97.5"), repeat=True),
    Line(BELOW, Decimal("96.5"), repeat=True),
    Line(CROSS, Decimal(97), repeat=True),
    Line(ABOVE, Decimal(98)),
    Line(CROSS, Decimal(97), repeat=True, cooldown=10 * MINUTE),
    Line(ABOVE, Decimal("97.5"), repeat=True, band=Decimal(0)),
    Line(CROSS, Decimal(97), repeat=True, told=Told.UNEXPLAINED),
    Line(CROSS, Decimal(97), repeat=True, told=Told.EXPLAINED),
    Range(Decimal(95), Decimal(99), repeat=True),
    Range(Decimal("96.9"), Decimal("97.1"), repeat=True),
    Range(Decimal(96), Decimal(98)),
    Move(Way.UP, SHARE, repeat=True),
    Move(Way.EITHER, SHARE),
    Move(Way.UP, SHARE, 10 * MINUTE, repeat=True),
    Move(Way.DOWN, SHARE, HOUR, repeat=True),
    Move(Way.EITHER, SHARE, HOUR, repeat=True, cooldown=5 * MINUTE),
    Move(Way.EITHER, SHARE, 3 * 24 * HOUR),
    Extreme(Way.UP, 10 * MINUTE, repeat=True),
    Extreme(Way.DOWN, 30 * MINUTE, repeat=True),
    Extreme(Way.UP, HOUR),
    Extreme(Way.UP, repeat=True),
    Extreme(Way.DOWN),
    Close(Frame.HOUR, ABOVE, Decimal(97), repeat=True),
    Close(Frame.HOUR, CROSS, Decimal(97), repeat=True, band=Decimal("0.001")),
]
HIGHEST, LOWEST = Decimal(101), Decimal(93)
EVENTS = [
    "tick",
    "tick",
    "tick",
    "wick",
    "wild",
    "older",
    "restart",
    "dies",
    "other",
    "other process",
    "hour",
    "switch of provider",
    "stale tick",
]
WALKS = st.lists(
    st.tuples(
        st.sampled_from(["tick", "tick", "tick", *EVENTS]),
        st.sampled_from([0, 5, 20, 60, 200, 700, 1500, 4000]),
        st.integers(-14, 14),
    ),
    min_size=5,
    max_size=40,
)


@dataclass
class Walk:
    """A market that moves as an example says, with an alert of each condition.

    `points` are the ticks that count; what is refused, held or rolled back is none of them. `told`
    are these and those that were shown only. `follower` is who has seen all that was told, and
    `reread` numbers the points that found nobody: windows were made of candles then.
    """

    prices: PriceWorld
    market: Market
    dying: Database
    tracks: Tracks = field(default_factory=Tracks)
    others: Tracks = field(default_factory=Tracks)
    points: list[tuple[datetime, Decimal]] = field(default_factory=list)
    told: list[tuple[datetime, Decimal]] = field(default_factory=list)
    reread: set[int] = field(default_factory=set)
    follower: Tracks | None = None
    provider: str = "coingecko"
    tenths: int = 970

    async def begin(self) -> list[int]:
        """Set the alerts at the first price; more than 90 days of days are known."""
        days = [self.prices.clock() - timedelta(days=number) for number in range(1, 100)]
        spans = [Span(self.market, Timeframe.DAY, opened_at(day, HOUR * 24)) for day in days]
        async with self.prices.database.writing() as tx:
            candles = [Candle(s.open_at, LOWEST, HIGHEST, LOWEST, LOWEST) for s in spans]
            await put_candles(tx, list(zip(spans, candles, strict=True)))
        await self.count(self.tick())
        at, price = self.points[0]
        async with self.prices.database.writing() as tx:
            await see_chat(tx, ChatSeen(7, ChatKind.PRIVATE), at)
            place = await destination(tx, 7)
            self.follower = None
            return [
                await add_alert(
                    tx,
                    NewAlert(place.id, self.market, one, begun_watch(one, price, at), price, 7),
                    at,
                )
                for one in WATCHED
            ]

    def tick(self, tenths: int | None = None) -> Tick:
        """The market's price now, or another one in tenths."""
        price = Decimal(self.tenths if tenths is None else tenths) / 10
        return replace(self.prices.tick(price, market=self.market), provider=self.provider)

    async def pass_one(self, tick: Tick, database: Database | None = None) -> Verdict:
        """What becomes of one tick, alone in its batch."""
        chosen = database or self.prices.database
        passed = await pass_ticks(chosen, [tick], self.prices.clock(), 5, self.tracks)
        return passed[0].verdict

    async def count(self, tick: Tick) -> None:
        """A tick that counts, unless it says what the last one said."""
        if self.told and self.told[-1] == (tick.provider_at, tick.price):
            assert isinstance(await self.pass_one(tick), Refuse)
            return
        assert await self.pass_one(tick) == Accept()
        if self.follower is not self.tracks:
            self.reread.add(len(self.points))
        self.follower = self.tracks
        self.points.append((tick.provider_at, tick.price))
        self.told.append(self.points[-1])

    async def show(self, tick: Tick, reason: Reason) -> None:
        """A tick that is shown only, and ends a candle all the same."""
        assert await self.pass_one(tick) == Show(reason)
        self.follower = None
        self.told.append((tick.provider_at, tick.price))
        self.prices.advance(5)

    async def to_the_hour(self) -> None:
        """A tick ten seconds before the next hour."""
        self.prices.advance((3590 - self.prices.clock().timestamp()) % 3600)
        await self.count(self.tick())

    async def die(self, tick: Tick) -> None:
        """A tick whose process ends before it commits, but for what it remembers."""
        with pytest.raises(SystemExit):
            await self.pass_one(tick, self.dying)
        if self.follower is self.tracks:
            self.follower = None
        self.prices.advance(1)

    async def go_back(self) -> None:
        """A tick of a minute ago, as a provider tells after a reconnect."""
        old = replace(self.tick(1500), provider_at=self.told[-1][0] - MINUTE)
        assert isinstance(await self.pass_one(old), Refuse)

    async def switch(self, change: int) -> None:
        """Another provider tells the price from now on; at an hour's end where odd."""
        if change % 2:
            await self.to_the_hour()
        self.prices.advance(13)
        self.provider = "binance" if self.provider == "coingecko" else "coingecko"
        await self.show(self.tick(self.tenths + change), Reason.SWITCHED)

    async def tell_late(self, change: int) -> None:
        """A price of more than five minutes ago; after the hour's end where the change is odd."""
        if change % 2:
            await self.to_the_hour()
        self.prices.advance(400)
        told_at = self.prices.clock() - timedelta(seconds=310)
        tick = replace(self.tick(self.tenths - change), provider_at=told_at)
        await self.show(tick, Reason.STALE)

    async def live(self, event: str, seconds: int, change: int) -> None:
        """What one step of the example does."""
        self.prices.advance(seconds)
        self.tenths = min(max(self.tenths + change, 900), 1040)
        match event:
            case "wick":
                await self.count(self.tick(self.tenths + 4 * change))
                self.prices.advance(5)
            case "wild":
                await self.count(self.tick())
                self.prices.advance(5)
                assert await self.pass_one(self.tick(self.tenths * 2)) == Hold()
                self.prices.advance(5)
            case "hour":
                await self.to_the_hour()
                self.prices.advance(20)
            case "older":
                await self.go_back()
            case "switch of provider":
                await self.switch(change)
            case "stale tick":
                await self.tell_late(change)
            case _:
                await self.disturb(event, change)
        await self.count(self.tick())

    async def disturb(self, event: str, change: int) -> None:
        """What happens to those who look, not to the price."""
        match event:
            case "restart":
                await self.prices.database.close()
                self.tracks = Tracks()
            case "other process":
                self.tracks, self.others = self.others, self.tracks
            case "dies":
                await self.die(self.tick(self.tenths + 2 * change))
            case "other":
                # Whoever adds an alert makes the market's alerts be looked at again.
                await self.prices.add_alert(ABOVE, 10**6, 97, market=self.market)
                self.follower = None


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(walk=WALKS)
async def test_an_alert_of_each_condition_fires_once_for_each_true_crossing(
    prices: PriceWorld, dying_database: Database, walk: list[tuple[str, int, int]]
) -> None:
    """Over gaps, wicks, wild ticks, switches, restarts and deaths: what looking back tells."""
    before = len(await prices.firings())
    market = Market(f"coin-{next(NUMBERS)}")
    lived = Walk(prices, market, dying_database)
    alert_ids = await lived.begin()
    for event, seconds, change in walk:
        await lived.live(event, seconds, change)
    rows = (await prices.firings())[before:]
    history = History(lived.points, HIGHEST, LOWEST, lived.told, lived.reread)
    for alert_id, condition in zip(alert_ids, WATCHED, strict=True):
        told = [(at, price) for number, _, price, at in rows if number == alert_id]
        # A close is known with the tick after it, and has its time.
        assert told == history.expected(condition), condition
    assert len({(row[0], row[1]) for row in rows}) == len(rows)
    assert await prices.owed() == before + len(rows)
