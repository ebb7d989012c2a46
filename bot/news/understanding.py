"""An item understood as an article.

Owns what is made of an item once, before it is stored: the few sentences that are shown, its
canonical address, its assets and its categories. Pure; takes about a millisecond.
"""

import re
from datetime import datetime

from bot.domain.articles import Article, Category, FeedItem, Mention
from bot.news.addresses import canonical_url
from bot.news.mentions import MentionFinder
from bot.news.text import MAX_TITLE_LENGTH, lead_sentences, shortened, tidy_text

MOST_CATEGORIES = 12

_MAX_CATEGORY_LENGTH = 40
_SAME_BEGINNING = 60
_PREFACE = re.compile(
    r"\A(?:key (?:takeaways|points|highlights)\b:?|tl;?dr\b:?|in brief\b:?|"
    r"(?:the following|this) (?:article|post|story) (?:is|was|has been) (?:adapted|translated|"
    r"republished|first published|originally published)[^.]{0,200}\.)\s*",
    re.IGNORECASE,
)


def understood(item: FeedItem, source_key: str, now: datetime, finder: MentionFinder) -> Article:
    """The article that an item of the source `source_key` is.

    The summary is two or three sentences of the item's own, else of its body, without the
    title repeated; empty when there is no text. A date that is missing or in the future
    becomes `now`. Categories are the feed's own, at most 12, without those that merely name
    an asset.
    """
    title = shortened(tidy_text(item.title), MAX_TITLE_LENGTH)
    body = tidy_text(item.body)
    summary = tidy_text(item.summary)
    mentions = finder.mentions(title, summary, "" if body == summary else body, item.categories)
    return Article(
        source_key=source_key,
        guid=item.guid,
        title=title,
        published_at=min(item.published_at or now, now),
        url=item.url,
        canonical_url=canonical_url(item.url) if item.url else None,
        summary=_lead(title, summary, body),
        body=body,
        image_url=item.image_url,
        language=item.language,
        mentions=mentions,
        categories=_categories(item.categories, mentions, finder),
    )


def _lead(title: str, summary: str, body: str) -> str:
    own = _without_title(summary, title)
    longer = _without_title(body, title)
    # Feeds like to cut their summaries in the middle of a sentence that the body finishes.
    is_cut = own.endswith(("…", "...")) and longer.startswith(own[:_SAME_BEGINNING].rstrip(".…"))
    return lead_sentences(_PREFACE.sub("", longer if is_cut or not own else own))


def _without_title(text: str, title: str) -> str:
    """The text without the title that some feeds begin their summaries with."""
    if not text.casefold().startswith(title.casefold()):
        return text
    rest = text[len(title) :]
    return rest.lstrip(" .:\u2013\u2014-|…") if not rest[:1].isalnum() else text


def _categories(
    names: tuple[str, ...], mentions: tuple[Mention, ...], finder: MentionFinder
) -> tuple[Category, ...]:
    symbols = {mention.symbol for mention in mentions}
    found: dict[str, Category] = {}
    for name in names:
        normal = re.sub(r"[\W_]+", "-", name.casefold()).strip("-")
        names_asset = name.strip() in symbols or finder.asset_of_category(name) is not None
        if normal and len(normal) <= _MAX_CATEGORY_LENGTH and not names_asset:
            found.setdefault(normal, Category(normal, f'feed: "{name}"'))
    return tuple(found.values())[:MOST_CATEGORIES]
