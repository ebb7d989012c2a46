"""What the words around an amount make of it."""

import pytest

from bot.domain.articles import FigureKind, FigureRole
from bot.news.figures.prices import price_reading
from bot.news.figures.readings import PriceReading, core, surroundings

AMOUNT = "$95,000"


def reading(text: str, *, asset_end: int = -1) -> PriceReading | None:
    start = text.index(AMOUNT)
    return price_reading(surroundings(text, start, start + len(AMOUNT), asset_end))


@pytest.mark.parametrize(
    ("text", "kind", "role"),
    [
        ("It reached $95,000", FigureKind.PRICE, FigureRole.REACHED),
        ("It may well hit $95,000", FigureKind.LEVEL, FigureRole.TARGET),
        ("In May it hit $95,000", FigureKind.PRICE, FigureRole.REACHED),
        ("It hit $95,000?", FigureKind.LEVEL, FigureRole.TARGET),
        ("After traders expected more, it fell to $95,000", FigureKind.PRICE, FigureRole.REACHED),
        ("It was trading at around $95,000", FigureKind.PRICE, None),
        ("It trades just above $95,000", FigureKind.PRICE, None),
        ("an average purchase price of $95,000", FigureKind.PRICE, None),
        ("a daily high of $95,000", FigureKind.PRICE, FigureRole.REACHED),
        ("It broke the $95,000 level", FigureKind.LEVEL, FigureRole.RESISTANCE),
        ("It broke above $95,000", FigureKind.LEVEL, FigureRole.RESISTANCE),
        ("A weekly close above $95,000 is key", FigureKind.LEVEL, FigureRole.RESISTANCE),
        ("It was rejected at $95,000", FigureKind.LEVEL, FigureRole.RESISTANCE),
        ("It stays below $95,000", FigureKind.LEVEL, FigureRole.RESISTANCE),
        ("Support at $95,000 held", FigureKind.LEVEL, FigureRole.SUPPORT),
        ("It defends $95,000", FigureKind.LEVEL, FigureRole.SUPPORT),
        ("It risks losing $95,000", FigureKind.LEVEL, FigureRole.SUPPORT),
        ("a sustained break above $95,000", FigureKind.LEVEL, FigureRole.RESISTANCE),
        ("the 50-day moving average rose to $95,000", FigureKind.LEVEL, None),
        ("It retests $95,000", FigureKind.LEVEL, None),
        ("the $95,000 mark", FigureKind.LEVEL, None),
        ("a $95,000 price target", FigureKind.LEVEL, FigureRole.TARGET),
        ("a move toward $95,000", FigureKind.LEVEL, FigureRole.TARGET),
        ("a record high of $95,000", FigureKind.LEVEL, FigureRole.ALL_TIME_HIGH),
        ("a fresh all-time high at $95,000", FigureKind.PRICE, FigureRole.ALL_TIME_HIGH),
        ("it hit $95,000, an all-time high", FigureKind.PRICE, FigureRole.ALL_TIME_HIGH),
        ("If it breaks, traders look to $95,000", FigureKind.LEVEL, FigureRole.TARGET),
        ("a one-in-three chance of $95,000 by June", FigureKind.LEVEL, FigureRole.TARGET),
        ("the odds of $95,000 fell", FigureKind.LEVEL, FigureRole.TARGET),
        ("little support between there and $95,000", FigureKind.LEVEL, FigureRole.SUPPORT),
        ("It lost $95,000, which now acts as resistance", FigureKind.LEVEL, FigureRole.RESISTANCE),
    ],
)
def test_readings(text: str, kind: FigureKind, role: FigureRole | None) -> None:
    assert reading(text) == PriceReading(kind, role)


@pytest.mark.parametrize(
    "text",
    [
        "They spent $95,000",
        "the odds of a $95,000 fine",
        "a fine of $95,000",
        "It reached $95,000 in fees",
        "sold for $95,000",
        "down from $95,000",
        "It lost $95,000",
        "up to $95,000",
        "$95,000 per month",
        "$95,000",
    ],
)
def test_no_price(text: str) -> None:
    assert reading(text) is None


def test_what_stands_between_the_asset_and_the_amount_decides() -> None:
    """Inflows push a price; they are not the price."""
    text = "Inflows pushed bitcoin above $95,000"
    end = text.index("bitcoin") + len("bitcoin")
    found = reading(text, asset_end=end)
    assert found is not None
    assert found.role is FigureRole.REACHED


def test_words_that_mean_nothing_are_left_out() -> None:
    assert core("trading at about the key") == "trading at"
    assert core("a 10-month high") == ""
