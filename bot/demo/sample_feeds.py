"""The sample sources as feeds and pages: a list of stories in, a document out.

Owns three feed formats with the quirks that real feeds of their kind have, and the HTML of the
site they link to. Refuses time, files and HTTP: what is published, when and where comes as values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class FeedFormat(StrEnum):
    """How a source writes its feed; QUIRKY is RSS as content systems really send it."""

    RSS = "rss"
    ATOM = "atom"
    QUIRKY = "quirky"


@dataclass(frozen=True, slots=True)
class SampleSource:
    """A made-up news site: `key` is its part of the address, `colour` its masthead's."""

    key: str
    name: str
    tagline: str
    colour: str
    format: FeedFormat


@dataclass(frozen=True, slots=True)
class SampleStory:
    """A made-up story; `picture` names a file of the pictures folder, without its ending."""

    source: str
    slug: str
    picture: str
    categories: tuple[str, ...]
    title: str
    lead: str
    more: str


@dataclass(frozen=True, slots=True)
class PublishedStory:
    """A story with its time of publication and its addresses; `number` counts up from 1."""

    story: SampleStory
    number: int
    published_at: datetime
    url: str
    picture_url: str
    picture_bytes: int


SAMPLE_SOURCES = (
    SampleSource(
        "satoshi-times",
        "The Satoshi Times",
        "All the blocks fit to print",
        "#8a4b12",
        FeedFormat.RSS,
    ),
    SampleSource(
        "chain-courier",
        "Chain Courier",
        "Markets, policy and protocols",
        "#1d4f73",
        FeedFormat.ATOM,
    ),
    SampleSource(
        "blockledger", "BlockLedger", "Crypto, read closely", "#3d5a2c", FeedFormat.QUIRKY
    ),
)
_EASTERN = timezone(timedelta(hours=-5))
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SATURDAY = 5
_DAY = re.compile(r"\{(day|weekday)([+-]\d)\}")


def dated_story(story: SampleStory, at: datetime) -> SampleStory:
    """Give a story with the names of the days that it was written for.

    In its texts `{day-1}` is the day before its publication, `{weekday-1}` the last day before
    it on which offices and stock exchanges are open; `{weekday+0}` is the day itself or the
    Friday before.
    """

    def named(found: re.Match[str]) -> str:
        """The weekday that a place in the text stands for."""
        day = at + timedelta(days=int(found[2])) if found[1] == "day" else _open_day(at, found[2])
        return _DAYS[day.weekday()]

    return replace(story, lead=_DAY.sub(named, story.lead), more=_DAY.sub(named, story.more))


def _open_day(at: datetime, steps: str) -> datetime:
    """Give the day so many open days from the last one that is not a weekend's."""
    while at.weekday() >= _SATURDAY:
        at -= timedelta(days=1)
    step = timedelta(days=1 if int(steps) > 0 else -1)
    for _ in range(abs(int(steps))):
        at += step
        while at.weekday() >= _SATURDAY:
            at += step
    return at


def feed_xml(source: SampleSource, home: str, stories: Sequence[PublishedStory]) -> str:
    """Give a source's feed, newest story first, from its stories in order of publication."""
    newest_first = sorted(stories, key=lambda story: story.number, reverse=True)
    write = {
        FeedFormat.RSS: rss_xml,
        FeedFormat.ATOM: atom_xml,
        FeedFormat.QUIRKY: quirky_xml,
    }[source.format]
    return write(source, home, newest_first)


def rss_xml(source: SampleSource, home: str, stories: Sequence[PublishedStory]) -> str:
    """Give plain RSS 2.0: text descriptions, an enclosure for the picture, links as guids."""
    items = "".join(
        f"""
    <item>
      <title>{escape(published.story.title)}</title>
      <link>{escape(published.url)}</link>
      <guid isPermaLink="true">{escape(published.url)}</guid>
      <pubDate>{format_datetime(published.published_at, usegmt=True)}</pubDate>
      <description>{escape(published.story.lead)}</description>
      {_rss_categories(published.story)}
      <enclosure url="{escape(published.picture_url)}" length="{published.picture_bytes}" \
type="image/jpeg"/>
    </item>"""
        for published in stories
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
  <channel>
    <title>{escape(source.name)}</title>
    <link>{escape(home)}</link>
    <description>{escape(source.tagline)}</description>
    <language>en-us</language>
    <ttl>1</ttl>
    <atom:link href="{escape(home)}feed.xml" rel="self" type="application/rss+xml"/>{items}
  </channel>
</rss>
"""


def atom_xml(source: SampleSource, home: str, stories: Sequence[PublishedStory]) -> str:
    """Give Atom 1.0: summaries as escaped HTML, tag URIs as ids, the picture as a link."""
    entries = "".join(
        f"""
  <entry>
    <id>tag:{source.key}.example,{published.published_at.year}:{published.story.slug}</id>
    <title type="text">{escape(published.story.title)}</title>
    <link rel="alternate" type="text/html" href="{escape(published.url)}"/>
    <link rel="enclosure" type="image/jpeg" length="{published.picture_bytes}" \
href="{escape(published.picture_url)}"/>
    <published>{published.published_at.isoformat(timespec="seconds")}</published>
    <updated>{published.published_at.isoformat(timespec="seconds")}</updated>
    <author><name>{escape(source.name)} desk</name></author>
    {_atom_categories(published.story)}
    <summary type="html">{escape(f"<p>{escape(published.story.lead, quote=False)}</p>")}</summary>
  </entry>"""
        for published in stories
    )
    updated = max(
        (story.published_at for story in stories), default=datetime(2026, 1, 1, tzinfo=_EASTERN)
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <id>tag:{source.key}.example,2026:feed</id>
  <title>{escape(source.name)}</title>
  <subtitle>{escape(source.tagline)}</subtitle>
  <updated>{updated.isoformat(timespec="seconds")}</updated>
  <link rel="self" href="{escape(home)}feed.xml"/>
  <link rel="alternate" type="text/html" href="{escape(home)}"/>{entries}
</feed>
"""


def quirky_xml(source: SampleSource, home: str, stories: Sequence[PublishedStory]) -> str:
    """Give RSS with the habits of a large content system, each seen in a real feed.

    CDATA titles, apostrophes encoded twice, a newline within the link, several creators, an empty
    element, `-0500` dates, the picture as media:content, the text as content:encoded, a hub whose
    address is "true", and a last paragraph that only names the post and the site.
    """
    items = "".join(_quirky_item(source, home, published) for published in stories)
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:media="http://search.yahoo.com/mrss/">
<channel>
  <title><![CDATA[{source.name}]]></title>
  <atom:link href="{escape(home)}feed.xml" rel="self" type="application/rss+xml" />
  <atom:link rel="hub" href="true" />
  <link>{escape(home)}</link>
  <description><![CDATA[{source.tagline}]]></description>
  <language>en-US</language>{items}
</channel>
</rss>
"""


def _quirky_item(source: SampleSource, home: str, published: PublishedStory) -> str:
    """Give one item of the quirky feed."""
    story = published.story
    title, lead, more = (_twice_encoded(text) for text in (story.title, story.lead, story.more))
    footer = (
        f'<p>The post <a href="{published.url}">{title}</a> appeared first on '
        f'<a href="{home}">{source.name}</a>.</p>'
    )
    categories = "".join(f"<category><![CDATA[{name}]]></category>" for name in story.categories)
    return f"""
  <item>
    <title><![CDATA[{title}]]></title>
    <link>
      {escape(published.url)}
    </link>
    <dc:creator><![CDATA[{source.name} Staff]]></dc:creator>
    <dc:creator><![CDATA[Night Desk]]></dc:creator>
    <pubDate>{format_datetime(published.published_at.astimezone(_EASTERN))}</pubDate>
    {categories}
    <guid isPermaLink="false">{escape(home)}?p={published.number + 4210}</guid>
    <comments/>
    <description><![CDATA[<p>{lead}</p>
{footer}]]></description>
    <content:encoded><![CDATA[<figure><img src="{published.picture_url}" width="1200" \
height="630" alt=""/></figure><p>{lead}</p><p>{more}</p>{footer}]]></content:encoded>
    <media:content url="{escape(published.picture_url)}" medium="image" type="image/jpeg" \
width="1200" height="630"/>
  </item>"""


def _twice_encoded(text: str) -> str:
    """Encode text as HTML and its curly apostrophes once more, as two filters in a row do."""
    return escape(text, quote=False).replace("\u2019", "&amp;#8217;")


def _rss_categories(story: SampleStory) -> str:
    """Give a story's categories as RSS elements."""
    return "".join(f"<category>{escape(name)}</category>" for name in story.categories)


def _atom_categories(story: SampleStory) -> str:
    """Give a story's categories as Atom elements."""
    return "".join(f'<category term="{escape(name)}"/>' for name in story.categories)
