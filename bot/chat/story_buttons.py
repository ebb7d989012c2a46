"""The buttons of a story, and what a press on one of them means.

Pure. Owns which levels and which topic a story offers. What is pressed is looked up in the
articles that are stored, by a number that stands for it, and never read from a label.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.chat.answers import Rows
from bot.chat.catalogue import Voice
from bot.chat.formatting import level_digits, level_text
from bot.chat.keyboards import Action, button, number_of
from bot.chat.labels import primary_mentions, topic_label
from bot.chat.links import is_web_address
from bot.chat.story_prices import PricesNow
from bot.domain.alerts import Direction
from bot.domain.articles import Article, Figure, FigureKind, FigureRole
from bot.domain.assets import Assets
from bot.domain.markets import Market
from bot.domain.numbers import canonical_text
from bot.domain.outbox import Button
from bot.domain.topics import Topic, TopicKind
from storage.story_pages import StoredStory

_MOST_LEVELS = 3
LARGEST_LEVEL = 10**12
# A level that is further from the price is a dream, or was misread.
_PLAUSIBLE_SHARE = Decimal("0.5")
# What a level may be priced in; to a reader a dollar coin is a dollar.
_QUOTES = {"USD": "USD", "USDT": "USD", "USDC": "USD", "EUR": "EUR", "GBP": "GBP", "BTC": "BTC"}


@dataclass(frozen=True, slots=True)
class StoryLevel:
    """A price of a market that a story names."""

    market: Market
    level: Decimal

    @property
    def number(self) -> int:
        """What stands for it in callback data."""
        return number_of(self.market.asset_id, self.market.quote, canonical_text(self.level))


def story_rows(stored: StoredStory, prices: PricesNow, assets: Assets, voice: Voice) -> Rows:
    """Two rows at most: read it, its prices, mute it; below them its levels.

    Levels are chosen by what the coins cost when the story came, and by the prices now where that
    is not stored (yet): a push is edited later, and a button on it must not go because the
    price has moved.
    """
    article = stored.article
    first = []
    if article.url is not None and is_web_address(article.url):
        first.append(Button(voice.plain("button.read"), url=article.url))
    about = primary_mentions(article, assets)
    if about:
        label = (
            voice.plain("button.price_of", symbol=about[0].symbol)
            if len(about) == 1
            else voice.plain("button.prices")
        )
        first.append(button(label, Action.STORY_PRICE, stored.id, stored.article_id))
    first.append(_mute_button(stored, assets, voice))
    levels = _level_buttons(stored, prices, assets, voice)
    return (tuple(first), levels) if levels else (tuple(first),)


# ---- levels


def story_levels(article: Article, prices: PricesNow, assets: Assets) -> list[StoryLevel]:
    """Up to three levels of the coins that an article is about, by coin, then by size.

    The nearest to the price where there are more. Prices that were reached already count only
    where the article names no other; how near they are does not matter, as with all levels: one
    that was offered while no price was known would go from its push once there is one.
    """
    about = [mention.asset_id for mention in primary_mentions(article, assets)]
    ahead: dict[StoryLevel, None] = {}
    reached: dict[StoryLevel, None] = {}
    for figure in article.figures:
        level = _level_of(figure)
        if level is None or level.market.asset_id not in about or not _is_offered(figure):
            continue
        is_reached = figure.role is FigureRole.REACHED
        distance = _distance(level, prices)
        if distance is None or distance <= _PLAUSIBLE_SHARE:
            (reached if is_reached else ahead).setdefault(level)
    nearest = sorted(ahead or reached, key=lambda level: _distance(level, prices) or Decimal(0))

    def place(one: StoryLevel) -> tuple[int, bool, str, Decimal]:
        """Where a level stands: by its coin, then its currency, the usual one first, then up."""
        quote = one.market.quote
        return about.index(one.market.asset_id), quote != prices.quote, quote, one.level

    return sorted(nearest[:_MOST_LEVELS], key=place)


def _is_offered(figure: Figure) -> bool:
    return figure.kind is FigureKind.LEVEL or figure.role is not None


def _level_of(figure: Figure) -> StoryLevel | None:
    """The level that a figure can be for an alert, None for other figures."""
    quote = _QUOTES.get(figure.unit.upper())
    is_price = figure.kind in (FigureKind.LEVEL, FigureKind.PRICE)
    if not is_price or figure.asset_id is None or quote is None:
        return None
    if not 0 < figure.value <= LARGEST_LEVEL or (figure.asset_id, quote) == ("bitcoin", "BTC"):
        return None
    return StoryLevel(Market(figure.asset_id, quote), figure.value)


def _distance(level: StoryLevel, prices: PricesNow) -> Decimal | None:
    """How far a level is from the price, as a share of it; None where that is not known."""
    price = prices.known.get(level.market.asset_id)
    if price is None or level.market.quote != prices.quote or price <= 0:
        return None
    return abs(level.level - price) / price


def _level_buttons(
    stored: StoredStory, prices: PricesNow, assets: Assets, voice: Voice
) -> tuple[Button, ...]:
    levels = story_levels(stored.article, _prices_then(stored, prices), assets)
    symbols = {m.asset_id: m.symbol for m in stored.article.mentions}
    is_mixed = len({level.market.asset_id for level in levels}) > 1
    made = []
    for one in levels:
        quote = one.market.quote
        text = (level_digits if quote == prices.quote else level_text)(one.level, quote)
        if is_mixed:
            symbol = symbols[one.market.asset_id]
            label = voice.plain("button.level_of", symbol=symbol, level=text)
        else:
            label = voice.plain("button.level", level=text)
        made.append(button(label, Action.STORY_LEVEL, stored.id, one.number))
    return tuple(made)


def _prices_then(stored: StoredStory, prices: PricesNow) -> PricesNow:
    """What the coins of a story cost when it came; the price now where that is not stored."""
    then = {
        market.asset_id: price for market, price in stored.prices if market.quote == prices.quote
    }
    return PricesNow(prices.quote, {**prices.known, **then})


def pressed_level(articles: Iterable[Article], number: int) -> StoryLevel | None:
    """The level of these articles that a number stands for, or None."""
    found = (_level_of(figure) for article in articles for figure in article.figures)
    return next((level for level in found if level is not None and level.number == number), None)


def direction_to(level: Decimal, price: Decimal | None) -> Direction:
    """Which crossing of a level is meant at a price: the one that has not happened."""
    if price is None or level == price:
        return Direction.CROSS
    return Direction.ABOVE if level > price else Direction.BELOW


# ---- what is muted


def topic_to_mute(article: Article, assets: Assets) -> Topic:
    """What an article is first of all about: its largest coin, else a category, else its source."""
    return next(_topics(article, assets))


def _topics(article: Article, assets: Assets) -> Iterator[Topic]:
    for mention in primary_mentions(article, assets):
        yield Topic(TopicKind.ASSET, mention.asset_id)
    for category in article.categories:
        yield Topic(TopicKind.CATEGORY, category.name)
    yield Topic(TopicKind.SOURCE, article.source_key)


def _mute_button(stored: StoredStory, assets: Assets, voice: Voice) -> Button:
    """Mutes the coin of a story by name; what else it came for differs from chat to chat."""
    topic = topic_to_mute(stored.article, assets)
    text = voice.plain("button.mute_topic")
    if topic.kind is TopicKind.ASSET:
        text = voice.plain("button.mute", topic=topic_label(topic, assets, {}, voice, short=True))
    return button(text, Action.MUTE, stored.id, topic_number(topic))


def topic_number(topic: Topic) -> int:
    """What stands for a topic in callback data beside its story."""
    return number_of(topic.kind.value, topic.value)


def pressed_topic(articles: Iterable[Article], number: int, assets: Assets) -> Topic | None:
    """The topic of these articles that a number stands for, or None."""
    found = (topic for article in articles for topic in _topics(article, assets))
    return next((topic for topic in found if topic_number(topic) == number), None)
