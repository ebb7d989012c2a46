"""How the parts of news are put together; a piece of the composition root.

Owns the wiring from the settings to a newsroom and its poller. Refuses decisions.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.config import Settings
from bot.domain.assets import Assets
from bot.domain.ports import Signal, SourceReports
from bot.http import GuardedClient
from bot.news.deepening import Deepening
from bot.news.filing import Filing
from bot.news.newsroom import Newsroom
from bot.news.sources.cadence import Pace
from bot.news.sources.hub_client import HubClient
from bot.news.sources.pages import PageReader
from bot.news.sources.poller import NewsPoller
from bot.news.sources.websub import HubSubscriber
from bot.news.summaries.model_summary import ModelSummaries
from bot.news.understanding import Understanding
from bot.web.websub import HubListener
from storage.database import Database


def utc_now() -> datetime:
    """The wall clock's time, aware and in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def newsroom_at_work(
    settings: Settings,
    database: Database,
    client: GuardedClient,
    assets: Assets,
    outbox: Signal,
) -> AsyncIterator[Newsroom]:
    """A newsroom for as long as the block; at its end what is still being read is given up."""
    understanding = Understanding(assets)
    pages = PageReader(client)
    newsroom = Newsroom(
        database,
        understanding,
        Deepening(understanding, pages, model_summaries(settings, client), utc_now),
        Filing(database, utc_now, settings.prices.quote),
        utc_now,
        outbox,
        max_age=timedelta(hours=settings.news.max_age_hours),
        keep=timedelta(days=settings.storage.keep_articles_days),
    )
    try:
        yield newsroom
    finally:
        await newsroom.close()
        pages.close()


def model_summaries(settings: Settings, client: GuardedClient) -> ModelSummaries | None:
    """Who is asked for summaries, or None where no model is configured."""
    found = settings.summaries
    if not found.api_url:
        return None
    return ModelSummaries(client, found.api_url, found.api_key.get_secret_value(), found.model)


def news_poller(
    settings: Settings,
    database: Database,
    client: GuardedClient,
    newsroom: Newsroom,
    reports: SourceReports,
) -> NewsPoller:
    """The rounds through the sources; what they bring goes to the newsroom."""
    return NewsPoller(
        database,
        client,
        newsroom,
        utc_now,
        reports,
        pace=Pace(settings.news.poll_seconds, settings.news.slowest_poll_seconds),
        api_keys=settings.api_keys(),
    )


class HubDoor:
    """What hubs meet at the web server: nobody, until a subscriber is at work."""

    def __init__(self) -> None:
        self.listener: HubListener | None = None

    async def expects(self, source_id: int, token: str) -> bool:
        """Whether anything is still expected at this address."""
        return self.listener is not None and await self.listener.expects(source_id, token)

    async def confirmed(self, source_id: int, token: str, query: Mapping[str, str]) -> str | None:
        """The text to answer a verification with, or None to refuse it."""
        if self.listener is None:
            return None
        return await self.listener.confirmed(source_id, token, query)

    async def delivered(
        self, source_id: int, token: str, body: bytes, content_type: str | None, signature: str
    ) -> None:
        """Hand a delivery on."""
        if self.listener is not None:
            await self.listener.delivered(source_id, token, body, content_type, signature)


@asynccontextmanager
async def hubs_at_work(
    settings: Settings, database: Database, newsroom: Newsroom, door: HubDoor
) -> AsyncIterator[HubSubscriber | None]:
    """A subscriber to the hubs of feeds; None where they could not reach this bot."""
    if not settings.web.public_url:
        yield None
        return
    async with HubClient() as client:
        hubs = HubSubscriber(
            database, client, utc_now, newsroom.take, public_url=settings.web.public_url
        )
        door.listener = hubs
        try:
            yield hubs
        finally:
            door.listener = None
