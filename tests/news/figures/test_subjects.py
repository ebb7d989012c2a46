"""Whom the figures of a sentence could belong to."""

import pytest

from bot.domain.articles import Mention, Role
from bot.domain.assets import Asset
from bot.news.assets.naming import AssetNames
from bot.news.assets.registry import load_registry
from bot.news.figures.subjects import Passage, only_asset, owner_of, passages_of

NAMES = AssetNames(load_registry())
BITCOIN = Mention("bitcoin", "BTC", Role.PRIMARY, 'title: "Bitcoin"')


def passage(text: str) -> Passage:
    (only,) = passages_of(text, "", "", NAMES, ())
    return only


def owner(text: str) -> str | None:
    told = passage(text)
    asset = owner_of(told, told.amounts[0], lambda _: True)
    return asset.symbol if asset else None


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("Bitcoin hit $93,000", "BTC"),
        ("Bitcoin fell as ether hit $3,300", "ETH"),
        ("It was sold at $1,861 per ETH, not bitcoin", "ETH"),
        ("The world's largest cryptocurrency hit $93,000", "BTC"),
        ("The second largest cryptocurrency hit $3,300", "ETH"),
        ("At $93,000 bitcoin rested", "BTC"),
        ("Unlike bitcoin, XRP hit $3", "XRP"),
        ("XRP, unlike bitcoin, hit $3", "XRP"),
        ("Gold hit $4,500", None),
        ("As bitcoin fell, gold hit $4,500", None),
        ("The largest cryptocurrency exchange hit $45", None),
        ("Bitcoin miners rose to $45", None),
        ("Volumes of bitcoin rose to $45", None),
        ("As bitcoin fell, Lilpepe (LILPEPE) hit $0.01", None),
        ("Bitcoin's rival $ZZTOP hit $0.01", None),
    ],
)
def test_owners(text: str, symbol: str | None) -> None:
    assert owner(text) == symbol


def test_an_owner_must_fit_the_amount() -> None:
    told = passage("Bitcoin and ether are at $95,000")

    def is_bitcoin(asset: Asset) -> bool:
        return asset.symbol == "BTC"

    asset = owner_of(told, told.amounts[0], is_bitcoin)
    assert asset is not None
    assert asset.symbol == "BTC"


def test_what_earlier_sentences_speak_of_is_remembered_for_a_while() -> None:
    body = "Ether rose. It went on. And on. And on. And on. And on."
    found = passages_of("Bitcoin", "", body, NAMES, (BITCOIN,))
    symbols = [p.inherited.symbol if p.inherited else None for p in found]
    assert symbols == ["BTC", "BTC", "ETH", "ETH", "ETH", "ETH", "BTC"]


def test_something_else_is_remembered_as_nothing() -> None:
    found = passages_of("Bitcoin", "", "Gold rose. It hit a high.", NAMES, (BITCOIN,))
    assert found[-1].inherited is None


def test_the_only_asset_of_a_sentence() -> None:
    only = only_asset(passage("A rise to $95,000 for bitcoin"))
    assert only is not None
    assert only.symbol == "BTC"
    assert only_asset(passage("bitcoin or ether to $95,000")) is None


def test_an_article_that_sells_a_token_remembers_nothing() -> None:
    body = "Bitcoin rose. The presale is on. The presale ends. It is at $5."
    assert all(p.inherited is None for p in passages_of("", "", body, NAMES, (BITCOIN,)))


def test_places_are_counted_from_the_sentence() -> None:
    found = passages_of("", "", "It rained. Then bitcoin rose.", NAMES, ())
    (subject,) = found[-1].subjects
    assert found[-1].text[subject.start : subject.end] == "bitcoin"
