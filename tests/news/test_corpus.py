"""Real and hostile feeds, where a corpus of them is at hand (COINBELL_CORPUS names its folder)."""

import ast
import os
import re
from pathlib import Path

import pytest

from bot.domain.articles import FeedItem
from bot.domain.errors import ParseError
from bot.news.cleaning.text import plain_text
from bot.news.feeds.feed import parsed_feed

CORPUS = Path(os.environ.get("COINBELL_CORPUS", "no corpus"))
FEEDS = CORPUS / "feeds"
HOSTILE = sorted((FEEDS / "hostile").glob("*"))

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not FEEDS.is_dir(), reason="COINBELL_CORPUS names no folder of feeds"),
]

MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos|nbsp);")


def items_of(path: Path, content_type: str | None = None) -> tuple[FeedItem, ...]:
    return parsed_feed(path.read_bytes(), content_type, "http://127.0.0.1:8097/feed").items


@pytest.mark.parametrize(
    ("name", "count"), [("coindesk", 25), ("cointelegraph", 30), ("decrypt", 58), ("theblock", 19)]
)
def test_captured_feeds_give_every_item_clean(name: str, count: int) -> None:
    (path,) = (FEEDS / "crypto").glob(f"{name}-*.xml")
    items = items_of(path)
    assert len(items) == count
    assert len({item.guid for item in items}) == count
    for item in items:
        for text in (item.title, item.summary, item.body):
            assert not MARKUP.search(text), text
            assert not ENTITY.search(text), text
        assert item.title
        assert item.url
        assert item.image_url
        assert item.published_at


@pytest.mark.timeout(60)
def test_no_hostile_feed_crashes() -> None:
    """Each gives items or a ParseError; the whole folder within the test's time limit."""
    for path in HOSTILE:
        try:
            items = items_of(path)
        except ParseError:
            continue
        assert all(item.title and item.guid for item in items), path.name
    assert len(HOSTILE) >= 700


@pytest.mark.timeout(60)
def test_hostile_feeds_cut_anywhere_do_not_crash() -> None:
    for path in HOSTILE[::5]:
        body = path.read_bytes()
        for share in (0.3, 0.7, 0.95):
            try:
                parsed_feed(body[: int(len(body) * share)], None, "")
            except ParseError:
                continue


EXPECTED = re.compile(r"entries\[0\]\['?(title|link|summary|id)'?\] == (u?'(?:[^'\\]|\\.)*')")
FIELDS = {"title": "title", "link": "url", "summary": "summary", "id": "guid"}


def test_what_the_hostile_feeds_expect_is_what_they_give() -> None:
    """Where feedparser's own tests state a text, ours is that text without markup."""
    agreed = 0
    for path in HOSTILE:
        text = path.read_bytes().decode("utf-8", "replace")
        stated = re.search(r"Expect:(.*)", text)
        if not path.name.startswith("feedparser") or stated is None:
            continue
        declared = re.search(r"Content-[tT]ype:\s*(.*)", text)
        items = items_of(path, declared[1].strip() if declared else None)
        for field, literal in EXPECTED.findall(stated[1]):
            # The sanitiser's own idea of crazy markup is not ours; items of links alone go.
            if not items or "crazy" in path.name:
                continue
            expected = ast.literal_eval(literal)
            wanted = {expected, plain_text(expected)}
            assert getattr(items[0], FIELDS[field]) in wanted, path.name
            agreed += 1
    assert agreed > 20
