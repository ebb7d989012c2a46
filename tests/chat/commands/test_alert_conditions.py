"""Every condition of docs/commands.md, set by the sentence as it is typed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bot
from bot.domain.candles import Candle, Timeframe
from bot.domain.markets import Market
from storage import alerts, candles, chats
from storage.candles import Span

if TYPE_CHECKING:
    from bot.demo.telegram_chats import User
    from storage.alert_rows import StoredAlert
    from tests.chat.conftest import Lobby

DOCS = Path(bot.__file__).parents[1] / "docs" / "commands.md"
GAP = "\u00a0"
PRICES = {"bitcoin": "91200", "ethereum": "3180.25", "solana": "142", "tether": "1.0002"}

# As typed: the sentence of the answer that repeats how it was read.
SENTENCES = {
    "/alert BTC > 95k": "🔔 I ring when BTC rises through $95,000.",
    "/alert ETH < 3,100": "🔔 I ring when ETH falls through $3,100.",
    "/alert SOL 150": "🔔 I ring when SOL crosses $150.",
    "/alert bitcoin above 95k": "🔔 I ring when BTC rises through $95,000.",
    "/alert BTC hits 100k": "🔔 I ring when BTC crosses $100,000.",
    "/alert BTC > €90k": "🔔 I ring when BTC rises through €90,000.",
    "/alert ETH/BTC > 0.05": "🔔 I ring when ETH/BTC rises through ₿0.05.",
    "/alert BTC 90k..95k": "🔔 I ring when BTC leaves $90,000 to $95,000.",
    "/alert BTC between 90k and 95k": "🔔 I ring when BTC leaves $90,000 to $95,000.",
    "/alert BTC +5% 1h": f"🔔 I ring when BTC is up 5{GAP}% within 1 h.",
    "/alert BTC -5% 1h": f"🔔 I ring when BTC is down 5{GAP}% within 1 h.",
    "/alert BTC 5% 1h": f"🔔 I ring when BTC moves 5{GAP}%, up or down, within 1 h.",
    "/alert BTC +5%": f"🔔 I ring when BTC is up 5{GAP}% from $91,200.",
    "/alert SOL high 30d": "🔔 I ring when SOL is higher than in the last 30 days.",
    "/alert SOL low 7d": "🔔 I ring when SOL is lower than in the last 7 days.",
    "/alert BTC ath": "🔔 I ring when BTC makes a new all-time high.",
    "/alert BTC atl": "🔔 I ring when BTC makes a new all-time low.",
    "/alert ETH close 1w > 3500": (
        "🔔 I ring when ETH closes the week above $3,500, after a close below."
    ),
    "/alert BTC volume 3x": (
        "🔔 I ring when the 24-hour volume of BTC rises above 3 times its 30-day mean."
    ),
    "/alert BTC liquidations > 100m 1h": (
        "🔔 I ring when more than $100,000,000 of BTC positions are liquidated within 1 h."
    ),
    "/alert BTC long liquidations > 50m 4h": (
        "🔔 I ring when more than $50,000,000 of BTC longs are liquidated within 4 h."
    ),
    "/alert BTC funding > 0.05%": (
        f"🔔 I ring when the funding rate of BTC swaps rises through 0.05{GAP}%."
    ),
    "/alert BTC > 95k repeat": "🔔 I ring when BTC rises through $95,000.",
    "/alert USDT < 0.995 repeat band 0.05%": "🔔 I ring when USDT falls through $0.995.",
    "/alert BTC > 95k cooldown 1h": "🔔 I ring when BTC rises through $95,000.",
    "/alert BTC > 95k until 2030-12-31": "🔔 I ring when BTC rises through $95,000.",
    '/alert BTC > 95k note "take profit"': "🔔 I ring when BTC rises through $95,000.",
    "/alert BTC 5% 1h unexplained": f"🔔 I ring when BTC moves 5{GAP}%, up or down, within 1 h.",
    "/alert BTC 5% 1h explained": f"🔔 I ring when BTC moves 5{GAP}%, up or down, within 1 h.",
}
MANNERS = {
    "repeat": f"It repeats: after each ring the price must leave the line by 0.5{GAP}% first.",
    "repeat band 0.05%": (
        f"It repeats: after each ring the price must leave the line by 0.05{GAP}% first."
    ),
    "cooldown 1h": "After a ring it rests for 1 h.",
    "until 2030-12-31": f"Until the end of 31{GAP}Dec{GAP}2030 (UTC).",
    'note "take profit"': "📝 take profit",
    "unexplained": "❓ Only without a story that fits the move.",
    "explained": "💡 Only with a story that fits the move.",
}


async def alerts_of(lobby: Lobby, user: User) -> list[StoredAlert]:
    async with lobby.database.reading() as tx:
        here = await chats.known_destination(tx, user.id)
        return await alerts.alerts_of(tx, here.id) if here else []


def priced(lobby: Lobby) -> Lobby:
    for asset_id, price in PRICES.items():
        lobby.prices.set(asset_id, price)
    lobby.prices.set("bitcoin", "84000", quote="EUR")
    lobby.prices.set("ethereum", "0.0348", quote="BTC")
    return lobby


async def fill(lobby: Lobby, asset_id: str, closes: list[str], frame: Timeframe) -> None:
    """Candles that end now, each going from the close before to its own."""
    opened: datetime = lobby.clock() - frame.length * len(closes)
    put, before = [], Decimal(closes[0])
    for number, close in enumerate(Decimal(one) for one in closes):
        at = opened + number * frame.length
        low, high = min(before, close), max(before, close)
        put.append((Span(Market(asset_id), frame, at), Candle(at, before, high, low, close)))
        before = close
    async with lobby.database.writing() as tx:
        await candles.put_candles(tx, put)


@pytest.mark.parametrize("typed", SENTENCES)
async def test_what_is_typed_is_set_and_repeated_in_words(lobby: Lobby, typed: str) -> None:
    alice = lobby.person()
    (answer,) = await priced(lobby).say(alice, typed)
    lines = answer["text"].split("\n")
    assert lines[0] == SENTENCES[typed]
    for words, line in MANNERS.items():
        if typed.endswith(f" {words}"):
            assert line in lines
    assert len(await alerts_of(lobby, alice)) == 1


def test_every_row_of_the_documented_grammar_is_tried() -> None:
    """The table of docs/commands.md and the sentences above are the same."""
    text = DOCS.read_text()
    part = text[text.index("\n## Alerts") : text.index("\n## Replay")]
    assert set(re.findall(r"^\| `(/alert [^`]+)`", part, re.MULTILINE)) == set(SENTENCES)


async def test_a_preview_says_how_often_it_happened(lobby: Lobby) -> None:
    """30 days of candles, in which the price went through the line three times."""
    priced(lobby)
    await fill(lobby, "bitcoin", (["90000"] * 100 + ["96000"] * 100) * 3, Timeframe.HOUR)
    (answer,) = await lobby.say(lobby.person(), "/alert BTC > 95k")
    assert "In the last 25 days this happened 3 times." in answer["text"]
    (never,) = await lobby.say(lobby.person(), "/alert BTC > 97k")
    assert "In the last 25 days this never happened." in never["text"]


async def test_what_happened_a_single_time_happened_once(lobby: Lobby) -> None:
    priced(lobby)
    await fill(lobby, "bitcoin", ["90000"] * 300 + ["96000"] * 300, Timeframe.HOUR)
    (answer,) = await lobby.say(lobby.person(), "/alert BTC > 95k")
    assert "In the last 25 days this happened once." in answer["text"]


@pytest.mark.parametrize(
    ("until", "line"),
    [
        ("2026-03-14", f"Until the end of 14{GAP}Mar (UTC)."),
        ("2031-01-01 00:00", f"Until the end of 31{GAP}Dec{GAP}2030 (UTC)."),
        ("2030-12-31 18:30", f"Until 31{GAP}Dec{GAP}2030{GAP}18:30 UTC."),
    ],
)
async def test_a_day_is_told_by_its_end_and_a_time_as_it_is(
    lobby: Lobby, until: str, line: str
) -> None:
    (answer,) = await priced(lobby).say(lobby.person(), f"/alert BTC > 95k until {until}")
    assert line in answer["text"].split("\n")


async def test_a_coin_that_is_hardly_known_has_no_preview(lobby: Lobby) -> None:
    priced(lobby)
    await fill(lobby, "bitcoin", ["90000"] * 10, Timeframe.HOUR)
    (answer,) = await lobby.say(lobby.person(), "/alert BTC > 95k")
    assert "In the last" not in answer["text"]


async def test_a_window_shows_where_its_line_is_now(lobby: Lobby) -> None:
    priced(lobby)
    await fill(lobby, "bitcoin", ["90000"] * 30 + ["91200"] * 35, Timeframe.MINUTE)
    (answer,) = await lobby.say(lobby.person(), "/alert BTC +5% 1h")
    assert answer["text"].split("\n")[1] == (
        f"It is at $91,200; the line is at $94,500 now, 3.6{GAP}% away."
    )


async def test_what_moved_already_is_asked_about(lobby: Lobby) -> None:
    """The hour before counts: 5 % up within it is so already."""
    priced(lobby)
    await fill(lobby, "bitcoin", ["86000"] * 30 + ["91200"] * 35, Timeframe.MINUTE)
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/alert BTC +5% 1h")
    assert "beyond that already" in answer["text"]
    assert await alerts_of(lobby, alice) == []


async def test_a_close_begins_from_the_last_close(lobby: Lobby) -> None:
    """The price is beyond the level, and yet the day has not closed there."""
    priced(lobby)
    now = lobby.clock()
    yesterday = now.replace(hour=0) - timedelta(days=1)
    candle = Candle(yesterday, *(Decimal(n) for n in ("89000", "90500", "88000", "89500")))
    async with lobby.database.writing() as tx:
        span = Span(Market("bitcoin"), Timeframe.DAY, yesterday)
        await candles.put_candles(tx, [(span, candle)])
    (answer,) = await lobby.say(lobby.person(), "/alert BTC close 1d > 91k")
    assert answer["text"].split("\n")[:2] == [
        "🔔 I ring when BTC closes the day above $91,000, after a close below.",
        "It is at $91,200; the last close was $89,500.",
    ]


async def test_a_high_of_what_is_not_known_yet_says_so(lobby: Lobby) -> None:
    priced(lobby)
    await fill(lobby, "solana", ["140"] * 10, Timeframe.HOUR)
    (answer,) = await lobby.say(lobby.person(), "/alert SOL high 30d")
    assert "I know too little of that time yet" in answer["text"]
