"""What the tests of news share: small feeds to fill in, and the registry."""

from collections.abc import Callable

import pytest

from bot.news.assets.mentions import MentionFinder
from bot.news.assets.registry import load_registry

RssOf = Callable[..., bytes]


@pytest.fixture
def rss_of() -> RssOf:
    """Writes an RSS document around the XML of its items."""

    def rss(*items: str, channel: str = "", encoding: str = "utf-8") -> bytes:
        namespaces = (
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:media="http://search.yahoo.com/mrss/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
        )
        inner = "".join(f"<item>{item}</item>\n" for item in items)
        text = (
            f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0" {namespaces}>'
            f"<channel><title>The Ledger</title>{channel}{inner}</channel></rss>"
        )
        return text.encode(encoding)

    return rss


@pytest.fixture(scope="session")
def finder() -> MentionFinder:
    return MentionFinder(load_registry())
