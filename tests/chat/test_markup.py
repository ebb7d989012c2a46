"""Telegram's HTML, checked before it is sent; the stand-in's parser is the measure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.markup import looks_like_html, visible_text
from bot.demo.telegram_html import HtmlError, parse_html
from bot.domain.errors import ArgumentError


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("<b>bold</b> &lt;3 &amp; <i>so</i>", "bold <3 & so"),
        ('<a href="https://x.example/?a=1&amp;b=2">here</a>', "here"),
        ("<pre><code class='language-py'>x</code></pre>", "x"),
        ('<span class="tg-spoiler">who</span> <tg-spoiler>did</tg-spoiler> it', "who did it"),
        ("<blockquote expandable>long</blockquote>", "long"),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍"),
        ("<B>loud</b > &#128276; &#x1F514; &nbsp;", "loud 🔔 🔔 &nbsp;"),
        ("<u>open</>", "open"),
    ],
)
def test_what_telegram_takes(html: str, text: str) -> None:
    assert visible_text(html) == text
    assert parse_html(html)[0] == text


@pytest.mark.parametrize(
    ("html", "text_id", "values"),
    [
        ("a < b", "markup.lone_sign", {}),
        ("<h1>Title</h1>", "markup.unknown_tag", {"tag": "h1"}),
        ("one<br/>two", "markup.unknown_tag", {"tag": "br/"}),
        ("<b>bold", "markup.not_closed", {"tag": "b"}),
        ("<b><i>x</b></i>", "markup.crossed", {"tag": "b", "expected": "i"}),
        ("x</b>", "markup.not_opened", {"tag": "b"}),
        ("<b", "markup.broken_tag", {"tag": "b"}),
        ("<b>x</b", "markup.broken_tag", {"tag": "b"}),
        ("<a href=https://x.example>x</a>", "markup.broken_tag", {"tag": "a"}),
        ('<a href="https://x.example>x</a>', "markup.broken_tag", {"tag": "a"}),
        ("<span>x</span>", "markup.broken_tag", {"tag": "span"}),
        ("<tg-emoji>x</tg-emoji>", "markup.broken_tag", {"tag": "tg-emoji"}),
        ("<tg-time unix=x>x</tg-time>", "markup.broken_tag", {"tag": "tg-time"}),
        ("&#xD800;", "markup.no_character", {"typed": "&#xD800;"}),
    ],
)
def test_what_telegram_refuses_is_named(html: str, text_id: str, values: dict[str, str]) -> None:
    with pytest.raises(HtmlError):
        parse_html(html)
    with pytest.raises(ArgumentError) as refused:
        visible_text(html)
    assert (refused.value.argument_text_id, refused.value.values) == (text_id, values)


# Pieces of HTML, one a line.
_SHREDS = """
<b>
</b>
<i>
</i>
<a href="x">
</a>
<a href=x>
<a href='x">
<span>
<span class="tg-spoiler">
</span>
</>
<h1>
<br/>
</b
</b >
< b>
<B>
<b x=1 y>
<b x='1'y>
<b x="
<b =>
<b x==>
<code class=language-x>
&lt;
&ltx
&amp
&#x41;
&#65
&#xD800;
&#9999999999;
&nbsp;
&quot;;
"""
_PIECES = st.sampled_from([*_SHREDS.split("\n"), "<pre\n>", "\0", "🔔", *"<>&\"'=x /"])


@given(st.lists(_PIECES, max_size=8).map("".join) | st.text(alphabet="<>/ab =\"'&#x;ltgm1"))
def test_any_html_is_read_and_refused_as_telegram_does(html: str) -> None:
    try:
        expected: str | None = parse_html(html)[0]
    except HtmlError:
        expected = None
    try:
        found: str | None = visible_text(html)
    except ArgumentError:
        found = None
    assert found == expected


def test_a_tag_with_endless_attributes_is_read_in_no_time() -> None:
    """A pattern that tries every split would never end."""
    with pytest.raises(ArgumentError):
        visible_text("<a " + "a" * 4000 + '"')


@pytest.mark.parametrize(
    ("text", "is_html"),
    [
        ("<b>bold</b>", True),
        ("<b>never closed", True),
        ("<h1>Title</h1>", True),
        ('see <a href="x">here', True),
        ("a < b and b > a", False),
        ("We are <back> & well", False),
        ("Maintenance at <noon>", False),
        ("<3", False),
        ("x <bold>", False),
    ],
)
def test_when_a_text_counts_as_html(text: str, is_html: bool) -> None:
    assert looks_like_html(text) is is_html
