"""Topics and assets as people type them.

Pure. Owns the reading of `BTC ETH`, `internet computer`, `#regulation`, `@coindesk`,
`"spot etf"` and `all`. Everything that cannot be read raises ArgumentError with what was typed.
The texts come with plain spaces (`bot.chat.request.plain_spaces`).
"""

import difflib
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.assets import Asset, Assets
from bot.domain.errors import ArgumentError
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind, words_of, words_topic

MAX_TOPICS = 20
MAX_PRICES = 10
_MAX_WORDS_CHARS = 100
_SHOWN_CHARS = 60
_EXAMPLE_WORDS = "spot etf"
# A typing slip in a word of four letters is close; one in a longer word very close.
_CLOSE, _VERY_CLOSE = 0.75, 0.8
_LONGEST_NAME_WORDS = 4
# Market value falls faster than ranks rise: at thirty times the rank it is about a hundredth.
_OUTRANKED_BY = 30
_OPENING = '"“”„‟«»″'
_CLOSING = _OPENING
_ALL = {"all", "everything", "*"}
_IMPORTANT = "important"
_TOKEN = re.compile(
    rf"[{_OPENING}](?P<quoted>[^{_CLOSING}]*)[{_CLOSING}]"
    rf"|(?P<unclosed>[{_OPENING}].*)"
    rf"|(?P<bare>[^\s,;{_OPENING}]+)"
)
_PAIR_TAIL = re.compile(r"[/-](?:usdt|usdc|usd|eur|gbp)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a phrase that stood in quotation marks."""

    text: str
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class NamedAsset:
    """An asset somebody named; `others` are those of the same name with a lower rank."""

    asset: Asset
    others: tuple[Asset, ...] = ()

    @property
    def rivals(self) -> tuple[Asset, ...]:
        """The others that may be meant as well, by rank; empty where the asset plainly is.

        BTC is Bitcoin, whatever small coin took its symbol: one of thirty times the rank or
        more is no rival.
        """
        least = self.asset.rank * _OUTRANKED_BY
        return tuple(other for other in self.others if other.rank < least)


@dataclass(frozen=True, slots=True)
class ReadTopic:
    """A topic somebody typed; `named` when it is an asset."""

    topic: Topic
    named: NamedAsset | None = None


def shown(typed: str) -> str:
    """What was typed, short enough to be repeated in an answer."""
    return typed if len(typed) <= _SHOWN_CHARS else typed[: _SHOWN_CHARS - 1] + "…"


def tokens_of(text: str) -> list[Token]:
    """The words and quoted phrases of a text; commas and semicolons separate as blanks do.

    Any pair of double quotation marks quotes, “typographic” and «angular» ones too. Raises
    ArgumentError (`words.unclosed`) when one is left open.
    """
    found = []
    for match in _TOKEN.finditer(text):
        if match["unclosed"] is not None:
            raise ArgumentError("words.unclosed", typed=shown(match["unclosed"]))
        if match["bare"] is not None:
            found.append(Token(match["bare"]))
        else:
            found.append(Token(match["quoted"].strip(), is_quoted=True))
    return found


def read_topics(text: str, assets: Assets, sources: Mapping[str, str]) -> list[ReadTopic]:
    """The topics of a command, each once, in the order typed.

    `sources` maps keys to names. Names of several words need no quotes where they name an
    asset. Raises ArgumentError: `topic.none`, `topic.unknown`, `topic.too_many`,
    `source.unknown`, `category.unreadable`, `words.…`.
    """
    return _topics_of(tokens_of(text), assets, sources)


@dataclass(frozen=True, slots=True)
class AskedTopics:
    """The topics of a subscription, and what narrows all of them."""

    topics: list[ReadTopic]
    narrowed: Filter = Filter.NONE


def read_asked_topics(text: str, assets: Assets, sources: Mapping[str, str]) -> AskedTopics:
    """The topics of a command, which the word `important` narrows; alone it means all news.

    Raises ArgumentError as `read_topics` does.
    """
    tokens = tokens_of(text)
    bare = [t for t in tokens if t.is_quoted or t.text.casefold() != _IMPORTANT]
    if len(bare) == len(tokens):
        return AskedTopics(_topics_of(tokens, assets, sources))
    topics = _topics_of(bare, assets, sources) if bare else [ReadTopic(EVERYTHING)]
    return AskedTopics(topics, Filter.IMPORTANT)


def _topics_of(tokens: list[Token], assets: Assets, sources: Mapping[str, str]) -> list[ReadTopic]:
    if not tokens:
        raise ArgumentError("topic.none")
    found: dict[Topic, ReadTopic] = {}
    position = 0
    while position < len(tokens):
        used, topic = _next_topic(tokens, position, assets, sources)
        found.setdefault(topic.topic, topic)
        position += used
    if len(found) > MAX_TOPICS:
        raise ArgumentError("topic.too_many", count=str(len(found)), limit=str(MAX_TOPICS))
    return list(found.values())


def _next_topic(
    tokens: list[Token], position: int, assets: Assets, sources: Mapping[str, str]
) -> tuple[int, ReadTopic]:
    token = tokens[position]
    if token.is_quoted:
        return 1, _quoted_topic(token.text, assets)
    if token.text.startswith("#"):
        return 1, _tag_topic(token.text, assets)
    if token.text.startswith("@"):
        return 1, _source_topic(token.text, sources)
    used, named = longest_name(tokens, position, assets)
    if named is not None:
        return used, _asset_topic(named)
    if token.text.casefold() in _ALL:
        return 1, ReadTopic(EVERYTHING)
    if (key := _source_key(token.text, sources)) is not None:
        return 1, ReadTopic(Topic(TopicKind.SOURCE, key))
    raise _unknown_topic(tokens, position, assets)


def longest_name(
    tokens: list[Token], position: int, assets: Assets
) -> tuple[int, NamedAsset | None]:
    """How many bare words from `position` on name an asset together, and which."""
    for count in range(_LONGEST_NAME_WORDS, 0, -1):
        words = tokens[position : position + count]
        if len(words) < count or any(word.is_quoted for word in words):
            continue
        if (named := named_asset(" ".join(word.text for word in words), assets)) is not None:
            return count, named
    return 1, None


def named_asset(word: str, assets: Assets) -> NamedAsset | None:
    """The asset of highest rank called so, with the others; a pair's quote is ignored."""
    found = assets.named(word) or assets.named(_PAIR_TAIL.sub("", word))
    if not found and "-" in word:
        found = assets.named(word.replace("-", " "))
    return NamedAsset(found[0], tuple(found[1:])) if found else None


def unknown_name(word: str, assets: Assets, text_id: str, close_text_id: str) -> ArgumentError:
    """The error for a word that names nothing, with the nearest name where one is near."""
    if (close := _nearest_name(word, assets, _CLOSE)) is not None:
        return ArgumentError(close_text_id, typed=shown(word), close=close)
    return ArgumentError(text_id, typed=shown(word))


def _nearest_name(word: str, assets: Assets, least: float) -> str | None:
    """The symbol or name that is most alike, of those that are as alike as `least` of 1."""
    names: dict[str, str] = {}
    for asset in assets:
        names.setdefault(asset.symbol.casefold(), asset.symbol)
        names.setdefault(asset.name.casefold(), asset.name)
    close = difflib.get_close_matches(word.casefold().lstrip("$"), names, n=1, cutoff=least)
    return names[close[0]] if close else None


def _unknown_topic(tokens: list[Token], position: int, assets: Assets) -> ArgumentError:
    """The error for a word that names no topic, with the words after it that name none either.

    `/subscribe spot etf` is one slip and not two: it lacks the quotation marks.
    """
    strange = itertools.takewhile(
        lambda at: _names_nothing(tokens, at, assets), range(position, len(tokens))
    )
    typed = " ".join(tokens[at].text for at in strange)
    for name, least in ((typed, _CLOSE), (tokens[position].text, _VERY_CLOSE)):
        if (close := _nearest_name(name, assets, least)) is not None:
            return ArgumentError("topic.unknown_close", typed=shown(name), close=close)
    words = typed if len(typed) <= _SHOWN_CHARS and words_of(typed) else _EXAMPLE_WORDS
    return ArgumentError("topic.unknown", typed=shown(typed), words=words)


def _names_nothing(tokens: list[Token], position: int, assets: Assets) -> bool:
    token = tokens[position]
    if token.is_quoted or token.text.startswith(("#", "@")) or token.text.casefold() in _ALL:
        return False
    return longest_name(tokens, position, assets)[1] is None


def _asset_topic(named: NamedAsset) -> ReadTopic:
    return ReadTopic(Topic(TopicKind.ASSET, named.asset.id), named)


def _quoted_topic(phrase: str, assets: Assets) -> ReadTopic:
    named = named_asset(phrase, assets)
    # "link" in quotation marks is the word; Chainlink is meant by LINK or $LINK.
    if named is not None and not _is_a_word(named.asset, phrase):
        return _asset_topic(named)
    if not words_of(phrase):
        raise ArgumentError("words.empty", typed=shown(phrase))
    if len(phrase) > _MAX_WORDS_CHARS:
        raise ArgumentError("words.too_long", typed=shown(phrase), limit=str(_MAX_WORDS_CHARS))
    return ReadTopic(words_topic(phrase))


def _tag_topic(typed: str, assets: Assets) -> ReadTopic:
    tag = typed[1:]
    # Pushes carry #BTC as a tag, and people copy it; what only names an asset is no category.
    named = named_asset(tag, assets)
    if named is not None and (tag == named.asset.symbol or not _is_a_word(named.asset, tag)):
        return _asset_topic(named)
    # The form that articles' categories are stored in: words joined by hyphens.
    name = re.sub(r"[\W_]+", "-", tag.casefold()).strip("-")
    if not name or len(name) > _MAX_WORDS_CHARS:
        raise ArgumentError("category.unreadable", typed=shown(typed))
    return ReadTopic(Topic(TopicKind.CATEGORY, name))


def _source_topic(typed: str, sources: Mapping[str, str]) -> ReadTopic:
    key = _source_key(typed[1:], sources)
    if key is None:
        keys = [f"@{source}" for source in sorted(sources)]
        known, first = ", ".join(keys) or "—", keys[0] if keys else "BTC"
        raise ArgumentError("source.unknown", typed=shown(typed), known=known, first=first)
    return ReadTopic(Topic(TopicKind.SOURCE, key))


def _source_key(typed: str, sources: Mapping[str, str]) -> str | None:
    wanted = typed.casefold()
    for key, name in sources.items():
        if wanted in (key.casefold(), name.casefold().replace(" ", "")):
            return key
    return None


@dataclass(frozen=True, slots=True)
class AskedAssets:
    """The assets of a /price, and the words that name none."""

    known: tuple[NamedAsset, ...]
    unknown: tuple[str, ...] = ()


def read_assets(text: str, assets: Assets) -> AskedAssets:
    """The assets that a text names, each once; raises ArgumentError when it names none.

    `asset.none` without any words, `asset.unknown` when no word is known, `asset.too_many`
    beyond ten.
    """
    tokens = tokens_of(text)
    if not tokens:
        raise ArgumentError("asset.none")
    found: dict[str, NamedAsset] = {}
    unknown: list[str] = []
    position = 0
    while position < len(tokens):
        used, named = longest_name(tokens, position, assets)
        if named is None and tokens[position].is_quoted:
            named = named_asset(tokens[position].text, assets)
        if named is None:
            unknown.append(shown(tokens[position].text))
        else:
            found.setdefault(named.asset.id, named)
        position += used
    if not found:
        raise unknown_name(tokens[0].text, assets, "asset.unknown", "asset.unknown_close")
    if len(found) > MAX_PRICES:
        raise ArgumentError("asset.too_many", count=str(len(found)), limit=str(MAX_PRICES))
    return AskedAssets(tuple(found.values()), tuple(unknown))


def is_only_a_coin(text: str, assets: Assets) -> bool:
    """Whether a message is nothing but a coin: `$btc`, `BTC`, `bitcoin`, `Internet Computer`.

    What is an ordinary word too counts only with its $, or as a symbol in capitals.
    """
    bare = text.strip()
    found = assets.named(bare)
    if not found:
        return False
    if bare.startswith("$"):
        return True
    return bare == found[0].symbol or not _is_a_word(found[0], bare)


def _is_a_word(asset: Asset, typed: str) -> bool:
    """Whether what an asset was called by is also an ordinary word."""
    folded = typed.casefold()
    if folded == asset.symbol.casefold():
        return asset.ambiguous
    return folded in {name.casefold() for name in asset.ambiguous_names}
