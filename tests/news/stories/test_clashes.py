"""Facts that cannot belong to one event."""

from datetime import UTC, datetime

import pytest

from bot.domain.stories import Told
from bot.news.stories.clashes import clash
from bot.news.stories.headlines import headline

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def clash_of(one: str, other: str) -> str | None:
    found = clash(headline(Told(one, NOW)), headline(Told(other, NOW)))
    turned = clash(headline(Told(other, NOW)), headline(Told(one, NOW)))
    assert (found is None) == (turned is None)
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SEC approves Zorgon's ETF", "SEC rejects Zorgon's ETF"),
        ("Zorgon buys 1,000 BTC", "Quuxo buys 1,000 BTC"),
        ("Bitcoin climbs past $90K", "Bitcoin climbs past $100K"),
        ("Spot bitcoin ETFs lose $300M", "Spot ether ETFs lose $300M"),
        ("Bitcoin ETFs bleed on Monday", "Bitcoin ETFs bleed on Friday"),
        ("Coinbase sues Zorgon", "Zorgon sues Coinbase"),
        ("Trump raises tariffs on China", "Trump lowers tariffs on China"),
        ("Bitcoin falls below $90,000", "Will bitcoin fall below $90,000?"),
        ("Fed cuts rates by 25 basis points", "Fed cuts rates by 50 basis points"),
        ("India plans to ban crypto", "India has no plan to ban crypto"),
        ("US jobless claims fall to 210,000", "US payrolls rise by 210,000"),
        ("Zorgon lays off a fifth of its staff", "Zorgon's finance chief resigns"),
        ("Zorgon hack drains $48M", "Zorgon hack drains $700,000"),
        ("Miners sell record amount", "Holders sell record amount"),
        ("BTC whales rotate into ETH", "ETH whales rotate into SOL"),
        ("SEC sues Zorgon", "SEC settles with Zorgon"),
        ("Zorgon files for ETF", "Zorgon's ETF starts trading"),
        ("Zorgon goes live on mainnet", "Zorgon goes live on Sepolia"),
        ("Zorgon hacked", "Zorgon appoints chief"),
        ("SEC closes Aave probe after years", "SEC closes Zorgon probe without charges"),
        ("Zorgon sentenced to 15 years", "Zorgon sentenced to 12 years"),
    ],
)
def test_near_misses_clash(one: str, other: str) -> None:
    assert clash_of(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zorgon hack drains $48M", "Zorgon losses climb to $90 million after hack"),
        ("Coinbase sues Zorgon", "Zorgon sued by Coinbase"),
        ("Quuxo sells 10,000 ETH to Zorgon", "Zorgon buys 10,000 ETH from Quuxo"),
        ("Bank of England eases stablecoin caps", "BoE softens limits on stablecoins"),
        ("Bitcoin tops $93K", "BTC hits $93,000"),
        ("SEC to decide on Zorgon's ETF", "SEC approves Zorgon's ETF"),
        ("Zorgon seeks charter to issue dollar token", "Zorgon applies for bank charter"),
        ("BTC tops $92,000 on Zorgon's arrest", "Bitcoin above $92,000 after Quuxo raid"),
    ],
)
def test_what_can_be_of_one_event_does_not_clash(one: str, other: str) -> None:
    assert clash_of(one, other) is None
