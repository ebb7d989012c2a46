"""What of an article takes time: its page, and a model's summary.

Owns the order of the two and what is known by when. Nothing here holds up a push: who waits,
waits `PATIENCE_SECONDS`, and what comes later is edited in. Raises nothing.
"""

from dataclasses import dataclass, replace

import structlog

from bot.domain.articles import Article, FeedItem
from bot.domain.model_text import ModelText
from bot.domain.ports import Clock
from bot.domain.sources import Source
from bot.news.sources.pages import PageReader, wants_full_text
from bot.news.summaries.model_summary import ModelSummaries, Refused
from bot.news.understanding import Understanding

log = structlog.get_logger(__name__)

# A push is never later than this for what its article could still become.
PATIENCE_SECONDS = 1.5


@dataclass(slots=True)
class Depth:
    """What is known of an article by now; grows while it is deepened."""

    article: Article
    model_text: ModelText | None = None


class Deepening:
    """Reads pages and asks a model, where the source and the settings want it.

    `models` is None where no model is configured.
    """

    def __init__(
        self,
        understanding: Understanding,
        pages: PageReader,
        models: ModelSummaries | None,
        clock: Clock,
    ) -> None:
        self._understanding = understanding
        self._pages = pages
        self._models = models
        self._clock = clock

    def takes_time(self, source: Source, article: Article) -> bool:
        """Whether there is anything to be had beyond what the feed gave."""
        return self._models is not None or wants_full_text(article, source).wanted

    async def deepen(self, source: Source, item: FeedItem, depth: Depth) -> None:
        """Bring `depth` as far as it goes; may be left running, and cancelled at any time."""
        try:
            await self._read_page(source, item, depth)
            if self._models is not None:
                found = await self._models.summary(depth.article)
                if isinstance(found, Refused):
                    log.info("model_summary_refused", source=source.key, reason=found.reason)
                    reason = f"{depth.article.summary_reason}; no model's text: {found.reason}"
                    depth.article = replace(depth.article, summary_reason=reason)
                else:
                    depth.model_text = found
        except Exception:
            # The article stands as the feed gave it.
            log.exception("article_not_deepened", source=source.key, guid=item.guid)

    async def _read_page(self, source: Source, item: FeedItem, depth: Depth) -> None:
        if item.url is None or not wants_full_text(depth.article, source).wanted:
            return
        page = await self._pages.full_text(item.url)
        if not page.text and not page.image_url:
            log.info("page_not_read", source=source.key, reason=page.reason)
            return
        fuller = replace(
            item, body=page.text or item.body, image_url=item.image_url or page.image_url
        )
        depth.article = self._understanding.article_of(
            fuller, source.key, self._clock(), source.weight
        )
