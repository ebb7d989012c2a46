"""What an article still becomes, and what is logged of what it does not."""

from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.articles import Article, FeedItem
from bot.domain.model_text import ModelText
from bot.domain.sources import Source, SourceKind, SourceState
from bot.news.assets.registry import load_registry
from bot.news.deepening import Deepening, Depth
from bot.news.sources.pages import Page
from bot.news.summaries.model_summary import Refused
from bot.news.understanding import Understanding

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
ITEM = FeedItem("1", "Bitcoin vault opens", "https://wire.example/1", NOW, body="Long. " * 300)


class Pages:
    """Gives no page; the network's edge of a page reader."""

    async def full_text(self, url: str) -> Page:
        """No text, whatever the address."""
        return Page("", None, f"{url} was not asked")


class Model:
    """Gives one answer; the network's edge of a model."""

    def __init__(self, answer: ModelText | Refused | Exception) -> None:
        self.answer = answer

    async def summary(self, article: Article) -> ModelText | Refused:
        """The answer, for any article."""
        assert article.title
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding(load_registry())


async def deepened(
    understanding: Understanding, answer: ModelText | Refused | Exception
) -> tuple[Depth, list[Any]]:
    """What an article became with this answer of a model, and what was logged."""
    source = Source(
        1, "wire", "The Wire", SourceKind.FEED, "https://wire.example/feed", SourceState.ACTIVE
    )
    depth = Depth(understanding.article_of(ITEM, "wire", NOW, source.weight))
    pages: Any = Pages()
    models: Any = Model(answer)
    deepening = Deepening(understanding, pages, models, lambda: NOW)
    with capture_logs() as logs:
        await deepening.deepen(source, ITEM, depth)
    return depth, [entry for entry in logs if entry["event"] != "page_not_read"]


async def test_a_models_text_is_known_once_it_came(understanding: Understanding) -> None:
    written = ModelText("A vault opens.")
    depth, logs = await deepened(understanding, written)
    assert depth.model_text == written
    assert logs == []


async def test_a_refusal_is_logged_once_with_its_source_and_reason(
    understanding: Understanding,
) -> None:
    depth, logs = await deepened(understanding, Refused("not in the article: a figure"))
    assert depth.model_text is None
    (entry,) = logs
    assert entry["event"] == "model_summary_refused"
    assert (entry["source"], entry["reason"]) == ("wire", "not in the article: a figure")


async def test_a_fault_leaves_the_article_as_it_was(understanding: Understanding) -> None:
    depth, logs = await deepened(understanding, RuntimeError("a fault"))
    assert depth.article.title == ITEM.title
    assert depth.model_text is None
    assert [entry["event"] for entry in logs] == ["article_not_deepened"]
