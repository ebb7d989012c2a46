"""From the items of a source to stories that are owed.

Owns the order: what is not known yet is understood, deepened as far as patience allows, and
filed. Refuses to fetch feeds, and to say how anything looks.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.articles import Article, FeedItem
from bot.domain.errors import StorageError
from bot.domain.ports import Clock, Signal
from bot.domain.sources import Source
from bot.news.cleaning.addresses import article_address
from bot.news.deepening import PATIENCE_SECONDS, Deepening, Depth
from bot.news.filing import Filed, Filing
from bot.news.repeats import SAME_FOR, is_vague, without_repeats
from bot.news.storms import storm_of
from bot.news.understanding import Understanding
from storage.articles import unknown_articles
from storage.database import Database
from storage.listings import count_arrivals
from storage.stories import told_by_source

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Unknown:
    """An item that may be new, with what it is known by."""

    item: FeedItem
    guid: str
    canonical_url: str | None


@dataclass(frozen=True, slots=True)
class _Draft:
    """An article about to be filed: its item, what is known of it, and what is under way."""

    item: FeedItem
    depth: Depth
    task: "asyncio.Task[None] | None" = None


class Newsroom:
    """Takes items of sources; `outbox` is woken when something was owed.

    `max_age` is how old an article may be to be pushed, `keep` how old to be stored at all.
    """

    def __init__(
        self,
        database: Database,
        understanding: Understanding,
        deepening: Deepening,
        filing: Filing,
        clock: Clock,
        outbox: Signal,
        *,
        max_age: timedelta,
        keep: timedelta,
    ) -> None:
        self._database = database
        self._understanding = understanding
        self._deepening = deepening
        self._filing = filing
        self._clock = clock
        self._outbox = outbox
        self._max_age = max_age
        self._keep = keep
        self._late: set[asyncio.Task[None]] = set()
        self._whole_at: dict[int, datetime] = {}

    async def take(
        self, source: Source, items: Sequence[FeedItem], *, delivered: bool = False
    ) -> int:
        """How many of the items were new; raises StorageError when they cannot be stored.

        Nothing is owed from a source's first poll, nor for what is old. The pages and models of
        what is pushed have a second and a half; what comes later is edited in. A poll goes on
        with the storm of a try that was broken off; what a hub `delivered` stands for itself.
        """
        whole_at = self._last_whole_at(source)
        drafts = await self._drafts(source, items)
        quiet, young = self._by_age(source, drafts)
        stored_before = 0 if delivered or not young else await self._stored(source, whole_at)
        scores = [_score(draft.depth.article) for draft in young]
        storm = storm_of(scores, source.typical_fresh, stored_before)
        alone = [draft for place, draft in enumerate(young) if place in storm.alone]
        together = [draft for place, draft in enumerate(young) if place in storm.together]
        if len(alone) < len(young):
            log.warning("storm", source=source.key, reason=storm.reason)
            told = storm.alone | storm.together
            quiet += [draft for place, draft in enumerate(young) if place not in told]
        stored = await self._pushed(source, alone)
        if together:
            stored += await self._filing.file_together(source, [one.depth for one in together])
        if any(filed is not None and filed.owed for filed in stored):
            self._outbox.wake()
        # Last, for there may be hundreds, and nobody waits for them.
        stored += [await self._file(source, draft, pushes=False) for draft in quiet]
        self._whole_at[source.id] = self._clock()
        return sum(filed is not None for filed in stored)

    async def close(self) -> None:
        """Give up what is still being deepened; it stays as it is stored."""
        late = list(self._late)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _drafts(self, source: Source, items: Sequence[FeedItem]) -> list[_Draft]:
        """What is new among the items, understood; oldest first.

        So a chat reads them in the order in which they happened.
        """
        now = self._clock()
        fresh = await self._unknown(source, items, now)
        if not fresh:
            return []
        understood = await asyncio.to_thread(
            lambda: [
                self._understanding.article_of(one.item, source.key, now, source.weight)
                for one in fresh
            ]
        )
        items_by_guid = {one.guid: one.item for one in fresh}
        articles = sorted(understood, key=lambda article: article.published_at)
        if source.first_polled_at is not None:
            undated = {guid for guid, item in items_by_guid.items() if item.published_at is None}
            articles = await self._without_repeats(source, articles, undated)
        return [_Draft(items_by_guid[article.guid], Depth(article)) for article in articles]

    async def _unknown(
        self, source: Source, items: Sequence[FeedItem], now: datetime
    ) -> list[_Unknown]:
        found = [
            _Unknown(item, item.guid, article_address(item.url))
            for item in items
            if (item.published_at or now) > now - self._keep
        ]
        if not found:
            return []
        async with self._database.reading() as tx:
            return await unknown_articles(tx, source.id, found)

    async def _without_repeats(
        self, source: Source, articles: Sequence[Article], undated: Collection[str]
    ) -> list[Article]:
        times = {article.published_at for article in articles}
        vague = [a.published_at for a in articles if is_vague(a, undated)]
        since = min(vague) - SAME_FOR if vague else self._clock()
        async with self._database.reading() as tx:
            told = await told_by_source(tx, source.id, times, since)
        return without_repeats(articles, told, undated)

    def _last_whole_at(self, source: Source) -> datetime:
        """When a try of this source ended last with nothing left to store, as far as is known.

        The process before may have died over a poll: what came since its last good one is then
        that poll's, but where a hub delivers. A storm told anew is better than news lost.
        """
        now = self._clock()
        succeeded_at = source.last_success_at or now
        known_at = self._whole_at.setdefault(source.id, now if source.hub_secret else succeeded_at)
        return max(known_at, succeeded_at)

    async def _stored(self, source: Source, since: datetime) -> int:
        """How many articles were stored since then, of those that are young enough to push."""
        oldest_at = self._clock() - self._max_age
        async with self._database.reading() as tx:
            return await count_arrivals(tx, source.id, since, oldest_at)

    def _by_age(
        self, source: Source, drafts: Sequence[_Draft]
    ) -> tuple[list[_Draft], list[_Draft]]:
        """What is stored only, and what is young enough to be pushed."""
        if source.first_polled_at is None:
            return list(drafts), []
        oldest_at = self._clock() - self._max_age
        quiet, young = list[_Draft](), list[_Draft]()
        for draft in drafts:
            (young if draft.depth.article.published_at >= oldest_at else quiet).append(draft)
        return quiet, young

    async def _pushed(self, source: Source, drafts: Sequence[_Draft]) -> list[Filed | None]:
        """File what is pushed, each as deep as it is after a second and a half at most."""
        begun = [self._begun(source, draft) for draft in drafts]
        unfollowed = {draft.task for draft in begun if draft.task is not None}
        try:
            if unfollowed:
                await asyncio.wait(unfollowed, timeout=PATIENCE_SECONDS)
            filed = []
            for draft in begun:
                one = await self._file(source, draft, pushes=True)
                if one is not None and draft.task is not None:
                    self._follow(source, draft, one)
                    unfollowed.discard(draft.task)
                filed.append(one)
            return filed
        finally:
            # Nobody waits for what is known already, or could not be stored.
            for task in unfollowed:
                task.cancel()

    def _begun(self, source: Source, draft: _Draft) -> _Draft:
        if not self._deepening.takes_time(source, draft.depth.article):
            return draft
        work = self._deepening.deepen(source, draft.item, draft.depth)
        return _Draft(draft.item, draft.depth, asyncio.create_task(work))

    async def _file(self, source: Source, draft: _Draft, *, pushes: bool) -> Filed | None:
        return await self._filing.file(source, draft.depth, pushes=pushes)

    def _follow(self, source: Source, draft: _Draft, filed: Filed) -> None:
        """Have what comes later stored too."""
        task = asyncio.create_task(self._amend(source, draft, filed))
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _amend(self, source: Source, draft: _Draft, filed: Filed) -> None:
        if draft.task is None:
            return
        try:
            await draft.task
            await self._filing.amend(source, draft.depth, filed)
        except StorageError as error:
            log.warning("article_not_amended", source=source.key, error=error.log_text)
        finally:
            draft.task.cancel()


def _score(article: Article) -> int:
    return article.importance.score if article.importance else 0
