"""What sites append to their articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.cleaning.tails import without_tails

TAILS = [
    "The post How Fees Fell appeared first on The Ledger.",
    "This post How Fees Fell first appeared on LedgerWorld.",
    "Read more: Miners sell coins as fees fall",
    "Read More: U.S. Miners Sell theledger.com",
    "Continue Reading: How Fees Fell",
    "*This is not investment advice. Continue Reading: How Fees Fell",
    "Follow us on X, Facebook, Telegram, and Google News",
    "Share this article",
    "Subscribe to our newsletter. It's free.",
    "Sign up for our morning letter",
    "Join our Telegram for the latest",
    "Sign up to Acme and start trading with $30,050 in welcome gifts",
    "Featured image from Gemini, chart from TradingView.com",
    "Image: Jane Roe/Shutterstock",
    "Photo by Jane Roe via Unsplash",
    "This article does not constitute investment advice. Readers should do their own research.",
    "Disclaimer: This article is for informational purposes only. It is no legal advice.",
    (
        "Disclaimer : This content is meant to inform and is no financial advice at all. "
        "The views expressed may be the author's. The Ledger is not responsible for any losses."
    ),
    (
        "For more about Acme (ACM) visit the links below: Website: https://acme.example "
        "Telegram: https://t.me/acme X: https://x.com/acme"
    ),
    "Published: 2026-01-14 · Updated: 2026-01-14 · Author: LEDGER",
    "Editor's Note: This summary was chosen by our editors.",
    "theledger.com",
    "Visit Website",
]
ENDS = [
    "He will read more.",
    "Charts show that the coin is set to drop.",
    "The disclosure of reserves came late, and users hold the risk.",
    "The court found that the post is not investment advice under the law.",
    "Traders follow Acme on its way down.",
    "They get a share of fees from their exchange.",
    "It was hosted at Acme.com",
    "The paper was published by the bank on Monday, and markets fell. Analysts shrugged.",
]


@pytest.mark.parametrize("tail", TAILS)
def test_tails_are_cut(tail: str) -> None:
    assert without_tails(f"Fees fell by half. Miners sold. {tail}") == (
        "Fees fell by half. Miners sold."
    )


@pytest.mark.parametrize("end", ENDS)
def test_ends_that_belong_to_the_article_stay(end: str) -> None:
    assert without_tails(f"Fees fell. {end}") == f"Fees fell. {end}"


@pytest.mark.parametrize(("first", "second"), list(zip(TAILS[:-3], TAILS[3:], strict=True)))
def test_several_tails_are_cut(first: str, second: str) -> None:
    """Sites stack them."""
    assert without_tails(f"Fees fell. {second.rstrip('.')}. {first}").startswith("Fees fell.")
    assert first not in without_tails(f"Fees fell. {second.rstrip('.')}. {first}")


def test_a_disclaimer_needs_no_sentence_before_it() -> None:
    text = "Fees fell. See the Whitepaper Disclaimer: This is a sponsored article, no advice."
    assert without_tails(text) == "Fees fell. See the Whitepaper"


def test_cuts_are_marked_alike() -> None:
    assert without_tails("Fees fell and [...]") == "Fees fell and…"
    assert without_tails("Fees fell and ...") == "Fees fell and…"


@given(st.text(alphabet="The post a.Read more:Share X…*() ", max_size=300))
def test_what_is_kept_is_the_beginning(text: str) -> None:
    """Up to the marks of cuts, which are made alike."""
    kept = without_tails(text)
    assert text.replace("(…)", "…").startswith(kept.rstrip("…")[:20].rstrip())
    assert without_tails(kept) == kept
