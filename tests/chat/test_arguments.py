"""Topics and assets as people type them, and as nobody should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.arguments import (
    NamedAsset,
    is_only_a_coin,
    named_asset,
    read_asked_topics,
    read_assets,
    read_topics,
    shown,
    tokens_of,
    unknown_name,
)
from bot.chat.request import plain_spaces
from bot.domain.assets import Asset, Assets
from bot.domain.errors import ArgumentError
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind

SOURCES = {"coindesk": "CoinDesk", "satoshi-times": "Satoshi Times"}


def asset(asset_id: str) -> Topic:
    return Topic(TopicKind.ASSET, asset_id)


def words(text: str) -> Topic:
    return Topic(TopicKind.WORDS, text)


BTC, ETH, ICP = asset("bitcoin"), asset("ethereum"), asset("internet-computer")


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("BTC", [BTC]),
        ("btc eth", [BTC, ETH]),
        ("BTC, ETH; $btc bitcoin", [BTC, ETH]),
        ("BTC,ETH", [BTC, ETH]),
        ("BTC/USDT", [BTC]),
        ("btc-usd", [BTC]),
        ("Internet Computer BTC", [ICP, BTC]),
        ("internet-computer", [ICP]),
        ('"internet computer"', [ICP]),
        ("bitcoin cash", [asset("bitcoin-cash")]),
        ("bitcoin ethereum", [BTC, ETH]),
        ("#regulation", [Topic(TopicKind.CATEGORY, "regulation")]),
        ("#Spot_ETF", [Topic(TopicKind.CATEGORY, "spot-etf")]),
        ("#spot-etf", [Topic(TopicKind.CATEGORY, "spot-etf")]),
        ("#BTC #btc #bitcoin", [BTC]),
        ("#LINK #link", [asset("chainlink"), Topic(TopicKind.CATEGORY, "link")]),
        ("@CoinDesk", [Topic(TopicKind.SOURCE, "coindesk")]),
        ("coindesk", [Topic(TopicKind.SOURCE, "coindesk")]),
        ("@satoshi-times", [Topic(TopicKind.SOURCE, "satoshi-times")]),
        ('"spot etf"', [words("spot etf")]),
        ("“Spot  ETF”", [words("spot etf")]),
        ("„spot etf“ «rate cut»", [words("spot etf"), words("rate cut")]),
        ('"link"', [words("link")]),
        ("LINK", [asset("chainlink")]),
        ('"chainlink"', [asset("chainlink")]),
        ("all", [EVERYTHING]),
        ("Everything *", [EVERYTHING]),
        ("UNI", [asset("uniswap")]),
        ("UNICORN Token", [asset("unicorn-token")]),
        ("1inch", [asset("1inch")]),
    ],
)
def test_topics_are_read(assets: Assets, text: str, topics: list[Topic]) -> None:
    assert [read.topic for read in read_topics(text, assets, SOURCES)] == topics


@pytest.mark.parametrize(
    ("text", "text_id"),
    [
        ("", "topic.none"),
        (" , ; ", "topic.none"),
        ("BTC xyzzy", "topic.unknown"),
        ("spot etf", "topic.unknown"),
        ("BTC bitcion", "topic.unknown_close"),
        ("bitcion BTC", "topic.unknown_close"),
        ("internet computr", "topic.unknown_close"),
        ("bitcion prices", "topic.unknown_close"),
        ("bitcion", "topic.unknown_close"),
        ("$", "topic.unknown"),
        ("BTC'; DROP TABLE chats; --", "topic.unknown_close"),
        ("@", "source.unknown"),
        ("@reuters", "source.unknown"),
        ("#", "category.unreadable"),
        ("#!!!", "category.unreadable"),
        ("#" + "x" * 200, "category.unreadable"),
        ('"spot etf', "words.unclosed"),
        ("“", "words.unclosed"),
        ('""', "words.empty"),
        ('"?!"', "words.empty"),
        ('"' + "long " * 40 + '"', "words.too_long"),
        (" ".join(f"#c{n}" for n in range(21)), "topic.too_many"),
        ("x" * 4000, "topic.unknown"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_own_answer(
    assets: Assets, text: str, text_id: str
) -> None:
    with pytest.raises(ArgumentError) as caught:
        read_topics(text, assets, SOURCES)
    assert caught.value.argument_text_id == text_id
    assert all(len(value) <= 100 for value in caught.value.values.values())


def test_twenty_topics_are_taken_and_repetitions_count_once(assets: Assets) -> None:
    text = " ".join(f"#c{n}" for n in range(20)) + " #c1 #C2"
    assert len(read_topics(text, assets, SOURCES)) == 20


def test_a_shared_symbol_takes_the_highest_rank_and_names_the_others(assets: Assets) -> None:
    (read,) = read_topics("uni", assets, {})
    assert read.named is not None
    assert read.named.asset.name == "Uniswap"
    assert [other.name for other in read.named.others] == ["UNICORN Token"]


@pytest.mark.parametrize(
    ("rank", "others", "rivals"),
    [
        (1, [2000], []),
        (1, [29, 30], [29]),
        (22, [480, 700], [480]),
        (400, [450, 2000], [450, 2000]),
        (5, [], []),
    ],
)
def test_a_coin_of_far_lower_rank_is_no_rival(
    rank: int, others: list[int], rivals: list[int]
) -> None:
    coins = tuple(Asset(f"coin-{n}", "ABC", f"Coin {n}", rank=n) for n in others)
    named = NamedAsset(Asset("abc", "ABC", "Abc", rank=rank), coins)
    assert [coin.rank for coin in named.rivals] == rivals


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("BTC ETH", ["bitcoin", "ethereum"], []),
        ("btc xyzzy internet computer", ["bitcoin", "internet-computer"], ["xyzzy"]),
        ('"bitcoin cash" BTC btc', ["bitcoin-cash", "bitcoin"], []),
        ("$SOL", ["solana"], []),
    ],
)
def test_the_assets_of_a_price(
    assets: Assets, text: str, known: list[str], unknown: list[str]
) -> None:
    asked = read_assets(text, assets)
    assert [named.asset.id for named in asked.known] == known
    assert list(asked.unknown) == unknown


@pytest.mark.parametrize(
    ("text", "text_id"),
    [
        ("", "asset.none"),
        ("xyzzy plugh", "asset.unknown"),
        ("etherium", "asset.unknown_close"),
        ("BTC ETH XRP SOL DOGE LINK ICP BCH UNI 1INCH HIGH", "asset.too_many"),
    ],
)
def test_no_price_without_a_coin(assets: Assets, text: str, text_id: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        read_assets(text, assets)
    assert caught.value.argument_text_id == text_id


@pytest.mark.parametrize(
    ("text", "is_coin"),
    [
        ("BTC", True),
        ("btc", True),
        ("$link", True),
        ("LINK", True),
        ("link", False),
        ("Internet Computer", True),
        ("hello", False),
        ("BTC please", False),
        ("", False),
    ],
)
def test_a_message_that_is_only_a_coin(assets: Assets, text: str, is_coin: bool) -> None:
    assert is_only_a_coin(text, assets) is is_coin


def test_the_nearest_name_is_offered(assets: Assets) -> None:
    assert unknown_name("solanna", assets, "asset.unknown", "asset.unknown_close").values == {
        "typed": "solanna",
        "close": "Solana",
    }
    assert named_asset("no such coin", assets) is None


def test_long_words_are_shown_short() -> None:
    assert shown("a" * 100) == "a" * 59 + "…"


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    known = Assets([])
    try:
        topics = read_topics(plain_spaces(text), known, SOURCES)
    except ArgumentError:
        return
    assert topics


@given(st.text(alphabet='ab "“”#@,$'))
def test_no_token_is_lost(text: str) -> None:
    try:
        tokens = tokens_of(text)
    except ArgumentError:
        return
    kept = "".join(token.text for token in tokens)
    assert [c for c in kept if c in "ab#@$"] == [c for c in text if c in "ab#@$"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("spot etf", "spot etf"),
        ("BTC spot etf ETH", "spot etf"),
        ("spot internet computer", "spot"),
        ("spot #regulation", "spot"),
        ("spot all", "spot"),
        ("$", "spot etf"),
        ("word " * 20, "spot etf"),
    ],
)
def test_words_without_quotation_marks_are_repeated_with_them(
    assets: Assets, text: str, words: str
) -> None:
    """The example of an answer holds the words that were meant, where they can be searched for."""
    with pytest.raises(ArgumentError) as caught:
        read_topics(text, assets, SOURCES)
    assert caught.value.argument_text_id == "topic.unknown"
    assert caught.value.values["words"] == words
    assert read_topics(f'"{words}"', assets, SOURCES)[0].topic.kind is TopicKind.WORDS


@pytest.mark.parametrize(
    ("text", "topics", "narrowed"),
    [
        ("BTC", [BTC], Filter.NONE),
        ("BTC important", [BTC], Filter.IMPORTANT),
        ("important BTC, ETH", [BTC, ETH], Filter.IMPORTANT),
        ("internet computer IMPORTANT", [ICP], Filter.IMPORTANT),
        ("#hack important", [Topic(TopicKind.CATEGORY, "hack")], Filter.IMPORTANT),
        ("all important", [EVERYTHING], Filter.IMPORTANT),
        ("important", [EVERYTHING], Filter.IMPORTANT),
        ("important important", [EVERYTHING], Filter.IMPORTANT),
        ('"important"', [words("important")], Filter.NONE),
        ('"important news" important', [words("important news")], Filter.IMPORTANT),
        ("#important", [Topic(TopicKind.CATEGORY, "important")], Filter.NONE),
    ],
)
def test_the_word_important_narrows_all_topics(
    assets: Assets, text: str, topics: list[Topic], narrowed: Filter
) -> None:
    asked = read_asked_topics(text, assets, SOURCES)
    assert [read.topic for read in asked.topics] == topics
    assert asked.narrowed is narrowed


@pytest.mark.parametrize(
    ("text", "text_id"), [("", "topic.none"), ("xyzzy important", "topic.unknown")]
)
def test_a_mistake_beside_it_is_still_one(assets: Assets, text: str, text_id: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        read_asked_topics(text, assets, SOURCES)
    assert refused.value.argument_text_id == text_id
