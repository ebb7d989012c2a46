"""The stories beside a crossing are stored with it, in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.alerts import Direction, Line, Told
from bot.domain.articles import Article, Category, Mention, Role, Sentiment, Tone
from bot.domain.candles import Candle
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.conditions import Close, Condition, Frame, Way
from bot.domain.conditions import Move as Percent
from bot.domain.move_stories import move_between, span_around, stories_beside
from bot.domain.sources import SourceKind, SourceSettings
from bot.domain.watching import begun_watch
from bot.prices.explaining import Known
from bot.prices.firing import pass_ticks
from bot.prices.missed import fire_missed
from storage.alerts import NewAlert, add_alert
from storage.articles import add_article, set_story_importance
from storage.chats import destination, see_chat
from storage.move_stories import stories_between
from storage.schema import firing_stories, firings
from storage.sources import active_sources, configure_sources
from tests.prices.conftest import BITCOIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.database import Database
    from tests.prices.conftest import PriceWorld


GOOD, BAD = Tone(Sentiment.POSITIVE, 0.7, ""), Tone(Sentiment.NEGATIVE, -0.7, "")
ABOVE, BELOW, CROSS = Direction
EXPLAINED, UNEXPLAINED = Told


async def publish(
    prices: PriceWorld,
    title: str,
    minutes: float,
    importance: int = 60,
    tone: Tone | None = None,
    *,
    about: Sequence[str] = ("bitcoin",),
    categories: Sequence[str] = (),
) -> int:
    """A story about bitcoin, or about others, told so many minutes ago; gives its id."""
    at = prices.clock() - timedelta(minutes=minutes)
    mentions = tuple(Mention(one, one[:3].upper(), Role.PRIMARY, "title") for one in about)
    filed = tuple(Category(name, "feed") for name in categories)
    async with prices.database.writing() as tx:
        settings = SourceSettings("wire", "The Wire", SourceKind.FEED, "https://wire.example")
        await configure_sources(tx, [settings])
        (source,) = await active_sources(tx)
        article = Article("wire", title, title, at, mentions=mentions, tone=tone, categories=filed)
        place = await add_article(tx, source.id, article, at)
        assert place is not None
        await set_story_importance(tx, place.story_id, importance)
    return place.story_id


async def cross(prices: PriceWorld, database: Database | None = None) -> None:
    """The price rises through 95,000 between two ticks half a minute apart."""
    for price in (94000, 96000):
        prices.advance(30)
        await pass_ticks(
            database or prices.database, [prices.tick(price)], prices.clock(), 15, prices.tracks
        )


async def chosen(prices: PriceWorld) -> dict[int, list[int]]:
    """The stories of each firing by its alert, in their order."""
    query = (
        sa.select(firings.c.alert_id, firing_stories.c.story_id)
        .join(firing_stories, firing_stories.c.firing_id == firings.c.id)
        .order_by(firings.c.alert_id, firing_stories.c.rank)
    )
    found: dict[int, list[int]] = {}
    async with prices.database.reading() as tx:
        for alert_id, story_id in await tx.execute(query):
            found.setdefault(alert_id, []).append(story_id)
    return found


async def test_all_alerts_of_a_crossing_get_the_three_likeliest_stories(
    prices: PriceWorld,
) -> None:
    """Also where they are more than one page; those of another market get none."""
    levels = [94500 + n / 10 for n in range(600)]
    alert_ids = await prices.add_alerts(Direction.ABOVE, levels, 94000)
    ids = {minutes: await publish(prices, f"{minutes}", minutes) for minutes in (400, 90, 5, 50, 9)}
    await publish(prices, "A guide", 1, importance=10)
    await cross(prices)
    assert await chosen(prices) == {one: [ids[5], ids[9], ids[50]] for one in alert_ids}


@dataclass
class Statements:
    """How many statements a database was sent."""

    count: int = 0

    def note(self, *_: object) -> None:
        """One more."""
        self.count += 1


async def test_news_of_the_whole_market_is_looked_for_once_for_all_assets(
    prices: PriceWorld,
) -> None:
    """And each finds what it would find alone."""
    for minutes, mentions, categories in (
        (5, (), ("macro",)),
        (50, ("bitcoin",), ("regulation",)),
        (9, ("ethereum",), ()),
        (300, (), ("derivatives",)),
    ):
        await publish(prices, f"{minutes}", minutes, about=mentions, categories=categories)
    now, known, sent = prices.clock(), Known(), Statements()
    moves = [move_between(now - timedelta(seconds=5), now, way) for way in (Way.UP, Way.DOWN)] + [
        move_between(now - timedelta(hours=1), now - timedelta(minutes=30))
    ]
    assets = ("bitcoin", "ethereum", "solana")
    async with prices.database.reading() as tx:
        alone = {
            (asset, move): stories_beside(
                await stories_between(tx, asset, *span_around(move)), move
            )
            for asset in assets
            for move in moves
        }
        sa.event.listen(prices.database.engine.sync_engine, "before_cursor_execute", sent.note)
        for _ in range(2):
            found = {key: await known.find(tx, *key) for key in alone}
            assert found == alone
    # For each asset and move its own, and for each span of time those of the whole market.
    assert sent.count == len(assets) * len(moves) + 2
    assert len({tuple(one.story.story_id for one in beside) for beside in found.values()}) > 3


async def test_nothing_is_stored_where_no_story_fits(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    await publish(prices, "Long ago", 500)
    await cross(prices)
    assert len(await prices.firings()) == 1
    assert await chosen(prices) == {}


async def test_a_death_before_the_commit_leaves_no_stories(
    prices: PriceWorld, dying_database: Database
) -> None:
    alert_id = await prices.add_alert(Direction.ABOVE, 95000, 94000)
    story_id = await publish(prices, "Why", 5)
    prices.advance(30)
    await pass_ticks(prices.database, [prices.tick(94000)], prices.clock(), 15, prices.tracks)
    prices.advance(30)
    with pytest.raises(SystemExit):
        await pass_ticks(dying_database, [prices.tick(96000)], prices.clock(), 15, prices.tracks)
    assert await chosen(prices) == {}
    await pass_ticks(prices.database, [prices.tick(96000)], prices.clock(), 15, prices.tracks)
    assert await chosen(prices) == {alert_id: [story_id]}


async def set_alert(prices: PriceWorld, condition: Condition, price: object) -> int:
    """An alert on bitcoin that is set now at a price; gives its id."""
    now, at = prices.clock(), Decimal(str(price))
    async with prices.database.writing() as tx:
        await see_chat(tx, ChatSeen(7, ChatKind.PRIVATE), now)
        place = await destination(tx, 7)
        watch = begun_watch(condition, at, now)
        return await add_alert(tx, NewAlert(place.id, BITCOIN, condition, watch, at, 7), now)


async def walk(prices: PriceWorld, *steps: tuple[float, object]) -> None:
    """So many seconds pass, then the price is so."""
    for seconds, price in steps:
        prices.advance(seconds)
        await pass_ticks(prices.database, [prices.tick(price)], prices.clock(), 15, prices.tracks)


async def rung(prices: PriceWorld) -> set[int]:
    return {alert_id for alert_id, *_ in await prices.firings()}


@pytest.mark.parametrize(
    ("tone", "price", "is_explained"),
    [
        pytest.param(GOOD, 96000, True, id="a rise with good news"),
        pytest.param(BAD, 96000, False, id="a rise with bad news"),
        pytest.param(GOOD, 92000, False, id="a fall with good news"),
        pytest.param(BAD, 92000, True, id="a fall with bad news"),
        pytest.param(None, 92000, True, id="a fall with news that is neither"),
    ],
)
async def test_a_story_against_the_move_is_none_to_who_asks_for_one(
    prices: PriceWorld, tone: Tone | None, price: int, *, is_explained: bool
) -> None:
    """It is stored with what rings all the same, of every alert that the tick reached."""
    level = Decimal(95000 if price > 94000 else 93000)
    lines = [Line(CROSS, level, told=told) for told in (None, EXPLAINED, UNEXPLAINED)]
    alert_ids = [await set_alert(prices, line, 94000) for line in lines]
    await walk(prices, (30, 94000))
    story_id = await publish(prices, "News", 5, tone=tone)
    await walk(prices, (30, price))
    plain, explained, unexplained = alert_ids
    ringing = {plain, explained if is_explained else unexplained}
    assert await rung(prices) == ringing
    assert await chosen(prices) == {alert_id: [story_id] for alert_id in ringing}


async def test_a_percentage_and_a_close_have_the_way_of_what_fired(prices: PriceWorld) -> None:
    """Of a close no price moved at that moment: it rose, and good news explains it."""
    conditions: list[Condition] = [
        Percent(Way.EITHER, Decimal("0.02"), timedelta(hours=1), told=EXPLAINED),
        Percent(Way.EITHER, Decimal("0.02"), timedelta(hours=1), told=UNEXPLAINED),
        Close(Frame.HOUR, ABOVE, Decimal(95000), told=EXPLAINED),
        Close(Frame.HOUR, ABOVE, Decimal(95000), told=UNEXPLAINED),
    ]
    ids = [await set_alert(prices, condition, 94000) for condition in conditions]
    await walk(prices, (60, 94000))
    await publish(prices, "News", 5, tone=BAD)
    await walk(prices, (60, 97000))
    assert await rung(prices) == {ids[1]}
    past_the_hour = 3600 - prices.clock().timestamp() % 3600
    await walk(prices, (past_the_hour - 60, 97000), (90, 97000))
    assert await rung(prices) == {ids[1], ids[3]}


async def test_alerts_of_one_page_are_judged_each_by_its_own_story(prices: PriceWorld) -> None:
    """A fall through two lines, one of which asks for a story: all that stay silent stay armed."""
    lines = [
        Line(BELOW, Decimal(93000)),
        Line(BELOW, Decimal(93000), repeat=True, told=EXPLAINED),
        Line(BELOW, Decimal(93500), repeat=True, told=UNEXPLAINED),
    ]
    ids = [await set_alert(prices, line, 94000) for line in lines]
    await walk(prices, (30, 94000))
    await publish(prices, "Funds return", 5, tone=GOOD)
    await walk(prices, (30, 92000))
    assert await rung(prices) == {ids[0], ids[2]}
    await walk(prices, (30, 95000))
    await publish(prices, "Exchange halts", 1, tone=BAD)
    await walk(prices, (30, 92000))
    assert await rung(prices) == set(ids)


async def test_a_wick_of_the_past_has_a_direction_too(prices: PriceWorld) -> None:
    """A candle that fell while nobody looked, with good news before it."""
    lines = [Line(BELOW, Decimal(93000), told=told) for told in (EXPLAINED, UNEXPLAINED)]
    ids = [await set_alert(prices, line, 94000) for line in lines]
    await walk(prices, (1, 94000))
    await publish(prices, "Funds return", 5, tone=GOOD)
    prices.advance(600)
    opened = prices.clock().replace(second=0, microsecond=0) - timedelta(minutes=3)
    wick = Candle(opened, *(Decimal(price) for price in (94000, 94100, 92000, 94000)))
    await walk(prices, (1, 94000))
    async with prices.database.writing() as tx:
        assert await fire_missed(tx, BITCOIN, [wick], prices.clock()) == 1
    assert await rung(prices) == {ids[1]}
