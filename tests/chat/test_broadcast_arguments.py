"""What an operator types behind /broadcast."""

from datetime import timedelta
from typing import Any

import pytest
import telegram
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.broadcast_arguments import (
    Draft,
    checked_draft,
    read_audience,
    split_buttons,
)
from bot.chat.message_html import Written
from bot.domain.audiences import EVERYBODY, Audience
from bot.domain.chats import ChatKind
from bot.domain.errors import ArgumentError
from bot.domain.outbox import Button
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from tests.chat.conftest import ASSETS

SOURCES = {"coindesk": "CoinDesk"}
BITCOIN = Topic(TopicKind.ASSET, "bitcoin")
GROUPS = (ChatKind.GROUP, ChatKind.SUPERGROUP)
DAYS = timedelta(days=30)


def read(text: str) -> tuple[Audience, str]:
    asked = read_audience(Written(text), ASSETS, SOURCES)
    return asked.audience, asked.rest.text


@pytest.mark.parametrize(
    ("text", "audience", "rest"),
    [
        ("We are back", EVERYBODY, "We are back"),
        ("to:all Hi", EVERYBODY, "Hi"),
        ("to:private Hi", Audience(kinds=(ChatKind.PRIVATE,)), "Hi"),
        ("to:groups,channel Hi", Audience(kinds=(*GROUPS, ChatKind.CHANNEL)), "Hi"),
        ("TO:Group\nHi", Audience(kinds=GROUPS), "Hi"),
        ("to:private,all Hi", EVERYBODY, "Hi"),
        ("lang:de Hi", Audience(languages=("de",)), "Hi"),
        ("lang:de,pt-BR,de Hi", Audience(languages=("de", "pt-br")), "Hi"),
        ("topic:BTC Hi", Audience(topics=(BITCOIN,)), "Hi"),
        (
            "topic:$btc,#regulation,@coindesk Hi",
            Audience(
                topics=(
                    BITCOIN,
                    Topic(TopicKind.CATEGORY, "regulation"),
                    Topic(TopicKind.SOURCE, "coindesk"),
                )
            ),
            "Hi",
        ),
        (
            'topic:"internet computer",“spot etf”,all Hi',
            Audience(
                topics=(
                    Topic(TopicKind.ASSET, "internet-computer"),
                    Topic(TopicKind.WORDS, "spot etf"),
                    EVERYTHING,
                )
            ),
            "Hi",
        ),
        ("active:30d Hi", Audience(active_within=DAYS), "Hi"),
        ("active:4w Hi", Audience(active_within=timedelta(weeks=4)), "Hi"),
        (
            "to:private lang:de topic:BTC active:30d Text…",
            Audience((ChatKind.PRIVATE,), ("de",), (BITCOIN,), DAYS),
            "Text…",
        ),
        ("to\uff1aprivate Hi", Audience(kinds=(ChatKind.PRIVATE,)), "Hi"),
        ("to:private", Audience(kinds=(ChatKind.PRIVATE,)), ""),
        ("Hi to:private", EVERYBODY, "Hi to:private"),
        ("https://example.org is back", EVERYBODY, "https://example.org is back"),
        ("Update:now", EVERYBODY, "Update:now"),
        ("Top: the news", EVERYBODY, "Top: the news"),
        ("", EVERYBODY, ""),
    ],
)
def test_conditions_stand_in_front(text: str, audience: Audience, rest: str) -> None:
    assert read(text) == (audience, rest)


@pytest.mark.parametrize(
    ("text", "text_id", "typed"),
    [
        ("lnag:de Hi", "broadcast.condition_unknown", "lnag:de"),
        ("language:de Hi", "broadcast.condition_unknown", "language:de"),
        ("to:private topics:BTC Hi", "broadcast.condition_unknown", "topics:BTC"),
        ("lang:de lang:en Hi", "broadcast.condition_twice", "lang"),
        ("to: private Hi", "broadcast.condition_empty", "to"),
        ("topic:,, Hi", "broadcast.condition_empty", "topic"),
        ("to:everyone Hi", "broadcast.kind_unknown", "everyone"),
        ("to:private,bots Hi", "broadcast.kind_unknown", "bots"),
        ("lang:german Hi", "broadcast.language_unreadable", "german"),
        ("lang:% Hi", "broadcast.language_unreadable", "%"),
        ("active:soon Hi", "broadcast.span_unreadable", "soon"),
        ("active:0d Hi", "broadcast.span_unreadable", "0d"),
        ("active:30 Hi", "broadcast.span_unreadable", "30"),
        ("active:999w Hi", "broadcast.span_unreadable", "999w"),
        ("topic:nosuch Hi", "topic.unknown", "nosuch"),
        ("topic:@nosuch Hi", "source.unknown", "@nosuch"),
    ],
)
def test_a_condition_that_cannot_be_read_is_refused(text: str, text_id: str, typed: str) -> None:
    """It must not go to everybody as the first word of the text."""
    with pytest.raises(ArgumentError) as refused:
        read(text)
    assert refused.value.argument_text_id == text_id
    assert typed in refused.value.values.values()


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        audience, rest = read(text)
    except ArgumentError:
        return
    assert text.strip().endswith(rest)
    assert isinstance(audience, Audience)


def link(label: str, url: str) -> Button:
    return Button(label, url=url)


@pytest.mark.parametrize(
    ("text", "rest", "rows"),
    [
        ("Hi", "Hi", ()),
        ("Hi\n[Read](https://x.example)", "Hi", ((link("Read", "https://x.example"),),)),
        (
            "Hi\n\n[A](https://a.example) [B](https://b.example/x_(y))\n [C](http://c.example)\n",
            "Hi",
            (
                (link("A", "https://a.example"), link("B", "https://b.example/x_(y)")),
                (link("C", "http://c.example"),),
            ),
        ),
        (
            "[A](https://a.example)[B](https://b.example)",
            "",
            ((link("A", "https://a.example"), link("B", "https://b.example")),),
        ),
        ("See [A](https://a.example)", "See [A](https://a.example)", ()),
        ("[A](https://a.example)\nHi", "[A](https://a.example)\nHi", ()),
        ("Hi\n[1] a note (of mine)", "Hi\n[1] a note (of mine)", ()),
    ],
)
def test_buttons_stand_in_lines_at_the_end(text: str, rest: str, rows: Any) -> None:
    left, found = split_buttons(Written(text))
    assert (left.text, found) == (rest, rows)


@pytest.mark.parametrize(
    ("line", "text_id"),
    [
        ("[Read](ftp://x.example)", "broadcast.button_url"),
        ("[Read](x.example)", "broadcast.button_url"),
        ("[Read](https://localhost/x)", "broadcast.button_url"),
        ("[Read](javascript:alert(1))", "broadcast.button_url"),
        ("[Read](https://x example)", "broadcast.button_url"),
        ("[Read]()", "broadcast.button_url"),
        ("[ ](https://x.example)", "broadcast.button_label"),
        (f"[{'x' * 65}](https://x.example)", "broadcast.button_label"),
        ("\n".join(["[x](https://x.example)"] * 13), "broadcast.button_many"),
    ],
)
def test_a_button_that_telegram_would_not_take_is_refused(line: str, text_id: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        split_buttons(Written(f"Hi\n{line}"))
    assert refused.value.argument_text_id == text_id


def test_a_line_of_endless_brackets_is_read_in_no_time() -> None:
    text = "[a](" * 900 + "x"
    assert split_buttons(Written(text))[0].text == text


def formatted(text: str, kind: str, offset: int, length: int) -> Written:
    return Written(text, (telegram.MessageEntity(kind, offset, length),))


@pytest.mark.parametrize(
    ("written", "html"),
    [
        (Written("We are <back> & well"), "We are &lt;back&gt; &amp; well"),
        (Written("<b>Bold</b> &lt;3"), "<b>Bold</b> &lt;3"),
        (formatted("so bold", "bold", 3, 4), "so <b>bold</b>"),
        (formatted("<b> is bold", "bold", 0, 3), "<b>&lt;b&gt;</b> is bold"),
        (formatted("<b>x</b> https://x.example", "url", 9, 17), "<b>x</b> https://x.example"),
        (Written("x" * 4096), "x" * 4096),
    ],
)
def test_formatting_of_the_app_wins_over_typed_tags(written: Written, html: str) -> None:
    assert checked_draft(written, None, ()) == Draft(html)


@pytest.mark.parametrize(
    ("text", "photo", "text_id"),
    [
        ("<b>Bold", None, "markup.not_closed"),
        ("<b>1 < 2</b>", None, "markup.lone_sign"),
        ("x" * 10_000, None, "broadcast.too_long"),
        ("🔔" * 2049, None, "broadcast.too_long"),
        ("x" * 1025, "AgA", "broadcast.caption_too_long"),
        ("<b></b>" * 4600 + "x", None, "broadcast.too_long"),
        ("", None, "broadcast.none"),
        ("<b> </b>", None, "broadcast.none"),
    ],
)
def test_what_telegram_would_refuse_is_refused_before(
    text: str, photo: str | None, text_id: str
) -> None:
    with pytest.raises(ArgumentError) as refused:
        checked_draft(Written(text), photo, ())
    assert refused.value.argument_text_id == text_id


def test_a_picture_needs_no_words() -> None:
    row = ((link("A", "https://a.example"),),)
    assert checked_draft(Written(), "AgA", row) == Draft("", "AgA", row)
    assert checked_draft(Written("x" * 1024), "AgA", ()).text_html == "x" * 1024
