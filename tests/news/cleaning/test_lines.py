"""Which lines of a page belong to its article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.cleaning.lines import article_lines

NOISE = [
    "Share this article",
    "Share",
    "Share on X",
    "Facebook, X, LinkedIn",
    "Click to share on Telegram (Opens in new window)",
    "Follow us on X",
    "Follow us on Google News and Telegram for more",
    "Subscribe to our newsletter",
    "Sign up for the Ledger's daily briefing",
    "Join our Telegram channel",
    "Get the best of crypto delivered straight to your inbox",
    "Advertisement",
    "- ADVERTISEMENT -",
    "Story continues below",
    "Sponsored by Acme Exchange",
    "Image: Shutterstock",
    "Photo by Jane Roe on Unsplash",
    "Featured image created with an image model, chart from TradingView.com",
    "Source: Shutterstock",
    "Getty Images",
    "Read more: Miners sell coins as fees fall",
    "Related: Ether funds see their best week",
    "READ ALSO — Traders turn to options",
    "→ Also read: What is a halving?",
    "The post Miners Sell appeared first on The Ledger",
    "By Jane Roe",
    "Written by Jane Roe and John P. Doe",
    "Updated: January 14, 2026, 12:30 UTC",
    "Published on 14 Jan 2026",
    "3 min read",
    "Disclaimer: Views here are those of the writer and no advice.",
    "This article does not constitute investment advice. Do your own research.",
    "The information on this site is provided for informational purposes only.",
    "*This is not financial advice.",
    "© 2026 The Ledger. All rights reserved.",
    "## What Happened",
]
ARTICLE = [
    "Share prices of miners fell on Monday.",
    "Follow-through buying was thin.",
    "Subscribers left the exchange in droves.",
    "Source code of the bridge was published.",
    "Images of the seized machines went round the world, said the police.",
    "By Monday the price had recovered.",
    "By Jove, the price recovered.",
    "A new record?",
    "The SEC said that the app is not registered.",
    "Related party transactions came to $3 million.",
    "Advertisement revenue at the exchange doubled.",
    "Join the queue: 40,000 validators wait to leave.",
    "Videos: how the market learned to love them.",
    "#Bitcoin trended on X.",
    "3 minutes later the price fell.",
    "比特币上涨。",
]


@pytest.mark.parametrize("line", NOISE)
def test_what_surrounds_an_article_is_dropped(line: str) -> None:
    assert article_lines(["Fees fell.", line, "Miners sold."]) == ["Fees fell.", "Miners sold."]


@pytest.mark.parametrize("line", ARTICLE)
def test_sentences_that_only_begin_like_noise_stay(line: str) -> None:
    assert article_lines(["Fees fell.", line, "Miners sold."])[1:2] == [line]


@pytest.mark.parametrize("line", NOISE)
def test_a_line_alone_is_the_text_itself(line: str) -> None:
    """A title may read like a button."""
    assert article_lines([line]) == [line]


def test_links_below_a_heading_for_them_are_dropped() -> None:
    lines = ["Fees fell.", "Related stories", "Ether Funds Shine", "Miners Sell", "It goes on."]
    assert article_lines(lines) == ["Fees fell.", "It goes on."]


def test_the_name_of_the_site_at_the_end_is_dropped() -> None:
    assert article_lines(["Fees fell.", "theledger.com"]) == ["Fees fell."]
    assert article_lines(["theledger.com", "Fees fell."]) == ["theledger.com", "Fees fell."]


def test_bullets_and_blank_lines_go() -> None:
    assert article_lines(["• Fees fell.", "  ", "- 3% down.", "2. Next."]) == [
        "Fees fell.",
        "3% down.",
        "Next.",
    ]
    assert article_lines([]) == []


@given(st.lists(st.text(max_size=60), max_size=6))
def test_no_line_is_made_up(lines: list[str]) -> None:
    whole = "\n".join(lines)
    assert all(line and line in whole for line in article_lines(lines))
