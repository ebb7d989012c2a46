"""What the coins of a story cost now, and how they moved since it came.

Pure. Refuses stale prices: of a coin without a fresh one nothing is told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from bot.chat.catalogue import Html, Voice, joined
from bot.chat.formatting import clock_text, percent_text, price_text
from bot.chat.labels import primary_mentions
from bot.domain.articles import Article
from bot.domain.assets import Assets
from bot.domain.markets import Market, Tick
from bot.domain.stories import PRICED_ASSETS, PRICES_SHOWN
from storage.story_pages import StoredStory

# A smaller move is shown as none.
_LEAST_MOVE = Decimal("0.05")
# What came later after its publication is told with the time since which a price has moved.
_CAME_SOON = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PricesNow:
    """Fresh prices in one currency, by the asset's id."""

    quote: str = "USD"
    known: Mapping[str, Decimal] = field(default_factory=dict)


def fresh_prices(quote: str, ticks: Iterable[Tick], is_stale: Callable[[Tick], bool]) -> PricesNow:
    """The prices of those ticks that are in this currency and not stale."""
    return PricesNow(
        quote,
        {
            tick.market.asset_id: tick.price
            for tick in ticks
            if tick.market.quote == quote and not is_stale(tick)
        },
    )


def wanted_markets(article: Article, assets: Assets, quote: str) -> list[Market]:
    """The markets whose prices the message of an article can tell, the largest coin first."""
    about = primary_mentions(article, assets)[:PRICED_ASSETS]
    return [Market(mention.asset_id, quote) for mention in about]


def prices_line(
    stored: StoredStory, prices: PricesNow, assets: Assets, voice: Voice, at: datetime
) -> Html:
    """The prices of up to three coins with their moves: "BTC $96,400, +1.8 % since · ETH …".

    Empty when none is known; without the move where it is not known, or is none. Moves are
    counted from when the article came: since 14:03 UTC, where that was not soon after it was
    published. `at` is the time of telling.
    """
    before = dict(stored.prices)
    told = []
    for mention in primary_mentions(stored.article, assets):
        now = prices.known.get(mention.asset_id)
        if now is None:
            continue
        price = price_text(now, prices.quote)
        move = _move(before.get(Market(mention.asset_id, prices.quote)), now)
        if move is None:
            told.append(voice.html("story.price", symbol=mention.symbol, price=price))
        else:
            told.append(_moved(stored, mention.symbol, price, percent_text(move), voice, at))
    return joined(" · ", told[:PRICES_SHOWN])


def _moved(
    stored: StoredStory, symbol: str, price: str, change: str, voice: Voice, at: datetime
) -> Html:
    """A price with its move: "BTC $96,400, +1.8 % since"."""
    came_at = stored.came_at
    if came_at is None or came_at - stored.article.published_at <= _CAME_SOON:
        return voice.html("story.price_moved", symbol=symbol, price=price, change=change)
    time = clock_text(came_at, at)
    return voice.html("story.price_moved_at", symbol=symbol, price=price, change=change, time=time)


def _move(before: Decimal | None, now: Decimal) -> Decimal | None:
    if before is None or before <= 0:
        return None
    move = (now - before) / before * 100
    return move if abs(move) >= _LEAST_MOVE else None
