"""How the parts of prices are put together; a piece of the composition root.

Owns the wiring from the settings to the providers and their watch. Refuses decisions.
"""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.config import Settings
from bot.domain.assets import Assets
from bot.domain.ports import ProviderReports, Signal
from bot.http import GuardedClient
from bot.news_wiring import utc_now
from bot.prices.backfill import Backfill
from bot.prices.coingecko import PROVIDER, CoinGecko
from bot.prices.exchanges import open_exchange
from bot.prices.supplies import Supplies
from bot.prices.supply import Supply
from bot.prices.watch import PriceWatch
from storage.database import Database


@dataclass(frozen=True, slots=True)
class PricesAtWork:
    """The watch over markets, and what fills their candles: None without CoinGecko."""

    watch: PriceWatch
    backfill: Backfill | None


@asynccontextmanager
async def prices_at_work(
    settings: Settings,
    database: Database,
    client: GuardedClient,
    assets: Assets,
    outbox: Signal,
    reports: ProviderReports,
) -> AsyncIterator[PricesAtWork]:
    """A watch over markets for as long as the block; its exchanges are closed at the end.

    Raises ConfigError for an exchange that cannot be used.
    """
    async with supplies_at_work(settings, client, assets) as supplies:
        watch = PriceWatch(
            database=database,
            supplies=Supplies(supplies, PROVIDER),
            assets=assets,
            quote=settings.prices.quote,
            clock=utc_now,
            monotonic=time.monotonic,
            outbox=outbox,
            reports=reports,
        )
        yield PricesAtWork(watch, _backfill(settings, database, supplies))


def _backfill(settings: Settings, database: Database, supplies: list[Supply]) -> Backfill | None:
    """What fills candles from CoinGecko, at the pace of its polls."""
    for supply in supplies:
        if isinstance(supply.provider, CoinGecko):
            return Backfill(
                database=database,
                history=supply.provider,
                pace=supply,
                quote=settings.prices.quote,
                clock=utc_now,
                monotonic=time.monotonic,
            )
    return None


@asynccontextmanager
async def supplies_at_work(
    settings: Settings, client: GuardedClient, assets: Assets
) -> AsyncIterator[list[Supply]]:
    """The configured providers in their order, each at its pace; see `prices_at_work`."""
    found = settings.prices
    supplies: list[Supply] = []
    async with AsyncExitStack() as stack:
        for name in found.providers:
            if name == PROVIDER:
                key = found.coingecko.api_key.get_secret_value()
                gecko = CoinGecko(client, found.coingecko.api_url, key)
                a_minute = found.coingecko.requests_per_minute
                supplies.append(Supply(gecko, a_minute, found.poll_seconds))
            else:
                exchange = open_exchange(name, assets)
                stack.push_async_callback(exchange.close)
                a_minute = exchange.requests_per_minute
                supplies.append(Supply(exchange, a_minute, found.poll_seconds))
        yield supplies
