"""What speaks for and against two headlines telling the same."""

from datetime import UTC, datetime

import pytest

from bot.domain.stories import Told
from bot.news.stories.evidence import Evidence, evidence
from bot.news.stories.headlines import headline

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def evidence_of(one: str, other: str, lead: str = "") -> Evidence:
    return evidence(headline(Told(one, NOW)), headline(Told(other, NOW, lead)))


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("Zorgon buys $20M of gold", "Zorgon acquires $20 million of bullion", {"amounts"}),
        ("Bitcoin falls under $90K", "BTC slips below $90,000", {"level"}),
        ("Zorgon invests in Quuxo", "Zorgon buys into Quuxo", {"rare"}),
        ("Zorgon hacked", "Zorgon resumes withdrawals", {"accident"}),
        ("SEC chair on Zorgon", "SEC and Zorgon", {"only_who"}),
        ("Zorgon earns 4,871", "4,871 for Zorgon", {"exact", "named_amount"}),
        ("Zorgon hacks Quuxo", "Quuxo hacked by Zorgon", {"deed"}),
        ("Zorgon buys and burns coins", "Zorgon burns what it buys", {"two_acts", "named_act"}),
    ],
)
def test_measures_are_found(one: str, other: str, names: set[str]) -> None:
    found = evidence_of(one, other)
    assert {name for name in names if getattr(found, name)} == names


def test_more_shared_words_are_more_evidence() -> None:
    little = evidence_of("Zorgon opens Lisbon office", "Zorgon hires engineers")
    much = evidence_of("Zorgon opens Lisbon office", "Zorgon to open office in Lisbon")
    assert much.shared > little.shared
    assert much.least > little.least


def test_what_a_lead_tells_counts_less_than_a_title() -> None:
    bare = evidence_of("Zorgon opens Lisbon office", "Zorgon expands")
    led = evidence_of("Zorgon opens Lisbon office", "Zorgon expands", "An office in Lisbon.")
    title = evidence_of("Zorgon opens Lisbon office", "Zorgon expands: an office in Lisbon")
    assert bare.mean < led.mean < title.mean
    assert led.in_leads > bare.in_leads == 0


def test_nothing_shared_is_no_evidence() -> None:
    found = evidence_of("Zorgon opens Lisbon office", "Ether falls")
    assert (found.shared, found.rare, found.amounts) == (0, 0, 0)
