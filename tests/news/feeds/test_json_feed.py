"""JSON Feed, with every field of the wrong type once."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articles import FeedItem
from bot.domain.errors import ParseError
from bot.news.feeds.json_feed import parsed_json_feed

BASE = "https://ledger.example/feed.json"


def items_of(*entries: object, **feed: object) -> tuple[FeedItem, ...]:
    document = {"title": "The Ledger", **feed, "items": entries}
    return parsed_json_feed(json.dumps(document).encode(), BASE).items


def test_a_whole_item() -> None:
    (item,) = items_of(
        {
            "id": 17,
            "url": "/17",
            "title": "Fees & <b>rates</b>",
            "content_html": "<h1>Head</h1><p>Long <i>text</i> here.</p>",
            "summary": "Short.",
            "image": "https://img.example/17.webp",
            "date_published": "2026-01-14T15:04:05.123456789-05:00",
            "tags": ["Policy", "policy", 7],
            "language": "fr",
        }
    )
    assert item == FeedItem(
        guid="17",
        title="Fees & rates",
        url="https://ledger.example/17",
        published_at=datetime(2026, 1, 14, 20, 4, 5, 123456, tzinfo=UTC),
        summary="Short.",
        body="Long text here.",
        image_url="https://img.example/17.webp",
        categories=("Policy", "7"),
        language="fr",
    )


@pytest.mark.parametrize(
    ("hubs", "hub"),
    [
        ([{"type": "WebSub", "url": "https://hub.example/"}], "https://hub.example/"),
        (
            [
                {"type": "rssCloud", "url": "https://cloud.example/"},
                {"type": "WebSub", "url": "true"},
                "https://hub.example/",
                {"type": "WebSub", "url": "http://hub.example/2"},
            ],
            "http://hub.example/2",
        ),
        ({"type": "WebSub", "url": "https://hub.example/"}, None),
        (None, None),
    ],
)
def test_the_hub_is_the_first_of_websub(hubs: object, hub: str | None) -> None:
    document = {"items": [], "hubs": hubs, "feed_url": BASE}
    feed = parsed_json_feed(json.dumps(document).encode(), "https://elsewhere.example/")
    assert (feed.hub_url, feed.hub_topic_url) == (hub, BASE)


def test_an_item_with_nothing_to_show_is_known_to_tools_alone() -> None:
    document = {"items": [{"id": "1", "title": "T"}, {"id": "2"}]}
    feed = parsed_json_feed(json.dumps(document).encode(), BASE)
    assert [item.guid for item in feed.items] == ["1"]
    assert [item.guid for item in feed.every_item] == ["1", "2"]


def test_a_text_alone_gives_the_title() -> None:
    (item,) = items_of({"content_text": "One line < two. And more."})
    assert (item.title, item.body) == ("One line < two.", "One line < two. And more.")


def test_a_picture_among_the_attachments() -> None:
    (item,) = items_of(
        {
            "title": "T",
            "attachments": [
                {"url": "https://a.example/talk.mp3", "mime_type": "audio/mpeg"},
                {"url": "https://a.example/cover", "mime_type": "image/jpeg"},
            ],
        }
    )
    assert item.image_url == "https://a.example/cover"


@pytest.mark.parametrize("wrong", [None, True, 5, [], {}, [{}], "\ud83d"])
def test_fields_of_the_wrong_type_count_as_absent(wrong: object) -> None:
    fields = (
        "id url external_url summary content_html content_text image banner_image tags "
        "date_published date_modified attachments language"
    )
    (item,) = items_of({"title": "T", **dict.fromkeys(fields.split(), wrong)}, language=wrong)
    assert item.title == "T"
    assert item.published_at is None


def test_what_is_no_item_is_passed_over() -> None:
    assert items_of(None, 5, "text", [], {}, {"url": "https://a.example"}) == ()


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"{}", b'{"items": {}}', b'{"items": null}', b"[" * 100_000, b"5"]
)
def test_what_is_no_json_feed_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        parsed_json_feed(body, BASE)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["url", "title", "id", "tags"]), inner, max_size=3)
    ),
)


@given(
    st.lists(st.dictionaries(st.sampled_from(["title", "id", "tags", "image"]), VALUES), max_size=3)
)
def test_any_items_are_read_without_trouble(entries: list[dict[str, object]]) -> None:
    assert all(item.title for item in items_of(*entries))
