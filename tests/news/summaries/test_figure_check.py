"""Figures of a text held against those of its article."""

import pytest

from bot.news.summaries.figure_check import foreign_figure
from bot.news.summaries.quantities import quantities


def foreign(text: str, article: str) -> str | None:
    """The first figure of the text that the article does not give."""
    return foreign_figure(text, quantities(article), article.casefold())


@pytest.mark.parametrize(
    ("article", "text"),
    [
        # One value in another dress.
        ("It took $10 million.", "It took 10 million dollars."),
        ("It took $10 million.", "It took $10m."),
        ("It took US$10 million.", "It took $10 million."),
        ("It took HK$10 million.", "It took 10 million Hong Kong dollars."),
        ("It took EUR 10 million.", "It took €10 million."),
        ("It moved 4,500 BTC.", "It moved 4,500 bitcoin."),
        ("It fell five percent.", "It fell 5%."),
        ("It rose four times.", "It rose 4x."),
        ("Rates rose 25 basis points.", "Rates rose 25 bps."),
        # Ranges share their unit.
        ("It sees $93,000 to $95,000.", "It sees $93,000 to 95,000."),
        ("It fell 5 to 7%.", "It fell between 5% and 7%."),
        # A level, and coins, need no unit of their own.
        ("It broke $93,000.", "It broke the 93,000 level."),
        ("It moved 4,500 BTC.", "It moved 4,500 coins."),
        # Things counted, years and hours.
        ("250 traders lost.", "Losses hit 250 traders."),
        ("250 traders lost.", "250 lost."),
        ("10 million monthly active users left.", "10 million users left."),
        ("Of its users, 250 left.", "250 users left."),
        ("It was founded in 2018.", "It has been there since 2018."),
        ("In 2018, traders lost.", "Traders lost in 2018."),
        ("It fell over 24 hours.", "It fell in 24 hours."),
        ("A 24-hour outage.", "An outage of 24 hours."),
        ("11 U.S. spot ETFs lost.", "11 ETFs lost."),
        ("24 US states agreed.", "24 states agreed."),
        ("10 million bitcoin users left.", "10 million users left."),
    ],
)
def test_the_same_value_in_the_same_unit_passes(article: str, text: str) -> None:
    assert foreign(text, article) is None


@pytest.mark.parametrize(
    ("article", "text"),
    [
        # A unit that the article does not have.
        ("10 million users were hit.", "It took $10 million."),
        ("250 traders lost.", "Traders lost $250."),
        ("It was founded in 2018.", "It cost $2,018."),
        ("It fell to 93,000.", "It fell to $93,000."),
        ("4,500 wallets were hit.", "4,500 BTC were moved."),
        ("Five firms lost.", "It lost 5%."),
        ("Five firms lost.", "It fell five percent."),
        ("It fell 5%.", "It fell 5x."),
        ("The rate rose 25 basis points.", "The rate rose 25%."),
        ("It lost seven cents.", "It lost $7."),
        # Another unit.
        ("It fell to $93,000.", "It fell to €93,000."),
        ("It took HK$10 million.", "It took $10 million."),
        ("It took $10 million.", "It took C$10 million."),
        ("It took 10 million Canadian dollars.", "It took $10 million."),
        ("It took USDT 10 million.", "It took USD 10 million."),
        ("It moved 4,500 BTC.", "It moved 4,500 ETH."),
        ("It moved 4,500 BTC.", "It moved 4,500 solana."),
        ("10 million bitcoin users left.", "It moved 10 million bitcoin."),
        # A unit lost.
        ("It fell to $93,000.", "It hit 93,000 users."),
        ("It fell to $93,000.", "It fell to 93,000."),
        ("It fell 5%.", "It hit 5 users."),
        ("It fell 5%.", "It fell to the 5 level."),
        ("It has 100x leverage.", "It has 100 coins."),
        ("It took $4,500.", "It took 4,500 coins."),
        # Another thing counted, and a year that is none.
        ("250 traders lost.", "250 users lost."),
        ("250 traders and 300 users lost.", "250 users lost."),
        ("It was founded in 2018.", "It has 2,018 users."),
        ("It has 2,018 users.", "It was founded in 2018."),
        ("It fell for 7 days.", "It fell for 7 hours."),
        # Numbers that stand side by side share no unit.
        ("In 2018 and 5% later it fell.", "It fell 2018%."),
        ("It lost 250 and $93,000.", "It lost $250."),
        ("It lost $93,000 and 250 users.", "It lost $250."),
    ],
)
def test_another_unit_is_refused(article: str, text: str) -> None:
    assert foreign(text, article) is not None


def test_a_percentage_keeps_its_direction() -> None:
    assert foreign("It rose 5%.", "It fell 5%.") == 'the direction of "5%"'
    assert foreign("It moved 5%.", "It fell 5%.") is None


def test_rough_figures_are_the_articles_words() -> None:
    assert foreign("It lost half.", "It lost half of it.") is None
    assert foreign("It doubled.", "It grew.") == 'the figure "doubl"'
