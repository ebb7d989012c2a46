"""The providers as the settings name them."""

from pydantic import SecretStr

from bot.chat.catalogue import Catalogue
from bot.chat.provider_notices import ProviderNotices
from bot.config import PricesSection, Settings, TelegramSection
from bot.delivery.wakeup import Wakeup
from bot.domain.assets import Assets
from bot.http import GuardedClient
from bot.news_wiring import utc_now
from bot.prices_wiring import prices_at_work, supplies_at_work
from storage.database import Database


async def test_the_providers_stand_in_the_order_of_the_settings() -> None:
    """And an exchange is closed at the end of the block."""
    settings = Settings(
        telegram=TelegramSection(token=SecretStr("1:x")),
        prices=PricesSection(providers=("coingecko", "kraken", "binance"), poll_seconds=7),
    )
    async with GuardedClient() as client, supplies_at_work(settings, client, Assets([])) as found:
        assert [supply.name for supply in found] == ["coingecko", "kraken", "binance"]
        assert [supply.interval_seconds() for supply in found] == [7, 7, 7]


async def test_exchanges_are_listened_to_and_each_provider_fills_candles(
    database: Database,
) -> None:
    """One without a websocket is not listened to; with nothing watched nobody is asked."""
    settings = Settings(
        telegram=TelegramSection(token=SecretStr("1:x")),
        prices=PricesSection(providers=("kraken", "foxbit", "coingecko"), poll_seconds=7),
    )
    reports = ProviderNotices(Catalogue.load(), (), utc_now)
    async with (
        GuardedClient() as client,
        prices_at_work(settings, database, client, Assets([]), Wakeup(), reports) as at_work,
    ):
        assert len(at_work.streams) == 1
        assert len(at_work.backfills) == 3
        await at_work.fill_candles()
        assert [one.name for one in at_work.watch.state().providers] == [
            "kraken",
            "foxbit",
            "coingecko",
        ]
