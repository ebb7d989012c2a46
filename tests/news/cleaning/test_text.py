"""Plain text from the markup, the encodings and the tails that feeds come with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.cleaning.text import (
    clean_title,
    lead_sentences,
    lowered,
    plain_text,
    sentences,
    shortened,
    tidy_text,
)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("   \n\t ", ""),
        ("Plain words", "Plain words"),
        ("<p>First</p><p>Second<br>third</p>", "First Second third"),
        ("one <b>bo</b>ld word", "one bold word"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("<h2>Head</h2>Text", "Head Text"),
        ("Up<script>alert('x < y')</script>ward", "Up ward"),
        ("a<style>p { color: red }</style>", "a"),
        ("a<!-- hidden --> b", "a b"),
        ("<![CDATA[inside]]>", "inside"),
        ('<img alt="a > b" src="x.jpg">after', "after"),
        ("cut in the <a href='https://exa", "cut in the"),
        ("cut in <!-- a comment", "cut in"),
        ("BTC < $95k and ETH > 3k", "BTC < $95k and ETH > 3k"),
        ("I <3 you", "I <3 you"),
        ("AT&amp;T", "AT&T"),
        ("S&P 500 & more", "S&P 500 & more"),
        ("don&#8217;t &quot;quote&quot;", 'don’t "quote"'),  # noqa: RUF001 - as feeds have it
        ("double &amp;#039;encoded&amp;#039; &amp;amp; done", "double 'encoded' & done"),
        ("&lt;p&gt;escaped &lt;a href='x'&gt;markup&lt;/a&gt;&lt;/p&gt;", "escaped markup"),
        ("History of the &lt;blink&gt; tag", "History of the <blink> tag"),
        ("wide&nbsp;&nbsp;blank", "wide blank"),
        ("broken significantâ€¦", "broken significant…"),
        ("a\u202eevil\u2066 b\u200bc\x00\x07", "aevil bc"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("family 👨\u200d👩\u200d👧 stays", "family 👨\u200d👩\u200d👧 stays"),
        ("Coinbase , the exchange .", "Coinbase, the exchange."),
        ("ether ETH$3,356.01, up", "ether, up"),
        ("caf\u00c3\u00a9 na\u00c3\u00afve", "café naïve"),
        ("he said \x93yes\x94", "he said “yes”"),
        ("Ethereum \u2019s plan ( ETH )", "Ethereum\u2019s plan (ETH)"),
        ("it raised US$5 million", "it raised US$5 million"),
        ("比特币,上涨", "比特币,上涨"),
    ],
)
def test_plain_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Prices rose. Read more…", "Prices rose."),
        ("Prices rose. Read More »", "Prices rose."),
        ("Prices rose. [Read more]", "Prices rose."),
        ("Prices rose. Click here to read more", "Prices rose."),
        ("Prices rose. Continue reading", "Prices rose."),
        ("Prices rose […] Continue reading How prices rose at The Ledger", "Prices rose…"),
        ("Prices rose on [...]", "Prices rose on…"),
        ("Prices rose. The post How Prices Rose appeared first on The Ledger.", "Prices rose."),
        ("The post How Prices Rose appeared first on The Ledger.", ""),
        ("Rose […] The post How Rose first appeared on Ledger", "Rose…"),
        ("Prices rose. Read more: Miners sell coins as fees fall", "Prices rose."),
        ("submitted by /u/someone to r/coins [link] [comments]", ""),
        ("He wants to read more books", "He wants to read more books"),
        ("They read more", "They read more"),
        ("<p>Prices rose</p><a href='/x'>Read more</a>", "Prices rose"),
    ],
)
def test_tails_that_feeds_append_are_cut(text: str, kept: str) -> None:
    assert plain_text(text) == kept


def test_elements_tell_the_lines_where_there_are_any() -> None:
    """Line breaks of the source mean nothing there; of a text without elements, everything."""
    inside = "<p>Miners\nsold coins.</p><p>Advertisement</p><p>Fees\nfell.</p>"
    assert plain_text(inside) == "Miners sold coins. Fees fell."
    assert plain_text("Miners sold coins.\nAdvertisement\nFees fell.") == (
        "Miners sold coins. Fees fell."
    )


def test_embedded_posts_captions_and_plugins_are_left_out() -> None:
    markup = (
        '<p>Fees fell.</p><blockquote class="twitter-tweet"><p>Wow!</p>&mdash; A (@a)</blockquote>'
        '<p class="wp-caption-text">A miner at work</p><form>Your mail <button>Go</button></form>'
        '<div class="sharedaddy sd-sharing"><p>Share this:</p></div><p>Miners sold.</p>'
    )
    assert plain_text(markup) == "Fees fell. Miners sold."


def test_a_paragraph_all_in_bold_is_a_heading() -> None:
    markup = "<p>Fees fell.</p><p><strong>What is next</strong></p><p><b>Much</b> is open.</p>"
    assert plain_text(markup, headings=False) == "Fees fell. Much is open."


def test_headings_of_markdown_are_left_out() -> None:
    assert tidy_text("## Overview\n\nFees fell.\n\n- Miners sold.\n- Traders bought.") == (
        "Fees fell. Miners sold. Traders bought."
    )


def test_headings_can_be_left_out() -> None:
    markup = "<h2>Overview</h2><p>The market fell.</p><h3>Why</h3><p>Nobody knows.</p>"
    assert plain_text(markup, headings=False) == "The market fell. Nobody knows."


def test_text_that_is_no_html_keeps_its_angle_brackets() -> None:
    assert tidy_text("the <blink> tag") == "the <blink> tag"
    assert tidy_text("escaped <b>once</b> too often") == "escaped once too often"


@given(st.text())
def test_any_text_comes_out_on_one_line_without_controls(markup: str) -> None:
    text = plain_text(markup)
    assert text == " ".join(text.split())
    assert not any(char < " " or "\ud800" <= char <= "\udfff" for char in text)


@given(st.text(alphabet="<>/abp\"'=!-& ;#x1", max_size=200))
def test_any_tangle_of_markup_is_survived(markup: str) -> None:
    assert "<p>" not in plain_text(f"<p>{markup}")


@pytest.mark.parametrize(
    "piece",
    [
        *("<", "<a ", '<a b="', "<!--", "<script>", "<h1>", "&amp;", "The post ", "<!["),
        *('<p class="sharedaddy">', "<p><b>", "Related: A ", 'a "@{"@type"', "a (@b) — ", "A A$1 "),
        *("\nShare on ", "\nBy A", "Disclaimer: a ", "( ", "This is not ", "Source: X "),
    ],
)
def test_a_flood_is_read_in_linear_time(piece: str) -> None:
    """300,000 characters of half-open markup end well within the test's time limit."""
    assert len(plain_text(piece * 60_000, headings=False)) <= 50_000


# ---- titles


def test_a_huge_title_is_cut_at_a_word() -> None:
    title = clean_title("word " * 1_000)
    assert len(title) <= 500
    assert title.endswith("word…")


@given(st.text(min_size=1), st.integers(5, 80))
def test_shortened_text_keeps_within_the_limit(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


# ---- sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("No end", ["No end"]),
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("In the U.S. session it rose. It fell.", ["In the U.S. session it rose.", "It fell."]),
        (
            "It is legal in the U.S. The bill passed.",
            ["It is legal in the U.S.", "The bill passed."],
        ),
        ("Acme Inc. Chief Jane Roe left. All did.", ["Acme Inc. Chief Jane Roe left.", "All did."]),
        ("It cost $3.5 million. Cheap.", ["It cost $3.5 million.", "Cheap."]),
        ("The v1.2 release. Next.", ["The v1.2 release.", "Next."]),
        (
            "Sen. Tim Roe and J. P. Doe agreed. Good.",
            ["Sen. Tim Roe and J. P. Doe agreed.", "Good."],
        ),
        ("It closed at 5 p.m. The rest waits.", ["It closed at 5 p.m.", "The rest waits."]),
        ('"It is over." She left.', ['"It is over."', "She left."]),
        ('"Really?" she asked.', ['"Really?" she asked.']),
        ("She posted it on X. It spread.", ["She posted it on X.", "It spread."]),
        ("Malcolm X. Doe left. Good.", ["Malcolm X. Doe left.", "Good."]),
        ("Gram (prev. Ton) rose. Good.", ["Gram (prev. Ton) rose.", "Good."]),
        ("Then… nothing. End.", ["Then… nothing.", "End."]),
        ("价格上涨。以太坊下跌！", ["价格上涨。", "以太坊下跌！"]),  # noqa: RUF001 - CJK marks
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_lead_is_whole_sentences_within_the_limit() -> None:
    text = "First sentence here. Second sentence here. Third one. Fourth one."
    assert lead_sentences(text) == "First sentence here. Second sentence here. Third one."
    assert lead_sentences(text, most=1) == "First sentence here."
    assert lead_sentences(text, limit=45) == "First sentence here. Second sentence here."


def test_a_sentence_too_long_is_cut_at_a_word() -> None:
    lead = lead_sentences("word " * 100, limit=50)
    assert lead == "word " * 9 + "word…"


def test_a_text_that_breaks_off_stays_so() -> None:
    assert lead_sentences("It rose. It also saw…") == "It rose. It also saw…"
    assert lead_sentences("A company focused on advancing the") == (
        "A company focused on advancing the…"
    )
    assert lead_sentences(plain_text("Traders look at support ...")) == "Traders look at support…"


@given(st.text(alphabet="ab .!?…\"'US", max_size=400), st.integers(1, 4), st.integers(20, 100))
def test_a_lead_never_passes_its_limits(text: str, most: int, limit: int) -> None:
    lead = lead_sentences(text, most, limit)
    assert len(lead) <= limit
    assert len(sentences(lead)) <= max(most, 1) or lead.endswith("…")


@pytest.mark.parametrize("mark", ["…", ".", "!?"])
def test_a_million_marks_are_read_once(mark: str) -> None:
    """Were each of them a beginning of its own, this would take minutes."""
    text = mark * 500_000 + "x"
    assert sentences(text) == [text]
    assert sentences(f"{mark * 3} Next one.") == [mark * 3, "Next one."]


@given(st.text())
def test_lower_case_moves_no_character(text: str) -> None:
    """What is found in the text in lower case stands at that place of the text."""
    assert len(lowered(text)) == len(text)
    assert all(low in (char, char.lower()) for low, char in zip(lowered(text), text, strict=True))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It costs approx. 5 coins. It rose.", 2),
        ("She holds a Ph.D. in law. It rose.", 2),
        ("The well-known Mr. Vault rose. It rose.", 2),
        ("It is what the Mister. The end came.", 2),
        ("A. B. Vault spoke. It rose.", 2),
        ("Really...no. It rose?! Yes.", 3),
        ("涨了。」跌了\uff01\uff01涨了", 3),
        (".... . It rose.", 2),
    ],
)
def test_abbreviations_and_runs_of_marks(text: str, count: int) -> None:
    """A longer word is none of the abbreviations that it ends with."""
    assert len(sentences(text)) == count
