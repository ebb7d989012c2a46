"""Coins and money that flow to exchanges and leave them."""

import pytest

from bot.news.assets.naming import AssetNames
from bot.news.assets.registry import load_registry
from bot.news.figures.exchange_flows import exchange_flows
from bot.news.figures.subjects import passages_of

NAMES = AssetNames(load_registry())


def told(text: str) -> list[tuple[str | None, int, str, str | None]]:
    """Symbol, value, unit and period of each flow."""
    return [
        (f.symbol, int(f.value), f.unit, f.period)
        for passage in passages_of("", "", text, NAMES, ())
        for f in exchange_flows(passage)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exchange outflows of 12,500 BTC came in a day.", ("BTC", -12_500, "BTC", None)),
        ("Some 12,500 BTC left exchanges this week.", ("BTC", -12_500, "BTC", "7d")),
        ("Over 80,000 ETH flowed into exchanges on Friday.", ("ETH", 80_000, "ETH", None)),
        (
            "Shiba Inu saw net exchange outflows of 2.5 billion tokens in 24 hours.",
            ("SHIB", -2_500_000_000, "SHIB", "24h"),
        ),
        (
            "About $320 million of ether was withdrawn from exchanges.",
            ("ETH", -320_000_000, "USD", None),
        ),
        ("Solana's spot netflow shows $4 million of inflows.", ("SOL", 4_000_000, "USD", None)),
    ],
)
def test_what_flowed(text: str, expected: tuple[str | None, int, str, str | None]) -> None:
    found = told(text)
    assert [(s, v, u) for s, v, u, _ in found] == [expected[:3]]
    if expected[3]:
        assert found[0][3] == expected[3]


@pytest.mark.parametrize(
    "text",
    [
        "A whale sent 2,000 BTC to a new wallet.",
        "Exchanges hold 2,000,000 BTC.",
        "Exchange reserves fell to 2,000,000 BTC as coins left exchanges.",
        "Some 2,000 BTC could leave exchanges.",
        "Hackers moved 2,000 BTC to exchanges after the hack.",
        "Bitcoin ETFs saw outflows of $300 million.",
        "Exchange inflows rose 12%.",
        "Bitcoin rose to $95,000 while inflows to exchanges slowed.",
    ],
)
def test_what_is_none(text: str) -> None:
    assert told(text) == []
