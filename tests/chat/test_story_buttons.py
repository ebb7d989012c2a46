"""The buttons of a story, and what a press on one of them means."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.chat.keyboards import Action, pressed
from bot.chat.story_buttons import (
    StoryLevel,
    direction_to,
    pressed_level,
    pressed_topic,
    story_levels,
    story_rows,
    topic_number,
    topic_to_mute,
)
from bot.chat.story_prices import PricesNow
from bot.domain.alerts import Direction
from bot.domain.articles import Category, Figure, FigureKind, FigureRole
from bot.domain.markets import Market
from bot.domain.topics import Topic, TopicKind
from tests.chat.conftest import about

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.catalogue import Voice
    from bot.domain.assets import Assets
    from storage.story_pages import StoredStory

BOTH = (about("ethereum", "ETH"), about("bitcoin", "BTC"))
NOW = PricesNow("USD", {"bitcoin": Decimal(96400), "ethereum": Decimal(3380)})
UNKNOWN = PricesNow("USD")
LEVEL, PRICE = FigureKind.LEVEL, FigureKind.PRICE


def figure(
    value: str,
    role: FigureRole | None = None,
    kind: FigureKind = LEVEL,
    asset_id: str | None = "bitcoin",
    unit: str = "USD",
) -> Figure:
    return Figure(kind, Decimal(value), unit, value, asset_id, "BTC", role)


def eth(value: str) -> Figure:
    return figure(value, asset_id="ethereum")


SUPPORT, TARGET, REACHED = FigureRole.SUPPORT, FigureRole.TARGET, FigureRole.REACHED


@pytest.mark.parametrize(
    ("figures", "prices", "levels"),
    [
        pytest.param([], NOW, [], id="no figures"),
        pytest.param([figure("100000")], NOW, ["100000"], id="one"),
        pytest.param([figure("100000"), figure("93000")], NOW, ["93000", "100000"], id="sorted"),
        pytest.param([figure("93000"), figure("93000.00")], NOW, ["93000"], id="unique"),
        pytest.param(
            [figure(v) for v in ("126000", "93000", "95000", "97800", "100000")],
            NOW,
            ["93000", "95000", "97800"],
            id="the nearest to the price",
        ),
        pytest.param(
            [figure(v) for v in ("126000", "93000", "95000", "97800")],
            UNKNOWN,
            ["93000", "95000", "126000"],
            id="the first ones where no price is known",
        ),
        pytest.param([figure("1000000"), figure("40000")], NOW, [], id="dreams and slips"),
        pytest.param([figure("1000000")], UNKNOWN, ["1000000"], id="who knows"),
        pytest.param([figure("97000", TARGET, PRICE)], NOW, ["97000"], id="a price with a role"),
        pytest.param([figure("97000", None, PRICE)], NOW, [], id="a price that was paid"),
        pytest.param(
            [figure("97000", REACHED, PRICE), figure("95000", SUPPORT)],
            NOW,
            ["95000"],
            id="what was reached gives way",
        ),
        pytest.param([figure("98000", REACHED, PRICE)], NOW, ["98000"], id="unless nothing else"),
        pytest.param([figure("96500", REACHED, PRICE)], NOW, ["96500"], id="where the price is"),
        pytest.param([figure("96500", REACHED)], UNKNOWN, ["96500"], id="where it may have been"),
        pytest.param([figure("96500")], NOW, ["96500"], id="a line that is near"),
        pytest.param(
            [eth("3500"), eth("3300"), figure("95000")],
            NOW,
            ["95000", "3300", "3500"],
            id="the largest coin first",
        ),
        pytest.param([figure("97000", asset_id="solana")], NOW, [], id="not what it is about"),
        pytest.param([figure("97000", asset_id=None)], NOW, [], id="of no coin"),
        pytest.param([figure("3", unit="%")], NOW, [], id="no price"),
        pytest.param([figure("97000", unit="JPY")], NOW, [], id="no currency of alerts"),
        pytest.param([figure("97000", unit="USDT")], NOW, ["97000"], id="a dollar coin"),
        pytest.param([figure("1", unit="BTC")], NOW, [], id="a coin in itself"),
        pytest.param([figure("-1"), figure("0"), figure("1E+13")], UNKNOWN, [], id="no prices"),
        pytest.param([figure("1", kind=FigureKind.LIQUIDATION)], UNKNOWN, [], id="other figures"),
    ],
)
def test_which_levels_a_story_offers(
    story: Callable[..., StoredStory],
    assets: Assets,
    figures: list[Figure],
    prices: PricesNow,
    levels: list[str],
) -> None:
    article = story(mentions=BOTH, figures=tuple(figures)).article
    assert [str(one.level) for one in story_levels(article, prices, assets)] == levels


def labels(stored: StoredStory, assets: Assets, voice: Voice) -> list[list[str]]:
    return [[b.label_text for b in row] for row in story_rows(stored, NOW, assets, voice)]


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        (
            {"figures": (figure("93000"), figure("100000"), figure("90000", unit="EUR"))},
            [["📖 Read", "📈 BTC now", "🔕 Mute BTC"], ["🔔 93,000", "🔔 100,000", "🔔 €90,000"]],
        ),
        (
            {"mentions": BOTH, "figures": (figure("100000"), eth("3500.5"))},
            [["📖 Read", "📈 Prices now", "🔕 Mute BTC"], ["🔔 BTC 100,000", "🔔 ETH 3,500.50"]],
        ),
        ({"mentions": ()}, [["📖 Read", "🔕 Mute topic"]]),
        ({"mentions": (), "categories": (), "url": None}, [["🔕 Mute topic"]]),
        (
            {"mentions": (), "categories": (), "publisher": "Decrypt"},
            [["📖 Read", "🔕 Mute topic"]],
        ),
        ({"mentions": (), "url": "https://localhost/a"}, [["🔕 Mute topic"]]),
    ],
)
def test_two_rows_at_most(
    story: Callable[..., StoredStory],
    assets: Assets,
    voice: Voice,
    changes: dict[str, Any],
    rows: list[list[str]],
) -> None:
    assert labels(story(**changes), assets, voice) == rows


@pytest.mark.parametrize(
    ("then", "now", "offered"),
    [
        ("92000", "95000", ["93,000", "95,000", "97,800"]),
        ("92000", "120000", ["93,000", "95,000", "97,800"]),
        ("92000", "40000", ["93,000", "95,000", "97,800"]),
        ("92000", None, ["93,000", "95,000", "97,800"]),
        (None, "120000", ["97,800", "100,000", "126,000"]),
        ("40000", "95000", []),
    ],
)
def test_a_price_that_moves_neither_takes_a_level_nor_brings_one(
    story: Callable[..., StoredStory],
    assets: Assets,
    voice: Voice,
    then: str | None,
    now: str | None,
    offered: list[str],
) -> None:
    """Levels go by the price when the story came, where that is known: an edit changes none."""
    values = ("126000", "93000", "95000", "97800", "100000")
    came = ((Market("bitcoin"), Decimal(then)),) if then else ()
    stored = replace(story(figures=tuple(figure(value) for value in values)), prices=came)
    prices = PricesNow("USD", {"bitcoin": Decimal(now)} if now else {})
    _, *levels = story_rows(stored, prices, assets, voice)
    assert [one.label_text for row in levels for one in row] == [f"🔔 {one}" for one in offered]


@pytest.mark.parametrize("prices", [UNKNOWN, NOW, PricesNow("USD", {"bitcoin": Decimal(95000)})])
def test_a_price_that_was_reached_is_offered_wherever_the_market_is(
    story: Callable[..., StoredStory], assets: Assets, voice: Voice, prices: PricesNow
) -> None:
    """What was sent while no price was known stays when one comes."""
    stored = story(figures=(figure("95000", REACHED, PRICE),))
    _, (level,) = story_rows(stored, prices, assets, voice)
    assert level.label_text == "🔔 95,000"


def test_a_price_of_another_currency_says_nothing_of_a_level(
    story: Callable[..., StoredStory], assets: Assets, voice: Voice
) -> None:
    stored = replace(
        story(figures=(figure("95000"),)), prices=((Market("bitcoin", "JPY"), Decimal(14_000_000)),)
    )
    _, (level,) = story_rows(stored, NOW, assets, voice)
    assert level.label_text == "🔔 95,000"


def test_reading_is_an_address_and_the_rest_are_presses(
    story: Callable[..., StoredStory], assets: Assets, voice: Voice
) -> None:
    stored = story(figures=(figure("100000"),))
    (read, price, mute), (level,) = story_rows(stored, NOW, assets, voice)
    assert (read.url, read.data) == ("https://news.example/btc?a=1&b=2", None)
    found = [pressed(one.data or "") for one in (price, mute, level)]
    assert [press and (press.action, press.first) for press in found] == [
        (Action.STORY_PRICE, 7),
        (Action.MUTE, 7),
        (Action.STORY_LEVEL, 7),
    ]


def test_a_pressed_level_is_found_whatever_was_added_before_it(
    story: Callable[..., StoredStory],
) -> None:
    """The number stands for the level itself, so that a new figure does not move it."""
    wanted = StoryLevel(Market("bitcoin"), Decimal(100000))
    figures = (figure("3", unit="%"), figure("93000"), figure("100000.0"))
    articles = [story(figures=()).article, story(figures=figures).article]
    assert pressed_level(articles, wanted.number) == wanted
    assert pressed_level(articles, wanted.number + 1) is None
    assert pressed_level([], wanted.number) is None


def test_a_pressed_topic_is_one_of_the_storys(
    story: Callable[..., StoredStory], assets: Assets
) -> None:
    article = story(mentions=BOTH).article
    bitcoin = Topic(TopicKind.ASSET, "bitcoin")
    assert topic_to_mute(article, assets) == bitcoin
    for topic in (
        bitcoin,
        Topic(TopicKind.CATEGORY, "markets"),
        Topic(TopicKind.SOURCE, "coindesk"),
    ):
        assert pressed_topic([article], topic_number(topic), assets) == topic
    others = topic_number(Topic(TopicKind.WORDS, "secret"))
    assert pressed_topic([article], others, assets) is None


def test_a_category_is_muted_where_there_is_no_coin(
    story: Callable[..., StoredStory], assets: Assets
) -> None:
    stored = replace(story(mentions=(), categories=(Category("hack", ""),)))
    assert topic_to_mute(stored.article, assets) == Topic(TopicKind.CATEGORY, "hack")


@pytest.mark.parametrize(
    ("price", "direction"),
    [
        ("96400", Direction.ABOVE),
        ("101000", Direction.BELOW),
        ("100000", Direction.CROSS),
        (None, Direction.CROSS),
    ],
)
def test_the_crossing_meant_is_the_one_to_come(price: str | None, direction: Direction) -> None:
    now = None if price is None else Decimal(price)
    assert direction_to(Decimal(100000), now) is direction


def test_the_button_of_prices_leads_to_the_article_that_was_shown(
    story: Callable[..., StoredStory], assets: Assets, voice: Voice
) -> None:
    """Another of the story may be about other coins."""
    shown = replace(story(mentions=BOTH), article_id=31)
    data = [one.data or "" for one in story_rows(shown, UNKNOWN, assets, voice)[0]]
    presses = [pressed(one) for one in data if one]
    prices = next(one for one in presses if one and one.action is Action.STORY_PRICE)
    assert (prices.first, prices.second) == (shown.id, 31)
