"""Texts taken apart into sentences that can be quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.summaries.passages import MOST_PASSAGES, has_balanced_marks, passages, title_words


def texts(text: str, title: str = "") -> list[str]:
    return [passage.text for passage in passages(text, title)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Prices rose. They fell.", ["Prices rose.", "They fell."]),
        ("Key Takeaways: Prices rose. They fell.", ["Prices rose.", "They fell."]),
        ("Prices rose. Key Takeaways Miners sold coins.", ["Prices rose.", "Miners sold coins."]),
        ("## Overview The market rose.\n\n## What Happened Coins fell.",
         ["The market rose.", "Coins fell."]),
        ("## Overview\n\nThe market rose.", ["The market rose."]),
        ("October 16, 2025 — Miners sold coins.", ["Miners sold coins."]),
        ("TL;DR Miners sold coins.", ["Miners sold coins."]),
        ("\u2022 Miners sold \u2022 Funds bought", ["Miners sold", "Funds bought"]),
        ("🚀 Miners sold coins. 💸 Funds held.", ["Miners sold coins.", "Funds held."]),
        ("Bitcoin News The largest fund sold.", ["The largest fund sold."]),
        ("CNN News reported a sale.", ["CNN News reported a sale."]),
        ("The post Coins Rise appeared first on Ledger News Coins rose today.",
         ["Coins rose today."]),
        ("By Ada Writer (All times UTC unless indicated) Coins rose.", ["Coins rose."]),
        ("The following article is adapted from our letter, The Day. Coins rose.", ["Coins rose."]),
        ("A New Vault Model The renewed focus on privacy has grown.",
         ["The renewed focus on privacy has grown."]),
        ("Suspect held after a chance meeting The police found him.", ["The police found him."]),
        ("“It rose. It fell,” said Ada Boss.", ["“It rose. It fell,” said Ada Boss."]),
        ("Derivatives Positioning Open interest rose.", ["Open interest rose."]),
        ("", []),
        ("— … •", []),
    ],
)  # fmt: skip
def test_what_is_glued_to_sentences_comes_off(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_the_title_is_no_passage() -> None:
    title = "Regulators approve the first fund of its kind"
    assert texts(f"{title} - Prices rose.", title) == ["Prices rose."]
    assert texts(f"LedgerWorld {title} Prices rose.", title) == ["Prices rose."]
    assert texts("Regulators approve nothing.", title) == ["Regulators approve nothing."]


def test_bullets_are_known_as_such() -> None:
    assert [passage.listed for passage in passages("\u2022 Miners sold \u2022 Funds bought")] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "balanced"),
    [
        ("He said “no” (twice).", True),
        ("He said “no.", False),
        ('"No, he said.', False),
        ("the traders\u2019 book and \u2018quoted\u2019 words", True),
        ("\u2018Open words", False),
        ("„Nein“, sagte sie.", True),
        ("(open", False),
    ],
)
def test_quotations_that_are_cut_open(text: str, balanced: bool) -> None:
    assert has_balanced_marks(text) is balanced


def test_the_run_of_capitals_at_the_start() -> None:
    assert title_words("Ledger Opens a Vault in Paris, it said") == [
        *("Ledger", "Opens", "a", "Vault", "in", "Paris"),
    ]


@given(st.text(alphabet="Aa b.\n“”\"'#•🚀!?…)(\u2019,12", max_size=300))
def test_every_passage_stands_in_its_text(text: str) -> None:
    found = passages(text)
    assert len(found) <= MOST_PASSAGES
    assert [passage.place for passage in found] == list(range(len(found)))
    folded = " ".join(text.split())
    for passage in found:
        assert " ".join(passage.text.split()) in folded
