"""/why: the day's largest moves, each with the stories beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

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
        "10:30 to 10:35 UTC · 109 times the usual",
        "• Exchange halts · CoinDesk · 25 min before",
    ]
    assert up.split("\n")[0] == "📈 +3.0\u00a0% · $100,000 to $103,000"
    assert up.split("\n")[2] == "No story was found around the move."


async def test_hours_do_where_minutes_do_not_reach_back(lobby: Lobby) -> None:
    week = calm_week() | {NOW - HOUR: 90_000.0}
    await put(lobby, Timeframe.HOUR, week)
    await put(lobby, Timeframe.MINUTE, {NOW - MINUTE: 90_000.0})
    (answer,) = await lobby.say(lobby.person(), "/why bitcoin")
    assert "📉 \u221210.0\u00a0% · $100,000 to $90,000\n11:00 to 12:00 UTC" in answer["text"]


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


@pytest.mark.parametrize("typed", ["/why", "/why BTC ETH", "/why BTC xyzzy", "/why xyzzy"])
async def test_a_wrong_argument_is_answered_with_an_example(lobby: Lobby, typed: str) -> None:
    (answer,) = await lobby.say(lobby.person(), typed)
    assert "/why BTC" in answer["text"]
