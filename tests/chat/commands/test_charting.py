"""/chart as it is typed, and the buttons that lead to it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.articles import Importance
from bot.domain.charts import ChartSpan
from bot.domain.errors import ChartFailed
from bot.domain.markets import Market
from storage import markets, pictures
from tests.chat.conftest import about, buttons_of

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


@pytest.mark.parametrize(
    ("typed", "asset_id", "span", "is_dark"),
    [
        ("/chart BTC", "bitcoin", ChartSpan.DAY, True),
        ("/chart BTC 7d", "bitcoin", ChartSpan.WEEK, True),
        ("/chart bitcoin 1H", "bitcoin", ChartSpan.HOUR, True),
        ("/chart ether 30d light", "ethereum", ChartSpan.MONTH, False),
        ("/chart $ETH light 1y", "ethereum", ChartSpan.YEAR, False),
        ("/chart bitcoin cash 24h dark", "bitcoin-cash", ChartSpan.DAY, True),
    ],
)
async def test_a_chart_comes_as_a_picture(
    lobby: Lobby, typed: str, asset_id: str, span: ChartSpan, is_dark: bool
) -> None:
    (answer,) = await lobby.say(lobby.person(), typed)
    (asked,) = lobby.charts.asked
    assert (asked.market, asked.span, asked.is_dark) == (Market(asset_id), span, is_dark)
    assert (answer["photo"][0]["width"], answer["photo"][0]["height"]) == (800, 500)
    assert answer["caption"].endswith(f", {span.value}")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/chart", "/chart BTC 7d"),
        ("/chart xyzzy", "xyzzy"),
        ("/chart BTC 3d", "one of 1h, 24h, 7d, 30d and 1y"),
        ("/chart BTC ETH", "One coin, please"),
        ("/chart 7d", "7d"),
    ],
)
async def test_a_wrong_question_is_answered_with_one_that_works(
    lobby: Lobby, typed: str, words: str
) -> None:
    (answer,) = await lobby.say(lobby.person(), typed)
    assert words in answer["text"]
    assert lobby.charts.asked == []


async def test_the_chats_own_alerts_are_drawn(lobby: Lobby) -> None:
    alice, bob = lobby.person(), lobby.person("Bob")
    for user, typed in ((alice, "BTC > 95k"), (alice, "BTC < 88000"), (alice, "ETH > 9000")):
        await lobby.say(user, f"/alert {typed}")
    await lobby.say(bob, "/alert BTC > 99k")
    await lobby.say(alice, "/chart BTC")
    assert sorted(lobby.charts.asked[0].lines) == [Decimal(88000), Decimal(95000)]


async def test_important_stories_are_marked_and_told_oldest_first(lobby: Lobby) -> None:
    for title, hours, importance in (
        ("Bitcoin climbs on inflows", 3, 80),
        ("Bitcoin falls on a hack", 9, 90),
        ("Bitcoin is talked about", 2, 20),
        ("Bitcoin was elsewhere", 30, 95),
    ):
        weight = Importance(importance, "made up")
        at, coins = lobby.clock() - timedelta(hours=hours), (about("bitcoin", "BTC"),)
        await lobby.publish(title, published_at=at, importance=weight, mentions=coins)
    (answer,) = await lobby.say(lobby.person(), "/chart BTC 24h")
    now = lobby.clock()
    times = (now - timedelta(hours=9), now - timedelta(hours=3))
    assert lobby.charts.asked[0].stories == times
    lines = answer["caption"].split("\n")
    assert lines[0] == "Bitcoin (BTC), 24h"
    assert lines[1].startswith("1 · Bitcoin falls on a hack")
    assert lines[2].startswith("2 · Bitcoin climbs on inflows")
    assert len(lines) == 3


async def test_a_button_shows_another_span_in_the_same_colours(lobby: Lobby) -> None:
    alice = lobby.person()
    (first,) = await lobby.say(alice, "/chart SOL 7d light")
    assert list(buttons_of(first)) == ["1h", "24h", "· 7d ·", "30d", "1y"]
    (second,) = await lobby.press(alice, first, "1y")
    assert second["photo"]
    asked = lobby.charts.asked[-1]
    assert (asked.market.asset_id, asked.span) == ("solana", ChartSpan.YEAR)
    assert not asked.is_dark


async def test_a_price_leads_to_its_chart(lobby: Lobby) -> None:
    alice = lobby.person()
    (price,) = await lobby.say(alice, "/price BTC xyzzy SOL")
    assert list(buttons_of(price)) == ["📊 BTC chart"]
    (chart,) = await lobby.press(alice, price, "BTC chart")
    assert chart["photo"]
    assert lobby.charts.asked[0].span is ChartSpan.DAY


@pytest.mark.parametrize("data", ["1:chart:1:0", "1:chart:{bitcoin}:10", "1:chart:{bitcoin}:-1"])
async def test_a_button_of_nothing_is_an_old_one(lobby: Lobby, data: str) -> None:
    from bot.chat.keyboards import number_of  # noqa: PLC0415  # beside its use

    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/price BTC")
    pressed: list[Any] = await lobby.press_data(
        alice, shown, data.format(bitcoin=number_of("bitcoin"))
    )
    assert pressed == []
    assert lobby.charts.asked == []


async def test_without_prices_it_says_so_and_has_them_fetched(lobby: Lobby) -> None:
    lobby.charts.png = None
    (answer,) = await lobby.say(lobby.person(), "/chart DOGE 30d")
    assert "I know no prices of Dogecoin (DOGE) for 30d yet" in answer["text"]
    async with lobby.database.reading() as tx:
        assert Market("dogecoin") in await markets.watched_markets(tx, "USD", lobby.clock())


async def test_a_chart_that_cannot_be_drawn_is_apologised_for(lobby: Lobby) -> None:
    lobby.charts.failure = ChartFailed("the drawing process: TimeoutError")
    (answer,) = await lobby.say(lobby.person(), "/chart BTC")
    assert answer["text"] == "I could not draw that chart. Please try again in a minute."


async def test_a_picture_that_is_gone_leaves_the_words(lobby: Lobby) -> None:
    """It is pruned a day later; the message is sent all the same."""
    alice = lobby.person()
    lobby.world.say(alice.id, alice.id, "/chart BTC")
    await lobby.receive()
    send, lobby.send = lobby.send, lobby.receive  # type: ignore[method-assign,assignment]  # later
    await lobby.deliver()
    async with lobby.database.writing() as tx:
        assert await pictures.prune_pictures(tx, lobby.clock() + timedelta(days=1)) == 1
    (answer,) = await send()
    assert answer["text"] == "Bitcoin (BTC), 24h"
