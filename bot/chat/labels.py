"""What topics, assets and alerts are called where people see them.

Pure. Owns names and hashtags, all raw text; the sentences around them are the catalogue's.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.chat.arguments import NamedAsset
from bot.chat.catalogue import Html, Voice
from bot.chat.fitting import cut_text
from bot.chat.formatting import exact_percent_text, level_text
from bot.domain.alert_options import span_text
from bot.domain.alerts import Direction, Line, Told
from bot.domain.articles import Article, Mention, Role, Sentiment
from bot.domain.assets import Assets
from bot.domain.audiences import Audience
from bot.domain.chats import ChatKind
from bot.domain.condition_words import condition_words
from bot.domain.conditions import Close, Condition, Extreme, Gauge, Move, Range, Way
from bot.domain.markets import Market
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind

MAX_TAGS = 6
_LONGEST_TAG = 30
_MAX_OTHERS = 3
_SHORT_NAME_UNITS = 20
_MARKS = {Sentiment.POSITIVE: "🟢", Sentiment.NEGATIVE: "🔴"}
# What a source itself judged has a score of 0.2 at least; below that the words are torn.
_CLEAR_SCORE = 0.2
_SIGNS = {Way.UP: "+", Way.DOWN: "\u2212", Way.EITHER: "±"}
_TOLD = {Told.EXPLAINED: " 💡", Told.UNEXPLAINED: " ❓"}
_ARROWS = {Direction.ABOVE: "↗", Direction.BELOW: "↘", Direction.CROSS: "↕"}


def symbol_of(asset_id: str, assets: Assets) -> str:
    """The symbol of an asset; its id in capitals when it is not known any more."""
    asset = assets.by_id(asset_id)
    return asset.symbol if asset else asset_id.upper()


def name_of(asset_id: str, assets: Assets) -> str:
    """An asset by name and symbol: "Bitcoin (BTC)"; by one of them where they are the same."""
    asset = assets.by_id(asset_id)
    if asset is None:
        return asset_id
    if asset.name.casefold() == asset.symbol.casefold():
        return asset.name
    return f"{asset.name} ({asset.symbol})"


def topic_label(
    topic: Topic, assets: Assets, sources: Mapping[str, str], voice: Voice, *, short: bool = False
) -> str:
    """A topic by name: "Bitcoin (BTC)", "#regulation", "@coindesk", “spot etf”, "all news".

    `short` gives an asset's symbol alone, for buttons.
    """
    match topic.kind:
        case TopicKind.ASSET:
            named = symbol_of if short else name_of
            return named(topic.value, assets)
        case TopicKind.CATEGORY:
            return hashtag(topic.value) or f"#{topic.value}"
        case TopicKind.SOURCE:
            return sources.get(topic.value, f"@{topic.value}")
        case TopicKind.WORDS:
            return f"“{topic.value}”"
        case _:
            return voice.plain("topic.everything")


def subscription_label(
    topic: Topic,
    narrowed: Filter,
    assets: Assets,
    sources: Mapping[str, str],
    voice: Voice,
    *,
    short: bool = False,
) -> str:
    """A topic with what narrows it: "Bitcoin (BTC) · important", "all important news"."""
    label = topic_label(topic, assets, sources, voice, short=short)
    if narrowed is Filter.NONE:
        return label
    if topic == EVERYTHING:
        return voice.plain("topic.everything_important")
    return voice.plain("topic.important", topic=label)


def audience_label(
    audience: Audience, assets: Assets, sources: Mapping[str, str], voice: Voice
) -> str:
    """Whom a broadcast is for: "all", "private · de · Bitcoin (BTC) · active: 30 days"."""
    # A group and a supergroup are one to whoever is in them.
    kinds = [kind.value for kind in audience.kinds if kind is not ChatKind.SUPERGROUP]
    topics = [topic_label(topic, assets, sources, voice) for topic in audience.topics]
    parts = [", ".join(words) for words in (kinds, audience.languages, topics) if words]
    if audience.active_within is not None:
        age = voice.plain("age.days", n=audience.active_within.days)
        parts.append(voice.plain("broadcast.active", age=age))
    return " · ".join(parts) or voice.plain("broadcast.everybody")


def pair_symbol(market: Market, assets: Assets) -> str:
    """A market as its line begins: "BTC", "ETH/BTC" where the quote is a coin."""
    symbol = symbol_of(market.asset_id, assets)
    return f"{symbol}/BTC" if market.quote == "BTC" else symbol


def coin_labels(asset_ids: Iterable[str], assets: Assets) -> dict[str, str]:
    """What each coin of one list is called there, by its id: a symbol where no other bears it.

    Coins that share one go by name and symbol, "Uniswap (UNI)", a long name cut so that a button
    has room for the level behind it; with their id where even those are the same.
    """
    names = {one: _short_name(one, assets) for one in asset_ids}
    symbols = Counter(symbol_of(one, assets) for one in names)
    alike = Counter(names.values())

    def label(asset_id: str) -> str:
        """What tells a coin apart from the others, as short as can be."""
        symbol, name = symbol_of(asset_id, assets), names[asset_id]
        if symbols[symbol] == 1:
            return symbol
        return name if alike[name] == 1 else f"{name} · {asset_id}"

    return {one: label(one) for one in names}


def _short_name(asset_id: str, assets: Assets) -> str:
    asset, name = assets.by_id(asset_id), name_of(asset_id, assets)
    if asset is None:
        return name
    return name.replace(asset.name, cut_text(asset.name, _SHORT_NAME_UNITS), 1)


def alert_label(
    market: Market, condition: Condition, assets: Assets, coins: Mapping[str, str] | None = None
) -> str:
    """An alert in a few characters: "BTC ↗ $95,000", "SOL +5 % 1h", with 🔁 when it repeats.

    `coins` is what coins are called in a list of several alerts (`coin_labels`).
    """
    told = _TOLD[condition.told] if condition.told else ""
    repeats = " 🔁" if condition.repeat else ""
    coin = (coins or {}).get(market.asset_id) or symbol_of(market.asset_id, assets)
    return f"{coin} {_watched(condition, market.quote)}{told}{repeats}"


def _watched(condition: Condition, quote: str) -> str:
    match condition:
        case Line():
            return f"{_ARROWS[condition.direction]} {level_text(condition.level, quote)}"
        case Range():
            return f"{level_text(condition.low, quote)} … {level_text(condition.high, quote)}"
        case Move():
            share = exact_percent_text(condition.share)
            window = f" {span_text(condition.window)}" if condition.window else ""
            return f"{_SIGNS[condition.way]}{share}{window}"
        case Extreme(window=None):
            return "ATH" if condition.way is Way.UP else "ATL"
        case Extreme():
            return condition_words(condition)
        case Close():
            level = level_text(condition.level, quote)
            return f"{condition.frame} {_ARROWS[condition.direction]} {level}"
        case Gauge():
            return condition_words(condition)


def shared_name_note(named: NamedAsset, voice: Voice) -> Html:
    """Which of several assets of one symbol was taken; empty when there is only one."""
    if not named.others:
        return Html()
    others = ", ".join(other.name for other in named.others[:_MAX_OTHERS])
    return voice.html(
        "asset.shared",
        symbol=named.asset.symbol,
        name=named.asset.name,
        others=others,
    )


def hashtag(name: str) -> str | None:
    """A name as a hashtag that Telegram recognises, or None when it cannot be one."""
    bare = re.sub(r"\W+", "_", name.strip()).strip("_")
    if not bare or bare.isdecimal() or len(bare) > _LONGEST_TAG:
        return None
    return f"#{bare}"


def primary_mentions(article: Article, assets: Assets) -> list[Mention]:
    """The assets that an article is about, the largest by market value first."""

    def rank(mention: Mention) -> tuple[float, str]:
        """Where a mention stands: by its asset's rank, what is unknown last and by symbol."""
        asset = assets.by_id(mention.asset_id)
        return (asset.rank if asset else math.inf, mention.symbol)

    return sorted((m for m in article.mentions if m.role is Role.PRIMARY), key=rank)


def tone_mark(article: Article) -> str:
    """🟢 for clearly good news, 🔴 for clearly bad; empty for what is neither."""
    tone = article.tone
    if tone is None or abs(tone.score) < _CLEAR_SCORE:
        return ""
    return _MARKS.get(tone.sentiment, "")


def article_tags(article: Article, assets: Assets) -> list[str]:
    """The hashtags of an article: what it is about, then its categories, each once."""
    primary = primary_mentions(article, assets)
    known = {m.asset_id: assets.by_id(m.asset_id) for m in primary}
    # "bitcoin" beside #BTC says the same twice.
    told = {m.symbol.casefold() for m in primary}
    told |= {asset.name.casefold() for asset in known.values() if asset}
    names = [m.symbol for m in primary]
    names += [c.name for c in article.categories if c.name.casefold() not in told]
    tags: dict[str, str] = {}
    for name in names:
        if (tag := hashtag(name)) is not None:
            tags.setdefault(tag.casefold(), tag)
    return list(tags.values())[:MAX_TAGS]
