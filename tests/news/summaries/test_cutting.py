"""One sentence cut back to the end of a clause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.summaries.cutting import LONGEST_CUT, cut_at_clause, hangs

CLAUSE = "Harbor Exchange has opened a vault in Zurich for pension funds from all over Europe"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (f"{CLAUSE}, which may soon ad…", f"{CLAUSE}…"),
        (f"{CLAUSE} and will soon ad…", f"{CLAUSE} and will soon…"),
        (f"{CLAUSE} and of the Ba…", f"{CLAUSE}…"),
        (f"{CLAUSE} on Friday, 5 March, 2026 tha…", f"{CLAUSE} on Friday, 5 March, 2026…"),
        (f"{CLAUSE}, Harbor\u2019s ba…", f"{CLAUSE}…"),
        ("Coins, funds…", "Coins…"),
        ("比特币" * 200, f"{'比特币' * 200}"[: LONGEST_CUT // 2] + "…"),
    ],
)
def test_cuts_fall_where_a_clause_ends(text: str, cut: str) -> None:
    assert cut_at_clause(text) == cut


@pytest.mark.parametrize(
    ("text", "hanging"),
    [("rose on", True), ("rose to the", True), ("rose,", True), ("rose today", False)],
)
def test_what_nothing_ends_on(text: str, hanging: bool) -> None:
    assert hangs(text) is hanging


@given(st.text(max_size=800))
def test_a_cut_is_short_and_the_beginning_of_its_text(text: str) -> None:
    cut = cut_at_clause(text)
    assert len(cut) <= LONGEST_CUT + 1
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
