"""Three made-up news sites that publish a story every now and then.

Owns what is published when, and the routes of the sites: feeds that honour conditional requests,
articles, pictures, link previews, and the page's button for the next story. Refuses to repeat a
story: once all are out it says so in the log and rests.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.demo.loopback import guarded
from bot.demo.sample_feeds import (
    SAMPLE_SOURCES,
    FeedFormat,
    PublishedStory,
    SampleSource,
    SampleStory,
    dated_story,
    feed_xml,
)
from bot.demo.sample_pages import article_html, front_html

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger(__name__)

_HERE = Path(__file__).parent
_PICTURES = _HERE / "pictures"
_ALREADY_OUT = 12
_BRISK_STORIES = 8
_SLOWER = 1.3
_SLOWEST = 36.0


def sample_stories() -> list[SampleStory]:
    """Read every story in the order of publication."""
    rows = json.loads((_HERE / "sample_stories.json").read_text(encoding="utf-8"))
    return [SampleStory(**{**row, "categories": tuple(row["categories"])}) for row in rows]


def drip_gap_seconds(dripped: int, drip_seconds: float) -> float:
    """Give the pause before the next story when so many have dripped.

    The first eight come at an even pace, so that a visitor soon sees some; then each pause is
    longer than the last, so that the stories reach for an evening.
    """
    return drip_seconds * min(_SLOWER ** max(0, dripped - _BRISK_STORIES + 1), _SLOWEST)


def is_fresh(etag: str, changed_at: datetime, if_none_match: str, if_modified_since: str) -> bool:
    """Tell whether the copy of who asks is still good (RFC 9110, section 13.2.2).

    An If-None-Match decides alone; If-Modified-Since counts only without it, and not where it is
    no date.
    """
    if if_none_match:
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return bool(tags & {etag, "*"})
    try:
        since = parsedate_to_datetime(if_modified_since)
        return changed_at.replace(microsecond=0) <= since
    except (TypeError, ValueError):  # no date, or one without a zone
        return False


class SampleNews:
    """Three sources with four stories each, and more to come: every `drip_seconds` at first.

    `base_url` is where the routes are served, without a slash at its end; `seed` decides how old
    the first stories are.
    """

    def __init__(
        self, base_url: str, clock: Callable[[], datetime], drip_seconds: float, seed: int
    ) -> None:
        self.base_url = base_url
        self.drip_seconds = drip_seconds
        self._clock = clock
        self._waiting = sample_stories()
        self._published: list[PublishedStory] = []
        random = Random(seed)  # noqa: S311 - ages to look at, no secret
        for back in range(_ALREADY_OUT, 0, -1):
            age = timedelta(minutes=back * 35 + random.uniform(-12, 12))
            self._publish(clock() - age)

    @property
    def left(self) -> int:
        """Give the number of stories that are still to come."""
        return len(self._waiting)

    def publish_next(self) -> PublishedStory | None:
        """Publish the next story, dated now; None once all are out."""
        return self._publish(self._clock()) if self._waiting else None

    async def run(self) -> None:
        """Drip stories until all are out, or until it is cancelled."""
        dripped = 0
        while self._waiting:
            await asyncio.sleep(drip_gap_seconds(dripped, self.drip_seconds))
            dripped += 1
            self.publish_next()
        log.info("sample_news_all_out", stories=len(self._published))

    def routes(self) -> list[web.RouteDef]:
        """Give the routes of the sites under `/site`, of the previews and of the page's button."""
        return [
            web.get("/site/pictures/{name}", guarded(self._picture)),
            web.get("/site/{source}/", guarded(self._front)),
            web.get("/site/{source}/feed.xml", guarded(self._feed)),
            web.get("/site/{source}/{slug}", guarded(self._article)),
            web.get("/demo/preview", guarded(self._preview)),
            web.get("/news/state", guarded(self._state)),
            web.post("/news/publish", guarded(self._publish_next)),
        ]

    def feed_url(self, source: str) -> str:
        """Give the address of a source's feed."""
        return f"{self.base_url}/site/{source}/feed.xml"

    def preview(self, url: str) -> dict[str, str | None] | None:
        """Give what a link preview shows of an address of this very site; None for any other."""
        own = urlsplit(self.base_url)
        try:
            parts = urlsplit(url)
        except ValueError:  # an address that is none, such as http://[
            return None
        if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            return None
        match parts.path.split("/"):
            case ["", "site", "pictures", name] if name in _picture_names():
                return {"title": None, "description": None, "site_name": None, "image": url}
            case ["", "site", source, slug]:
                published = self._find(source, slug)
                return None if published is None else _card(published)
        return None

    def _publish(self, at: datetime) -> PublishedStory:
        """Move the next story to what is published."""
        story = dated_story(self._waiting.pop(0), at)
        published = PublishedStory(
            story=story,
            number=len(self._published) + 1,
            published_at=at,
            url=f"{self.base_url}/site/{story.source}/{story.slug}",
            picture_url=f"{self.base_url}/site/pictures/{story.picture}.jpg",
            picture_bytes=(_PICTURES / f"{story.picture}.jpg").stat().st_size,
        )
        self._published.append(published)
        log.info("sample_story_published", source=story.source, slug=story.slug)
        return published

    def _of(self, source: str) -> list[PublishedStory]:
        """Give what a source has published, oldest first."""
        return [published for published in self._published if published.story.source == source]

    def _find(self, source: str, slug: str) -> PublishedStory | None:
        """Give a source's published story by its slug."""
        return next((each for each in self._of(source) if each.story.slug == slug), None)

    async def _feed(self, request: web.Request) -> web.Response:
        source = _source(request)
        stories = self._of(source.key)
        body = feed_xml(source, f"{self.base_url}/site/{source.key}/", stories).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        changed_at = stories[-1].published_at
        headers = {"ETag": etag, "Last-Modified": format_datetime(changed_at, usegmt=True)}
        asked = request.headers
        if is_fresh(
            etag,
            changed_at,
            asked.get("If-None-Match", ""),
            asked.get("If-Modified-Since", ""),
        ):
            return web.Response(status=304, headers=headers)
        kind = "atom" if source.format is FeedFormat.ATOM else "rss"
        content_type = f"application/{kind}+xml; charset=utf-8"
        return web.Response(body=body, headers={**headers, "Content-Type": content_type})

    async def _front(self, request: web.Request) -> web.Response:
        source = _source(request)
        return _page(front_html(source, self._of(source.key)))

    async def _article(self, request: web.Request) -> web.Response:
        source = _source(request)
        published = self._find(source.key, request.match_info["slug"])
        if published is None:
            raise web.HTTPNotFound
        return _page(article_html(source, published))

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in _picture_names():
            raise web.HTTPNotFound
        return web.FileResponse(_PICTURES / name, headers={"Cache-Control": "max-age=86400"})

    async def _preview(self, request: web.Request) -> web.Response:
        card = self.preview(request.query.get("url", ""))
        if card is None:
            return web.json_response({"error": "no preview of that address"}, status=404)
        return web.json_response(card)

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(self._counts())

    async def _publish_next(self, _request: web.Request) -> web.Response:
        published = self.publish_next()
        card = None if published is None else {**_card(published), "url": published.url}
        return web.json_response({"published": card, **self._counts()})

    def _counts(self) -> dict[str, Any]:
        """Give how many stories are out and to come, and where each source is."""
        sources = [
            {"key": source.key, "name": source.name, "feed_url": self.feed_url(source.key)}
            for source in SAMPLE_SOURCES
        ]
        return {"out": len(self._published), "left": self.left, "sources": sources}


def _source(request: web.Request) -> SampleSource:
    """Give the source that an address names; raises a 404 where there is none."""
    for source in SAMPLE_SOURCES:
        if source.key == request.match_info["source"]:
            return source
    raise web.HTTPNotFound


def _picture_names() -> set[str]:
    """Give the names of the pictures there are; only these are ever opened."""
    return {path.name for path in _PICTURES.glob("*.jpg")}


def _card(published: PublishedStory) -> dict[str, str | None]:
    """Give what a link preview shows of a story."""
    names = {source.key: source.name for source in SAMPLE_SOURCES}
    return {
        "title": published.story.title,
        "description": published.story.lead,
        "site_name": names[published.story.source],
        "image": published.picture_url,
    }


def _page(text: str) -> web.Response:
    """Give an HTML page that may load pictures from here and run nothing."""
    policy = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"
    headers = {"Content-Security-Policy": policy}
    return web.Response(text=text, content_type="text/html", headers=headers)
