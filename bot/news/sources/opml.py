"""Lists of feeds as OPML, the form that feed readers exchange (https://opml.org/spec2.opml).

Pure. Owns the reading of such a file, whoever wrote it, and the writing of ours. Refuses files
that declare entities, for those are bombs, and what breaks off, with the line.
"""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

from bot.domain.errors import ParseError
from bot.domain.feeds import ListedFeed, comparable_address
from bot.news.feeds.feed_bytes import first_bytes_on
from bot.news.feeds.images import web_address

MAX_BYTES: Final = 1024 * 1024
MAX_FEEDS: Final = 1_000

_MAX_DEPTH = 100
_MAX_NAME_LENGTH = 200
# Programs that build their XML by hand leave the & of addresses bare, and write &nbsp; of HTML.
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
# XML 1.0, 2.2: what a document may not hold, even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def listed_feeds(body: bytes) -> tuple[ListedFeed, ...]:
    """The feeds of an OPML file in its order, nested ones too, each address once.

    The address of an outline is its `xmlUrl`, else the `url` of one that is no link; its name
    `title`, else `text`. Addresses that are not http or https are left out. Raises ParseError,
    with the reason, for more than a megabyte or 1,000 feeds, entity declarations, broken XML,
    another kind of document, and a list without feeds.
    """
    if len(body) > MAX_BYTES:
        raise ParseError("the file is larger than a megabyte")
    outlines = _Outlines()
    try:
        outlines.read(_BARE_AMPERSAND.sub(b"&amp;", first_bytes_on(body)))
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise ParseError(f"the file is broken at line {error.lineno}: {reason}") from None
    except (LookupError, ValueError):
        raise ParseError("the file is in an encoding that cannot be read") from None
    if not outlines.found:
        raise ParseError("the file lists no feeds")
    return tuple(outlines.found.values())


class _Outlines:
    """What one reading of a file found, by comparable address."""

    def __init__(self) -> None:
        self.found: dict[str, ListedFeed] = {}
        self._depth = 0

    def read(self, document: bytes) -> None:
        """Read a file into `found`; raises ExpatError or ParseError when it is no OPML."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = _refuse_entity
        parser.Parse(document, True)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and tag.lower() != "opml":
            raise ParseError(f"the file is no OPML, it begins with <{tag[:40]}>")
        if self._depth > _MAX_DEPTH:
            raise ParseError(f"the outlines are nested more than {_MAX_DEPTH} deep")
        if tag.lower() != "outline":
            return
        feed = _listed_feed({name.lower(): value for name, value in attributes.items()})
        if feed is None:
            return
        self.found.setdefault(comparable_address(feed.url), feed)
        if len(self.found) > MAX_FEEDS:
            raise ParseError(f"the file lists more than {MAX_FEEDS:,} feeds")

    def _end(self, tag: str) -> None:
        del tag
        self._depth -= 1


def _refuse_entity(*_: object) -> None:
    raise ParseError("the file declares entities")


def _listed_feed(attributes: Mapping[str, str]) -> ListedFeed | None:
    """The feed of an outline; a folder, a comment or a link to a page has none."""
    is_page = attributes.get("type", "").lower() in {"link", "include"}
    address = attributes.get("xmlurl") or ("" if is_page else attributes.get("url", ""))
    # Apple's podcasts and some readers write feed: for what is fetched over http.
    address = re.sub(r"^feed:(?://)?(?=https?:)", "", address.strip(), flags=re.IGNORECASE)
    url = web_address(re.sub(r"^feed://", "http://", address, flags=re.IGNORECASE), "")
    if url is None:
        return None
    name = _plain(attributes.get("title", "")) or _plain(attributes.get("text", ""))
    return ListedFeed(url, name[:_MAX_NAME_LENGTH].rstrip())


def _plain(name: str) -> str:
    return " ".join(html.unescape(name).split())


def opml_document(feeds: Iterable[ListedFeed], made_at: datetime) -> bytes:
    """An OPML 2.0 file of feeds in the order given, as UTF-8; `listed_feeds` reads it back.

    A feed without a name goes by its address.
    """
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = "Sources of Coinbell"
    ET.SubElement(head, "dateCreated").text = format_datetime(made_at, usegmt=True)
    outlines = ET.SubElement(root, "body")
    for feed in feeds:
        name = _NOT_XML.sub("", feed.name) or feed.url
        ET.SubElement(outlines, "outline", type="rss", text=name, title=name, xmlUrl=feed.url)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"
