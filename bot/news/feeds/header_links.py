"""What a server tells of a feed in its Link headers (RFC 8288): the hub, and the feed's own name.

Pure. Owns the reading of that header, broken ones included, as far as WebSub wants it. Refuses
links of other documents, and addresses that are not http or https.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from multidict import MultiMapping

from bot.news.feeds.images import web_address
from bot.news.feeds.items import ParsedFeed

_MOST_LETTERS = 16_000
_MOST_LINKS = 100
# Each letter is looked at once, however broken the header.
_PARAMETER = r"""\s*+;\s*+[^\s;,="<]*+(?:\s*+=\s*+(?:"[^"]*+"?+|[^\s;,"<]*+))?+"""
_LINK = re.compile(rf"<(?P<target>[^<>]*+)>(?P<parameters>(?:{_PARAMETER})*+)")
_NAMED = re.compile(
    r""";\s*+(?P<name>[^\s;,=]++)\s*+=\s*+(?:"(?P<quoted>[^"]*+)|(?P<bare>[^\s;,]*+))"""
)


def with_header_links(feed: ParsedFeed, headers: Mapping[str, str], url: str) -> ParsedFeed:
    """The feed with the hub and the topic that the headers of its answer name.

    They come before those of its body (WebSub, section 4). `url` is what answered, against which
    relative links are resolved.
    """
    links = list(islice(_links(headers), _MOST_LINKS))
    return replace(
        feed,
        hub_url=_first(links, "hub", url) or feed.hub_url,
        hub_topic_url=_first(links, "self", url) or feed.hub_topic_url,
    )


def _first(links: list[tuple[str, list[str]]], rel: str, url: str) -> str | None:
    found = (web_address(target, url) for target, rels in links if target and rel in rels)
    return next((address for address in found if address), None)


def _links(headers: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """The targets of the Link headers, each with its relations in lower case."""
    given = headers.getall("Link", []) if isinstance(headers, MultiMapping) else ()
    for link in _LINK.finditer(", ".join(given)[:_MOST_LETTERS]):
        parameters: dict[str, str] = {}
        for found in _NAMED.finditer(link["parameters"]):
            value = found["quoted"] if found["quoted"] is not None else found["bare"]
            # Of a repeated one the first counts (RFC 8288, section 3.3).
            parameters.setdefault(found["name"].lower(), value)
        # Bytes beyond ASCII do not belong here, and may be no text at all.
        if "anchor" not in parameters and link["target"].isascii():
            yield link["target"].strip(), parameters.get("rel", "").lower().split()
