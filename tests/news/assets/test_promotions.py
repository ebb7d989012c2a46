"""Advertisements dressed as articles."""

import pytest

from bot.news.assets.promotions import promotion_in

NEWS = "Bitcoin held its ground on Tuesday while stocks fell and traders waited for the Fed. "


@pytest.mark.parametrize(
    "title",
    [
        "Best crypto to buy now: XRP, Zcash",
        "Best meme coins to buy before Friday",
        "5 Top Altcoins to Invest in as Ethereum Pumps",
        "Top 3 cryptos that could follow Solana",
        "Turning $200 into $5,000 with Solana is over",
        "Holds 45x potential",
        "Online casinos that take Tron",
        "Earn passive income with USDT",
        "Bitcoin dips while Remittix rises",
        "BNB climbs as BlockDAG opens its code",
        "This $0.035 token is one to watch",
        "This viral altcoin could pass Cardano",
    ],
)
def test_promises_in_a_title(title: str) -> None:
    words = promotion_in(title, NEWS)
    assert words
    assert words in title


@pytest.mark.parametrize(
    "text",
    [
        "Acorncoin is at stage 4 of its presale. Dogecoin holders like it.",
        "The presale of this newcomer, at $0.022, is nearly over.",
        "This content is provided by a sponsor. Beauty on the blockchain.",
        NEWS * 20 + "To learn more: Website: https://acorn.example Telegram: https://t.example",
        NEWS * 20 + "For more, visit the links below",
        NEWS * 20 + "Its presale, at $0.022, is in phase 3. " + "The presale goes on. " * 4,
    ],
)
def test_sales_in_a_text(text: str) -> None:
    assert promotion_in("Dogecoin dreams", text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Bitcoin falls", NEWS * 20),
        ("Token sale draws a crowd", "The presale raised $20 million on Monday, its makers say."),
        ("Bitcoin price prediction", NEWS * 20 + "A presale at $0.013 draws early investors."),
        ("Casino owner buys bitcoin", NEWS),
        ("Why the best time to buy is never clear", NEWS),
        ("Bitcoin rose 100x in ten years", NEWS),
        ("Monad presale closes early", NEWS),
        ("", ""),
    ],
)
def test_articles_are_none(title: str, text: str) -> None:
    """Not even with an advertisement at the foot, as some sites put under all of theirs."""
    assert promotion_in(title, text) == ""
