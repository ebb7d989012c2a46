"""The stories beside fired alerts.

Owns the facts that the ranking goes by, and what was chosen for each firing. Refuses to choose:
`bot.domain.move_stories` does.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.articles import Role
from bot.domain.move_stories import LEADER, MARKET_WIDE, Beside, NearStory, leaning
from storage.article_rows import tone_of
from storage.database import Transaction, upsert
from storage.schema import (
    article_assets,
    article_categories,
    articles,
    firing_stories,
    firings,
    stories,
)
from storage.story_pages import StoredStory, stories_as_told


@dataclass(frozen=True, slots=True)
class ToldBeside:
    """A story beside a move, shown by the article that told it, and when it was told."""

    story: StoredStory
    told_at: datetime


async def stories_between(
    tx: Transaction, asset_id: str, since: datetime, until: datetime
) -> list[NearStory]:
    """The stories about an asset or the whole market that were told between two times.

    Each once, at its newest telling in that time, with what the article of that time leans to;
    by id. A walk along two indexes.
    """
    wide = await wide_stories(tx, since, until)
    return joined(wide, await stories_about(tx, asset_id, since, until))


def joined(wide: Sequence[NearStory], about: Sequence[NearStory]) -> list[NearStory]:
    """News of the whole market and that of an asset, each once, by id; what is both is the asset's.

    Either as `wide_stories` and `stories_about` give them.
    """
    found = {one.story_id: one for one in (*wide, *about)}
    return [found[story_id] for story_id in sorted(found)]


async def wide_stories(tx: Transaction, since: datetime, until: datetime) -> list[NearStory]:
    """The stories about the whole market that were told between two times, as `stories_between`.

    They are the same beside a move of any asset.
    """
    told = await tx.execute(_WIDE, {"since": since, "until": until})
    return _newest_tellings(told.mappings(), is_about=False)


async def stories_about(
    tx: Transaction, asset_id: str, since: datetime, until: datetime
) -> list[NearStory]:
    """The stories about an asset that were told between two times, as `stories_between`."""
    told = await tx.execute(_ABOUT, {"asset_id": asset_id, "since": since, "until": until})
    return _newest_tellings(told.mappings(), is_about=True)


def _newest_tellings(rows: Iterable[sa.RowMapping], *, is_about: bool) -> list[NearStory]:
    found: dict[int, NearStory] = {}
    for row in rows:
        story_id, told_at = row["story_id"], row["told_at"]
        known = found.get(story_id)
        # Later articles of the same telling repeat it; a later telling is news.
        if known is None or known.told_at <= told_at:
            leans = leaning(tone_of(row))
            found[story_id] = NearStory(
                story_id, told_at, row["importance"], is_about, row["assets"], leans
            )
    return list(found.values())


def _told_between(published_at: sa.Column[datetime]) -> sa.ColumnElement[bool]:
    since, until = (sa.bindparam(name, type_=published_at.type) for name in ("since", "until"))
    return published_at.between(since, until)


def _about() -> sa.Select[int]:
    return sa.select(article_assets.c.article_id).where(
        article_assets.c.asset_id == sa.bindparam("asset_id"),
        article_assets.c.role == Role.PRIMARY.value,
        _told_between(article_assets.c.published_at),
    )


def _wide() -> sa.Select[int]:
    """The articles of kinds that move every coin, without those about a single one."""
    named = article_categories.c
    single = sa.exists().where(
        article_assets.c.article_id == named.article_id,
        article_assets.c.role == Role.PRIMARY.value,
        article_assets.c.asset_id != LEADER,
    )
    return (
        sa.select(named.article_id)
        .where(named.name.in_(MARKET_WIDE), _told_between(named.published_at), sa.not_(single))
        .distinct()
    )


def _revisions(query: sa.Select[int]) -> sa.Subquery:
    """Of each story among these articles every revision, with the time of its first article.

    What a story was first told as counts from its very beginning, which may lie before.
    """
    chosen = query.subquery()
    first_at = sa.func.min(articles.c.published_at)
    about = sa.func.count(sa.distinct(article_assets.c.asset_id))
    return (
        sa.select(
            articles.c.story_id,
            articles.c.revision,
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
        .subquery()
    )


def _tellings(query: sa.Select[int]) -> sa.Select[Any]:
    """Of each story among these articles every revision, with the tone it was told in then.

    Of several articles of that time the last is the one that `telling_row` gives.
    """
    tellings = _revisions(query)
    telling = articles.alias("telling")
    at_that_time = sa.and_(
        telling.c.story_id == tellings.c.story_id, telling.c.published_at == tellings.c.told_at
    )
    return (
        sa.select(
            tellings,
            telling.c.sentiment,
            telling.c.sentiment_score,
            telling.c.sentiment_reason,
        )
        .outerjoin_from(tellings, telling, at_that_time)
        .order_by(
            tellings.c.story_id,
            tellings.c.revision,
            telling.c.revision,
            telling.c.id.desc(),
        )
    )


# Built once: to build them takes longer than to run them.
_WIDE, _ABOUT = _tellings(_wide()), _tellings(_about())


async def add_firing_stories(
    tx: Transaction, firing_ids: Collection[int], chosen: Sequence[Beside]
) -> None:
    """Store the stories beside some firings of one move, in their order; once.

    One statement for few firings; for many one a story, however many alerts the move fired.
    """
    if len(firing_ids) < _MANY:
        each = [
            {
                "firing_id": firing_id,
                "story_id": one.story.story_id,
                "rank": rank,
                "late": False,
                "told_at": one.story.told_at,
            }
            for firing_id in firing_ids
            for rank, one in enumerate(chosen)
        ]
        if each:
            await tx.execute(upsert(tx, firing_stories).on_conflict_do_nothing(), each)
        return
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


# From so many on a statement of their own is cheaper than a row of parameters for each.
_MANY = 10


async def told_beside(tx: Transaction, firing_id: int) -> list[ToldBeside]:
    """The stories chosen when an alert fired, the likeliest first; those that came late aside."""
    rows = (
        await tx.execute(
            sa.select(firing_stories.c.story_id, firing_stories.c.told_at)
            .where(firing_stories.c.firing_id == firing_id, firing_stories.c.late.is_(sa.false()))
            .order_by(firing_stories.c.rank)
        )
    ).all()
    return await _shown(tx, {row.story_id: row.told_at for row in rows})


async def told(tx: Transaction, chosen: Sequence[Beside]) -> list[ToldBeside]:
    """These stories as they are shown, in their order; those that are gone are left out."""
    return await _shown(tx, {one.story.story_id: one.story.told_at for one in chosen})


async def _shown(tx: Transaction, told_at: Mapping[int, datetime]) -> list[ToldBeside]:
    return [ToldBeside(one, told_at[one.id]) for one in await stories_as_told(tx, told_at)]


async def late_story(tx: Transaction, row_id: int) -> tuple[int, ToldBeside] | None:
    """The firing and the story of a row, or None when either is gone."""
    row = (
        await tx.execute(sa.select(firing_stories).where(firing_stories.c.id == row_id))
    ).one_or_none()
    if row is None:
        return None
    shown = await _shown(tx, {row.story_id: row.told_at})
    return (row.firing_id, shown[0]) if shown else None
