"""The rounds through the sources: due, fetched, handed on, and when to come again.

Owns the order of these steps, and what is remembered of a source. No transaction is open while
something is fetched. Refuses to let one source's trouble touch the others; what becomes of the
items is the newsroom's.
"""

import asyncio
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.articles import FeedItem
from bot.domain.errors import FetchError, HttpStatusError, ParseError, StorageError
from bot.domain.ports import Clock, SourceReports
from bot.domain.sources import PollResult, Source, SourceNews
from bot.http import GuardedClient, shown_url
from bot.news import metrics
from bot.news.cleaning.addresses import article_address
from bot.news.feeds.fetching import Fetched, fetch_feed
from bot.news.feeds.items import ParsedFeed
from bot.news.sources.cadence import (
    Pace,
    after_failure,
    after_success,
    first_poll_at,
    typical_fresh,
    typical_seconds,
)
from bot.news.sources.troubles import is_gone, trouble_after_failure, trouble_after_success
from storage.database import Database
from storage.listings import note_listed
from storage.sources import active_sources, due_sources, plan_polls, record_poll

log = structlog.get_logger(__name__)

_AT_ONCE = 16
_LOOK_SECONDS = 1.0


class ItemDesk(Protocol):
    """Takes the items of a source: stores what is new, and owes it to who asked."""

    async def take(self, source: Source, items: Sequence[FeedItem]) -> int:
        """How many of the items were new; `source` is as it was before they came.

        Raises StorageError when they could not be stored.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Listed:
    """An item as a feed lists it, with what it is known by."""

    guid: str
    canonical_url: str | None
    published_at: datetime | None


class NewsPoller:
    """Polls the sources that are due, and hands what they bring to `newsroom`.

    `reports` hears of sources in trouble. `api_keys` are those of the news APIs, by the
    source's key; they are kept nowhere else.
    """

    def __init__(
        self,
        database: Database,
        client: GuardedClient,
        newsroom: ItemDesk,
        clock: Clock,
        reports: SourceReports,
        *,
        pace: Pace,
        api_keys: Mapping[str, str],
    ) -> None:
        self._database = database
        self._client = client
        self._newsroom = newsroom
        self._clock = clock
        self._reports = reports
        self._pace = pace
        self._api_keys = api_keys
        self._not_stored_at: dict[int, datetime] = {}

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
        now, pause = self._clock(), timedelta(seconds=self._pace.poll_seconds)
        async with self._database.reading() as tx:
            due = await due_sources(tx, now, self._pace.farthest, limit=1000)
        # A time ahead of now is one of a clock that was set back.
        self._not_stored_at = {
            key: at for key, at in self._not_stored_at.items() if at <= now < at + pause
        }
        return [source for source in due if source.id not in self._not_stored_at]

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
                # It stays due, and what was not stored is fetched again; not at once, for a
                # full disk of ours is no reason to ask theirs every second.
                self._not_stored_at[source.id] = self._clock()
                log.warning("poll_not_stored", source=source.key, error=error.log_text)

    async def poll_source(self, source: Source) -> PollResult:
        """Poll one source, hand on what it brings, and remember when to poll again.

        Raises StorageError alone: whatever else goes wrong is the source's failure.
        """
        items: Sequence[FeedItem] = ()
        try:
            fetched = await fetch_feed(self._client, source, self._api_keys.get(source.key, ""))
            items = fetched.feed.items if fetched.feed else ()
            fresh = await self._newsroom.take(source, items) if items else 0
        except StorageError:
            raise
        except (FetchError, ParseError) as error:
            result, news = self._failure(source, error.log_text, error)
        except Exception as error:
            # What one feed does to the parser must not stop the others.
            log.exception("source_broke_the_parser", source=source.key)
            text = f"cannot be read: {type(error).__name__}"
            result, news = self._failure(source, text, error)
        else:
            result, news = self._success(source, fetched, fresh)
        await self._record(source, items, result, news)
        return result

    async def _record(
        self,
        source: Source,
        items: Sequence[FeedItem],
        result: PollResult,
        news: SourceNews | None,
    ) -> None:
        listed = [_Listed(i.guid, article_address(i.url), i.published_at) for i in items]
        async with self._database.writing() as tx:
            await note_listed(tx, source.id, listed, result.polled_at)
            await record_poll(tx, source.id, result)
            if news is not None:
                await self._reports.report(tx, source, news)

    def _success(
        self, source: Source, fetched: Fetched, fresh: int
    ) -> tuple[PollResult, SourceNews | None]:
        now = self._clock()
        metrics.POLLS.labels("unchanged" if fetched.feed is None else "changed").inc()
        if source.failures:
            log.info("source_recovered", source=source.key, failures=source.failures)
        result = PollResult(
            polled_at=now,
            next_poll_at=now,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            body_hash=fetched.body_hash,
            fresh=fresh,
            moved_url=_moved_url(source, fetched),
        )
        if fetched.feed is not None:
            result = _with_manners(result, source, fetched.feed)
            source = _as_known_by(source, result)
        jitter = random.random()  # noqa: S311  # spreads polls, keeps no secret
        planned = after_success(source, fresh, now, self._pace, jitter, fetched.max_age_seconds)
        log.debug("source_polled", source=source.key, next_poll=planned.reason)
        result = replace(result, next_poll_at=planned.at, quiet_polls=planned.quiet_polls)
        return result, trouble_after_success(source).news

    def _failure(
        self, source: Source, text: str, error: Exception
    ) -> tuple[PollResult, SourceNews | None]:
        now = self._clock()
        status, asked = None, None
        if isinstance(error, HttpStatusError):
            status, asked = error.status, error.retry_after_seconds
        jitter = random.random()  # noqa: S311  # spreads polls, keeps no secret
        planned = after_failure(source, asked, now, self._pace, jitter, status)
        trouble = trouble_after_failure(source, error, now)
        metrics.POLLS.labels("failed").inc()
        if is_gone(error):
            log.warning("source_retired", source=source.key, error=text)
        else:
            log.warning("source_failed", source=source.key, error=text, next_poll=planned.reason)
        result = PollResult(
            polled_at=now,
            next_poll_at=planned.at,
            error=text[:300],
            failures=planned.failures,
            quiet_polls=planned.quiet_polls,
            retired=is_gone(error),
            failing_since_at=trouble.failing_since_at,
            reported_at=trouble.reported_at,
            # An address that a redirect led to and that failed for a day is given up again.
            moved_url="" if trouble.news is SourceNews.FAILING else None,
        )
        return result, trouble.news


def _with_manners(result: PollResult, source: Source, feed: ParsedFeed) -> PollResult:
    """The result with what the feed says of itself, and what it shows of its source's pace."""
    published = [item.published_at for item in feed.items if item.published_at is not None]
    return replace(
        result,
        items=len(feed.items),
        ttl_seconds=feed.ttl_seconds or 0,
        skip_hours=",".join(map(str, feed.skip_hours)),
        typical_seconds=typical_seconds(source, published, result.fresh, result.polled_at),
        typical_fresh=typical_fresh(source, result.fresh),
        hub_url=feed.hub_url or "",
        hub_topic_url=feed.hub_topic_url or "",
    )


def _as_known_by(source: Source, result: PollResult) -> Source:
    """The source as the next poll will find it, as far as its pace goes."""
    return replace(
        source,
        ttl_seconds=result.ttl_seconds,
        skip_hours=result.skip_hours or "",
        typical_seconds=result.typical_seconds,
    )


def _moved_url(source: Source, fetched: Fetched) -> str | None:
    """What to remember of where the feed moved: empty when it is back at its own address."""
    if fetched.moved_url is None or fetched.moved_url == source.address:
        return None
    log.info("source_moved", source=source.key, to=shown_url(fetched.moved_url))
    return "" if fetched.moved_url == source.url else fetched.moved_url
