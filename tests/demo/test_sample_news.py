"""The sample news: what is out at first, what follows, and how the sites answer."""

from __future__ import annotations

import asyncio
import re
import struct
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.demo import sample_news
from bot.demo.sample_feeds import SAMPLE_SOURCES
from bot.demo.sample_news import SampleNews, drip_gap_seconds, is_fresh, sample_stories

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Client = TestClient[web.Request, web.Application]
START_AT = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8080"
PICTURES = Path(sample_news.__file__).parent / "pictures"
JSON = {"Content-Type": "application/json"}


def news(seed: int = 1, drip_seconds: float = 0.0) -> SampleNews:
    """Build the sample news at noon."""
    return SampleNews(BASE, lambda: START_AT, drip_seconds, seed)


@pytest.fixture
def sample() -> SampleNews:
    return news()


@pytest.fixture
async def client(sample: SampleNews) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(sample.routes())
    async with TestClient(TestServer(app)) as each:
        yield each


def test_the_stories_are_whole_and_told_once() -> None:
    stories = sample_stories()
    assert len({(story.source, story.slug) for story in stories}) == len(stories) >= 30
    assert {story.source for story in stories} == {source.key for source in SAMPLE_SOURCES}
    for story in stories:
        assert (PICTURES / f"{story.picture}.jpg").is_file()
        assert 3 <= story.lead.count(". ") + 1 <= 5
        assert story.categories
        assert story.more


def test_no_text_names_a_day_that_may_be_another(sample: SampleNews) -> None:
    """The names of days are filled in when a story is published."""
    while sample.left:
        published = sample.publish_next()
        assert published is not None
        assert "{" not in published.story.lead + published.story.more
    for story in sample_stories():
        fixed = re.findall(r" on (\w+day)\b", f"{story.lead} {story.more}")
        # That one tells of a weekend, and one of any Monday.
        assert not fixed or story.slug in {"doge-tips-live-streams", "card-network-usdc-weekends"}


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Give the width and height that a JPEG's frame header names."""
    at = 2
    while data[at + 1] not in {0xC0, 0xC1, 0xC2}:
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    height, width = struct.unpack(">HH", data[at + 5 : at + 9])
    return int(width), int(height)


def test_the_pictures_are_small_and_of_one_size() -> None:
    pictures = [path.read_bytes() for path in PICTURES.glob("*.jpg")]
    assert {jpeg_size(data) for data in pictures} == {(1200, 630)}
    assert max(map(len, pictures)) <= 60_000
    assert sum(map(len, pictures)) <= 500_000


def test_at_first_each_source_has_four_stories_of_the_last_hours(sample: SampleNews) -> None:
    out = sample._published
    assert Counter(each.story.source for each in out) == dict.fromkeys(
        ("satoshi-times", "chain-courier", "blockledger"), 4
    )
    times = [each.published_at for each in out]
    assert times == sorted(times)
    assert START_AT - timedelta(hours=8) < times[0] < times[-1] < START_AT


def test_the_seed_decides_how_old_the_first_stories_are() -> None:
    one, same, other = ([each.published_at for each in news(seed)._published] for seed in (1, 1, 2))
    assert one == same != other


def test_the_next_story_is_dated_now_and_none_comes_twice(sample: SampleNews) -> None:
    left = sample.left
    told = [sample.publish_next() for _ in range(left)]
    assert all(each is not None and each.published_at == START_AT for each in told)
    assert len({each.url for each in sample._published}) == left + 12
    assert (sample.publish_next(), sample.left) == (None, 0)


@pytest.mark.parametrize(
    ("dripped", "expected"), [(0, 25.0), (7, 25.0), (8, 32.5), (9, 42.25), (60, 900.0)]
)
def test_the_drip_is_brisk_at_first_and_reaches_for_an_evening(
    dripped: int, expected: float
) -> None:
    assert drip_gap_seconds(dripped, 25) == pytest.approx(expected)


async def test_the_drip_ends_when_all_are_out(sample: SampleNews) -> None:
    await asyncio.wait_for(sample.run(), timeout=10)
    assert sample.left == 0


@pytest.mark.parametrize(
    ("if_none_match", "if_modified_since", "expected"),
    [
        ('"a"', "", True),
        ('W/"a"', "", True),
        ('"b", "a"', "", True),
        ("*", "", True),
        ('"b"', format_datetime(START_AT, usegmt=True), False),
        ("", format_datetime(START_AT, usegmt=True), True),
        ("", format_datetime(START_AT - timedelta(seconds=1), usegmt=True), False),
        ("", "yesterday", False),
        ("", "Wed, 14 Jan 2026 12:00:00 -0000", False),
        ("", "", False),
    ],
)
def test_conditional_requests_follow_the_rfc(
    if_none_match: str, if_modified_since: str, expected: bool
) -> None:
    changed_at = START_AT + timedelta(milliseconds=400)
    assert is_fresh('"a"', changed_at, if_none_match, if_modified_since) is expected


async def test_a_feed_is_not_sent_twice_until_it_changes(
    client: Client, sample: SampleNews
) -> None:
    path = "/site/satoshi-times/feed.xml"
    first = await client.get(path)
    headers = {"If-None-Match": first.headers["ETag"]}
    assert first.content_type == "application/rss+xml"
    assert (await client.get(path, headers=headers)).status == 304
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert (await client.get(path, headers=since)).status == 304
    while (told := sample.publish_next()) and told.story.source != "satoshi-times":
        pass
    changed = await client.get(path, headers=headers)
    assert changed.status == 200
    assert "bitcoin-breaks-95000" in await changed.text()


async def test_everything_that_a_feed_names_is_there(client: Client, sample: SampleNews) -> None:
    for each in sample._published:
        article = await client.get(each.url.removeprefix(BASE))
        picture = await client.get(each.picture_url.removeprefix(BASE))
        assert (article.status, picture.status) == (200, 200)
        assert picture.content_type == "image/jpeg"
        assert int(picture.headers["Content-Length"]) == each.picture_bytes
        assert "default-src 'none'" in article.headers["Content-Security-Policy"]
    assert (await client.get("/site/blockledger/")).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/site/nonesuch/feed.xml",
        "/site/nonesuch/",
        "/site/blockledger/nonesuch",
        "/site/blockledger/bitcoin-breaks-95000",
        "/site/pictures/nonesuch.jpg",
        "/site/pictures/..%2fsample_news.py",
    ],
)
async def test_what_is_not_out_is_not_found(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            f"{BASE}/site/blockledger/etf-flows-471m",
            ("Spot bitcoin ETFs take in $471M, the most since October", "BlockLedger"),
        ),
        (f"{BASE}/site/pictures/etf.jpg", (None, None)),
        (f"{BASE}/site/pictures/../../etc/passwd", None),
        (f"{BASE}/site/blockledger/feed.xml", None),
        (f"{BASE}/demo/state", None),
        ("http://127.0.0.1:9999/site/pictures/etf.jpg", None),
        ("https://example.com/site/pictures/etf.jpg", None),
        ("file:///etc/passwd", None),
        ("http://[", None),
        ("", None),
    ],
)
async def test_only_this_very_site_has_previews(
    client: Client, url: str, expected: tuple[str | None, str | None] | None
) -> None:
    answer = await client.get("/demo/preview", params={"url": url})
    body: dict[str, Any] = await answer.json()
    if expected is None:
        assert answer.status == 404
    else:
        assert (body["title"], body["site_name"]) == expected
        assert body["image"].startswith(f"{BASE}/site/pictures/etf.jpg")


async def test_the_pages_button_publishes_the_next_story(
    client: Client, sample: SampleNews
) -> None:
    before = await (await client.get("/news/state")).json()
    answer = await (await client.post("/news/publish", data=b"{}", headers=JSON)).json()
    assert answer["published"]["title"].startswith("Bitcoin breaks above $95,000")
    assert (answer["out"], answer["left"]) == (before["out"] + 1, before["left"] - 1)
    assert [each["key"] for each in before["sources"]] == [each.key for each in SAMPLE_SOURCES]
    while sample.publish_next():
        pass
    last = await (await client.post("/news/publish", data=b"{}", headers=JSON)).json()
    assert (last["published"], last["left"]) == (None, 0)
