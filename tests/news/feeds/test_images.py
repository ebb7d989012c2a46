"""The picture that goes with an item, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.feeds.images import Picture, best_picture, looks_like_picture, size_of, web_address

BASE = "https://ledger.example/feed"
GOOD = "https://img.example/cover.jpg"


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([], None),
        ([Picture(GOOD)], GOOD),
        ([Picture("/cover.jpg")], "https://ledger.example/cover.jpg"),
        ([Picture("//img.example/cover.jpg")], GOOD),
        ([Picture("https://img.example/s.jpg", 150), Picture(GOOD, 1200)], GOOD),
        ([Picture(GOOD), Picture("https://img.example/2.jpg")], GOOD),
        ([Picture("javascript:x"), Picture(GOOD)], GOOD),
        ([Picture("data:image/png;base64,xx")], None),
        ([Picture("https://img.example/p.gif", 1, 1), Picture(GOOD)], GOOD),
        ([Picture("https://secure.gravatar.com/avatar/1?s=96"), Picture(GOOD)], GOOD),
        ([Picture("https://s.w.org/images/core/emoji/1.png"), Picture(GOOD)], GOOD),
        ([Picture("https://img.example/spacer.gif")], None),
        ([Picture("https://img.example/logo.svg")], None),
        ([Picture("")], None),
    ],
)
def test_the_best_of_what_the_feed_offers(offered: list[Picture], chosen: str | None) -> None:
    assert best_picture(offered, [], BASE) == chosen


@pytest.mark.parametrize(
    ("markup", "chosen"),
    [
        (f'<p><img src="{GOOD}" alt="x"></p>', GOOD),
        (f"<IMG SRC='{GOOD}'/>", GOOD),
        (f"<img src={GOOD}>", GOOD),
        (f'<img src="https://t.example/x.gif" width="1" height="1"><img src="{GOOD}">', GOOD),
        (f'<img src="data:image/gif;base64,R0" data-src="{GOOD}">', GOOD),
        ('<img src="https://img.example/a.jpg?w=1&amp;h=2">', "https://img.example/a.jpg?w=1&h=2"),
        ('<img src="/a.jpg">', "https://ledger.example/a.jpg"),
        ("<img>", None),
        ("no picture", None),
        ("<img src=", None),
    ],
)
def test_a_picture_inside_the_text_when_none_is_offered(markup: str, chosen: str | None) -> None:
    assert best_picture([], ["", markup], BASE) == chosen


def test_what_is_offered_comes_before_what_is_inside() -> None:
    inside = '<img src="https://img.example/inside.jpg" width="3000">'
    assert best_picture([Picture(GOOD)], [inside], BASE) == GOOD


@pytest.mark.parametrize(
    ("url", "mime", "medium", "expected"),
    [
        ("https://a.example/1.JPG?x=1", "", "", True),
        ("https://a.example/plain/1.jpg@png", "", "", True),
        ("https://a.example/1", "", "", False),
        ("https://a.example/1", "image/*", "", True),
        ("https://a.example/1", "", "image", True),
        ("https://a.example/1.jpg", "audio/mpeg", "", False),
        ("https://a.example/1.jpg", "", "video", False),
    ],
)
def test_which_links_are_pictures(url: str, mime: str, medium: str, expected: bool) -> None:
    assert looks_like_picture(url, mime, medium) is expected


@pytest.mark.parametrize(
    ("value", "size"), [("640", 640), (" 640px", 640), (None, None), ("100%", 100), ("auto", None)]
)
def test_sizes(value: object, size: int | None) -> None:
    assert size_of(value) == size


@given(st.text(), st.text())
def test_any_text_is_a_web_address_or_none(url: str, base: str) -> None:
    address = web_address(url, base)
    assert address is None or address.lower().startswith(("http://", "https://"))


@given(st.text(alphabet="<img src='\"=> /a.jpg", max_size=300))
def test_any_markup_is_searched_without_trouble(markup: str) -> None:
    assert best_picture([], [markup], "") is None


def test_attributes_without_end_are_read_once() -> None:
    """Each beginning looked at to the end would take minutes for one feed's worth of them."""
    markup = f"<img {'a' * 3_900}>" * 20
    assert best_picture([], [markup] * 200, BASE) is None
