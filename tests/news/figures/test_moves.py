"""Moves in percent: their direction, whose they are, and over what time."""

import pytest

from bot.news.assets.naming import AssetNames
from bot.news.assets.registry import load_registry
from bot.news.figures.moves import move_figures
from bot.news.figures.subjects import passages_of

NAMES = AssetNames(load_registry())


def moves(text: str) -> list[tuple[str | None, str, str | None]]:
    found = []
    previous = None
    for passage in passages_of("", "", text, NAMES, ()):
        found += list(move_figures(passage, previous))
        previous = passage
    return [(f.symbol, f"{f.value:f}", f.period) for f in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bitcoin gained 3.5% over the past 24 hours.", ("BTC", "3.5", "24h")),
        ("Bitcoin fell by nearly 4% today.", ("BTC", "-4", "24h")),
        ("Ether posted a 5% weekly gain.", ("ETH", "5", "7d")),
        ("Bitcoin is down 12% this month.", ("BTC", "-12", "30d")),
        ("XRP has risen 480% in the past year.", ("XRP", "480", "1y")),
        ("Bitcoin is up 8% year to date.", ("BTC", "8", "ytd")),
        ("SUI (+11%) led.", ("SUI", "11", None)),
        ("SUI +11%.", ("SUI", "11", None)),
        ("$SUI $1.42 -3.5%.", ("SUI", "-3.5", None)),
        ("SUI: $1.42 (+2%).", ("SUI", "2", None)),
        ("A 5% drop in ether surprised nobody.", ("ETH", "-5", None)),
        ("Bitcoin's 98% rise was slow.", ("BTC", "98", None)),
        ("Solana sank 7% on Tuesday.", ("SOL", "-7", None)),
        ("Bitcoin is up 8% month to date.", ("BTC", "8", "mtd")),
        ("XRP is down 6% week-on-week.", ("XRP", "-6", "7d")),
        ("XRP lost 1.4% of its value today.", ("XRP", "-1.4", "24h")),
        ("Erasing last week's gains, bitcoin fell 6%.", ("BTC", "-6", None)),
        ("The crypto market rose 2% in 24 hours.", (None, "2", "24h")),
        ("Bitcoin rose 3%, its best day in a month.", ("BTC", "3", None)),
    ],
)
def test_a_move(text: str, expected: tuple[str | None, str, str | None]) -> None:
    assert moves(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin could rally 20%.",
        "Bitcoin trading volume rose 20%.",
        "Shares of Coinbase fell 5% as bitcoin slept.",
        "Bitcoin miners hold 5% of supply.",
        "Bitcoin has a 60% chance to rise.",
        "Ether staking pays a 3% yield.",
        "Bitcoin startups saw a 59% decline in funding.",
        "Gold rose 2% while bitcoin slept.",
        "The presale of bitcoin's rival rose 10%.",
        "XRP engagements surged, a rise of 2,000%.",
        "Bitcoin's futures open interest (OI) has increased by 46%.",
        "Nothing rose 5%.",
    ],
)
def test_no_move_of_a_price(text: str) -> None:
    assert moves(text) == []


def test_another_period_needs_no_verb() -> None:
    assert moves("Bitcoin dropped 2.5% in the last 24 hours and 4.6% in the past week.") == [
        ("BTC", "-2.5", "24h"),
        ("BTC", "-4.6", "7d"),
    ]


def test_a_list_shares_its_period() -> None:
    found = moves("Over the past 24 hours bitcoin rose 3%, ether gained 5%.")
    assert found == [("BTC", "3", "24h"), ("ETH", "5", "24h")]


def test_respective_moves() -> None:
    found = moves("Bitcoin, ether and solana fell 3%, 4% and 5%, respectively.")
    assert [(symbol, value) for symbol, value, _ in found] == [
        ("BTC", "-3"),
        ("ETH", "-4"),
        ("SOL", "-5"),
    ]


def test_a_sentence_that_goes_on_takes_the_period_of_the_one_before() -> None:
    before = "Bitcoin gained 3% over the past 24 hours. "
    assert moves(before + "Meanwhile, ether rose 5%.")[-1] == ("ETH", "5", "24h")
    assert moves(before + "In June, ether rose 5%.")[-1] == ("ETH", "5", None)
    assert moves(before + "A friend says ether rose 5%.")[-1] == ("ETH", "5", None)


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin was quiet. Consumer prices rose 2.6% in the year to December.",
        "Bitcoin was quiet. Energy prices fell 4% this month.",
        "Bitcoin was quiet. The next difficulty change, which seemed a cut of 3%, is a rise of 1%.",
        "Bitcoin dominance 58% +1.2%.",
        "Bitcoin was quiet. The euro gained 0.3%.",
    ],
)
def test_what_else_rises_is_no_move_of_the_coin_told_before(text: str) -> None:
    assert moves(text) == []
