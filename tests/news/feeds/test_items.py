"""What an item must have to be shown, and what stands in for what is missing."""

from datetime import UTC, datetime

import pytest

from bot.news.feeds.images import Picture
from bot.news.feeds.items import (
    Markup,
    RawItem,
    clean_categories,
    clean_language,
    cleaned_item,
    finished_item,
)

BASE = "https://ledger.example/"


def test_an_item_without_title_and_text_is_none() -> None:
    raw = RawItem(BASE, guid="1", links=("https://ledger.example/1",))
    assert finished_item(raw) is None
    bare = cleaned_item(raw)
    assert (bare.guid, bare.title, bare.url) == ("1", "", "https://ledger.example/1")


def test_the_title_comes_from_the_beginning_of_the_text() -> None:
    item = finished_item(RawItem(BASE, bodies=(Markup("<p>Short. Then more.</p>"),)))
    assert item is not None
    assert item.title == "Short."
    long = finished_item(RawItem(BASE, summary=Markup("word " * 100)))
    assert long is not None
    assert len(long.title) <= 120
    assert long.title.endswith("…")


def test_the_body_is_the_longest_text() -> None:
    texts = (Markup("<p>The longer text of the two.</p>"), Markup("Short"))
    item = finished_item(RawItem(BASE, summary=Markup("Middling text."), bodies=texts))
    assert item is not None
    assert (item.summary, item.body) == ("Middling text.", "The longer text of the two.")


def test_a_body_of_headings_alone_is_kept() -> None:
    assert Markup("<h1>Only a heading</h1>").text(headings=False) == "Only a heading"


def test_the_first_link_that_can_be_followed_is_taken() -> None:
    item = finished_item(RawItem(BASE, title=Markup("T"), links=("javascript:x", "", "/good")))
    assert item is not None
    assert item.url == "https://ledger.example/good"


def test_a_guid_of_absurd_length_becomes_its_digest() -> None:
    item = finished_item(RawItem(BASE, title=Markup("T"), guid="g" * 5_000))
    assert item is not None
    assert item.guid.startswith("sha256:")
    assert len(item.guid) < 100


def test_dates_before_there_was_a_web_are_none() -> None:
    old = RawItem(BASE, title=Markup("T"), published_at=datetime(1970, 1, 1, tzinfo=UTC))
    item = finished_item(old)
    assert item is not None
    assert item.published_at is None


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Markets", " markets ", "MARKETS"], ("Markets",)),
        (["Price&#8217;s", "<b>Bold</b>", ""], ("Price’s", "Bold")),  # noqa: RUF001
        (["https://ledger.example/tag/stable-coins/"], ("stable coins",)),
        (["x" * 200], ()),
    ],
)
def test_categories_are_cleaned(names: list[str], expected: tuple[str, ...]) -> None:
    assert clean_categories(names) == expected


def test_categories_have_an_end() -> None:
    assert len(clean_categories(str(number) for number in range(1_000))) == 50


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("en", "en"),
        (" pt_BR ", "pt-BR"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("English!", None),
        (None, None),
    ],
)
def test_languages(value: str | None, tag: str | None) -> None:
    assert clean_language(value) == tag


def test_items_that_all_link_to_the_front_page_are_told_apart_by_their_texts() -> None:
    links = ("https://ledger.example/",)
    items = [finished_item(RawItem(BASE, title=Markup(t), links=links)) for t in ("One", "Two")]
    guids = {item.guid for item in items if item is not None}
    assert len(guids) == 2
    assert all(guid.startswith("sha256:") for guid in guids)


def test_of_what_an_item_lists_without_end_the_beginning_is_looked_at() -> None:
    """Half a million key words, links or pictures would keep the program busy for seconds."""
    assert clean_categories(["", "Early"] * 100 + ["Late"]) == ("Early",)
    raw = RawItem(
        BASE,
        title=Markup("T"),
        links=("javascript:x",) * 200 + ("/late",),
        bodies=(Markup("x"),) * 10 + (Markup("The longest of them all"),),
        pictures=(Picture("/pixel.gif"),) * 200 + (Picture("/late.jpg"),),
    )
    item = finished_item(raw)
    assert item is not None
    assert (item.url, item.body, item.image_url) == (None, "x", None)
