"""/chart as it is typed, and the buttons that lead to it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.articles import Importance
from bot.domain.candles import Candle, Timeframe
from bot.domain.charts import ChartSpan
from bot.domain.errors import ChartFailed
from bot.domain.markets import Market
from storage import markets, pictures
from storage.candles import Span, put_candles
from tests.chat.conftest import about, buttons_of

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


SPANS = {
    ChartSpan.HOUR: "1 h",
    ChartSpan.DAY: "24 h",
    ChartSpan.WEEK: "7 days",
    ChartSpan.MONTH: "30 days",
    ChartSpan.YEAR: "1 year",
}


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
    assert answer["caption"].endswith(f", {SPANS[span]}")


async def saw_minutes(lobby: Lobby, asset_id: str, *minutes_ago: int) -> None:
    """Candles of these minutes, as ticks build them."""
    price = Decimal("0.14")
    times = [lobby.clock() - timedelta(minutes=ago) for ago in minutes_ago]
    rows = [
        (Span(Market(asset_id), Timeframe.MINUTE, at), Candle(at, price, price, price, price))
        for at in times
    ]
    async with lobby.database.writing() as tx:
        await put_candles(tx, rows)


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
    assert lines[0] == "Bitcoin (BTC), 24 h"
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


async def test_of_coins_of_one_symbol_the_one_that_was_meant_is_drawn_as_asked(
    lobby: Lobby,
) -> None:
    alice = lobby.person()
    (question,) = await lobby.say(alice, "/chart UNI 7d light")
    assert question["text"] == "Several coins go by UNI. Which one?"
    assert lobby.charts.asked == []
    (chart,) = await lobby.press(alice, question, "UNICORN")
    assert chart["caption"] == "UNICORN Token (UNI), 7 days"
    (asked,) = lobby.charts.asked
    assert (asked.market, asked.span, asked.is_dark) == (
        Market("unicorn-token"),
        ChartSpan.WEEK,
        False,
    )


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


async def test_of_a_coin_that_is_new_here_the_past_is_being_fetched(lobby: Lobby) -> None:
    """It is watched from then on; a picture of a few candles would not be one."""
    lobby.charts.png = None
    lobby.prices.set("dogecoin", "0.14")
    await saw_minutes(lobby, "dogecoin", 1, 2)
    (answer,) = await lobby.say(lobby.person(), "/chart DOGE 30d")
    assert "I know no prices of Dogecoin (DOGE) for 30 days yet" in answer["text"]
    assert "being fetched now" in answer["text"]
    assert lobby.charts.asked[0].fewest_bars == 5
    async with lobby.database.reading() as tx:
        assert Market("dogecoin") in await markets.watched_markets(tx, "USD", lobby.clock())


@pytest.mark.parametrize("is_priced", [True, False])
async def test_of_a_past_that_does_not_come_it_does_not_say_so(
    lobby: Lobby, is_priced: bool
) -> None:
    """Of a coin that no provider knows, and of one seen for minutes without what was before."""
    lobby.charts.png = None
    if is_priced:
        lobby.prices.set("dogecoin", "0.14")
        await saw_minutes(lobby, "dogecoin", 6, 5, 4, 3, 2, 1)
    (answer,) = await lobby.say(lobby.person(), "/chart DOGE")
    assert answer["text"] == (
        "I know too little of the past of Dogecoin (DOGE) to draw 24 h: "
        "none of my providers has told more so far."
    )
    assert "· 24h ·" in buttons_of(answer)


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
    assert answer["text"] == "Bitcoin (BTC), 24 h"
