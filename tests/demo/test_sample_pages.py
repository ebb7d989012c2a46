"""The sample site's pages: what a preview needs, and nothing that runs."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.demo.sample_feeds import SAMPLE_SOURCES, PublishedStory, SampleStory
from bot.demo.sample_pages import article_html, front_html

SOURCE = SAMPLE_SOURCES[0]
AT = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)


def published(number: int) -> PublishedStory:
    """Build a story whose title tries to be markup."""
    title = f'<script>alert({number})</script> "quoted"'
    story = SampleStory(SOURCE.key, f"s-{number}", "etf", ("ETF",), title, "Lead.", "More.")
    url = f"http://127.0.0.1:8080/site/{SOURCE.key}/s-{number}"
    return PublishedStory(story, number, AT, url, "http://127.0.0.1:8080/p.jpg", 1)


def test_an_article_has_the_tags_of_a_preview() -> None:
    html = article_html(SOURCE, published(1))
    assert '<meta property="og:image" content="http://127.0.0.1:8080/p.jpg">' in html
    assert '<meta property="og:site_name" content="The Satoshi Times">' in html
    assert "14 January 2026, 12:00 UTC" in html


def test_text_stays_text() -> None:
    for html in (article_html(SOURCE, published(1)), front_html(SOURCE, [published(1)])):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_the_front_page_lists_the_newest_first() -> None:
    html = front_html(SOURCE, [published(1), published(2)])
    assert html.index("/s-2") < html.index("/s-1")
