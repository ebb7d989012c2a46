"""What kind of news an article is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.news.categories import MOST_CATEGORIES, categories_of
from bot.news.category_words import CATEGORIES


def no_asset(_: str) -> bool:
    return False


def names(title: str, lead: str = "", *filed: str) -> list[str]:
    return [category.name for category in categories_of(title, lead, "", filed, no_asset)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Bridge hacked for $40 million", ["hack"]),
        ("Wallet maker warns of phishing mails", ["hack"]),
        ("SEC drops its case", ["regulation"]),
        ("Lawmakers vote on the CLARITY Act", ["regulation"]),
        ("Spot Solana ETF opens with a bang", ["etf"]),
        ("Fed leaves interest rates alone", ["macro"]),
        ("A stablecoin loses its peg: USDe depegs", ["stablecoin"]),
        ("Bitcoin miners switch off as hashrate falls", ["mining"]),
        ("Open interest doubles before options expiry", ["derivatives"]),
        ("Kraken opens an office in Rome", ["exchange"]),
        ("A new DEX on the block", ["defi"]),
        ("NFTs are back", ["nft"]),
        ("A rollup for games", ["layer2"]),
        ("Small token soars as it will list in Seoul", ["listing"]),
        ("The airdrop everybody waits for", ["airdrop"]),
        ("City makes bitcoin legal tender", ["adoption"]),
        ("Founder sentenced to nine years in prison", ["legal"]),
        ("Court hears the SEC", ["regulation", "legal"]),
        ("Exchange Northbay reopens", ["exchange"]),
        ("Pensions may hold coins under draft rule", ["regulation"]),
        ("Lender loses $9 million in oracle attack", ["hack"]),
        ("Bridge is drained of $31M", ["hack"]),
        ("Attacker sends back $12 million", ["hack"]),
        ("Nonfarm payrolls beat forecasts", ["macro"]),
        ("Yen intervention shakes risk assets", ["macro"]),
        ("Province bans new crypto mining", ["regulation", "mining"]),
        ("Two custodians win trust bank approvals", ["regulation"]),
        ("Basel softens its rule for banks", ["regulation"]),
        ("ABC is now available for trading", ["listing"]),
    ],
)
def test_the_title_shows_a_category(title: str, expected: list[str]) -> None:
    assert names(title) == expected


@pytest.mark.parametrize(
    "title",
    [
        "Students win a hackathon",
        "Bitcoin breaches $95,000",
        "Wait 30 sec for the price of bitcoin",
        "They fed the whales",
        "Liquidity mining is over",
        "A gold mining story",
        "Toronto Stock Exchange Opens Late",
        "Firm plans a Nasdaq listing",
        "Coinbase premium turns green",
        "Options for a quiet weekend",
        "BTC/USDT falls",
        "Ether climbs",
        "Payroll firm moves salaries to Solana",
        "A song without a licence: the music licence case",
    ],
)
def test_words_that_only_look_so(title: str) -> None:
    assert names(title) == []


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        ("The protocol was hacked on Sunday.", ["hack"]),
        ("Attackers stole funds; 40 million were drained.", ["hack"]),
        ("A vulnerability was fixed.", []),
        ("An attacker abused a price feed and used a mixer.", ["hack"]),
        ("It pays out in USDT from its own reserves.", []),
        ("Crypto investment products saw outflows.", ["etf"]),
        ("A federal judge heard it.", ["legal"]),
        ("The judge was late.", []),
        ("The court and the prosecutors agree.", ["legal"]),
    ],
)
def test_a_lead_needs_a_phrase_or_two_words(lead: str, expected: list[str]) -> None:
    assert names("Bitcoin", lead) == expected


def test_reasons_name_the_place_and_the_words() -> None:
    found = categories_of(
        "SEC waits", "", "Attackers stole it; it was drained.", ("NFTs", "Gaming"), no_asset
    )
    assert [(c.name, c.reason) for c in found] == [
        ("hack", 'lead: "Attackers", "stole"'),
        ("regulation", 'title: "SEC"'),
        ("nft", 'feed: "NFTs"'),
        ("gaming", 'feed: "Gaming"'),
    ]


@pytest.mark.parametrize(
    ("filed", "expected"),
    [
        (("Markets", "markets", " MARKETS "), ["markets"]),
        (("Law & Order", "U.S. Policy"), ["regulation", "law-order"]),
        (("Hacks", "Layer 2s and Scaling", "Bitcoin Mining"), ["hack", "mining", "layer2"]),
        (("!!!", ""), []),
        (("x" * 60,), []),
    ],
)
def test_what_the_source_files_it_under(filed: tuple[str, ...], expected: list[str]) -> None:
    assert names("Bitcoin", "", *filed) == expected


def test_files_in_capitals_need_a_word_that_agrees() -> None:
    """Sources that file by key words found anywhere are wrong half of the time."""
    assert names("Bitcoin", "", "SECURITY INCIDENTS") == []
    assert names("Bitcoin", "The theft was small.", "SECURITY INCIDENTS") == ["hack"]
    assert names("Bitcoin", "", "ETF", "NFT") == ["etf", "nft"]


def test_what_names_an_asset_is_no_category() -> None:
    found = categories_of("A", "", "", ("Solana", "Gaming"), lambda name: name == "Solana")
    assert [category.name for category in found] == ["gaming"]


def test_categories_have_an_end_and_begin_with_those_known_by_name() -> None:
    filed = [f"topic {number}" for number in range(40)]
    found = names("Exchange hacked: Kraken in court", "", *filed)
    assert len(found) == MOST_CATEGORIES
    assert found[:3] == ["hack", "exchange", "legal"]


def test_the_summary_comes_before_the_body() -> None:
    found = categories_of("A", "Nothing new.", "The bridge was hacked.", (), no_asset)
    assert found == ()


def test_a_category_is_filed_under_one_name_only() -> None:
    filed = [name for words in CATEGORIES for name in words.filed_as]
    assert len(filed) == len(set(filed))


@settings(max_examples=50)
@given(st.text(max_size=300), st.lists(st.text(max_size=50), max_size=20))
def test_no_text_fails(text: str, filed: list[str]) -> None:
    found = categories_of(text, text, text, filed, no_asset)
    assert len({category.name for category in found}) == len(found) <= MOST_CATEGORIES


@pytest.mark.parametrize("text", ["SEC court hacked " * 60_000, "(" * 1_000_000, "\n" * 1_000_000])
def test_endless_texts_are_survived(text: str) -> None:
    assert len(names(text, text, text[:50])) <= MOST_CATEGORIES


@pytest.mark.parametrize(
    ("filed", "expected"),
    [("Regulierung", "regulation"), ("Регулирование", "regulation"), ("Minería", "mining")],
)
def test_sources_of_other_languages_file_in_their_own_words(filed: str, expected: str) -> None:
    assert names("Bitcoin", "", filed) == [expected]
