"""The figures of articles: whose they are, what they mean, and each told once."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.articles import Figure, FigureKind, FigureRole, Mention, Role
from bot.news.assets.naming import AssetNames
from bot.news.assets.registry import load_registry
from bot.news.figures.finding import MOST_FIGURES, figures_of

NAMES = AssetNames(load_registry())
BITCOIN = Mention("bitcoin", "BTC", Role.PRIMARY, 'title: "Bitcoin"')

Told = list[tuple[str, str | None, str, str | None]]


def figures(text: str, title: str = "", *primary: Mention) -> tuple[Figure, ...]:
    return figures_of(title, "", text, NAMES, primary)


def told(text: str, title: str = "", *primary: Mention) -> Told:
    """Kind, symbol, value and role or period of each figure."""
    return [
        (f.kind.value, f.symbol, format(f.value.normalize(), "f"), f.role or f.period)
        for f in figures(text, title, *primary)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bitcoin hit $93,000.", ("price", "BTC", "93000", "reached")),
        ("Bitcoin climbed to as high as $97,800 today.", ("price", "BTC", "97800", "reached")),
        ("Bitcoin trades at $95,120.", ("price", "BTC", "95120", None)),
        ("They paid an average price of $1,861 per ETH.", ("price", "ETH", "1861", None)),
        ("Solana faces resistance at $230.", ("level", "SOL", "230", "resistance")),
        ("Solana broke the $230 resistance.", ("level", "SOL", "230", "resistance")),
        ("XRP found support near $1.07.", ("level", "XRP", "1.07", "support")),
        ("XRP must hold above $3.", ("level", "XRP", "3", "support")),
        ("Bitcoin fell below $90K.", ("level", "BTC", "90000", "reached")),
        ("If bitcoin falls below $90,000, sellers win.", ("level", "BTC", "90000", "support")),
        ("Bitcoin could reach $150K.", ("level", "BTC", "150000", "target")),
        ("Analysts see bitcoin at $1 million by 2030.", ("level", "BTC", "1000000", "target")),
        ("Bulls eye a climb of bitcoin above $100,000.", ("level", "BTC", "100000", "target")),
        ("Bitcoin's all-time high was $126,000.", ("level", "BTC", "126000", "all_time_high")),
        ("BNB set a new all-time high of $1,110.", ("price", "BNB", "1110", "all_time_high")),
        ("Bitcoin tops 100,000 at last.", ("level", "BTC", "100000", "reached")),
        ("Bitcoin fell to €93.000.", ("price", "BTC", "93000", "reached")),
        ("Bitcoin holds above 95,000 USDT.", ("level", "BTC", "95000", "support")),
        ("The largest cryptocurrency slid to $91,000.", ("price", "BTC", "91000", "reached")),
        ("The second-largest cryptocurrency rose to $3,100.", ("price", "ETH", "3100", "reached")),
        ("A break in ETH beyond $3,500 would confirm.", ("level", "ETH", "3500", "resistance")),
    ],
)
def test_prices_and_levels(text: str, expected: tuple[str, str | None, str, str | None]) -> None:
    assert told(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin's market cap hit $1.2tn.",
        "Bitcoin rallied while $260 million changed hands.",
        "The SEC fined the firm $95,000 over bitcoin claims.",
        "Hackers stole $95,000 in bitcoin.",
        "A bitcoin miner won a $95,000 reward.",
        "Bitcoin startup raises $50,000.",
        "Gold hit $4,500 while bitcoin slept.",
        "This 100x altcoin beats bitcoin.",
        "Shares of the bitcoin firm fell to $95.",
        "The presale of bitcoin's rival is live at $0.035.",
        "Volumes of bitcoin rose to $95,000.",
        "Bitcoin 2026 min max $1.03 $1.16 $1.32.",
        "ether ETH$3,356.01 is quiet.",
        "Weekly addresses of bitcoin rose to 720,000.",
        "Nobody knows why it hit $95,000.",
        "Bitcoin traded in the mid-$90,000s.",
    ],
)
def test_money_that_is_no_price(text: str) -> None:
    """A wrong level makes a wrong alert: what is not sure is left out."""
    assert not [f for f in figures(text) if f.kind in (FigureKind.PRICE, FigureKind.LEVEL)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BTC is stuck in a 93k\u201395k range.", [("93000", "support"), ("95000", "resistance")]),
        ("Targets for SOL are $250 and $300.", [("250", "target"), ("300", "target")]),
        ("Bitcoin and ether trade at $95,000 and $3,300.", [("95000", None), ("3300", None)]),
        (
            "BNB and SOL reached $909 and $143, respectively.",
            [("909", "reached"), ("143", "reached")],
        ),
    ],
)
def test_several_at_once(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(value, role) for _, _, value, role in told(text)] == expected


def test_each_of_a_list_belongs_to_its_own_asset() -> None:
    text = "BNB and SOL reached $909 and $143, respectively, as bitcoin slept."
    assert [(f.symbol, int(f.value)) for f in figures(text)] == [("BNB", 909), ("SOL", 143)]


def test_a_sentence_without_an_asset_goes_on_about_the_last_one() -> None:
    text = "Bitcoin's climb was swift. Traders now eye a move above $100,000."
    assert told(text) == [("level", "BTC", "100000", "target")]


def test_the_only_asset_that_the_article_is_about_is_meant() -> None:
    assert told("Support lies at $88,000.", "Bitcoin waits", BITCOIN) == [
        ("level", "BTC", "88000", "support")
    ]
    assert told("Support lies at $88,000.", "Bitcoin and ether wait") == []


def test_a_comparison_owns_nothing() -> None:
    text = "Ether outpaced bitcoin's gains, rallying 5% to $3,380."
    assert {f.symbol for f in figures(text)} == {"ETH"}


def test_a_token_for_sale_lends_its_price_to_no_coin() -> None:
    text = "Dogecoin rose. Its presale rival grows. The presale sells out. It trades at $0.035."
    assert not figures(text)


def test_told_twice_is_one_figure_in_its_best_role() -> None:
    text = "Bitcoin rose above $95,000. The $95,000 resistance had held. It trades at $95,000."
    (figure,) = figures(text)
    assert figure.role is FigureRole.RESISTANCE
    assert figure.kind is FigureKind.LEVEL


def test_the_role_that_is_told_most_wins() -> None:
    text = "Bitcoin found support at $88,000. It must hold $88,000. It was rejected at $88,000."
    (figure,) = figures(text)
    assert figure.role is FigureRole.SUPPORT


def test_a_line_of_the_chart_is_the_articles_even_behind_its_miners() -> None:
    text = "Bitcoin miners sold coins. Support lies at $88,000. The firm paid $91,000."
    assert told(text, "Bitcoin waits", BITCOIN) == [("level", "BTC", "88000", "support")]


def test_a_symbol_with_other_meanings_is_the_asset_that_the_text_names() -> None:
    text = "Aptos (APT) waits. APT trades at $5.60 as traders focus on $5.80 resistance."
    assert [(s, v) for _, s, v, _ in told(text)] == [("APT", "5.6"), ("APT", "5.8")]


def test_a_figure_tells_the_words_and_the_unit() -> None:
    (figure,) = figures("Bitcoin fell to €93.000.")
    assert (figure.words, figure.unit, figure.asset_id) == ("€93.000", "EUR", "bitcoin")
    assert figure.value == Decimal(93_000)


def test_the_title_comes_first() -> None:
    found = figures("Support lies at $88,000.", "Bitcoin hits $93,000", BITCOIN)
    assert [f.value for f in found] == [93_000, 88_000]


def test_figures_have_an_end() -> None:
    text = " ".join(f"Bitcoin hit ${90_000 + n:,}." for n in range(100))
    assert len(figures(text)) == MOST_FIGURES


@settings(max_examples=60)
@given(st.text(max_size=400), st.sampled_from(["Bitcoin hits $95,000 ", "ETH falls 5% ", ""]))
def test_no_text_fails(text: str, before: str) -> None:
    for figure in figures(before + text, text[:80]):
        assert figure.value != 0
        assert figure.words


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "Bitcoin",
        "$95,000 " * 100_000,
        "Bitcoin hit $95,000 to $96,000, " * 20_000,
        "وصل سعر بيتكوين إلى ٩٥٠٠٠ دولار. " * 1_000,
        "比特币突破95,000美元。" * 1_000,
        "| BTC | $95,000 | +3% |\n" * 2_000,
        "if could bitcoin break above $1 " * 20_000,
    ],
)
def test_strange_texts_are_survived(text: str) -> None:
    """One word, a megabyte, tables and other scripts; the test's own time limit holds."""
    assert len(figures(text, text)) <= MOST_FIGURES


def test_a_bare_number_goes_on_counting_coins() -> None:
    """A treasury's goal is no price of the coin that it counts."""
    text = "It holds 3,120 BTC and plans to reach 5,000 by summer."
    assert told(text, "Bitcoin treasury grows", BITCOIN) == []
    assert told("BTC may reach 95,000 by summer.", "Bitcoin", BITCOIN) == [
        ("level", "BTC", "95000", "target")
    ]


def test_a_line_of_tickers_gives_prices_and_moves() -> None:
    assert told("$BTC $92.4K +1.8%, $SOL $139 -4.1%") == [
        ("price", "BTC", "92400", None),
        ("price", "SOL", "139", None),
        ("move", "BTC", "1.8", None),
        ("move", "SOL", "-4.1", None),
    ]


def test_numbers_a_blank_apart_are_a_table() -> None:
    assert told("Bitcoin $92,400 $93,100 $91,000") == []
