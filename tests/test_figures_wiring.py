"""Who tells figures, as the settings say."""

import subprocess
import sys

import pytest
from pydantic import SecretStr

from bot.config import DerivativesSection
from bot.domain.assets import Assets
from bot.domain.markets import Market
from bot.figures_wiring import figures_at_work
from bot.http import GuardedClient
from bot.prices.coingecko import CoinGecko
from bot.prices.supplies import Supplies
from bot.prices.supply import Supply
from storage.database import Database


class Bell:
    """An outbox that nobody reads."""

    def wake(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("", ["volumes", "funding", "liquidations"]),
        ("a-key", ["volumes", "funding", "liquidations", "coinglass"]),
    ],
)
async def test_coinglass_is_asked_with_a_key_only(
    database: Database, key: str, names: list[str]
) -> None:
    """And each exchange is a stream; with nothing wanted, all of it does nothing."""
    settings = DerivativesSection(exchanges=("okx", "bybit"), coinglass_key=SecretStr(key))
    async with GuardedClient() as client:
        supplies = Supplies([Supply(CoinGecko(client, "http://127.0.0.1:1"), 5, 5)], "coingecko")
        async with figures_at_work(
            settings, database, client, Assets([]), supplies, Bell()
        ) as found:
            assert [watch.name for watch in found.watches] == names
            assert len(found.streams) == 2
            for watch in found.watches:
                await watch.run()
            assert found.streams[0].heard_since(Market("bitcoin").asset_id) is None


def test_ccxt_is_not_loaded_by_the_wiring() -> None:
    """It takes 90 MB, and comes with the first alert that wants something of it."""
    code = "import sys, bot.figures_wiring; sys.exit('ccxt' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
