"""What topics, assets and alerts are called."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.chat.arguments import NamedAsset
from bot.chat.catalogue import Voice
from bot.chat.labels import (
    alert_label,
    article_tags,
    audience_label,
    coin_labels,
    hashtag,
    name_of,
    pair_symbol,
    shared_name_note,
    subscription_label,
    symbol_of,
    tone_mark,
    topic_label,
)
from bot.domain.alerts import Direction, Line
from bot.domain.articles import Article, Category, Mention, Role, Sentiment, Tone
from bot.domain.assets import Asset, Assets
from bot.domain.audiences import EVERYBODY, Audience
from bot.domain.chats import ChatKind
from bot.domain.markets import Market
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind
from tests.chat.conftest import NOW


@pytest.mark.parametrize(
    ("topic", "long", "short"),
    [
        (Topic(TopicKind.ASSET, "bitcoin"), "Bitcoin (BTC)", "BTC"),
        (Topic(TopicKind.ASSET, "gone-coin"), "gone-coin", "GONE-COIN"),
        (Topic(TopicKind.CATEGORY, "spot-etf"), "#spot_etf", "#spot_etf"),
        (Topic(TopicKind.CATEGORY, "2024"), "#2024", "#2024"),
        (Topic(TopicKind.SOURCE, "coindesk"), "CoinDesk", "CoinDesk"),
        (Topic(TopicKind.SOURCE, "gone"), "@gone", "@gone"),
        (Topic(TopicKind.WORDS, "rate cut"), "“rate cut”", "“rate cut”"),
        (EVERYTHING, "all news", "all news"),
    ],
)
def test_a_topic_has_a_name(
    voice: Voice, assets: Assets, topic: Topic, long: str, short: str
) -> None:
    sources = {"coindesk": "CoinDesk"}
    assert topic_label(topic, assets, sources, voice) == long
    assert topic_label(topic, assets, sources, voice, short=True) == short


@pytest.mark.parametrize(
    ("topic", "narrowed", "label"),
    [
        (Topic(TopicKind.ASSET, "bitcoin"), Filter.NONE, "Bitcoin (BTC)"),
        (Topic(TopicKind.ASSET, "bitcoin"), Filter.IMPORTANT, "Bitcoin (BTC) · important"),
        (EVERYTHING, Filter.NONE, "all news"),
        (EVERYTHING, Filter.IMPORTANT, "all important news"),
    ],
)
def test_a_subscription_says_what_narrows_it(
    voice: Voice, assets: Assets, topic: Topic, narrowed: Filter, label: str
) -> None:
    assert subscription_label(topic, narrowed, assets, {}, voice) == label


@pytest.mark.parametrize(
    ("sentiment", "score", "mark"),
    [
        (Sentiment.POSITIVE, 0.2, "🟢"),
        (Sentiment.POSITIVE, 0.19, ""),
        (Sentiment.NEGATIVE, -0.9, "🔴"),
        (Sentiment.NEUTRAL, 0.2, ""),
    ],
)
def test_only_what_is_clearly_good_or_bad_is_marked(
    sentiment: Sentiment, score: float, mark: str
) -> None:
    article = Article("coindesk", "1", "t", NOW, tone=Tone(sentiment, score, ""))
    assert tone_mark(article) == mark
    assert tone_mark(Article("coindesk", "1", "t", NOW)) == ""


@pytest.mark.parametrize(
    ("line", "quote", "label"),
    [
        (Line(Direction.ABOVE, Decimal(95000)), "USD", "BTC ↗ $95,000"),
        (Line(Direction.BELOW, Decimal("0.5")), "GBP", "BTC ↘ £0.5"),
        (Line(Direction.CROSS, Decimal(90000), repeat=True), "EUR", "BTC ↕ €90,000 🔁"),
    ],
)
def test_an_alert_in_a_few_characters(assets: Assets, line: Line, quote: str, label: str) -> None:
    assert alert_label(Market("bitcoin", quote), line, assets) == label


def test_coins_of_one_symbol_go_by_their_names_in_a_list() -> None:
    known = Assets(
        [
            Asset("bitcoin", "BTC", "Bitcoin"),
            Asset("uniswap", "UNI", "Uniswap"),
            Asset("unicorn-token", "UNI", "UNICORN Token"),
            Asset("gold-one", "GLD", "Gold"),
            Asset("gold-two", "GLD", "Gold"),
            Asset("ether-one", "STETH", "Liquid Staked Ether of the Lake"),
            Asset("ether-two", "STETH", "Staked Ether"),
        ]
    )
    listed = ["uniswap", "bitcoin", "uniswap", "unicorn-token", "gold-one", "gold-two"]
    listed += ["ether-one", "ether-two"]
    coins = coin_labels(listed, known)
    assert coins == {
        "bitcoin": "BTC",
        "uniswap": "Uniswap (UNI)",
        "unicorn-token": "UNICORN Token (UNI)",
        "gold-one": "Gold (GLD) · gold-one",
        "gold-two": "Gold (GLD) · gold-two",
        "ether-one": "Liquid Staked Ether… (STETH)",
        "ether-two": "Staked Ether (STETH)",
    }
    assert coin_labels(["uniswap", "bitcoin"], known) == {"uniswap": "UNI", "bitcoin": "BTC"}
    line = Line(Direction.ABOVE, Decimal(8))
    assert alert_label(Market("uniswap"), line, known, coins) == "Uniswap (UNI) ↗ $8"
    assert alert_label(Market("uniswap"), line, known) == "UNI ↗ $8"


def test_a_pair_priced_in_bitcoin_says_so(assets: Assets) -> None:
    assert pair_symbol(Market("ethereum", "BTC"), assets) == "ETH/BTC"
    assert pair_symbol(Market("ethereum", "EUR"), assets) == "ETH"
    assert (symbol_of("nowhere", assets), name_of("nowhere", assets)) == ("NOWHERE", "nowhere")


def test_a_shared_symbol_is_explained_only_where_it_is_shared(voice: Voice, assets: Assets) -> None:
    first, *others = assets.named("UNI")
    note = shared_name_note(NamedAsset(first, tuple(others)), voice)
    assert "Uniswap" in note
    assert "UNICORN Token" in note
    assert shared_name_note(NamedAsset(first), voice) == ""


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("BTC", "#BTC"),
        ("spot-etf", "#spot_etf"),
        ("Markets & Policy", "#Markets_Policy"),
        ("web3.0", "#web3_0"),
        ("регуляция", "#регуляция"),
        ("2025", None),
        ("!!!", None),
        ("x" * 31, None),
    ],
)
def test_a_hashtag_is_one_that_telegram_recognises(name: str, tag: str | None) -> None:
    assert hashtag(name) == tag


def test_an_article_is_tagged_with_what_it_is_about_each_once(assets: Assets) -> None:
    article = Article(
        "coindesk",
        "1",
        "t",
        NOW,
        mentions=(
            Mention("bitcoin", "BTC", Role.PRIMARY, ""),
            Mention("ethereum", "ETH", Role.MENTIONED, ""),
        ),
        categories=tuple(
            Category(name, "")
            for name in ("bitcoin", "btc", "markets", "Markets", "2025", "a", "b", "c", "d", "e")
        ),
    )
    assert article_tags(article, assets) == ["#BTC", "#markets", "#a", "#b", "#c", "#d"]


@pytest.mark.parametrize(
    ("audience", "label"),
    [
        (EVERYBODY, "all"),
        (Audience(kinds=(ChatKind.PRIVATE,)), "private"),
        (Audience(kinds=(ChatKind.GROUP, ChatKind.SUPERGROUP)), "group"),
        (
            Audience(
                (ChatKind.PRIVATE, ChatKind.CHANNEL),
                ("de", "pt-br"),
                (Topic(TopicKind.ASSET, "bitcoin"), Topic(TopicKind.SOURCE, "coindesk")),
                timedelta(days=30),
            ),
            "private, channel · de, pt-br · Bitcoin (BTC), CoinDesk · active: 30 days",
        ),
    ],
)
def test_an_audience_is_told_in_a_few_words(
    audience: Audience, label: str, assets: Assets, voice: Voice
) -> None:
    assert audience_label(audience, assets, {"coindesk": "CoinDesk"}, voice) == label
