"""What sites put between the words of their articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.cleaning.inserts import without_glued_prices, without_inserts


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Ethereum's ether ETH$3,356.01, outpaced bitcoin", "Ethereum's ether, outpaced bitcoin"),
        ("Bitcoin BTC$93,455.20 rose", "Bitcoin rose"),
        ("bitcoin BTC$93,455.20's gains", "bitcoin's gains"),
        ("memecoin DOGE$0.1423 and SHIB$0.00000812 fell", "memecoin and SHIB fell"),
        ("PEPE's token PEPE$0.0₅4567 fell", "PEPE's token fell"),
        ("XRP XRP$2.10 slid", "XRP slid"),
        ("the price of ETH$3,356.01 fell", "the price of ETH fell"),
        ("bitcoin BTC$93,455.20, ether ETH$3,356.01", "bitcoin, ether"),
        ("ETH$3,356.01 leads", "ETH $3,356.01 leads"),
        ("BTC$93,000 ETH$3,300 SOL$140", "BTC $93,000 ETH $3,300 SOL $140"),
        ("bought BTC$5 million of it", "bought BTC $5 million of it"),
        ("worth US$1,000 or HK$7,800.50", "worth US$1,000 or HK$7,800.50"),
        ("costs A$12 or C$5.50", "costs A$12 or C$5.50"),
        ("bought BTC at $93,000", "bought BTC at $93,000"),
        ("bitcoin (BTC) at $93,455.20", "bitcoin (BTC) at $93,455.20"),
        ("the pair BTC$ and $BTC", "the pair BTC$ and $BTC"),
        ("a gain of 5%", "a gain of 5%"),
    ],
)
def test_glued_prices(text: str, clean: str) -> None:
    assert without_glued_prices(text) == clean


@given(st.text(alphabet="aA1 $.,BTCm%", max_size=60))
def test_glued_prices_go_at_once(text: str) -> None:
    """No ticker is left glued to a sum of dollars, but for currencies."""
    once = without_glued_prices(text)
    assert without_glued_prices(once) == once


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (
            "Fees fell. Related Reading: Miners Sell Coins As Fees Fall On Bitcoin The drop came.",
            "Fees fell. The drop came.",
        ),
        (
            "Fees fell. Also Read: Is Ether The Next Big Thing? Traders now wait for Friday.",
            "Fees fell. Traders now wait for Friday.",
        ),
        ("The case is related: both were fined.", "The case is related: both were fined."),
        ("Fees fell. Related: miners sell coins.", "Fees fell. Related: miners sell coins."),
        (
            "It won. pic.twitter.com/AbC123 — Jane Roe (@jane) October 3, 2025 Others lost.",
            "It won. Others lost.",
        ),
        ("See this https://t.co/AbC123 now", "See this now"),
        ("A chart. Source: TradingView (BTC/USDT) What next?", "A chart. What next?"),
        ("He named his Source: X marks the spot", "He named his Source: X marks the spot"),
        ("Fees fell. ADVERTISEMENT Miners sold.", "Fees fell. Miners sold."),
        ("Sites live off it. Advertisement pays.", "Sites live off it. Advertisement pays."),
        (
            'Fees fell. { "@context": "https://schema.org", "a": { "b": 1 } } Miners sold.',
            "Fees fell. Miners sold.",
        ),
        ('Fees fell. { "@type": "FAQPage", "mainEntity": [', "Fees fell."),
        ("Bitcoin ( BTC ) and (ETH )", "Bitcoin (BTC) and (ETH)"),
        ("Ethereum News Ethereum (ETH) rose", "Ethereum (ETH) rose"),
        (
            "The post Miners Sell As Fees Fall appeared first on Ledger Coin News Miners sold.",
            "Miners sold.",
        ),
        (
            "It won. We are on X, follow us to connect with us :- @Ledger1 Others lost.",
            "It won. Others lost.",
        ),
        ("Breadth. Source: Jane Roe (@jane) The index rose.", "Breadth. The index rose."),
        ("Fox News Channel reports", "Fox News Channel reports"),
        ("Trouble :( for all :) folks", "Trouble :( for all :) folks"),
    ],
)
def test_inserts(text: str, clean: str) -> None:
    assert without_inserts(text).strip() == clean


@given(st.text(alphabet='Related: ABc."{}@type() —t.co/x', max_size=200))
def test_any_text_is_survived_and_never_grows_long(text: str) -> None:
    assert len(without_inserts(text)) <= 2 * len(text)
