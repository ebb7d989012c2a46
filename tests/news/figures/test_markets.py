"""Liquidations, flows of funds, and funding rates."""

import pytest

from bot.domain.articles import FigureKind
from bot.news.assets.naming import AssetNames
from bot.news.assets.registry import load_registry
from bot.news.figures.markets import market_figures
from bot.news.figures.subjects import passages_of

NAMES = AssetNames(load_registry())
MILLION = 1_000_000

Told = tuple[FigureKind, str | None, float, str | None]


def told(text: str) -> list[Told]:
    """Kind, symbol, value and period of each; sums in millions."""
    found = []
    previous = None
    for passage in passages_of("", "", text, NAMES, ()):
        found += list(market_figures(passage, previous))
        previous = passage
    return [
        (f.kind, f.symbol, float(f.value / (1 if f.unit == "%" else MILLION)), f.period)
        for f in found
    ]


L, F, R = FigureKind.LIQUIDATION, FigureKind.FLOW, FigureKind.FUNDING


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Over $650 million in positions were liquidated in a day.", (L, None, 650, "24h")),
        ("Bitcoin rose as the market saw $260 million in liquidations.", (L, None, 260, None)),
        ("Roughly $380 million of it were liquidated bitcoin shorts.", (L, "BTC", 380, None)),
        ("Bitcoin traders took $90 million of liquidations.", (L, "BTC", 90, None)),
        ("The squeeze wiped out $35 million in short positions.", (L, None, 35, None)),
        ("Bitcoin ETFs saw $450 million in net inflows.", (F, "BTC", 450, None)),
        ("Spot ether ETFs shed $120 million on Tuesday.", (F, "ETH", -120, None)),
        ("Weekly outflows from bitcoin funds hit $903M.", (F, "BTC", -903, "7d")),
        ("Bitcoin and ether ETFs drew in $70 million of inflows.", (F, None, 70, None)),
        ("Funding rates for bitcoin slid to -0.01%.", (R, "BTC", -0.01, None)),
        ("The annualized funding rate of ETH is 12%.", (R, "ETH", 12, "1y")),
        ("The 8-hour funding rate of BTC is 0.01%.", (R, "BTC", 0.01, "8h")),
    ],
)
def test_a_figure_of_the_market(text: str, expected: Told) -> None:
    assert told(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "A rise would liquidate $1.2bn of bitcoin shorts.",
        "The exchange's liquidators found $260 million.",
        "Open interest of $5 billion fell as longs were liquidated.",
        "The drop wiped out $100 billion in market value.",
        "Bitcoin ETFs hold $61 billion in cumulative inflows.",
        "Binance saw $7 billion of outflows.",
        "Bitcoin ETFs could see $20 billion in inflows.",
        "A funding round of $30 million closed.",
        "Fees fell 12%.",
    ],
)
def test_no_figure_of_the_market(text: str) -> None:
    assert told(text) == []


def test_a_sentence_about_shorts_goes_on_from_a_liquidation() -> None:
    before = "Nearly $700 million of positions were wiped out. "
    after = "Of that, $380 million were bitcoin shorts, $250 million came from shorting ether."
    assert [(symbol, value) for _, symbol, value, _ in told(before + after)] == [
        (None, 700),
        ("BTC", 380),
        ("ETH", 250),
    ]
    assert told(after) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ether funds saw $96 million leave.", [(F, "ETH", -96, None)]),
        ("Solana funds added another $88 million.", [(F, "SOL", 88, None)]),
        (
            "Bitcoin products took in €410 million and ether products €150 million.",
            [(F, "BTC", 410, None), (F, "ETH", 150, None)],
        ),
        ("A hedge fund added another $88 million.", []),
        (
            "Bitcoin fell. Crypto investment products saw outflows of $90 million.",
            [(F, None, -90, None)],
        ),
    ],
)
def test_flows_of_a_coins_funds_are_the_coins(text: str, expected: list[Told]) -> None:
    assert told(text) == expected
