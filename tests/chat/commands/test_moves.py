"""/why: the day's largest moves, each with the stories beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.articles import Sentiment, Tone
from bot.domain.candles import Candle, Timeframe
from bot.domain.markets import Market
from storage import articles, candles, markets
from storage.candles import Span
from tests.chat.conftest import NOW, about

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby

MARKET = Market("bitcoin")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


async def put(lobby: Lobby, frame: Timeframe, prices: dict[datetime, float]) -> None:
    """Candles that open at these times and stand still at these prices."""
    rows = [
        (Span(MARKET, frame, at), Candle(at, *(Decimal(str(price)) for _ in range(4))))
        for at, price in prices.items()
    ]
    async with lobby.database.writing() as tx:
        await candles.put_candles(tx, rows)


def calm_week() -> dict[datetime, float]:
    """Seven days of hours that move by a thousandth."""
    return {NOW - n * HOUR: 100_000 + 100 * (n % 2) for n in range(1, 169)}


async def test_the_largest_moves_of_the_day_have_their_stories(lobby: Lobby) -> None:
    """One of minutes with a story before it, and one with none."""
    await put(lobby, Timeframe.HOUR, calm_week())

    def price(minutes_ago: int) -> float:
        return 95_000 if minutes_ago < 90 else 103_000 if minutes_ago < 1000 else 100_000

    day = {NOW - n * MINUTE: price(n) for n in range(1, 1441)}
    await put(lobby, Timeframe.MINUTE, day)
    at = NOW - timedelta(minutes=115)
    story_id = await lobby.publish(
        "Exchange halts", mentions=(about("bitcoin", "BTC"),), published_at=at
    )
    async with lobby.database.writing() as tx:
        await articles.set_story_importance(tx, story_id, 80)
    (answer,) = await lobby.say(lobby.person(), "/why btc")
    down, up = answer["text"].split("\n\n")[1:]
    assert down.split("\n") == [
        "📉 \u22127.8\u00a0% · $103,000 to $95,000",
        "10:31 to 10:32 UTC · 109 times the usual",
        "• Exchange halts\u00a0· CoinDesk\u00a0· 26\u00a0min\u00a0before",
    ]
    assert up.split("\n")[0] == "📈 +3.0\u00a0% · $100,000 to $103,000"
    assert up.split("\n")[2] == "No story was found around the move."


async def test_news_against_a_move_comes_behind_what_fits(lobby: Lobby) -> None:
    """A fall with good news nearer to it than the bad, and a rise with only bad news."""
    await put(lobby, Timeframe.HOUR, calm_week())

    def price(minutes_ago: int) -> float:
        return 95_000 if minutes_ago < 90 else 103_000 if minutes_ago < 1000 else 100_000

    await put(lobby, Timeframe.MINUTE, {NOW - n * MINUTE: price(n) for n in range(1, 1441)})
    good, bad = Tone(Sentiment.POSITIVE, 0.6, ""), Tone(Sentiment.NEGATIVE, -0.6, "")
    for title, minutes, tone in (
        ("Funds return", 95, good),
        ("Exchange halts", 120, bad),
        ("Miners sell", 1005, bad),
    ):
        facts = {"mentions": (about("bitcoin", "BTC"),), "tone": tone}
        story_id = await lobby.publish(title, published_at=NOW - minutes * MINUTE, **facts)
        async with lobby.database.writing() as tx:
            await articles.set_story_importance(tx, story_id, 60)
    (answer,) = await lobby.say(lobby.person(), "/why btc")
    down, up = answer["text"].split("\n\n")[1:]
    assert down.split("\n")[2:] == [
        "• Exchange halts\u00a0· CoinDesk\u00a0· 31\u00a0min\u00a0before",
        "• Funds return\u00a0· CoinDesk\u00a0· 6\u00a0min\u00a0before\u00a0· good news",
    ]
    assert up.split("\n")[2:] == [
        "No story that fits the move was found. Told around it:",
        "• Miners sell\u00a0· CoinDesk\u00a0· 6\u00a0min\u00a0before\u00a0· bad news",
    ]


async def test_a_spike_within_minutes_is_told_as_the_day_saw_it(lobby: Lobby) -> None:
    """Down to its low and up to its high, though the price closed near where it had been."""
    await put(lobby, Timeframe.HOUR, calm_week())
    await put(lobby, Timeframe.MINUTE, {NOW - n * MINUTE: 94_000 for n in range(1, 1441)})
    spikes = ((5, 94_000, 72_868, 91_000), (4, 91_000, 91_000, 91_000), (3, 91_000, 91_000, 91_400))
    rows = []
    for ago, first, low, last in spikes:
        at, high = NOW - ago * MINUTE, 116_358 if ago == 4 else first
        prices = (Decimal(first), Decimal(high), Decimal(low), Decimal(last))
        rows.append((Span(MARKET, Timeframe.MINUTE, at), Candle(at, *prices)))
    async with lobby.database.writing() as tx:
        await candles.put_candles(tx, rows)
    (answer,) = await lobby.say(lobby.person(), "/why BTC")
    told = [part.split("\n")[:2] for part in answer["text"].split("\n\n")[1:]]
    assert told[0][0] == "📈 +59.7\u00a0% · $72,868 to $116,358"
    assert told[0][1].startswith("11:55 to 11:57 UTC · ")


async def test_hours_do_where_minutes_do_not_reach_back(lobby: Lobby) -> None:
    week = calm_week() | {NOW - HOUR: 90_000.0}
    await put(lobby, Timeframe.HOUR, week)
    await put(lobby, Timeframe.MINUTE, {NOW - MINUTE: 90_000.0})
    (answer,) = await lobby.say(lobby.person(), "/why bitcoin")
    assert "📉 \u221210.0\u00a0% · $100,000 to $90,000\n11:00 to 12:00 UTC" in answer["text"]


async def test_a_day_is_named_once(lobby: Lobby) -> None:
    """Of a move within yesterday beside its beginning, of one over midnight both."""
    await put(lobby, Timeframe.HOUR, calm_week())

    def price(minutes_ago: int) -> float:
        if minutes_ago > 1000:
            return 94_000
        return 100_000 if minutes_ago > 720 else 105_000

    day = {NOW - n * MINUTE: price(n) for n in range(1, 1441) if not 714 <= n <= 724}
    await put(lobby, Timeframe.MINUTE, day)
    (answer,) = await lobby.say(lobby.person(), "/why BTC")
    assert "13\u00a0Mar\u00a019:20 to 19:21 UTC" in answer["text"]
    assert "13\u00a0Mar\u00a023:56 to 14\u00a0Mar\u00a000:08 UTC" in answer["text"]


async def test_a_move_of_seconds_does_not_end_when_it_began(lobby: Lobby) -> None:
    await put(lobby, Timeframe.HOUR, calm_week())
    await put(lobby, Timeframe.MINUTE, {NOW - n * MINUTE: 94_000 for n in range(1, 1441)})
    await put(lobby, Timeframe.MINUTE, {NOW: 105_000})
    lobby.clock.advance(seconds=20)
    (answer,) = await lobby.say(lobby.person(), "/why BTC")
    assert "12:00 to 12:01 UTC" in answer["text"]


async def test_a_day_like_any_other_is_said_to_be_one(lobby: Lobby) -> None:
    await put(lobby, Timeframe.HOUR, calm_week())
    (answer,) = await lobby.say(lobby.person(), "/why BTC")
    assert answer["text"] == "Bitcoin (BTC) moved no more than usual in the last 24 hours."


async def test_where_too_little_is_known_the_coin_is_watched_from_now_on(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "/why solana")
    assert answer["text"].startswith("I know too little yet of how Solana (SOL) usually moves.")
    async with lobby.database.reading() as tx:
        watched = await markets.watched_markets(tx, "USD", lobby.clock() - HOUR)
    assert Market("solana") in watched


async def test_of_coins_of_one_symbol_the_one_that_was_meant_is_explained(lobby: Lobby) -> None:
    alice = lobby.person()
    (question,) = await lobby.say(alice, "/why UNI")
    assert question["text"] == "Several coins go by UNI. Which one?"
    (edited,) = await lobby.press(alice, question, "UNICORN")
    assert edited["message_id"] == question["message_id"]
    assert "how UNICORN Token (UNI) usually moves" in edited["text"]


@pytest.mark.parametrize("typed", ["/why", "/why BTC ETH", "/why BTC xyzzy", "/why xyzzy"])
async def test_a_wrong_argument_is_answered_with_an_example(lobby: Lobby, typed: str) -> None:
    (answer,) = await lobby.say(lobby.person(), typed)
    assert "/why BTC" in answer["text"]
