"""`coinbell check`: what would keep the bot from working, a line each, with a remedy.

Owns the checks; the configuration is read before they begin. Changes nothing: the database is
opened and looked at, not migrated.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.config import Settings
from bot.delivery.wire import Wire, telegram_session
from bot.domain.answers import Answer
from bot.domain.assets import Asset, Assets
from bot.domain.errors import ConfigError, FetchError, ParseError, StorageError
from bot.domain.sources import Source, SourceSettings, SourceState
from bot.http import GuardedClient
from bot.news.feeds.fetching import fetch_feed
from bot.prices.supply import Provider
from bot.prices_wiring import supplies_at_work
from storage.database import Database
from storage.migrating import newest_revision, schema_revision


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing that was looked at: whether it is well, and what it is, or how to mend it."""

    ok: bool
    text: str


async def check_everything(settings: Settings) -> list[CheckLine]:
    """Look at the token, the database, the prices and every source; one line each."""
    lines = [await check_token(settings), await check_database(settings)]
    async with GuardedClient() as client:
        lines += [line async for line in check_prices(settings, client)]
        lines += [line async for line in check_sources(settings, client)]
    return lines


async def check_token(settings: Settings) -> CheckLine:
    """Whether Telegram knows the token."""
    telegram = settings.telegram
    async with telegram_session() as session:
        wire = Wire(session, telegram.api_url, telegram.token.get_secret_value())
        outcome = await wire.call("getMe", {})
    if not isinstance(outcome, Answer):
        return CheckLine(
            ok=False, text=f"token: {telegram.api_url} cannot be reached: {outcome.reason}"
        )
    if outcome.ok:
        return CheckLine(ok=True, text=f"token: belongs to @{outcome.result.get('username')}")
    if outcome.status in (401, 404):
        return CheckLine(
            ok=False, text="token: Telegram refuses it; take a new one from @BotFather"
        )
    return CheckLine(
        ok=False, text=f"token: Telegram answers {outcome.status} {outcome.description}"
    )


async def check_database(settings: Settings) -> CheckLine:
    """Whether the database can be opened, and whether it is of this version."""
    database = Database(settings.storage.url)
    try:
        revision = await schema_revision(database)
    except StorageError as error:
        return CheckLine(ok=False, text=f"database: {error.log_text}; see storage.url")
    finally:
        await database.close()
    if revision is None:
        return CheckLine(
            ok=True, text=f"database: {database.shown_url}, empty; `coinbell run` fills it"
        )
    if revision != newest_revision():
        return CheckLine(
            ok=True, text=f"database: at revision {revision}; `coinbell run` brings it on"
        )
    return CheckLine(ok=True, text=f"database: {database.shown_url}, up to date")


async def check_prices(settings: Settings, client: GuardedClient) -> AsyncIterator[CheckLine]:
    """Whether each provider gives a price of bitcoin."""
    bitcoin = Assets([Asset("bitcoin", "BTC", "Bitcoin", rank=1)])
    try:
        async with supplies_at_work(settings, client, bitcoin) as supplies:
            for supply in supplies:
                yield await check_provider(supply.provider, settings.prices.quote)
    except ConfigError as error:
        yield CheckLine(ok=False, text=f"prices: {error.log_text}")


async def check_provider(provider: Provider, quote: str) -> CheckLine:
    """Whether one provider gives a price of bitcoin."""
    name = f"prices {provider.name}"
    try:
        ticks = await provider.fetch_ticks(["bitcoin"], quote, datetime.now(UTC))
    except (FetchError, ParseError) as error:
        return CheckLine(ok=False, text=f"{name}: {error.log_text}; see prices.providers")
    if not ticks:
        text = f"{name}: no price of bitcoin in {quote} came; see prices.providers"
        return CheckLine(ok=False, text=text)
    return CheckLine(ok=True, text=f"{name}: bitcoin is at {ticks[0].price:,} {quote}")


async def check_sources(settings: Settings, client: GuardedClient) -> AsyncIterator[CheckLine]:
    """Whether each source gives a feed with items."""
    if not settings.sources:
        yield CheckLine(ok=False, text="sources: none; add [[sources]] to the configuration")
    for section in settings.sources:
        yield await check_source(section.source(), client, section.api_key.get_secret_value())


async def check_source(
    settings: SourceSettings, client: GuardedClient, api_key: str = ""
) -> CheckLine:
    """Whether one source gives a feed with items."""
    name = f"source {settings.key}"
    source = Source(0, settings.key, settings.name, settings.kind, settings.url, SourceState.ACTIVE)
    try:
        fetched = await fetch_feed(client, source, api_key)
    except (FetchError, ParseError) as error:
        return CheckLine(ok=False, text=f"{name}: {error.log_text}; see its url")
    items = len(fetched.feed.items) if fetched.feed else 0
    if not items:
        return CheckLine(ok=False, text=f"{name}: the feed is empty; see its url")
    return CheckLine(ok=True, text=f"{name}: {items} items")
