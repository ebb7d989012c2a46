"""What a subscription asks for.

Owns the topic value and which topics a story answers to. Refuses the words people type:
reading them is `bot.chat`'s.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.articles import IMPORTANT, Article, Role


class TopicKind(StrEnum):
    """The kinds of thing that can be asked for."""

    ASSET = "asset"
    CATEGORY = "category"
    SOURCE = "source"
    WORDS = "words"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind and its canonical value: an asset's id, a category, a source's key, or words.

    Words are casefolded and joined by one blank; the value of ALL is empty.
    """

    kind: TopicKind
    value: str = ""


EVERYTHING = Topic(TopicKind.ALL)


class Filter(StrEnum):
    """What narrows a topic; the value is the text that is stored."""

    NONE = ""
    IMPORTANT = "important"


def admitting_filters(importance: int) -> tuple[Filter, ...]:
    """The filters that let a story of that importance through."""
    return (Filter.NONE, Filter.IMPORTANT) if importance >= IMPORTANT else (Filter.NONE,)


@dataclass(frozen=True, slots=True)
class StoredTopic:
    """A topic that some chat subscribes to, with its id in the database."""

    id: int
    topic: Topic


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A topic that an article answers to, and why."""

    topic_id: int
    reason: str


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, casefolded, in order; letters and digits of any script."""
    return tuple(re.findall(r"\w+", text.casefold()))


def words_topic(text: str) -> Topic:
    """The topic of stories that hold these words one after the other."""
    return Topic(TopicKind.WORDS, " ".join(words_of(text)))


def matching_topics(article: Article, asked: Iterable[StoredTopic]) -> list[TopicMatch]:
    """The topics among `asked` that the article answers to, in their order.

    An asset matches when the article is about it, not when it is named in passing. Words
    match as a phrase of whole words in title or summary.
    """
    primary = {m.asset_id: m.reason for m in article.mentions if m.role is Role.PRIMARY}
    categories = {category.name: category.reason for category in article.categories}
    text = f" {' '.join(words_of(article.title))} / {' '.join(words_of(article.summary))} "
    matches = []
    for stored in asked:
        reason = _reason(stored.topic, article.source_key, primary, categories, text)
        if reason is not None:
            matches.append(TopicMatch(stored.id, reason))
    return matches


def _reason(
    topic: Topic, source_key: str, primary: dict[str, str], categories: dict[str, str], text: str
) -> str | None:
    match topic.kind:
        case TopicKind.ALL:
            return "everything"
        case TopicKind.ASSET:
            return primary.get(topic.value)
        case TopicKind.CATEGORY:
            return categories.get(topic.value)
        case TopicKind.SOURCE:
            return f"from {source_key}" if topic.value == source_key else None
        case TopicKind.WORDS:
            return f'says "{topic.value}"' if f" {topic.value} " in text else None
