"""The providers as the settings name them."""

from pydantic import SecretStr

from bot.config import PricesSection, Settings, TelegramSection
from bot.domain.assets import Assets
from bot.http import GuardedClient
from bot.prices_wiring import supplies_at_work


async def test_the_providers_stand_in_the_order_of_the_settings() -> None:
    """And an exchange is closed at the end of the block."""
    settings = Settings(
        telegram=TelegramSection(token=SecretStr("1:x")),
        prices=PricesSection(providers=("coingecko", "kraken", "binance"), poll_seconds=7),
    )
    async with GuardedClient() as client, supplies_at_work(settings, client, Assets([])) as found:
        assert [supply.name for supply in found] == ["coingecko", "kraken", "binance"]
        assert [supply.interval_seconds() for supply in found] == [7, 7, 7]
