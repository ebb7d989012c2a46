"""What operators are told of providers, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.providers import ProviderNews, Trouble
from bot.prices.reporting import ProviderReporting

if TYPE_CHECKING:
    from tests.prices.conftest import PriceWorld


async def test_a_trouble_is_told_once_an_hour_and_its_end_after_it_was_told(
    prices: PriceWorld,
) -> None:
    """A provider that comes and goes does not fill the chat."""
    reporting = ProviderReporting(prices.database, prices.reports)
    at = prices.clock()

    def news(trouble: Trouble | None, provider: str = "x") -> ProviderNews:
        return ProviderNews(provider, trouble, "why", at)

    await reporting.tell([], 0)
    await reporting.tell([news(None)], 0)
    assert prices.reports.told == []
    for seconds in (0, 60, 120):
        await reporting.tell([news(Trouble.FAILING), news(None)], seconds)
    await reporting.tell([news(Trouble.BLOCKED), news(Trouble.FAILING, "y")], 200)
    await reporting.tell([news(Trouble.FAILING)], 3600)
    assert [(one.provider, one.trouble) for one in prices.reports.told] == [
        ("x", Trouble.FAILING),
        ("x", None),
        ("x", Trouble.BLOCKED),
        ("y", Trouble.FAILING),
        ("x", Trouble.FAILING),
    ]
    await reporting.tell([news(None)], 3700)
    await reporting.tell([news(None)], 3800)
    assert [one.trouble for one in prices.reports.told[5:]] == [None]
