"""The catalogue: whole, well formed, and safe whatever is put into it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.chat.catalogue import (
    Catalogue,
    Html,
    Voice,
    escaped,
    joined,
    placeholders,
    translations_from,
)
from bot.demo.telegram_html import parse_html
from bot.domain import errors

ROOT = Path(bot.__file__).parent
FILES = sorted((ROOT / "chat" / "texts").glob("*.po"))
ENGLISH = {entry.msgid: entry for entry in polib.pofile(str(ROOT / "chat/texts/en.po"))}
SOURCES = [
    *(ROOT / "chat").rglob("*.py"),
    *(
        ROOT / "domain" / f"{name}.py"
        for name in ("errors", "numbers", "alert_options", "alert_words")
    ),
]
CATALOGUE = Catalogue.load()
# Filled by the program itself: `n` from the count, the others from the command.
GIVEN = {"n", "example", "command"}


def forms(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def calls() -> Iterator[ast.Call]:
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_every_text_in_the_code_is_in_the_catalogue_and_the_other_way_round() -> None:
    areas = {text_id.partition(".")[0] for text_id in ENGLISH}
    used = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z]+\.[a-z0-9_]+", node.value)
        and node.value.partition(".")[0] in areas
    }
    assert used == set(ENGLISH)


def test_every_error_has_a_text() -> None:
    def tree(error: type[errors.CoinbellError]) -> Iterator[type[errors.CoinbellError]]:
        yield error
        for child in error.__subclasses__():
            yield from tree(child)

    assert {error.text_id for error in tree(errors.CoinbellError)} <= set(ENGLISH)


def test_every_argument_error_fills_the_placeholders_of_its_text() -> None:
    raised = {}
    for call in calls():
        first = call.args[0] if call.args else None
        is_error = isinstance(call.func, ast.Name) and call.func.id == "ArgumentError"
        if is_error and isinstance(first, ast.Constant):
            raised[first.value] = {word.arg for word in call.keywords}
    assert len(raised) > 20
    for text_id, values in raised.items():
        for form in forms(ENGLISH[text_id]):
            assert placeholders(form) <= values | GIVEN, text_id


def test_every_call_fills_the_placeholders_of_its_text() -> None:
    checked = 0
    for call in calls():
        is_text = isinstance(call.func, ast.Attribute) and call.func.attr in {"html", "plain"}
        first = call.args[0] if call.args else None
        if not is_text or not isinstance(first, ast.Constant) or first.value not in ENGLISH:
            continue
        values = {word.arg for word in call.keywords}
        for form in forms(ENGLISH[first.value]):
            assert placeholders(form) <= values, first.value
            checked += 1
    assert checked > 80


def test_texts_that_are_shown_plain_hold_no_markup() -> None:
    plain_areas = {"button", "age", "menu", "about"}
    plain = {text_id for text_id in ENGLISH if text_id.partition(".")[0] in plain_areas}
    for call in calls():
        is_plain = isinstance(call.func, ast.Attribute) and call.func.attr == "plain"
        if is_plain and call.args and isinstance(call.args[0], ast.Constant):
            plain.add(call.args[0].value)
    for text_id in plain:
        # A menu may say "BTC > 95k"; what HTML would need is what must not be there.
        for form in forms(ENGLISH[text_id]):
            assert "<" not in form, text_id
            assert "&" not in form, text_id


@pytest.mark.parametrize("entry", ENGLISH.values(), ids=ENGLISH)
def test_every_text_is_html_that_telegram_takes(entry: polib.POEntry) -> None:
    for form in forms(entry):
        text, _ = parse_html(form)
        assert text.strip()
        assert "\u00a0 " not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_language_has_the_placeholders_of_the_english(path: Path) -> None:
    for entry in polib.pofile(str(path)):
        expected = {name for form in forms(ENGLISH[entry.msgid]) for name in placeholders(form)}
        assert {name for form in forms(entry) for name in placeholders(form)} == expected


def test_plurals_follow_the_count(voice: Voice) -> None:
    assert "1 story in" in voice.html("subscribe.line", n=1, topic="BTC")
    assert "1,204 stories in" in voice.html("subscribe.line", n=1204, topic="BTC")


def test_an_unknown_language_is_english_and_a_known_one_is_found_by_its_first_part() -> None:
    po = (
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\nmsgid "{}"\nmsgstr "{}"\n'
    )
    catalogue = Catalogue(
        {
            "en": translations_from(po.format("a.b", "hello") + '\nmsgid "c.d"\nmsgstr "bye"\n'),
            "de": translations_from(po.format("a.b", "hallo")),
        }
    )
    assert catalogue.plain("fr", "a.b") == "hello"
    assert catalogue.plain(None, "a.b") == "hello"
    assert catalogue.plain("de-AT", "a.b") == "hallo"
    assert catalogue.plain("de", "c.d") == "bye"
    assert catalogue.languages == ("de", "en")


def test_an_unknown_text_and_a_missing_value_are_errors(voice: Voice) -> None:
    with pytest.raises(KeyError):
        voice.html("no.such_text")
    with pytest.raises(KeyError):
        voice.html("list.line")


def test_what_is_html_already_is_not_escaped_twice() -> None:
    assert escaped(escaped("a & b")) == "a &amp; b"
    assert joined(" < ", [Html("<b>x</b>"), Html(), escaped("&")]) == "<b>x</b> &lt; &amp;"


@given(st.text())
def test_any_value_comes_out_of_telegrams_parser_as_it_went_in(value: str) -> None:
    text, entities = parse_html(CATALOGUE.html("en", "list.line", label=value))
    shown = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", value)
    assert text == f"• {shown}"
    assert entities == []


@given(st.text(alphabet="{}n<>&\"'abc label"))
def test_a_value_that_looks_like_a_placeholder_stays_a_value(value: str) -> None:
    assert CATALOGUE.plain("en", "list.line", label=value) == f"• {value}"
