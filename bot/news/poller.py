"""The rounds through the sources: due, fetched, understood, stored and owed.

Owns the order of these steps. No transaction is open while something is fetched or
understood; storing an article, matching it and owing it is one. Refuses to let one source's
trouble touch the others.
"""

import asyncio
import random
from collections.abc import Collection, Sequence
from datetime import timedelta

import structlog

from bot.domain.articles import Article
from bot.domain.errors import FetchError, HttpStatusError, ParseError, StorageError
from bot.domain.ports import Clock, Signal
from bot.domain.sources import PollResult, Source
from bot.domain.topics import Topic, TopicKind, matching_topics
from bot.http import GuardedClient
from bot.news import metrics
from bot.news.cadence import Pace, after_failure, after_success, first_poll_at
from bot.news.fetching import Fetched, fetch_feed
from bot.news.items import ParsedFeed
from bot.news.mentions import MentionFinder
from bot.news.repeats import without_repeats
from bot.news.understanding import understood
from storage.articles import add_article, latest_stories, mark_pushed, unknown_articles
from storage.database import Database
from storage.outbox import owe_story
from storage.sources import active_sources, due_sources, plan_polls, record_poll
from storage.subscriptions import asked_topics

log = structlog.get_logger(__name__)

_AT_ONCE = 16
_LOOK_SECONDS = 1.0
_MOST_LOOKED_BACK = 500


class NewsPoller:
    """Polls the sources that are due; `outbox` is woken when something was owed.

    `max_age` is how old an article may be to be pushed, `keep` how old to be stored at all.
    """

    def __init__(
        self,
        database: Database,
        client: GuardedClient,
        finder: MentionFinder,
        clock: Clock,
        outbox: Signal,
        *,
        pace: Pace,
        max_age: timedelta,
        keep: timedelta,
    ) -> None:
        self._database = database
        self._client = client
        self._finder = finder
        self._clock = clock
        self._outbox = outbox
        self._pace = pace
        self._max_age = max_age
        self._keep = keep

    async def plan_first_polls(self) -> None:
        """Spread the sources that were never polled over one interval."""
        now = self._clock()
        async with self._database.writing() as tx:
            new = [source for source in await active_sources(tx) if source.next_poll_at is None]
            planned = {
                source.id: first_poll_at(index, len(new), now, self._pace)
                for index, source in enumerate(new)
            }
            await plan_polls(tx, planned)

    async def poll_due(self) -> int:
        """Poll every source that is due, a few at once; returns how many there were.

        What falls due while a slow source is still at it is polled meanwhile: none waits for
        another.
        """
        due = await self._due()
        gate = asyncio.Semaphore(_AT_ONCE)
        under_way: dict[int, asyncio.Task[None]] = {}
        polled = 0
        async with asyncio.TaskGroup() as group:
            while due or under_way:
                polled += len(due)
                for source in due:
                    under_way[source.id] = group.create_task(self._poll_gently(source, gate))
                await asyncio.wait(under_way.values(), timeout=_LOOK_SECONDS)
                under_way = {key: task for key, task in under_way.items() if not task.done()}
                due = await self._due_beside(under_way) if under_way else []
        return polled

    async def _due(self) -> list[Source]:
        async with self._database.reading() as tx:
            return await due_sources(tx, self._clock(), self._pace.farthest, limit=1000)

    async def _due_beside(self, under_way: Collection[int]) -> list[Source]:
        try:
            return [source for source in await self._due() if source.id not in under_way]
        except StorageError as error:
            log.warning("sources_unreadable", error=error.log_text)
            return []

    async def _poll_gently(self, source: Source, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                await self.poll_source(source)
            except StorageError as error:
                # It stays due, and what was not stored is fetched again.
                log.warning("poll_not_stored", source=source.key, error=error.log_text)

    async def poll_source(self, source: Source) -> PollResult:
        """Poll one source, store and owe what is new, and remember when to poll again.

        Raises StorageError alone: whatever else goes wrong is the source's failure.
        """
        try:
            fetched = await fetch_feed(self._client, source)
            articles = await self._understood(source, fetched.feed)
        except (FetchError, ParseError) as error:
            result = self._failure(source, error.log_text, error)
        except Exception as error:
            # What one feed does to the parser must not stop the others.
            log.exception("source_broke_the_parser", source=source.key)
            result = self._failure(source, f"cannot be read: {type(error).__name__}", error)
        else:
            fresh = await self._store(source, articles)
            result = self._success(source, fetched, len(articles), fresh)
        async with self._database.writing() as tx:
            await record_poll(tx, source.id, result)
        return result

    async def _understood(self, source: Source, feed: ParsedFeed | None) -> list[Article]:
        if feed is None:
            return []
        now = self._clock()
        return await asyncio.to_thread(
            lambda: [understood(item, source.key, now, self._finder) for item in feed.items]
        )

    async def _store(self, source: Source, articles: Sequence[Article]) -> int:
        oldest = self._clock() - self._keep
        kept = [article for article in articles if article.published_at > oldest]
        if not kept:
            return 0
        async with self._database.reading() as tx:
            unknown = await unknown_articles(tx, source.id, kept)
            if unknown and source.first_polled_at is not None:
                topic = Topic(TopicKind.SOURCE, source.key)
                latest = await latest_stories(tx, topic, min(len(kept), _MOST_LOOKED_BACK) + 20)
                unknown = without_repeats(unknown, [stored.article for stored in latest])
        owed = 0
        # Oldest first, so that a chat reads them in the order in which they happened.
        for article in sorted(unknown, key=lambda article: article.published_at):
            owed += await self._store_one(source, article)
        if owed:
            self._outbox.wake()
        return len(unknown)

    async def _store_one(self, source: Source, article: Article) -> int:
        """Store an article and owe it to who asked, in one transaction; returns to how many.

        Nothing is owed from a source's first poll, nor for what is old.
        """
        now = self._clock()
        is_new = article.published_at >= now - self._max_age
        async with self._database.writing() as tx:
            story_id = await add_article(tx, source.id, article, now)
            if story_id is None:
                return 0
            metrics.ARTICLES.labels(source.key).inc()
            if source.first_polled_at is None or not is_new:
                return 0
            matches = matching_topics(article, await asked_topics(tx))
            topic_ids = [match.topic_id for match in matches]
            owed = await owe_story(tx, story_id, 1, topic_ids, now)
            if owed:
                await mark_pushed(tx, story_id, now)
        log.info("story_owed", source=source.key, story=story_id, chats=owed)
        return owed

    def _success(self, source: Source, fetched: Fetched, items: int, fresh: int) -> PollResult:
        now = self._clock()
        planned = after_success(source, fresh, now, self._pace, random.random())  # noqa: S311  # jitter
        metrics.POLLS.labels("unchanged" if fetched.feed is None else "changed").inc()
        if source.failures:
            log.info("source_recovered", source=source.key, failures=source.failures)
        return PollResult(
            polled_at=now,
            next_poll_at=planned.at,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            body_hash=fetched.body_hash,
            quiet_polls=planned.quiet_polls,
            items=items,
            fresh=fresh,
        )

    def _failure(self, source: Source, text: str, error: Exception) -> PollResult:
        now = self._clock()
        asked = error.retry_after_seconds if isinstance(error, HttpStatusError) else None
        planned = after_failure(source, asked, now, self._pace, random.random())  # noqa: S311  # jitter
        metrics.POLLS.labels("failed").inc()
        log.warning("source_failed", source=source.key, error=text, next_poll=planned.reason)
        return PollResult(
            polled_at=now,
            next_poll_at=planned.at,
            error=text[:300],
            failures=planned.failures,
            quiet_polls=planned.quiet_polls,
        )
