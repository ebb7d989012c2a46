"""What the coins of a story cost, and how they moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.chat.story_prices import PricesNow, fresh_prices, prices_line, wanted_markets
from bot.domain.articles import Mention, Role
from bot.domain.markets import Market, Tick
from tests.chat.conftest import NOW, about

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.catalogue import Voice
    from bot.domain.assets import Assets
    from storage.story_pages import StoredStory

PERCENT = "\u00a0%"
COINS = (
    about("solana", "SOL"),
    about("bitcoin", "BTC"),
    about("dogecoin", "DOGE"),
    about("ethereum", "ETH"),
    Mention("ripple", "XRP", Role.MENTIONED, ""),
)


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        ({}, {}, ""),
        ({"bitcoin": "94700"}, {}, ""),
        ({}, {"bitcoin": "96400"}, "BTC $96,400"),
        ({"bitcoin": "94700"}, {"bitcoin": "96400"}, f"BTC $96,400, +1.8{PERCENT} since"),
        ({"bitcoin": "96400"}, {"bitcoin": "96400"}, "BTC $96,400"),
        ({"bitcoin": "96400"}, {"bitcoin": "96440"}, "BTC $96,440"),
        ({"bitcoin": "96400"}, {"bitcoin": "96350"}, f"BTC $96,350, \u22120.1{PERCENT} since"),
        ({"bitcoin": "0"}, {"bitcoin": "5"}, "BTC $5.00"),
        (
            {"ethereum": "3400"},
            {
                "ethereum": "3380",
                "bitcoin": "96400",
                "solana": "150",
                "dogecoin": "1",
                "ripple": "2",
            },
            f"BTC $96,400 · ETH $3,380, \u22120.6{PERCENT} since · SOL $150",
        ),
    ],
)
def test_up_to_three_coins_with_their_moves_the_largest_first(
    story: Callable[..., StoredStory],
    assets: Assets,
    voice: Voice,
    before: dict[str, str],
    now: dict[str, str],
    line: str,
) -> None:
    noted = tuple((Market(coin), Decimal(price)) for coin, price in before.items())
    stored = replace(story(mentions=COINS), prices=noted)
    prices = PricesNow("USD", {coin: Decimal(price) for coin, price in now.items()})
    assert prices_line(stored, prices, assets, voice, NOW) == line


@pytest.mark.parametrize(
    ("minutes", "line"),
    [
        (0, f"BTC $96,400, +1.8{PERCENT} since"),
        (10, f"BTC $96,400, +1.8{PERCENT} since"),
        (11, f"BTC $96,400, +1.8{PERCENT} since 09:11 UTC"),
        (-3, f"BTC $96,400, +1.8{PERCENT} since"),
        (-24 * 60 + 11, f"BTC $96,400, +1.8{PERCENT} since"),
    ],
)
def test_the_move_of_what_came_late_is_told_with_its_time(
    story: Callable[..., StoredStory], assets: Assets, voice: Voice, minutes: int, line: str
) -> None:
    """It is the move since the article came, and not since it was published."""
    told = story(published_at=NOW - timedelta(hours=3))
    came_at = told.article.published_at + timedelta(minutes=minutes)
    noted = ((Market("bitcoin"), Decimal(94700)),)
    stored = replace(told, prices=noted, came_at=came_at)
    prices = PricesNow("USD", {"bitcoin": Decimal(96400)})
    assert prices_line(stored, prices, assets, voice, NOW) == line


def test_a_price_in_another_currency_is_no_price_before(
    story: Callable[..., StoredStory], assets: Assets, voice: Voice
) -> None:
    stored = replace(story(), prices=((Market("bitcoin", "EUR"), Decimal(1)),))
    prices = PricesNow("USD", {"bitcoin": Decimal(96400)})
    assert prices_line(stored, prices, assets, voice, NOW) == "BTC $96,400"


def test_stale_prices_and_those_in_other_currencies_are_left_out() -> None:
    def tick(coin: str, quote: str, minutes: int) -> Tick:
        at = NOW - timedelta(minutes=minutes)
        return Tick(Market(coin, quote), Decimal(7), "x", at, at)

    ticks = [tick("bitcoin", "USD", 1), tick("ethereum", "EUR", 1), tick("solana", "USD", 60)]
    found = fresh_prices("USD", ticks, lambda one: one.provider_at < NOW - timedelta(minutes=5))
    assert found == PricesNow("USD", {"bitcoin": Decimal(7)})


def test_only_what_a_story_is_about_is_asked_for(
    story: Callable[..., StoredStory], assets: Assets
) -> None:
    wanted = wanted_markets(story(mentions=COINS).article, assets, "EUR")
    assert [market.asset_id for market in wanted] == ["bitcoin", "ethereum", "solana", "dogecoin"]
    assert {market.quote for market in wanted} == {"EUR"}
