"""Telegram's HTML mode: the exact errors, the text and the entities."""

from __future__ import annotations

import html as html_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.telegram_html import (
    HtmlError,
    decoded_reference,
    parse_html,
    utf8_length,
    utf16_length,
)


@pytest.mark.parametrize(
    ("html", "error"),
    [
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("one<br/>two", 'Unsupported start tag "br/" at byte offset 3'),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
        ("ö€😀<b", "Unclosed start tag at byte offset 9"),
        ("&lt;😀<bo ld>", 'Unsupported start tag "bo" at byte offset 8'),
        ("<b class", 'Unclosed start tag "b" at byte offset 0'),
        ("<b class = ", 'Unclosed start tag "b" at byte offset 0'),
        ("<b class='x", "Unclosed start tag at byte offset 0"),
        ("<b class=x", "Unclosed start tag at byte offset 0"),
        ("<b ", 'Empty attribute name in the tag "b" at byte offset 0'),
        ('<b "x">', 'Empty attribute name in the tag "b" at byte offset 0'),
        ("é<b =x>", 'Empty attribute name in the tag "b" at byte offset 2'),
        ("<a href=http://x>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<span class='x'>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b></b></", "Unexpected end tag at byte offset 7"),
        ("<b>x</b ", "Unclosed end tag at byte offset 4"),
        (
            "<b>x</i>",
            'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
        ("<i><b>x</b>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("<b x>y", 'Can\'t find end tag corresponding to start tag "b"'),
        (
            "&#xD83D;",
            (
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ),
        ),
        ("<tg-emoji emoji-id='x'>y</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("<tg-time unix='soon'>y</tg-time>", "Invalid Unix time specified"),
    ],
)
def test_broken_html_is_refused_in_the_words_of_telegram(html: str, error: str) -> None:
    with pytest.raises(HtmlError) as caught:
        parse_html(html)
    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("", "", []),
        ("&lt;&gt&amp;&quot;", '<>&"', []),
        ("&nbsp;&apos;&LT;&hellip; & &#0; &#xZ; R&D", None, []),
        ("&#65;&#x42 &#000000000065;", "AB &#000000000065;", []),
        ("<B>x</B>", "x", ["bold 0 1"]),
        ("😀<strong>é</>", "😀é", ["bold 2 1"]),
        ("<b>a<i>b</i></b>", "ab", ["bold 0 2", "italic 1 1"]),
        ("<i>a</i><em></em>b", "ab", ["italic 0 1"]),
        ("<s>a</s><u>b</u><ins >c</ins ><del>d</del>", "abcd", None),
        ("<span class=tg-spoiler>x</span>", "x", ["spoiler 0 1"]),
        ("<pre>x</pre><code>y</code>", "xy", ["pre 0 1", "code 1 1"]),
        ("<blockquote expandable>x</blockquote>", "x", ["expandable_blockquote 0 1"]),
        ("<blockquote unknown='1'>x</blockquote>", "x", ["blockquote 0 1"]),
        ('<a href="localhost">x</a>', "x", []),
        ("<a>no link</a>", "no link", []),
    ],
)
def test_html_becomes_text_and_entities(
    html: str, text: str | None, entities: list[str] | None
) -> None:
    found_text, found = parse_html(html)
    assert found_text == (html if text is None else text)
    if entities is not None:
        assert [f"{e['type']} {e['offset']} {e['length']}" for e in found] == entities


@pytest.mark.parametrize(
    ("html", "entity"),
    [
        ("<a href='HTTP://Ex.com?a=1&amp;b=2'>x</a>", {"url": "http://ex.com/?a=1&b=2"}),
        ("<a href=''>ex.com/news</a>", {"url": "http://ex.com/news"}),
        ("<a href='tg://user?id=42'>x</a>", {"type": "text_mention", "user_id": 42}),
        (
            "<pre><code class='language-py'>x</code></pre>",
            {"type": "pre", "language": "py", "length": 1},
        ),
        ("<code class='language-py'><pre>x</pre></code>", {"type": "pre", "language": "py"}),
        ("<tg-emoji emoji-id='12'>x</tg-emoji>", {"custom_emoji_id": "12"}),
        (
            "<tg-time unix='1760000000' format='wDT'>x</tg-time>",
            {"type": "date_time", "unix_time": 1760000000, "date_time_format": "wDT"},
        ),
    ],
)
def test_tags_with_attributes(html: str, entity: dict[str, object]) -> None:
    _, [found] = parse_html(html)
    assert entity.items() <= found.items()


def test_code_with_a_language_but_without_pre_is_plain_code() -> None:
    assert parse_html("<code class='language-py'>x</code>")[1] == [
        {"type": "code", "offset": 0, "length": 1}
    ]


@given(st.text())
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    expected = text.replace("\0", " ")
    # Telegram knows no &#x27;, only what stands for < > & "
    escaped = html_module.escape(text, quote=False)
    assert parse_html(f"<b>{escaped}</b>")[0] == expected


@given(st.text(alphabet="<>/&;#x1bi ='\"éa😀", max_size=30))
def test_any_input_gives_entities_inside_the_text_or_an_error(html: str) -> None:
    try:
        text, entities = parse_html(html)
    except HtmlError:
        return
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= utf16_length(text)


def test_lengths_count_code_units_and_bytes() -> None:
    assert (utf16_length("a😀é"), utf8_length("a😀é")) == (4, 7)
    assert decoded_reference("x&lt;", 1) == ("<", 5)
    assert decoded_reference("&unknown;", 0) is None
