"""The stories beside fired alerts.

Owns the facts that the ranking goes by, and what was chosen for each firing. Refuses to choose:
`bot.domain.move_stories` does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.articles import Role
from bot.domain.move_stories import LEADER, MARKET_WIDE, Beside, NearStory
from storage.database import Transaction, upsert
from storage.schema import (
    article_assets,
    article_categories,
    articles,
    firing_stories,
    firings,
    stories,
)
from storage.story_pages import StoredStory, stories_by_id


@dataclass(frozen=True, slots=True)
class ToldBeside:
    """A story beside a move, as it is shown, and when it was told as judged then."""

    story: StoredStory
    told_at: datetime


async def stories_between(
    tx: Transaction, asset_id: str, since: datetime, until: datetime
) -> list[NearStory]:
    """The stories about an asset or the whole market that were told between two times.

    Each once, at its newest telling in that time; by id. A walk along two indexes.
    """
    found: dict[int, NearStory] = {}
    for query, is_about in ((_wide(since, until), False), (_about(asset_id, since, until), True)):
        for row in await tx.execute(_tellings(query)):
            known = found.get(row.story_id)
            # Later articles of the same telling repeat it; a later telling is news.
            if known is None or known.told_at <= row.told_at or known.is_about < is_about:
                found[row.story_id] = NearStory(
                    row.story_id, row.told_at, row.importance, is_about, row.assets
                )
    return [found[story_id] for story_id in sorted(found)]


def _about(asset_id: str, since: datetime, until: datetime) -> sa.Select[int]:
    return sa.select(article_assets.c.article_id).where(
        article_assets.c.asset_id == asset_id,
        article_assets.c.role == Role.PRIMARY.value,
        article_assets.c.published_at.between(since, until),
    )


def _wide(since: datetime, until: datetime) -> sa.Select[int]:
    """The articles of kinds that move every coin, without those about a single one."""
    named = article_categories.c
    single = sa.exists().where(
        article_assets.c.article_id == named.article_id,
        article_assets.c.role == Role.PRIMARY.value,
        article_assets.c.asset_id != LEADER,
    )
    return (
        sa.select(named.article_id)
        .where(
            named.name.in_(MARKET_WIDE), named.published_at.between(since, until), sa.not_(single)
        )
        .distinct()
    )


def _tellings(query: sa.Select[int]) -> sa.Select[Any]:
    """Of each story among these articles every revision, with the time of its first article.

    What a story was first told as counts from its very beginning, which may lie before.
    """
    chosen = query.subquery()
    first_at = sa.func.min(articles.c.published_at)
    about = sa.func.count(sa.distinct(article_assets.c.asset_id))
    return (
        sa.select(
            articles.c.story_id,
            sa.case((articles.c.revision == 1, stories.c.published_at), else_=first_at).label(
                "told_at"
            ),
            stories.c.importance,
            about.label("assets"),
        )
        .join_from(chosen, articles, articles.c.id == chosen.c.article_id)
        .join(stories, stories.c.id == articles.c.story_id)
        .outerjoin(
            article_assets,
            sa.and_(
                article_assets.c.article_id == articles.c.id,
                article_assets.c.role == Role.PRIMARY.value,
            ),
        )
        .group_by(
            articles.c.story_id,
            articles.c.revision,
            stories.c.published_at,
            stories.c.importance,
        )
        .order_by(articles.c.story_id, articles.c.revision)
    )


async def add_firing_stories(
    tx: Transaction, firing_ids: Collection[int], chosen: Sequence[Beside]
) -> None:
    """Store the stories beside some firings of one move, in their order; once.

    One statement a story, however many alerts the move fired.
    """
    for rank, one in enumerate(chosen):
        values = {
            "story_id": sa.literal(one.story.story_id, firing_stories.c.story_id.type),
            "rank": sa.literal(rank),
            "late": sa.literal(value=False),
            "told_at": sa.literal(one.story.told_at, firing_stories.c.told_at.type),
        }
        rows = sa.select(firings.c.id, *values.values()).where(firings.c.id.in_(firing_ids))
        await tx.execute(
            upsert(tx, firing_stories)
            .from_select(["firing_id", *values], rows, include_defaults=False)
            .on_conflict_do_nothing()
        )


async def told_beside(tx: Transaction, firing_id: int) -> list[ToldBeside]:
    """The stories chosen when an alert fired, the likeliest first; those that came late aside."""
    rows = (
        await tx.execute(
            sa.select(firing_stories.c.story_id, firing_stories.c.told_at)
            .where(firing_stories.c.firing_id == firing_id, firing_stories.c.late.is_(sa.false()))
            .order_by(firing_stories.c.rank)
        )
    ).all()
    shown = await stories_by_id(tx, [row.story_id for row in rows])
    told_at = {row.story_id: row.told_at for row in rows}
    return [ToldBeside(one, told_at[one.id]) for one in shown]


async def told(tx: Transaction, chosen: Sequence[Beside]) -> list[ToldBeside]:
    """These stories as they are shown, in their order; those that are gone are left out."""
    told_at = {one.story.story_id: one.story.told_at for one in chosen}
    return [ToldBeside(one, told_at[one.id]) for one in await stories_by_id(tx, list(told_at))]


async def late_story(tx: Transaction, row_id: int) -> tuple[int, ToldBeside] | None:
    """The firing and the story of a row, or None when either is gone."""
    row = (
        await tx.execute(sa.select(firing_stories).where(firing_stories.c.id == row_id))
    ).one_or_none()
    if row is None:
        return None
    shown = await stories_by_id(tx, [row.story_id])
    return (row.firing_id, ToldBeside(shown[0], row.told_at)) if shown else None
