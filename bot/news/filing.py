"""An article on its way into the database: its story, who asked for it, what is owed.

Owns what is one transaction: storing an article, joining a story, matching and owing. Which
story it joins is judged by `stories.recent` among what is stored, one article at a time, so
that of two sources that tell an event at once one begins the story and the other joins.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

import structlog

from bot.domain.articles import Article, Role
from bot.domain.markets import Market
from bot.domain.model_text import stored_model_text
from bot.domain.move_stories import is_market_wide, is_worth_a_reply, leaning
from bot.domain.ports import Clock
from bot.domain.sources import Source
from bot.domain.stories import PRICED_ASSETS, PRICES_SHOWN, Told, told_by
from bot.domain.topics import admitting_filters, matching_topics
from bot.news import metrics
from bot.news.deepening import Depth
from bot.news.importance import continued_importance, story_importance
from bot.news.stories.likeness import ONE_EVENT
from bot.news.stories.recent import RecentStories
from storage.article_prices import is_starting_price, note_prices
from storage.articles import (
    Place,
    add_article,
    amend_article,
    keep_model_text,
    mark_changed,
    mark_pushed,
    set_story_importance,
)
from storage.batches import fold_stories
from storage.database import Database, Transaction
from storage.markets import ask_markets, stored_markets
from storage.mutes import muted_topics
from storage.owing import owe_move_story, owe_story
from storage.stories import recent_told, take_filing_turn
from storage.story_pages import story_revision, story_scores
from storage.subscriptions import asked_topics

log = structlog.get_logger(__name__)

_DIGEST_LIFE = timedelta(hours=24)
_CLOCK_STEP = timedelta(minutes=1)
_SAME_TIME = timedelta(seconds=1)
_TICK = timedelta(microseconds=1)


@dataclass(slots=True)
class _Memory:
    """The stories of the articles published since then, up to the last article read."""

    since: datetime
    recent: RecentStories = field(default_factory=RecentStories)
    read_up_to: int = 0

    def learn(self, new: Sequence[Told]) -> None:
        """Remember articles that were stored."""
        for told in new:
            self.recent.add(told)
            self.read_up_to = max(self.read_up_to, told.article_id)


@dataclass(frozen=True, slots=True)
class Filed:
    """Where an article went, as it came and when, and to how many chats it was owed."""

    article: Article
    place: Place
    owed: int
    has_model_text: bool
    came_at: datetime


class Filing:
    """Stores articles and owes them; remembers the stories of the last 48 hours.

    Prices are noted in `quote`.
    """

    def __init__(self, database: Database, clock: Clock, quote: str) -> None:
        self._database = database
        self._clock = clock
        self._quote = quote
        self._memory = _Memory(clock() - ONE_EVENT)
        self._turn = asyncio.Lock()
        self._stamped_at = clock() - _SAME_TIME

    async def file(self, source: Source, depth: Depth, *, pushes: bool) -> Filed | None:
        """Store an article, and owe it when it `pushes`; None when it is known already.

        Raises StorageError.
        """
        async with self._turn:
            await self._catch_up()
            async with self._database.writing() as tx:
                if await take_filing_turn(tx):
                    await self._catch_up(tx)
                return await self._filed(tx, source, depth, pushes=pushes)

    async def file_together(self, source: Source, depths: Sequence[Depth]) -> list[Filed]:
        """Store articles and owe them in one message a chat; those that are known are left out.

        Raises StorageError; then none is stored.
        """
        async with self._turn:
            await self._catch_up()
            try:
                async with self._database.writing() as tx:
                    await take_filing_turn(tx)
                    return await self._filed_together(tx, source, depths)
            except BaseException:
                # What was learnt of articles that are not stored after all: their ids will be
                # those of others.
                self._memory = _Memory(self._clock() - ONE_EVENT)
                raise

    async def _filed_together(
        self, tx: Transaction, source: Source, depths: Sequence[Depth]
    ) -> list[Filed]:
        filed = []
        for depth in depths:
            await self._catch_up(tx)
            one = await self._filed(tx, source, depth, pushes=True)
            filed += [one] if one else []
        now = self._clock()
        # What joined a story that was there before goes as that story goes.
        ids = [one.place.story_id for one in filed if not one.place.reason]
        await fold_stories(tx, ids, now, now + _DIGEST_LIFE)
        return filed

    async def amend(self, source: Source, depth: Depth, filed: Filed) -> None:
        """Store what became known of an article after it was filed; its pushes are edited.

        Raises StorageError.
        """
        is_new = depth.article != filed.article
        reason = filed.article.summary_reason
        is_fuller = replace(depth.article, summary_reason=reason) != filed.article
        has_more = depth.model_text is not None and not filed.has_model_text
        if not is_new and not has_more:
            return
        now, story_id = self._clock(), filed.place.story_id
        article = _weighed(depth.article, filed.place)
        async with self._database.writing() as tx:
            if is_new and await amend_article(tx, source.id, article) is None:
                return
            if is_fuller and filed.owed:
                await self._note_prices(tx, source, article, filed.came_at)
            if has_more and depth.model_text:
                told = stored_model_text(depth.model_text)
                await keep_model_text(tx, source.id, article.guid, told)
            if is_fuller or has_more:
                await mark_changed(tx, story_id, now)
        log.info("article_amended", source=source.key, story=story_id)

    async def _catch_up(self, tx: Transaction | None = None) -> None:
        """Learn what was stored since the last look, by this process or another."""
        since = self._clock() - ONE_EVENT
        if since < self._memory.since - _CLOCK_STEP:
            # The clock was set back: what was forgotten as too old may be young again.
            self._memory = _Memory(since)
        memory = self._memory
        if tx is None:
            async with self._database.reading() as reading:
                new = await recent_told(reading, since, memory.read_up_to)
        else:
            new = await recent_told(tx, since, memory.read_up_to)
        try:
            if new:
                # At the start there may be thousands, a quarter of a millisecond each.
                await asyncio.to_thread(memory.learn, new)
        except BaseException:
            # Whoever is cancelled leaves a thread behind that still learns.
            self._memory = _Memory(since)
            raise
        memory.recent.forget(since)
        memory.since = since

    async def _filed(
        self, tx: Transaction, source: Source, depth: Depth, *, pushes: bool
    ) -> Filed | None:
        now, article = self._stamp(), depth.article
        wanted, is_new_push = await self._place(tx, article)
        article = _weighed(article, wanted)
        place = await add_article(tx, source.id, article, now, wanted)
        if place is None:
            return None
        metrics.ARTICLES.labels(source.key).inc()
        if depth.model_text is not None:
            await keep_model_text(tx, source.id, article.guid, stored_model_text(depth.model_text))
        if place.reason and not is_new_push:
            # Before it is pushed: who is told now is told of all.
            await mark_changed(tx, place.story_id, now)
        owed = 0
        if pushes:
            owed = await self._owe(tx, source, article, place, now, continues=is_new_push)
        if owed:
            await mark_pushed(tx, place.story_id, now)
            log.info("story_owed", source=source.key, story=place.story_id, chats=owed)
        return Filed(depth.article, place, owed, depth.model_text is not None, now)

    def _stamp(self) -> datetime:
        """The time now, and never the same twice.

        An article and what is owed for it bear the same: by that a chat is shown the article
        which it was owed, and not another of its story.
        """
        now = self._clock()
        if timedelta() <= self._stamped_at - now < _SAME_TIME:
            now = self._stamped_at + _TICK
        self._stamped_at = now
        return now

    async def _place(self, tx: Transaction, article: Article) -> tuple[Place | None, bool]:
        """The place of an article in a story that is there already, or None.

        And whether it is one at a new revision of the story, which is pushed anew.
        """
        join = self._memory.recent.joined(told_by(article))
        if join is None:
            return None, False
        # Its story may have been pruned, or have moved on by another process's hand.
        revision = await story_revision(tx, join.story_id)
        if revision is None:
            return None, False
        place = Place(join.story_id, revision + join.revision_step, join.reason)
        return place, join.revision_step > 0

    async def _owe(
        self,
        tx: Transaction,
        source: Source,
        article: Article,
        place: Place,
        now: datetime,
        *,
        continues: bool,
    ) -> int:
        story_id = place.story_id
        scores, sources = await story_scores(tx, story_id)
        importance = story_importance(scores, sources)
        await set_story_importance(tx, story_id, importance.score)
        if continues and article.importance is not None:
            # Who wants what matters is rung again for what is new of a story, not for its past.
            importance = story_importance([article.importance.score], sources)
        matches = matching_topics(article, await asked_topics(tx))
        muted = matching_topics(article, await muted_topics(tx, now))
        muted_ids = [match.topic_id for match in muted]
        owed = await owe_story(
            tx,
            story_id,
            place.revision,
            [match.topic_id for match in matches],
            now,
            through=admitting_filters(importance.score),
            muted_ids=muted_ids,
        )
        if owed:
            await self._note_prices(tx, source, article, now)
        if place.reason:
            return owed  # the story was there before: what moved since it came is another's
        return owed + await _owe_replies(tx, story_id, article, importance.score, now, muted_ids)

    async def _note_prices(
        self, tx: Transaction, source: Source, article: Article, came_at: datetime
    ) -> None:
        """Keep what the article's assets cost when it came, and have them watched for a while.

        The first price of one that nobody watched so far is noted when it comes.
        """
        primary = (m.asset_id for m in article.mentions if m.role is Role.PRIMARY)
        about = [Market(asset_id, self._quote) for asset_id in islice(primary, PRICED_ASSETS)]
        if not about:
            return
        ticks = [stored.tick for stored in (await stored_markets(tx, about)).values()]
        known = {
            tick.market: tick.price
            for tick in ticks
            if tick is not None and is_starting_price(tick.provider_at, came_at)
        }
        watched = about[:PRICES_SHOWN]
        await note_prices(tx, source.id, article.guid, dict.fromkeys(watched) | known)
        await ask_markets(tx, watched, self._clock())


def _weighed(article: Article, place: Place | None) -> Article:
    """The article, with the importance that it has in its place; None: as a story of its own."""
    if place is None or article.importance is None:
        return article
    importance = continued_importance(article.importance, place.revision)
    return replace(article, importance=importance)


async def _owe_replies(
    tx: Transaction,
    story_id: int,
    article: Article,
    importance: int,
    now: datetime,
    muted_ids: Sequence[int],
) -> int:
    """Owe a new story to chats whose alert fired at the move that it may explain, as a reply."""
    about = [mention.asset_id for mention in article.mentions if mention.role is Role.PRIMARY]
    is_wide = is_market_wide(about, [category.name for category in article.categories])
    if not is_worth_a_reply(importance) or not (about or is_wide):
        return 0
    asset_ids = None if is_wide else about
    told_at, leans = article.published_at, leaning(article.tone)
    return await owe_move_story(
        tx, story_id, told_at, asset_ids, now, muted_ids=muted_ids, leans=leans
    )
