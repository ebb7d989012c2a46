"""The stories beside a crossing are stored with it, in its transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.alerts import Direction
from bot.domain.articles import Article, Mention, Role
from bot.domain.sources import SourceKind, SourceSettings
from bot.prices.firing import pass_ticks
from storage.articles import add_article, set_story_importance
from storage.schema import firing_stories, firings
from storage.sources import active_sources, configure_sources

if TYPE_CHECKING:
    from storage.database import Database
    from tests.prices.conftest import PriceWorld


async def publish(prices: PriceWorld, title: str, minutes: float, importance: int = 60) -> int:
    """A story about bitcoin, told so many minutes ago; gives its id."""
    at = prices.clock() - timedelta(minutes=minutes)
    mentions = (Mention("bitcoin", "BTC", Role.PRIMARY, "title"),)
    async with prices.database.writing() as tx:
        settings = SourceSettings("wire", "The Wire", SourceKind.FEED, "https://wire.example")
        await configure_sources(tx, [settings])
        (source,) = await active_sources(tx)
        article = Article("wire", title, title, at, mentions=mentions)
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
