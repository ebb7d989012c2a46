"""Feeds of every format, and of none, to items."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articles import FeedItem
from bot.domain.errors import ParseError
from bot.news.feeds.feed import parsed_feed

RssOf = Callable[..., bytes]
BASE = "https://ledger.example/feed"


def items_of(body: bytes, content_type: str | None = "application/xml") -> tuple[FeedItem, ...]:
    return parsed_feed(body, content_type, BASE).items


def only_item(body: bytes, content_type: str | None = "application/xml") -> FeedItem:
    (item,) = items_of(body, content_type)
    return item


# ---- the formats


def test_rss_2(rss_of: RssOf) -> None:
    body = rss_of(
        """<title><![CDATA[Bitcoin passes <b>$97,800</b> ]]></title>
        <link>
            https://ledger.example/bitcoin-97800
        </link>
        <guid isPermaLink="false">story-17</guid>
        <pubDate>Wed, 14 Jan 2026 15:04:05 -0500</pubDate>
        <description><![CDATA[<p>The price rose.</p><p>Nobody knows why.</p>]]></description>
        <content:encoded><![CDATA[<h2>What happened</h2><p>The price rose.</p><p>Nobody knows
        why, and everybody has a theory.</p>]]></content:encoded>
        <category>Markets</category><category domain="tag">Bitcoin ETF</category>
        <dc:subject>markets</dc:subject>
        <media:content url="https://img.example/1.jpg" medium="image" width="1200"/>""",
        channel="<language>en-US</language><ttl>5</ttl>",
    )
    feed = parsed_feed(body, "application/rss+xml", BASE)
    assert (feed.title, feed.language, feed.ttl_seconds) == ("The Ledger", "en-US", 300)
    assert feed.items == (
        FeedItem(
            guid="story-17",
            title="Bitcoin passes $97,800",
            url="https://ledger.example/bitcoin-97800",
            published_at=datetime(2026, 1, 14, 20, 4, 5, tzinfo=UTC),
            summary="The price rose. Nobody knows why.",
            body="The price rose. Nobody knows why, and everybody has a theory.",
            image_url="https://img.example/1.jpg",
            categories=("Markets", "Bitcoin ETF"),
            language="en-US",
        ),
    )


def test_rss_091() -> None:
    body = b"""<rss version="0.91"><channel><title>Old</title><item><title>Still here</title>
    <link>http://old.example/1</link></item></channel></rss>"""
    item = only_item(body)
    assert (item.title, item.url, item.guid) == ("Still here", "http://old.example/1", item.url)


def test_rdf() -> None:
    body = b"""<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="https://rdf.example/"><title>RDF</title></channel>
    <item rdf:about="https://rdf.example/1"><title>An item</title>
    <link>https://rdf.example/1</link><dc:date>2026-01-02T03:04:05+01:00</dc:date>
    <dc:subject>Policy</dc:subject></item></rdf:RDF>"""
    item = only_item(body)
    assert item.published_at == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert (item.guid, item.categories) == ("https://rdf.example/1", ("Policy",))


def test_atom() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"
      xml:base="https://atom.example/blog/">
      <title type="html">Der &lt;i>Bote&lt;/i></title>
      <entry><id>tag:atom.example,2026:1</id>
      <title type="text">Über das &lt;blink> und &amp;amp; mehr</title>
      <link rel="enclosure" type="image/png" href="/bild.png"/>
      <link rel="alternate" href="eins.html"/>
      <updated>2026-02-03T04:05:06Z</updated>
      <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Kurz &amp; <b>gut</b></div>
      </summary><category term="markt" label="Markt"/></entry></feed>""".encode()
    item = only_item(body)
    assert item.guid == "tag:atom.example,2026:1"
    assert item.title == "Über das <blink> und & mehr"
    assert item.url == "https://atom.example/blog/eins.html"
    assert item.published_at == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert item.summary == "Kurz & gut"
    assert (item.image_url, item.language) == ("https://atom.example/bild.png", "de")
    assert item.categories == ("markt",)


def test_atom_with_base64_content() -> None:
    encoded = base64.b64encode(b"<p>Inside</p>").decode()
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title>
    <content type="application/xhtml+xml" mode="base64">{encoded}</content></entry></feed>"""
    assert only_item(body.encode()).body == "Inside"


def test_json_feed_is_known_by_its_first_character() -> None:
    body = b' \n{"version": "https://jsonfeed.org/version/1.1", "items": [{"title": "J"}]}'
    assert only_item(body, None).title == "J"


# ---- what stands in for what is missing


def test_an_item_needs_a_title_or_a_text(rss_of: RssOf) -> None:
    body = rss_of(
        "<link>https://ledger.example/nothing</link><title></title>",
        "<title> <![CDATA[<img src='x.png'/>]]> </title>",
        "<title>Something</title>",
        "<description>A text alone. And more of it.</description>",
    )
    assert [item.title for item in items_of(body)] == ["Something", "A text alone."]


def test_a_guid_is_the_link_or_a_digest_that_stays(rss_of: RssOf) -> None:
    dated = "<title>Same</title><pubDate>Wed, 14 Jan 2026 15:04:0{} GMT</pubDate>"
    linked, first, again = items_of(
        rss_of(
            "<title>Linked</title><link>https://ledger.example/1</link>",
            dated.format(1),
            dated.format(2),
        )
    )
    assert linked.guid == "https://ledger.example/1"
    assert first.guid == again.guid
    assert first.guid.startswith("sha256:")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("javascript:alert(1)", None),
        ("data:text/html,hello", None),
        ("ftp://ledger.example/x", None),
        ("file:///etc/passwd", None),
        ("http://[broken", None),
        ("/relative/1", "https://ledger.example/relative/1"),
        ("//cdn.example/1", "https://cdn.example/1"),
        ("https://ledger.example/a b", "https://ledger.example/a%20b"),
        ("https://ledger.example/cut\n  here", "https://ledger.example/cuthere"),
        ("", None),
    ],
)
def test_links_are_web_addresses_or_none(rss_of: RssOf, link: str, url: str | None) -> None:
    escaped = link.replace("\n  ", "\n")
    assert only_item(rss_of(f"<title>T</title><link>{escaped}</link>")).url == url


def test_a_guid_that_is_a_bare_word_makes_no_link(rss_of: RssOf) -> None:
    item = only_item(rss_of("<title>T</title><guid>8891</guid>"))
    assert (item.guid, item.url) == ("8891", None)


def test_a_guid_that_is_a_permalink_makes_the_link(rss_of: RssOf) -> None:
    item = only_item(rss_of("<title>T</title><guid>https://ledger.example/9</guid>"))
    assert item.url == "https://ledger.example/9"


@pytest.mark.parametrize(
    ("date", "published_at"),
    [
        ("Wed, 14 Jan 2026 15:04:05 -0500", datetime(2026, 1, 14, 20, 4, 5, tzinfo=UTC)),
        ("2026-01-14T15:04:05Z", datetime(2026, 1, 14, 15, 4, 5, tzinfo=UTC)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", datetime(2100, 1, 1, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Wed, 31 Jun 2026 25:61:61 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates(rss_of: RssOf, date: str, published_at: datetime | None) -> None:
    """A date in the future is kept as it is given; one that cannot be is none."""
    item = only_item(rss_of(f"<title>T</title><pubDate>{date}</pubDate>"))
    assert item.published_at == published_at


def test_a_huge_title_is_cut_at_a_word(rss_of: RssOf) -> None:
    item = only_item(rss_of(f"<title>{'wording ' * 700}</title>"))
    assert len(item.title) <= 500
    assert item.title.endswith("wording…")


def test_an_empty_second_description_does_not_wipe_out_the_first(rss_of: RssOf) -> None:
    body = rss_of(
        "<title>T</title><description>Kept.</description><content:encoded/><dc:description/>"
    )
    assert only_item(body).summary == "Kept."


def test_markup_is_gone_and_scripts_with_it(rss_of: RssOf) -> None:
    body = rss_of(
        "<title>&lt;script&gt;alert(1)&lt;/script&gt;Rates &amp;amp; hopes</title>"
        "<description>&lt;p onclick='x()'&gt;Held&lt;/p&gt;"
        "&lt;style&gt;p{}&lt;/style&gt;</description>"
    )
    item = only_item(body)
    assert (item.title, item.summary) == ("Rates & hopes", "Held")


# ---- broken bodies


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"\n\n<HTML><head>", "web page"),
        (b"just words", "no feed"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "no feed"),
        (b"\x00\x01\x02\x03", "no feed"),
        (b'{"error": "not found"}', "no feed"),
        (b"{broken", "broken JSON"),
    ],
)
def test_what_is_no_feed_is_called_what_it_is(body: bytes, says: str) -> None:
    with pytest.raises(ParseError, match=says):
        parsed_feed(body, None, BASE)


def test_a_feed_without_items_is_a_feed(rss_of: RssOf) -> None:
    assert items_of(rss_of()) == ()


def test_of_a_truncated_feed_the_whole_items_are_read(rss_of: RssOf) -> None:
    """Half an item would come back under another guid when the feed is whole again."""
    whole = rss_of(*(f"<title>Story {n}</title><guid>g{n}</guid>" for n in range(10)))
    cut = whole[: whole.index(b"Story 7") + 4]
    assert [item.guid for item in items_of(cut)] == [f"g{n}" for n in range(7)]


@pytest.mark.parametrize(
    "junk", [b"\n\n  ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\xef\xbb\xbf" * 2]
)
def test_what_stands_before_the_declaration_is_passed_over(rss_of: RssOf, junk: bytes) -> None:
    assert only_item(junk + rss_of("<title>Née</title>")).title == "Née"


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", "text/xml"),
        ("utf-8", "iso-8859-1", "application/xml"),
        ("utf-8", "us-ascii", "text/xml; charset=windows-1252"),
        ("utf-8", "no-such-charset", "text/plain; charset=bogus"),
        ("windows-1252", "windows-1252", "application/xml"),
        ("windows-1252", "utf-8", "application/xml"),
        ("utf-16", "utf-16", "application/xml"),
    ],
)
def test_a_wrong_charset_does_no_harm(encoding: str, declared: str, content_type: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><item>'
        "<title>Café “Zürich” pays</title></item></channel></rss>"
    )
    assert only_item(text.encode(encoding), content_type).title == "Café “Zürich” pays"


@pytest.mark.parametrize("charset", ["undefined", "punycode", "utf-16", "base64", "nope", "Köln"])
@pytest.mark.parametrize("title", ["Fees fell", "Café pays"])
def test_a_charset_that_cannot_be_is_not_believed(charset: str, title: str) -> None:
    """Some programs declare UTF-16 of what they send as UTF-8, or what is no charset at all."""
    text = (
        f'<?xml version="1.0" encoding="{charset}"?><rss version="2.0"><channel><item>'
        f"<title>{title}</title></item></channel></rss>"
    )
    for content_type in (None, f"text/xml; charset={charset}"):
        assert only_item(text.encode(), content_type).title == title


def test_surrogate_references_are_joined_or_dropped(rss_of: RssOf) -> None:
    body = rss_of("<title>Up &#xD83D;&#xDE80; and &#55357;&#56960; and half &#xD83D; gone</title>")
    assert only_item(body).title == "Up 🚀 and 🚀 and half gone"


def test_entities_that_multiply_are_left_alone() -> None:
    """A billion laughs, and one long laugh repeated: neither is unfolded."""
    nested = "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">\n' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    billion = f'<?xml version="1.0"?><!DOCTYPE r [\n<!ENTITY a "ha">\n{nested}]>'
    long = f'<?xml version="1.0"?><!DOCTYPE r [\n<!ENTITY i "{"ha" * 20_000}">\n]>'
    for head in (billion, long):
        title = f"<title>T {'&i;' * 5_000}</title>"
        text = f'{head}<rss version="2.0"><channel><item>{title}</item></channel></rss>'
        assert len(only_item(text.encode()).title) <= 500


@pytest.mark.parametrize(
    "flood",
    [
        b"<a>" * 300_000,
        b"<" * 1_000_000,
        b"<item " + b'x="1" ' * 100_000,
    ],
    ids=["tags", "angle brackets", "attributes"],
)
def test_floods_are_refused(flood: bytes) -> None:
    with pytest.raises(ParseError, match="too many"):
        parsed_feed(b'<rss version="2.0"><channel>' + flood, None, BASE)


def test_at_most_two_thousand_items_are_read(rss_of: RssOf) -> None:
    assert len(items_of(rss_of(*("<title>T</title>",) * 2_050))) == 2_000


@given(st.binary(max_size=300))
def test_any_body_is_a_feed_or_a_parse_error(tail: bytes) -> None:
    for start in (b"", b'<rss version="2.0"><channel><item><title>', b"<feed><entry>"):
        try:
            feed = parsed_feed(start + tail, None, BASE)
        except ParseError:
            continue
        assert all(item.title and item.guid for item in feed.items)


@given(st.text(max_size=200))
def test_any_title_comes_out_clean(title: str) -> None:
    escaped = title.replace("&", "&amp;").replace("<", "&lt;").encode("utf-8", "surrogatepass")
    body = (
        b'<rss version="2.0"><channel><item><title>' + escaped + b"</title></item></channel></rss>"
    )
    for item in parsed_feed(body, "application/xml", BASE).items:
        assert item.title == " ".join(item.title.split())


def test_a_flood_of_pictures_is_looked_through_once() -> None:
    """Comparing each with each would keep the whole bot waiting for minutes."""
    media = '<media:thumbnail url="https://a.example/1.jpg"/><media:content url="/2.jpg"/>'
    body = (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><item>'
        f"<title>T</title>{media * 3_000}</item></channel></rss>"
    )
    (item,) = parsed_feed(body.encode(), None, "https://a.example/").items
    assert item.image_url == "https://a.example/2.jpg"


@pytest.mark.parametrize("header", ["application/xml; charset=utf-16", "text/xml", None])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_wide_feeds_are_read(encoding: str, header: str | None) -> None:
    """Whatever the header and the declaration say of their letters."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>'
        "<item><title>Bitcoin для всех</title></item></channel></rss>"
    )
    (item,) = parsed_feed(text.encode(encoding), header, "https://a.example/").items
    assert item.title == "Bitcoin для всех"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("<hour>1</hour><hour> 13 </hour>", (1, 13)),
        ("<hour>24</hour><hour>3</hour><hour>3</hour>", (0, 3)),  # 24 is how RSS 0.91 wrote 0
        ("<hour>25</hour><hour>night</hour><hour/>", ()),
        ("", ()),
    ],
)
def test_the_hours_to_skip_are_read(rss_of: RssOf, hours: str, expected: tuple[int, ...]) -> None:
    channel = f"<skipHours>\n{hours}\n</skipHours>"
    assert parsed_feed(rss_of("<title>T</title>", channel=channel), None, BASE).skip_hours == (
        expected
    )


@pytest.mark.parametrize(
    ("links", "hub", "topic"),
    [
        ("", None, None),
        ('<atom:link rel="hub" href="true"/>', None, None),
        ('<atom:link rel="hub" href="ftp://hub.example/"/>', None, None),
        (
            (
                '<atom:link rel="hub" href="true"/><atom:link rel="hub" '
                'href="https://hub.example/"/><atom:link rel="self" '
                'href="https://ledger.example/rss"/>'
            ),
            "https://hub.example/",
            "https://ledger.example/rss",
        ),
        ('<atom:link rel="hub" href=" HTTP://hub.example/a b"/>', "HTTP://hub.example/a%20b", None),
    ],
)
def test_the_hub_is_a_whole_web_address(
    rss_of: RssOf, links: str, hub: str | None, topic: str | None
) -> None:
    """Some feeds name a hub called "true"."""
    channel = links.replace("<atom:link", '<atom:link xmlns:atom="http://www.w3.org/2005/Atom"')
    feed = parsed_feed(rss_of("<title>T</title>", channel=channel), None, BASE)
    assert (feed.hub_url, feed.hub_topic_url) == (hub, topic)


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><entry>{}</entry></feed>'


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        ("<title>T</title><summary>S</summary>", "fr"),
        ('<title>T</title><summary xml:lang="de">S</summary>', "de"),
        ('<title xml:lang="en">T</title><summary xml:lang="de">S</summary>', "en"),
        ('<title xml:lang="">T</title>', None),
    ],
)
def test_the_language_of_an_item_is_its_own_before_the_feeds(
    texts: str, language: str | None
) -> None:
    (item,) = parsed_feed(ATOM.format(texts).encode(), None, BASE).items
    assert item.language == language


def test_a_link_without_href_to_an_enclosure_is_not_the_items_address() -> None:
    links = (
        '<link rel="alternate" href="https://a.example/1"/>'
        '<link rel="enclosure">https://a.example/1.mp3</link>'
    )
    (item,) = parsed_feed(ATOM.format(f"<title>T</title>{links}").encode(), None, BASE).items
    assert item.url == "https://a.example/1"


def test_an_item_with_nothing_to_show_is_known_to_tools_alone(rss_of: RssOf) -> None:
    feed = parsed_feed(rss_of("<guid>g-1</guid>", "<title>T</title>"), None, BASE)
    assert [item.title for item in feed.items] == ["T"]
    bare = feed.every_item[0]
    assert (bare.guid, bare.title) == ("g-1", "")
