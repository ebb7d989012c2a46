"""The hub and the topic that Link headers name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from bot.news.feeds.header_links import with_header_links
from bot.news.feeds.items import ParsedFeed

URL = "https://ledger.example/feed.xml"
HUB, TOPIC = "https://hub.example/", "https://ledger.example/feed"
OF_BODY = ParsedFeed(
    "Ledger", (), hub_url="https://body.example/hub", hub_topic_url="https://body.example/feed"
)


def linked(*links: str, feed: ParsedFeed = OF_BODY) -> tuple[str | None, str | None]:
    headers = CIMultiDict([("Link", link) for link in links])
    found = with_header_links(feed, CIMultiDictProxy(headers), URL)
    return found.hub_url, found.hub_topic_url


@pytest.mark.parametrize(
    "links",
    [
        (f'<{HUB}>; rel="hub"', f'<{TOPIC}>; rel="self"'),
        (f"<{HUB}>; rel=hub, <{TOPIC}>; rel=self",),
        (f'<{HUB}>;title="a, b; c";REL="Hub preload" , <{TOPIC}>  ; rel = SELF',),
        (f"<{HUB}>; rel=hub; rel=next, </feed>; rel=self",),
        (f"<https://other.example/>; rel=hub; anchor=x, <{HUB}>; rel=hub, <feed>; rel=self",),
        (
            f"<javascript:x>; rel=hub, <{HUB}>; rel=hub",
            "<http://b\xe9>; rel=self, <feed>; rel=self",
        ),
    ],
)
def test_the_hub_and_the_topic_of_the_headers_come_before_those_of_the_body(
    links: tuple[str, ...],
) -> None:
    assert linked(*links) == (HUB, TOPIC)


@pytest.mark.parametrize(
    "links",
    [
        (),
        ("",),
        (f"{HUB}; rel=hub",),
        (f"<{HUB}>; rel=next",),
        (f"<{HUB}>; rel=next; rel=hub",),
        ("<>; rel=hub, <mailto:hub@hub.example>; rel=hub",),
        ("<https://hub.example/\udce9>; rel=hub",),
    ],
)
def test_without_usable_ones_those_of_the_body_stay(links: tuple[str, ...]) -> None:
    assert linked(*links) == (OF_BODY.hub_url, OF_BODY.hub_topic_url)


def test_each_is_taken_by_itself() -> None:
    assert linked(f"<{HUB}>; rel=hub") == (HUB, OF_BODY.hub_topic_url)
    assert linked(f"<{HUB}>; rel=hub", feed=ParsedFeed("Ledger", ())) == (HUB, None)


@given(st.lists(st.text('<>;,="relhubsf a', max_size=60), max_size=5))
def test_any_header_is_read(links: list[str]) -> None:
    hub, topic = linked(*links)
    assert hub
    assert topic


def test_a_header_without_end_is_read_at_once() -> None:
    for part in ("<", "<a>;", "<a>;a=", '<a>;a="', "<a>; rel=hub,", ";", "<a;a=b"):
        assert linked(*[part * 4_000] * 20)
