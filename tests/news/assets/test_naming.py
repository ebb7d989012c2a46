"""Where a text names an asset, and how sure that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.assets import Asset, Assets
from bot.news.assets.naming import AssetNames
from bot.news.assets.registry import load_registry

NAMES = AssetNames(load_registry())


def found(text: str) -> list[tuple[str, str]]:
    return [(naming.asset.symbol, naming.words) for naming in NAMES.namings(text) if naming.sure]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bitcoin", [("BTC", "bitcoin")]),
        ("Bitcoins", [("BTC", "Bitcoins")]),
        ("BITCOIN", [("BTC", "BITCOIN")]),
        ("Bitcoin’s", [("BTC", "Bitcoin")]),  # noqa: RUF001 - as headlines have it
        ("Bitcoin-backed", [("BTC", "Bitcoin")]),
        ("Ethereum's ether", [("ETH", "Ethereum"), ("ETH", "ether")]),
        ("Bitcoin Cash", [("BCH", "Bitcoin Cash")]),
        ("Ethereum Classic", [("ETC", "Ethereum Classic")]),
        ("Wrapped Bitcoin", [("WBTC", "Wrapped Bitcoin")]),
        ("Tether Gold", [("XAUT", "Tether Gold")]),
        ("Mercado Bitcoin", []),
        ("Little Pepe", []),
        ("BitcoinWorld", []),
        ("MyBitcoin", []),
        ("Bitcoin.com", []),
        ("bitcoin_price", []),
        ("@bitcoin", []),
        ("see https://a.example/bitcoin/1", []),
        ("It was bitcoin. Then", [("BTC", "bitcoin")]),
        ("sui generis", []),
        ("Sui rises", [("SUI", "Sui")]),
        ("İn Bitcoin", [("BTC", "Bitcoin")]),
        ("Ether.fi", [("ETHFI", "Ether.fi")]),
        ("Pump.fun", [("PUMP", "Pump.fun")]),
    ],
)
def test_names(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BTC", [("BTC", "BTC")]),
        ("$BTC up", [("BTC", "$BTC")]),
        ("#BTC up", [("BTC", "#BTC")]),
        ("BTC's", [("BTC", "BTC")]),
        ("BTC/USDT", [("BTC", "BTC")]),
        ("BTC-USD", [("BTC", "BTC")]),
        ("BTCUSDT", [("BTC", "BTCUSDT")]),
        ("ETH/BTC", [("ETH", "ETH"), ("BTC", "BTC")]),
        ("a 10,000-BTC plan", [("BTC", "BTC")]),
        ("btc", []),
        ("BTCX", []),
        ("BTC.com", []),
        ("U.S. and A.I.", []),
        ("US$5M", []),
    ],
)
def test_symbols(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "$LINK jumps",
        "LINK/USDT jumps",
        "LINK-USD jumps",
        "LINKUSDT jumps",
        "The oracle token (LINK) jumps",
        "Chainlink LINK jumps",
        "Chainlink's LINK jumps",
        "Chainlink (LINK) jumps",
    ],
)
def test_a_symbol_that_is_a_word_counts_with_a_sign_of_the_coin(text: str) -> None:
    assert {symbol for symbol, _ in found(text)} == {"LINK"}


@pytest.mark.parametrize(
    "text",
    [
        "The missing LINK in payments",
        "NEAR the top",
        "Only ONE left",
        "We do NOT know",
        "A link to the story",
        "GAS prices",
        "the DAO (DAO) and tokens (NFT)",
        "a Chief Risk Officer (CRO)",
        "an exchange-traded note (ETN)",
        "the (IP) address",
        "worth $M and $A",
    ],
)
def test_without_one_it_does_not(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Optimism (OP) falls", {"OP"}),
        ("OP (Optimism) falls", {"OP"}),
        ("Sonic's S falls", {"S"}),
        ("Render Network grows", {"RENDER"}),
        ("the Stellar blockchain", {"XLM"}),
        ("Market Optimism Grows", set()),
        ("A Stellar Quarter", set()),
        ("an avalanche of orders", set()),
        ("the regulatory sandbox", set()),
        ("How the story ends", set()),
    ],
)
def test_names_that_are_words(text: str, symbols: set[str]) -> None:
    assert {symbol for symbol, _ in found(text)} == symbols


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("MARKETS NEAR A HOT SUN AS GAS AND LINK RISE", set()),
        ("WHY BITCOIN AND XRP FALL TODAY", {"BTC", "XRP"}),
        ("WHY BTC FALLS TODAY", {"BTC"}),
        ("THE FINAL UNI TERM AND WHAT FIL SAYS", set()),
        ("BTC ETH UNI FIL", {"BTC", "ETH", "UNI", "FIL"}),
    ],
)
def test_capitals_do_not_turn_words_into_symbols(text: str, symbols: set[str]) -> None:
    assert {symbol for symbol, _ in found(text)} == symbols


@pytest.mark.parametrize(
    "text",
    [
        "Flow (FLOW) rises",
        "the FLOW network",
        "the Flow blockchain",
        "Why the Pi crypto value rose",
        "FLOW-Perp leaves the exchange",
    ],
)
def test_a_symbol_that_is_its_name_too_counts_with_a_sign(text: str) -> None:
    assert {symbol for symbol, _ in found(text)} <= {"FLOW", "PI"}
    assert found(text)


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("BNB, AVAX and DOT lead", {"BNB", "AVAX", "DOT"}),
        ("DOT and LINK follow BTC", set()),
        ("NEAR, LINK, and BTC lead", {"NEAR", "LINK", "BTC"}),
        ("BTC, ETH and the missing LINK", {"BTC", "ETH"}),
        ("BTC, AI and NFT", {"BTC"}),
        ("Bitcoin, LINK and DOT lead", {"BTC", "LINK", "DOT"}),
        ("Bitcoin leads. LINK and DOT follow", {"BTC"}),
    ],
)
def test_a_symbol_that_is_a_word_counts_in_a_list_of_symbols(text: str, symbols: set[str]) -> None:
    assert {symbol for symbol, _ in found(text)} == (symbols or {"BTC"})


@pytest.mark.parametrize(
    "text",
    [
        "Chevron (CVX) earned more, and CVX rose",
        "Chevron (NYSE: CVX) earned more",
        "Snap Inc. pays (NYSE: APE)",
        "Shares of NASDAQ:COMP fell",
        "Bitcoin Hyper ($HYPER) sells early; $HYPER is cheap",
        "The gym Maxi Doge (PEOPLE) opens",
        "The Department of Government Efficiency; DOGE saves",
        "DOGE cuts reach the regulator",
    ],
)
def test_a_symbol_that_is_said_to_be_anothers_is_no_asset(text: str) -> None:
    assert NAMES.namings(text) == []


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("the native token (LINK)", "LINK"),
        ("Fetch.ai (FET)", "FET"),
        ("MakerDAO (MKR) stays", "SKY"),
        ("In Solana (SOL) it is cheap", "SOL"),
        ("The Sandbox (SAND)", "SAND"),
        ("The Old Coin (XRP)", "XRP"),
    ],
)
def test_a_name_of_its_own_beside_it_makes_it_none_of_anothers(text: str, symbol: str) -> None:
    assert symbol in {naming.asset.symbol for naming in NAMES.namings(text)}


@pytest.mark.parametrize(
    "text", ["Ripple wins a licence", "Tether buys a club", "World Liberty Financial meets"]
)
def test_a_company_is_no_sure_sign_of_its_token(text: str) -> None:
    assert [naming.sure for naming in NAMES.namings(text)] == [False]


def test_a_company_beside_its_token_is() -> None:
    assert found("Tether's USDT") == [("USDT", "Tether"), ("USDT", "USDT")]


def test_what_may_be_meant_is_given_as_unsure() -> None:
    (naming,) = NAMES.namings("HYPE trades at $55")
    assert (naming.asset.symbol, naming.sure) == ("HYPE", False)


@pytest.mark.parametrize(
    ("words", "symbol"),
    [
        ("Solana", "SOL"),
        ("sol", "SOL"),
        ("paypal-usd", "PYUSD"),
        ("Policy", None),
        ("Flow", None),
        ("gas", None),
    ],
)
def test_words_that_stand_alone(words: str, symbol: str | None) -> None:
    asset = NAMES.asset_called(words)
    assert (asset.symbol if asset else None) == symbol


def test_of_two_assets_with_the_same_word_the_larger_has_it() -> None:
    names = AssetNames(
        Assets([Asset("small", "ABC", "Acorn", rank=9), Asset("large", "ABC", "Acorn", rank=2)])
    )
    assert {naming.asset.id for naming in names.namings("Acorn and ABC")} == {"large"}


@given(st.text(), st.sampled_from(["Bitcoin", "$LINK", "BTCUSDT"]), st.text())
def test_a_naming_is_where_it_says(before: str, word: str, after: str) -> None:
    text = f"{before} {word} {after}"
    namings = NAMES.namings(text)
    assert any(naming.sure and naming.words == word for naming in namings)
    for naming in namings:
        assert text[: naming.end].endswith(naming.words.lstrip("$#"))


def test_a_word_of_many_capitals_is_read_once() -> None:
    """Were each of them a name that may run to its end, this would take minutes."""
    names = AssetNames(load_registry())
    assert names.namings("BitcoinBitcoin" * 30_000) == []
