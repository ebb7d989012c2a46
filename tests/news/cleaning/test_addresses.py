"""Which addresses are the same article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.cleaning.addresses import article_address, canonical_url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.org/story", "https://example.org/story"),
        ("HTTP://WWW.Example.ORG/Story/", "https://example.org/Story"),
        ("http://example.org:80/a", "https://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org", "https://example.org"),
        ("https://example.org/#top", "https://example.org"),
        ("https://example.org/a?utm_source=rss&utm_medium=x", "https://example.org/a"),
        ("https://example.org/a?id=7&fbclid=x&gclid=y&ref=z", "https://example.org/a?id=7"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
        ("https://example.org/a?source=rss----1", "https://example.org/a"),
        ("https://example.org/a?source=senate", "https://example.org/a?source=senate"),
        ("https://example.org/a?empty=", "https://example.org/a?empty="),
        ("https://example.org//a///b/", "https://example.org/a/b"),
        ("https://example.org/%7Ebob/ä b", "https://example.org/~bob/%C3%A4%20b"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("  https://example.org/a \n", "https://example.org/a"),
        ("https://m.example.org/a", "https://example.org/a"),
        ("https://www.amp.example.org/a", "https://example.org/a"),
        ("https://amp.dev/a", "https://amp.dev/a"),
        ("https://m.co/a", "https://m.co/a"),
        ("https://example.org/bitcoin-falls/amp/", "https://example.org/bitcoin-falls"),
        ("https://example.org/amp/2026/bitcoin-falls", "https://example.org/2026/bitcoin-falls"),
        ("https://example.org/bitcoin-falls.amp.html", "https://example.org/bitcoin-falls"),
        (
            "https://example.org/bitcoin-falls.html?outputType=amp&amp=1",
            "https://example.org/bitcoin-falls.html",
        ),
        ("https://example.org/price/amp", "https://example.org/price/amp"),
        ("https://example.org/amp/markets", "https://example.org/amp/markets"),
        ("https://www.google.com/amp/s/example.org/a-b", "https://example.org/a-b"),
        (
            "https://example-org.cdn.ampproject.org/c/s/example.org/a-b/amp",
            "https://example.org/a-b",
        ),
        ("https://example.org/news/index.html", "https://example.org/news"),
        ("https://example.org/index.php?p=123", "https://example.org?p=123"),
        ("https://example.org/?p=123&utm_source=x", "https://example.org?p=123"),
        ("https://example.org/story.php?id=9", "https://example.org/story.php?id=9"),
        ("ftp://example.org/a", None),
        ("javascript:alert(1)", None),
        ("mailto:a@example.org", None),
        ("/relative", None),
        ("https://", None),
        ("https://[broken/", None),
        ("https://exa mple.org/", None),
        ("https://example.org:99999/", None),
        ("", None),
    ],
)
def test_canonical_url(url: str, canonical: str | None) -> None:
    assert canonical_url(url) == canonical


PATHS = st.text(alphabet="ab/%2fäé?&=#+ .~;:@", max_size=40)


@given(st.sampled_from(["http://www.", "https://", "HTTPS://WWW.www."]), PATHS)
def test_applying_it_twice_changes_nothing(start: str, path: str) -> None:
    once = canonical_url(f"{start}Example.org/{path}")
    if once is not None:
        assert canonical_url(once) == once


@given(st.lists(st.sampled_from(["amp", "index.html", "a-b", "x.amp.html", "m", ""]), max_size=7))
def test_nested_pages_for_devices_end_in_one_page(segments: list[str]) -> None:
    """Whatever a site stacks, the page has one name."""
    once = canonical_url(f"https://m.amp.example.org/{'/'.join(segments)}?p=1")
    assert once is not None
    assert canonical_url(once) == once
    assert once.startswith("https://example.org")


@given(st.text())
def test_any_text_is_an_address_or_none(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical is None or canonical.startswith("https://")


@given(
    st.sampled_from(["utm_campaign", "fbclid", "gclid", "msclkid", "ref", "mc_cid"]),
    st.text(alphabet="abc019-_%", max_size=20),
)
def test_tracking_never_makes_another_article(name: str, value: str) -> None:
    plain = canonical_url("https://example.org/a?id=1")
    assert canonical_url(f"https://example.org/a?id=1&{name}={value}") == plain


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://www.example.org/story", "https://example.org/story"),
        ("https://example.org/?p=7", "https://example.org?p=7"),
        ("https://example.org/", None),
        ("https://example.org/index.html#/news/7", None),
        ("https://example.org:8443", None),
        ("mailto:desk@example.org", None),
        (None, None),
    ],
)
def test_a_front_page_is_no_articles_address(url: str | None, address: str | None) -> None:
    assert article_address(url) == address
