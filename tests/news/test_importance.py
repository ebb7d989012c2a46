"""How much an article and a story matter."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articles import (
    IMPORTANT,
    Category,
    Figure,
    FigureKind,
    FigureRole,
    Importance,
)
from bot.news.importance import continued_importance, importance_of, story_importance

BITCOIN = ("BTC", 1)
SMALL = ("TINY", 480)


def named(*names: str) -> tuple[Category, ...]:
    return tuple(Category(name, 'title: "word"') for name in names)


def figure(kind: FigureKind, value: int, unit: str = "USD", **more: object) -> Figure:
    return Figure(kind, Decimal(value), unit, f"{value}", **more)  # type: ignore[arg-type]  # a row


def score(
    title: str,
    asset: tuple[str, int] | None = BITCOIN,
    categories: tuple[Category, ...] = (),
    *figures: Figure,
) -> int:
    return importance_of(title, asset, categories, figures).score


LIQUIDATED = figure(FigureKind.LIQUIDATION, 1_200_000_000)
CRASH = figure(FigureKind.MOVE, -9, "%", symbol="BTC", period="24h")


@pytest.mark.parametrize(
    ("title", "asset", "categories", "figures"),
    [
        ("Exchange hacked for $1.4 billion in ether", ("ETH", 2), named("hack", "exchange"), ()),
        ("SEC approves spot bitcoin ETFs", BITCOIN, named("regulation", "etf"), ()),
        ("Bitcoin plunges below $90K", BITCOIN, named("derivatives"), (LIQUIDATED, CRASH)),
        ("Fed cuts rates, bitcoin jumps", BITCOIN, named("macro"), ()),
        ("USDT depegs as redemptions grow", ("USDT", 3), named("stablecoin"), (LIQUIDATED,)),
    ],
)
def test_what_moves_the_market_is_important(
    title: str,
    asset: tuple[str, int],
    categories: tuple[Category, ...],
    figures: tuple[Figure, ...],
) -> None:
    assert score(title, asset, categories, *figures) >= IMPORTANT


@pytest.mark.parametrize(
    ("title", "asset", "categories"),
    [
        ("XRP price prediction: can XRP reach $10?", ("XRP", 5), ()),
        ("Best crypto to buy now", None, ()),
        ("This presale could be the next DOGE", ("DOGE", 8), ()),
        ("Top crypto casinos for high rollers", None, ()),
        ("Weekly recap: what you missed", BITCOIN, ()),
        ("Analyst explains why bitcoin may rest", BITCOIN, ()),
        ("A small wallet gets dark mode", None, ()),
        ("Ether trades sideways", ("ETH", 2), ()),
    ],
)
def test_what_does_not_is_not(
    title: str, asset: tuple[str, int] | None, categories: tuple[Category, ...]
) -> None:
    assert score(title, asset, categories) < IMPORTANT


def test_ordinary_news_is_in_the_middle() -> None:
    assert 25 <= score("Solana validators agree on an upgrade", ("SOL", 6)) <= 55


def test_what_sells_comes_last() -> None:
    guide = score("How to buy bitcoin")
    assert score("Bitcoin presale with 100x potential") < guide < score("Bitcoin is 17 years old")
    sponsored = (Category("sponsored", 'feed: "Sponsored"'),)
    doubted = (Category("sponsored", 'feed: "SPONSORED"'),)
    assert score("Bitcoin", BITCOIN, sponsored) < score("Bitcoin", BITCOIN, doubted)
    assert score("Bitcoin", BITCOIN, named("opinion")) < score("Bitcoin")


@pytest.mark.parametrize(
    ("news", "said"),
    [
        ("Attacker gives back $4 and says sorry", "Attacker will give back $4, trader says"),
        ("Issuer holds more gold, says its report", "Issuer holds more gold, says a trader"),
        ("Site turns on Dogecoin tips", "Five tips for Dogecoin"),
        ("Bitcoin holds firm into the weekly close", "Bitcoin holds firm: the weekly"),
        ("Network plans its May 15 upgrade", "Network may upgrade"),
        ("Lone miner beats the odds", "Odds of a lone miner"),
        ("Firm rejects claims of a rival", "Firm claims it beat a rival"),
    ],
)
def test_words_of_opinion_and_advice_count_in_their_sense_only(news: str, said: str) -> None:
    assert score(news) > score(said)


def test_each_part_adds() -> None:
    plain = score("Something new", SMALL)
    assert score("Something new", BITCOIN) > plain
    assert score("Something new", SMALL, named("hack")) > plain
    assert score("Something new", SMALL, (), LIQUIDATED) > plain
    assert score("Something new", SMALL, (), figure(FigureKind.FLOW, -600_000_000)) > plain
    assert score("Something new worth $2bn", SMALL) > plain
    assert score("Something new?", SMALL) < plain


def test_a_category_of_the_lead_weighs_half() -> None:
    lead = (Category("hack", 'lead: "stolen", "hacked"'),)
    assert (
        score("News", BITCOIN)
        < score("News", BITCOIN, lead)
        < score("News", BITCOIN, named("hack"))
    )


def test_a_price_reached_in_the_title_counts() -> None:
    reached = figure(FigureKind.PRICE, 93_000, role=FigureRole.REACHED)
    assert score("Bitcoin hits 93000", BITCOIN, (), reached) > score("Bitcoin hits 93000")
    high = figure(FigureKind.PRICE, 126_000, role=FigureRole.ALL_TIME_HIGH)
    assert score("A new record", BITCOIN, (), high) > score("A new record")


def test_only_moves_of_a_day_count() -> None:
    of_a_year = figure(FigureKind.MOVE, 90, "%", symbol="BTC", period="1y")
    of_another = figure(FigureKind.MOVE, 90, "%", symbol="ETH", period="24h")
    assert score("News", BITCOIN, (), of_a_year, of_another) == score("News")
    assert score("News", BITCOIN, (), CRASH) > score("News")
    assert score(
        "Down 9 since June", BITCOIN, (), figure(FigureKind.MOVE, 9, "%", symbol="BTC")
    ) == (score("Down 9 since June"))


def test_the_weight_of_the_source() -> None:
    usual = importance_of("News", BITCOIN, (), ()).score
    assert importance_of("News", BITCOIN, (), (), source_weight=100).score == usual + 10
    assert importance_of("News", BITCOIN, (), (), source_weight=1).score == usual - 10


@pytest.mark.parametrize(
    ("revision", "score", "reason"),
    [
        (0, 70, "hack +14"),
        (1, 70, "hack +14"),
        (2, 60, "hack +14, told before -10"),
        (3, 57, "hack +14, told before -13"),
        (40, 50, "hack +14, told before -20"),
    ],
)
def test_what_continues_a_story_matters_less_the_more_was_told(
    revision: int, score: int, reason: str
) -> None:
    assert continued_importance(Importance(70, "hack +14"), revision) == Importance(score, reason)


def test_what_hardly_matters_does_not_fall_below_nothing() -> None:
    assert continued_importance(Importance(5, "promotion -30"), 9).score == 0


def test_the_reason_names_what_weighed_heaviest_first() -> None:
    found = importance_of("Bridge loses $1.4bn", BITCOIN, named("hack"), ())
    assert found.reason == "hack +14, BTC rank 1 +12, $1.4bn +8"
    assert found.score == 74


@given(
    st.text(max_size=200),
    st.one_of(st.none(), st.tuples(st.sampled_from(["BTC", "X"]), st.integers(1, 10_000))),
    st.integers(1, 100),
)
def test_a_score_is_between_0_and_100(
    title: str, asset: tuple[str, int] | None, weight: int
) -> None:
    found = importance_of(title, asset, named("hack", "etf"), (LIQUIDATED,), weight)
    assert 0 <= found.score <= 100


@pytest.mark.parametrize(
    ("scores", "sources", "expected"),
    [
        ((), 0, 0),
        ((40,), 1, 40),
        ((40, 55), 2, 61),
        ((55,), 8, 73),
        ((55,), 90, 73),
        ((95,), 9, 100),
    ],
)
def test_more_sources_make_a_story_matter_more(
    scores: tuple[int, ...], sources: int, expected: int
) -> None:
    assert story_importance(scores, sources).score == expected


def test_a_storys_reason() -> None:
    assert story_importance([40, 55], 2).reason == "best article 55, 2 sources +6"
    assert story_importance([40], 1).reason == "best article 40"


@pytest.mark.parametrize(
    ("fact", "kind"),
    [
        ("Jobs slow, odds of a December cut jump", "opinion"),
        ("Network opens claims for its airdrop", "opinion"),
        ("Lenders can hold coins, OCC says", "opinion"),
        ("Bridge was robbed, court says", "opinion"),
    ],
)
def test_what_is_a_fact_is_no_opinion(fact: str, kind: str) -> None:
    assert kind not in importance_of(fact, BITCOIN, named("macro"), ()).reason


def test_a_week_ahead_is_a_round_up() -> None:
    assert "round-up" in importance_of("Week ahead: two meetings", None, named("macro"), ()).reason


@pytest.mark.parametrize("category", ["defi", "layer2", "nft", "airdrop"])
def test_news_of_the_field_is_not_off_topic(category: str) -> None:
    assert score("A pool was closed", None, named(category)) > score("A pool was closed", None)


@pytest.mark.parametrize(
    ("title", "happened"),
    [
        ("President signs stablecoin bill", '"signs stablecoin bill"'),
        ("Governor signs tax on mining, and relief for lenders, into law", "into law"),
        ("Mining act signed after a year of talks", '"act signed"'),
        ("President signs executive order on reserves", '"signs executive order"'),
    ],
)
def test_a_law_that_is_signed_has_happened(title: str, happened: str) -> None:
    assert happened in importance_of(title, BITCOIN, (), ()).reason


@pytest.mark.parametrize(
    "title",
    [
        "Exchange signs a sponsorship deal with a rowing club",
        "Miner signs order for 9,000 machines",
        "Team signs off on a new logo",
        "Signs of life in a quiet market",
    ],
)
def test_what_else_is_signed_is_business(title: str) -> None:
    assert importance_of(title, BITCOIN, (), ()).score == score("Bitcoin trades as before")


@pytest.mark.parametrize(
    "title",
    [
        "Quarry Mining's stock jumps 19%",
        "Shares of the lender Tallow slide 9%",
        "Orchard shares up 5% after results",
        "A miner lets its halls, and its shares soar",
        "Lone Hill stock ends the day lower",
        "Bitcoin miner turns a site over in an AI hosting contract",
        "Miners lease data center halls in a pact with a cloud firm",
    ],
)
def test_the_stock_and_the_halls_of_a_company_are_not_the_coins_market(title: str) -> None:
    found = importance_of(title, BITCOIN, named("mining"), ())
    assert "a company's own -14" in found.reason
    assert found.score < IMPORTANT


@pytest.mark.parametrize(
    "title",
    [
        "Global stocks slide and bitcoin follows",
        "Asian shares fall as bitcoin slips",
        "Savers stock up on bitcoin",
        "Bitcoin's share of the market rises",
        "A trader shares higher hopes for ether",
        "Render signs up a cloud partner",
        "Bitcoin miners face a cold winter",
    ],
)
def test_markets_and_words_alike_are_no_companys(title: str) -> None:
    assert "company" not in importance_of(title, BITCOIN, (), ()).reason


def test_what_is_larger_than_a_company_stays_so() -> None:
    """Its cause in the title, or the coin's own price, makes the stock's move a side matter."""
    title = "Orchard shares fall as SEC sues"
    assert (
        score(title, BITCOIN, named("regulation")) > score(title, BITCOIN, named("adoption")) + 14
    )
    priced = "Orchard shares up as bitcoin nears 93000"
    reached = figure(FigureKind.PRICE, 93_000, symbol="BTC", role=FigureRole.REACHED)
    assert score(priced, BITCOIN, (), reached) > score(priced) + 14
