"""An item understood as an article.

Owns what is made of an item once, before it is stored: the few sentences that are shown, its
canonical address, language, assets, categories, sentiment, figures and importance, each with
its reason. Pure; takes a few milliseconds.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.articles import Article, FeedItem, Figure, FigureKind, FigureRole, Mention, Role
from bot.domain.assets import Assets
from bot.news.assets.mentions import MentionFinder
from bot.news.categories import categories_of
from bot.news.cleaning.addresses import article_address
from bot.news.cleaning.languages import language_of
from bot.news.cleaning.text import MAX_TITLE_LENGTH, shortened
from bot.news.figures.finding import figures_of
from bot.news.importance import importance_of
from bot.news.summaries.summary import summary_of
from bot.news.tone.sentiment import ToneFinder

DEFAULT_WEIGHT = 50

_OF_PRICES = frozenset({FigureKind.PRICE, FigureKind.LEVEL})


class Understanding:
    """Understands items with one registry of assets; built once."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self._finder = MentionFinder(assets)
        self._tones = ToneFinder.load()

    def article_of(
        self, item: FeedItem, source_key: str, now: datetime, weight: int = DEFAULT_WEIGHT
    ) -> Article:
        """The article that an item of the source `source_key` is.

        The summary is two or three sentences of the item's own, else of its body; empty when
        there is no text. The item's texts are clean already. A date that is missing or in the
        future becomes `now`. `weight`, 1 to 100, is the source's.
        """
        title = shortened(item.title, MAX_TITLE_LENGTH)
        own, body = item.summary, item.body
        text = "" if body == own else body
        mentions = self._finder.mentions(title, own, text, item.categories)
        primary = [mention for mention in mentions if mention.role is Role.PRIMARY]
        categories = categories_of(title, own, body, item.categories, self._is_asset)
        figures = figures_of(title, own, text, self._finder.names, primary)
        summary = summary_of(title, own, body, offered_levels(figures, primary))
        largest = self._largest(primary)
        importance = importance_of(title, largest, categories, figures, weight)
        return Article(
            source_key=source_key,
            guid=item.guid,
            title=title,
            published_at=min(item.published_at or now, now),
            url=item.url,
            canonical_url=article_address(item.url),
            summary=summary.text,
            body=body,
            image_url=item.image_url,
            language=item.language or language_of(f"{title}. {own or body}"),
            mentions=mentions,
            categories=categories,
            publisher=item.publisher,
            tone=self._tones.tone(title, own or summary.text, item.sentiment),
            figures=figures,
            importance=importance,
            summary_reason=summary.reason,
        )

    def _largest(self, primary: Sequence[Mention]) -> tuple[str, int] | None:
        """The symbol and rank of the largest asset that an article is about."""
        known = [asset for m in primary if (asset := self._assets.by_id(m.asset_id))]
        ranked = sorted((asset.rank, asset.symbol) for asset in known)
        return (ranked[0][1], ranked[0][0]) if ranked else None

    def _is_asset(self, name: str) -> bool:
        """Whether a feed's category merely names an asset."""
        return self._finder.asset_of_category(name) is not None


def offered_levels(figures: Iterable[Figure], primary: Iterable[Mention]) -> frozenset[str]:
    """The price lines that an article offers for alerts, as it writes them.

    Those of the assets that it is about (`primary`); lines that were reached already only where
    it has no other. Empty when it names none.
    """
    about = {mention.asset_id for mention in primary}
    lines = [
        figure
        for figure in figures
        if figure.asset_id in about
        and figure.kind in _OF_PRICES
        and (figure.kind is FigureKind.LEVEL or figure.role is not None)
    ]
    ahead = [line for line in lines if line.role is not FigureRole.REACHED]
    return frozenset(line.words for line in ahead or lines)
