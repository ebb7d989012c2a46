"""Which assets an article is about."""

import pytest

from bot.domain.articles import Role
from bot.news.assets.mentions import MentionFinder


def roles(
    finder: MentionFinder, title: str, summary: str = "", body: str = "", *categories: str
) -> dict[str, str]:
    mentions = finder.mentions(title, summary, body, categories)
    return {mention.symbol: mention.role.value for mention in mentions}


def test_the_headline_says_what_an_article_is_about(finder: MentionFinder) -> None:
    mentions = finder.mentions("Bitcoin and ETH fall", "Solana held.", "Even XRP fell.")
    assert [(m.symbol, m.role, m.reason) for m in mentions] == [
        ("BTC", Role.PRIMARY, 'title: "Bitcoin"'),
        ("ETH", Role.PRIMARY, 'title: "ETH"'),
        ("SOL", Role.MENTIONED, 'summary: "Solana"'),
        ("XRP", Role.MENTIONED, 'body: "XRP"'),
    ]
    assert [m.asset_id for m in mentions] == ["bitcoin", "ethereum", "solana", "ripple"]


def test_the_first_sentence_does_where_the_headline_names_none(finder: MentionFinder) -> None:
    summary = "Hedera's token fell 4%. Bitcoin was flat."
    (hedera, bitcoin) = finder.mentions("A bad day", summary, "")
    assert (hedera.symbol, hedera.role) == ("HBAR", Role.PRIMARY)
    assert hedera.reason == 'first sentence: "Hedera"'
    assert (bitcoin.symbol, bitcoin.role) == ("BTC", Role.MENTIONED)


def test_a_body_takes_the_place_of_a_missing_summary(finder: MentionFinder) -> None:
    assert roles(finder, "A token rallies", "", "Solana rose. So did XRP.") == {
        "SOL": "primary",
        "XRP": "mentioned",
    }


def test_a_category_and_the_first_sentence_together_do(finder: MentionFinder) -> None:
    summary = "The upgrade brings Solana to Bitcoin."
    assert roles(finder, "Bitcoin wakes up", summary) == {"BTC": "primary", "SOL": "mentioned"}
    assert roles(finder, "Bitcoin wakes up", summary, "", "Solana News") == {
        "BTC": "primary",
        "SOL": "primary",
    }


def test_what_a_title_only_compares_with_no_category_brings_back(finder: MentionFinder) -> None:
    summary = "Against BTC the token of Ripple keeps its ground."
    title = "XRP holds steady against Bitcoin"
    assert roles(finder, title, summary, "", "Bitcoin News", "XRP News") == {
        "XRP": "primary",
        "BTC": "mentioned",
    }


def test_a_key_word_taggers_categories_tell_nothing(finder: MentionFinder) -> None:
    """Those come in capitals, and name whatever the text does."""
    summary = "The upgrade brings Solana to Bitcoin."
    assert roles(finder, "Bitcoin wakes up", summary, "", "SOL", "BTC", "MARKET") == {
        "BTC": "primary",
        "SOL": "mentioned",
    }


def test_a_long_list_of_categories_tells_nothing(finder: MentionFinder) -> None:
    summary = "The upgrade brings Solana to Bitcoin."
    filed = ("Solana", "Bitcoin", "Cardano")
    assert roles(finder, "Bitcoin wakes up", summary, "", *filed)["SOL"] == "mentioned"


def test_a_category_alone_mentions_nothing(finder: MentionFinder) -> None:
    assert roles(finder, "A quiet day", "Nothing happened.", "", "Solana") == {}


@pytest.mark.parametrize(
    ("title", "rest", "symbols"),
    [
        ("Ripple wins a bank charter", "", {}),
        ("Ripple wins a bank charter", "The price of XRP rose.", {"XRP": "primary"}),
        ("HYPE trades at $55", "", {}),
        ("HYPE trades at $55", "Hyperliquid took fees.", {"HYPE": "primary"}),
        ("Mantle leads the field", "", {}),
        ("Mantle leads as MNT weakens", "", {"MNT": "primary"}),
        ("GRAM (prev. TON) price prediction", "", {"TON": "primary"}),
        ("The missing LINK", "A story of payments.", {}),
    ],
)
def test_a_word_counts_when_the_article_proves_it(
    finder: MentionFinder, title: str, rest: str, symbols: dict[str, str]
) -> None:
    """Companies and ordinary words mean the coin where the coin is named beyond doubt."""
    assert roles(finder, title, "", rest) == symbols


LONG = "The committee met again and talked about the bill for hours. " * 40


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        # ---- companies: their token must be a matter of the story
        (
            "Tether bids for a football club",
            "Tether, which issues USDT, has gold. Tether pays.",
            {"USDT": ("mentioned", 'title: "Tether", the company')},
        ),
        ("Tether bids for a football club", "Its owner is keen.", {}),
        (
            "Tether prints more",
            "Tether added a billion USDT. Now 190 billion USDT are out.",
            {"USDT": ("primary", 'title: "Tether"')},
        ),
        # ---- a long text that never names it
        (
            "A bill's update for the XRP crowd",
            LONG,
            {"XRP": ("mentioned", 'title: "XRP", which the text does not name')},
        ),
        (
            "A bill's update for the XRP crowd",
            LONG + "XRP would gain.",
            {"XRP": ("primary", 'title: "XRP"')},
        ),
        # ---- in passing
        (
            "Dogecoin advocate warns after a bitcoin theft",
            "",
            {
                "BTC": ("primary", 'title: "bitcoin"'),
                "DOGE": ("mentioned", 'title: "Dogecoin", in passing: "Dogecoin advocate"'),
            },
        ),
        (
            "Dogecoin advocate warns of wallets",
            "A Dogecoin advocate urges care.",
            {"DOGE": ("mentioned", 'title: "Dogecoin", in passing: "Dogecoin advocate"')},
        ),
        (
            "Dogecoin advocate warns of wallets",
            "Dogecoin itself has fallen.",
            {"DOGE": ("primary", 'title: "Dogecoin"')},
        ),
        (
            "XRP loans arrive on Ethereum",
            "",
            {
                "XRP": ("primary", 'title: "XRP"'),
                "ETH": ("mentioned", 'title: "Ethereum", in passing: "on Ethereum"'),
            },
        ),
        # ---- advertisements
        (
            "Best altcoins to buy as Solana jumps",
            "Bitcoin is flat.",
            {
                "SOL": (
                    "mentioned",
                    'title: "Solana", in an advertisement: "Best altcoins to buy"',
                ),
                "BTC": (
                    "mentioned",
                    'body: "Bitcoin", in an advertisement: "Best altcoins to buy"',
                ),
            },
        ),
    ],
)
def test_what_a_title_names_and_the_article_is_not_about(
    finder: MentionFinder, title: str, body: str, expected: dict[str, tuple[str, str]]
) -> None:
    mentions = finder.mentions(title, "", body)
    assert {m.symbol: (m.role.value, m.reason) for m in mentions} == expected


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        # ---- a title that teases
        (
            "A fund for this altcoin",
            "The filing is for Aptos (APT). Bitcoin has funds.",
            {"APT": "primary", "BTC": "mentioned"},
        ),
        (
            "Exchange drops a popular token",
            "It was a memecoin on the Solana network.",
            {"SOL": "mentioned"},
        ),
        # ---- an index, whose text begins with what moved
        (
            "The index falls",
            "Chainlink (LINK) lost 3% and Aave (AAVE) 2%.",
            {"LINK": "primary", "AAVE": "primary"},
        ),
        ("The index falls", "All members lost, and Aave (AAVE) most.", {"AAVE": "mentioned"}),
        (
            "The index falls",
            "BTC, ETH, SOL and XRP all fell.",
            {"BTC": "mentioned", "ETH": "mentioned", "SOL": "mentioned", "XRP": "mentioned"},
        ),
        # ---- a name in pieces
        (
            "Tether seeks money for tokenized gold",
            "The vehicle would buy Tether Gold. XAUT is backed by bars. XAUT has grown.",
            {"XAUT": "primary"},
        ),
        # ---- one asset throughout
        (
            "An upgrade is near",
            "The Cardano team works. " + "ADA gained. Cardano moved. " * 4,
            {"ADA": "primary"},
        ),
        (
            "The week in review",
            "Much happened. " + "ADA gained. Cardano moved. " * 4,
            {"ADA": "mentioned"},
        ),
    ],
)
def test_titles_that_name_nothing(
    finder: MentionFinder, title: str, body: str, expected: dict[str, str]
) -> None:
    assert roles(finder, title, "", body) == expected


def test_a_second_asset_whose_move_the_opening_tells(finder: MentionFinder) -> None:
    """The text comes back to it; an asset that moves in one sentence is mentioned."""
    body = (
        "Bitcoin broke out on Wednesday. Ether outran it and gained 5%. Solana rose 2%. "
        "Shorts in bitcoin and ether were closed. A close of ETH above the line would confirm it."
    )
    mentions = finder.mentions("Bitcoin breaks out", "", body)
    assert [(m.symbol, m.role.value, m.reason) for m in mentions] == [
        ("BTC", "primary", 'title: "Bitcoin"'),
        ("ETH", "primary", 'a move, and named 3 times: "Ether"'),
        ("SOL", "mentioned", 'body: "Solana"'),
    ]


WALK = "".join(
    f"{name} rose too. "
    for name in ("Solana", "Cardano", "Hedera", "Zcash", "Monero", "Litecoin", "Aave", "Tezos")
)


@pytest.mark.parametrize(
    ("title", "lead", "primary"),
    [
        ("Crypto markets today", "Bitcoin rose 2%, and ether 3%, as stocks held. ", {"BTC", "ETH"}),
        ("Crypto markets today", "The market rose 2%. Bitcoin leads. ", set()),
        ("Crypto markets today", "Bitcoin waits for the Fed. Bitcoin leads. ", set()),
        ("Crypto markets today", "BTC rose 2%, ETH 3%, SOL 4%, and XRP 1%. ", set()),
        ("Shares climb again", "Shares rose 2%, and bitcoin was steady. ", set()),
    ],
)
def test_a_walk_through_the_market_is_about_what_it_tells_first(
    finder: MentionFinder, title: str, lead: str, primary: set[str]
) -> None:
    """That is the move of one or two assets in the first sentence; a list of them is none."""
    found = roles(finder, title, "", lead + WALK)
    assert {symbol for symbol, role in found.items() if role == "primary"} == primary


def test_a_kicker_before_the_text_is_none_of_it(finder: MentionFinder) -> None:
    title, text = "XRP case judge gets a new post", "The judge, once of the XRP case, moves on."
    assert roles(finder, title, "", f"XRP News {text}") == {"XRP": "mentioned"}


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Balancer loses millions in an exploit", "", {"BAL": "primary"}),
        ("Balancer of budgets retires", "", {}),
        (
            "Plasma opens a bank for stablecoins",
            "It runs on the chain that Plasma built.",
            {"XPL": "primary"},
        ),
        ("Plasma opens a bank for stablecoins", "Plasma is far from alone.", {}),
        ("Optimism grows as a stablecoin bill nears", "Traders cheer.", {}),
        ("Gate adds tokens", "An executive of Gate spoke.", {}),
    ],
)
def test_projects_whose_names_are_words(
    finder: MentionFinder, title: str, body: str, expected: dict[str, str]
) -> None:
    """They count among the words of their trade; exchanges and firms do not."""
    assert roles(finder, title, "", body) == expected


def test_a_name_in_passing_is_followed_up_as_a_subject(finder: MentionFinder) -> None:
    """One more mention within a sentence does not make a short text be about it."""
    title = "Dogecoin advocate warns of wallets"
    within = "He spoke of losses in Dogecoin wallets."
    assert roles(finder, title, "", within) == {"DOGE": "mentioned"}
    assert roles(finder, title, "", f"{within} Dogecoin fell.") == {"DOGE": "primary"}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("STRC pays 12% again", {"BTC": ("primary", 'title: "STRC", which holds it')}),
        ("Hut 8 leases a data centre", {"BTC": ("mentioned", 'title: "Hut 8"')}),
        ("Evernorth lists in New York", {"XRP": ("primary", 'title: "Evernorth", which holds it')}),
        ("Stocks are cheap, says BitMine's chair", {"ETH": ("mentioned", 'title: "BitMine"')}),
    ],
)
def test_holders_of_coins_stand_for_them(
    finder: MentionFinder, title: str, expected: dict[str, tuple[str, str]]
) -> None:
    mentions = finder.mentions(title, "", "")
    assert {m.symbol: (m.role.value, m.reason) for m in mentions} == expected


def test_a_title_repeated_in_the_text_tells_nothing(finder: MentionFinder) -> None:
    title = "What the new bill would mean for the XRP crowd"
    assert roles(finder, title, "", f"{LONG}The post {title} came first.") == {"XRP": "mentioned"}


def test_exchanges_and_people_are_no_coins(finder: MentionFinder) -> None:
    assert roles(finder, "Binance founder CZ meets Coinbase and Kraken") == {}


@pytest.mark.parametrize(
    ("category", "symbol"),
    [("Solana", "SOL"), ("XRP News", "XRP"), ("Bitcoin Mining", None), ("NFT", None), ("", None)],
)
def test_categories_that_merely_name_an_asset(
    finder: MentionFinder, category: str, symbol: str | None
) -> None:
    asset = finder.asset_of_category(category)
    assert (asset.symbol if asset else None) == symbol


def test_an_empty_article_mentions_nothing(finder: MentionFinder) -> None:
    assert finder.mentions("", "", "") == ()


def test_news_of_the_whole_market_is_about_the_coin_that_takes_most_of_it(
    finder: MentionFinder,
) -> None:
    """A holder of that coin would want the push; the others are named in passing."""
    summary = "Clients put $80 million into crypto baskets. Solana took 63% of it, ether 20%."
    assert roles(finder, "Crypto baskets sell briskly", summary) == {
        "SOL": "primary",
        "ETH": "mentioned",
    }


def test_a_rule_is_about_every_coin_that_it_is_said_to_fit(finder: MentionFinder) -> None:
    summary = "Insurers may hold coins with a deep market. Bitcoin and XRP alone meet the bar."
    assert roles(finder, "Watchdog eases a rule for insurers", summary) == {
        "BTC": "primary",
        "XRP": "primary",
    }


def test_shares_below_a_title_that_names_its_own_coin_change_nothing(
    finder: MentionFinder,
) -> None:
    summary = "The fund bought coins for $9 million. Bitcoin took 63% of it."
    assert roles(finder, "Cardano foundation fills its fund", summary)["BTC"] == "mentioned"


def test_the_networks_that_were_chosen_are_a_matter_of_the_story(finder: MentionFinder) -> None:
    """Beside the coin of the title; what only stands near the choice is mentioned."""
    body = "A bank will pay in USDC. It picked Solana to carry the payments. Ether was left out."
    assert roles(finder, "Bank to pay suppliers in USDC", "", body) == {
        "USDC": "primary",
        "SOL": "primary",
        "ETH": "mentioned",
    }


def test_a_miner_with_other_peoples_machines_is_no_news_of_the_coin(finder: MentionFinder) -> None:
    title = "A bitcoin miner signs a hosting contract for AI machines"
    assert roles(finder, title, "", "It lets 90 megawatts of its halls.") == {"BTC": "mentioned"}
    body = "Bitcoin earns it less by now. Bitcoin made all of its revenue in spring."
    assert roles(finder, title, "", body) == {"BTC": "primary"}
