"""Tokens, stems, and the words with a value as they are found in a text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.tone.wording import EDGE, MAX_TOKENS, Lexicon, Span, stem, tokens_of


def stems(text: str) -> list[str]:
    return [token.stem for token in tokens_of(text)]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.mark.parametrize(
    "forms",
    [
        ("surge", "surges", "surged", "surging"),
        ("rise", "rises", "rising"),
        ("lose", "loses", "losing"),
        ("drop", "drops", "dropped", "dropping"),
        ("rally", "rallies", "rallied"),
        ("crash", "crashes", "crashed", "crashing"),
        ("bull", "bulls", "bull's"),
        ("launch", "launches", "launching"),
        ("add", "adds", "added", "adding"),
        ("seize", "seizes", "seized", "seizing"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("node", "nod"), ("note", "not"), ("bring", "br"), ("lose", "los"), ("seed", "se")],
)
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$93,000", ["#money"]),
        ("€1.2bn", ["#money"]),
        ("$260 million", ["#money"]),
        ("5% and 3 percent", ["#pct", "and", "#pct"]),
        ("BTC +4.2% ETH -3%", ["btc", "#up", "eth", "#down"]),
        ("100x 2nd 20", ["#num", "#num", "#num"]),
        ("$PEPE", ["#ticker"]),
        ("sell-off", ["sell", "off"]),
        ("Why? How", ["why", "?", "how"]),
        ("up, down", ["up", EDGE, "down"]),
        ("can\u2019t \u201chold\u201d", ["cant", "hold"]),
        ("", []),
    ],
)
def test_text_becomes_stems_and_placeholders(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


def test_a_long_text_gives_its_first_tokens() -> None:
    assert len(tokens_of("word " * 5_000)) == MAX_TOKENS


@given(st.text(max_size=300))
def test_any_text_gives_tokens_with_text_and_stem(text: str) -> None:
    assert all(token.text and token.stem for token in tokens_of(text))


def groups(lexicon: Lexicon, text: str) -> list[str]:
    return [span.main.group for span in lexicon.spans(tokens_of(text))]


def test_the_longest_phrase_wins(lexicon: Lexicon) -> None:
    assert groups(lexicon, "short squeeze") == ["bullish"]
    assert groups(lexicon, "short") == ["shorts"]


def test_names_are_found_by_kind(lexicon: Lexicon) -> None:
    assert groups(lexicon, "Bitcoin Binance PayPal China") == ["#coin", "#firm", "#giant", "#place"]


def test_a_form_that_is_taken_as_it_is_has_no_other_forms() -> None:
    lexicon = Lexicon({"names": {}, "groups": {"a": {"value": 1.0, "words": ["=suit, gain:0.5"]}}})
    assert groups(lexicon, "suit suite suits") == ["a"]
    assert lexicon.spans(tokens_of("gains"))[0].main.value == 0.5


def test_spans_follow_each_other_and_may_be_none(lexicon: Lexicon) -> None:
    assert lexicon.spans(()) == ()
    spans = lexicon.spans(tokens_of("Bears liquidated as bitcoin tops its all-time high"))
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_a_span_knows_its_kinds(lexicon: Lexicon) -> None:
    (span,) = lexicon.spans(tokens_of("drops"))
    assert isinstance(span, Span)
    assert span.is_("down")
    assert span.is_("stop", "name")
    assert not span.is_("up")


def test_every_word_of_the_list_can_be_found(lexicon: Lexicon) -> None:
    """No entry is hidden behind its own form, and the list has no empty one."""
    for entries in lexicon._entries.values():
        for entry in entries:
            words = " ".join(entry.words)
            assert entry.senses
            if not words.startswith("#") and entry.exact:
                (span,) = lexicon.spans(tokens_of(words))
                assert span.main.group == entry.senses[0].group, words
