"""Whether two articles tell the same event."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.stories import Told
from bot.news.stories.likeness import same_event

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
PAIRS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "story_pairs.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def judged(pairs: list[dict[str, Any]]) -> list[tuple[bool, bool]]:
    """Of each labelled pair, whether it is of one event, and whether it was found so."""
    return [
        (
            pair["same"],
            same_event(
                Told(pair["a"], NOW, pair.get("a_lead", "")),
                Told(pair["b"], NOW, pair.get("b_lead", "")),
            ).same,
        )
        for pair in pairs
    ]


def test_labelled_pairs_are_told_apart() -> None:
    """Precision of 0.98 and recall of 0.85 on the project's own pairs, but for the hardest lot."""
    pairs = judged([pair for pair in PAIRS if pair.get("half") != "b"])
    found = [same for same, found_same in pairs if found_same]
    there = [found_same for same, found_same in pairs if same]
    assert sum(found) / len(found) >= 0.98
    assert sum(there) / len(there) >= 0.85


def test_the_hardest_lot_is_told_apart_nearly_as_well() -> None:
    """Half b of the last lot, near misses above all, keeps 0.9 and 0.75."""
    pairs = judged([pair for pair in PAIRS if pair.get("half") == "b"])
    found = [same for same, found_same in pairs if found_same]
    there = [found_same for same, found_same in pairs if same]
    assert sum(found) / len(found) >= 0.9
    assert sum(there) / len(there) >= 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SEC sues Zorgon over $100M offering", "SEC settles with Zorgon over $100M offering"),
        ("Zorgon files for staked ether ETF", "Zorgon's staked ether ETF begins trading"),
        ("Zorgon upgrade goes live on mainnet", "Zorgon upgrade goes live on Holesky testnet"),
        ("Softer CPI lifts bitcoin above $88,000", "Softer jobs data lifts bitcoin above $88,000"),
        ("Over $1.1B in leveraged bets wiped out", "Over $580M in leveraged bets wiped out"),
        ("Ether ETFs lose $197M", "Ether ETFs lose $429M"),
        ("Zorgon hacked to promote memecoin", "Zorgon names Quuxo as co-CEO"),
        ("Texas miners switch off as cold bites", "Hashrate tops one zettahash after cold snap"),
    ],
)
def test_near_misses_are_other_events(one: str, other: str) -> None:
    assert not same_event(Told(one, NOW), Told(other, NOW)).same


def test_a_subject_alone_makes_no_event() -> None:
    one = Told("Zorgon shows trailer of crypto comedy about a lost seed phrase", NOW)
    other = Told("Film director jailed for cheating Zorgon of $11M spent on dogecoin", NOW)
    found = same_event(one, other)
    assert not found.same


def test_there_are_enough_pairs_of_both_sorts() -> None:
    assert len(PAIRS) >= 200
    assert 0.4 < sum(pair["same"] for pair in PAIRS) / len(PAIRS) < 0.6


def test_the_same_event_is_told_in_other_words() -> None:
    found = same_event(
        Told("Bitcoin tops $93K as crypto rally adds $260M liquidations", NOW),
        Told("BTC briefly hits $93,000; $260M wiped out", NOW),
    )
    assert found.same
    assert "93000 USD" in found.reason


def test_two_days_apart_nothing_is_the_same_event() -> None:
    one = Told("Zorgon hacked for $40M", NOW)
    assert same_event(one, replace(one, published_at=NOW - timedelta(hours=47))).same
    assert not same_event(one, replace(one, published_at=NOW - timedelta(hours=49))).same


def test_a_price_crossed_again_the_next_day_is_another_event() -> None:
    one = Told("Bitcoin falls below $90,000", NOW)
    other = Told("BTC drops under $90K", NOW)
    assert same_event(one, other).same
    assert not same_event(one, replace(other, published_at=NOW - timedelta(hours=20))).same


def test_round_ups_are_never_the_same_unless_their_titles_are() -> None:
    one = Told("Crypto markets today: bitcoin steady, SUI gains", NOW)
    assert same_event(one, replace(one, source_key="other")).same
    assert not same_event(one, Told("Crypto markets today: bitcoin steady, SUI slips", NOW)).same


def test_a_lead_can_tell_what_the_titles_do_not() -> None:
    one = Told("Charity opens bitcoin fund", NOW, "Zorgon Relief keeps gifts with Quuxo Bank.")
    other = Told("Donors can give BTC", NOW, "Zorgon Relief's fund is held by Quuxo Bank.")
    bare = same_event(replace(one, summary=""), replace(other, summary=""))
    assert same_event(one, other).score > bare.score


TITLES = st.sampled_from([text for pair in PAIRS for text in (pair["a"], pair["b"])])


@given(TITLES, TITLES, st.integers(0, 60))
def test_likeness_is_mutual(one: str, other: str, hours: int) -> None:
    a, b = Told(one, NOW), Told(other, NOW - timedelta(hours=hours))
    there, back = same_event(a, b), same_event(b, a)
    assert there.same == back.same
    assert there.score == pytest.approx(back.score)


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_any_texts_can_be_compared(one: str, other: str, lead: str) -> None:
    found = same_event(Told(one, NOW, lead), Told(other, NOW, lead))
    assert 0.0 <= found.score <= 1.0
    assert found.reason


CLOSE = "Bitcoin holds $94,000 into the weekly close as sellers thin out at $95,000"
INFLATION = "US inflation cools to 2.6%, bitcoin jumps to $96,200 in minutes"
VOTE = "XRP Ledger validators pass the vote on native lending"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CLOSE, INFLATION),
        (CLOSE, "Bitcoin\u2019s best weekly close since November sets up a run at six figures"),
        (VOTE, "First loans on the XRP Ledger: $40 million in a day at 5.1%"),
    ],
)
def test_what_the_sample_news_once_mixed_is_told_apart(one: str, other: str) -> None:
    assert not same_event(Told(one, NOW), Told(other, NOW)).same


@pytest.mark.parametrize("act", ["sends back", "returns", "hands back", "gives back"])
def test_what_a_thief_gives_back_is_the_theft_further_on(act: str) -> None:
    one = Told("Helix Bridge is drained of $58M", NOW)
    other = Told(f"Helix attacker {act} $47M, keeps $5.2M and says sorry", NOW)
    assert same_event(one, other).same


def test_where_it_happens_in_the_one_title_and_who_acts_in_the_other_is_one_event() -> None:
    one = Told("Senate panel postpones crypto market structure bill markup", NOW)
    other = Told("Tim Scott postpones markup of crypto market structure bill", NOW)
    found = same_event(one, other)
    assert found.same
    assert found.score > 0.95


def test_what_a_company_raised_and_what_it_is_valued_at_exclude_nothing() -> None:
    one = Told("Zorgon raises $300M in funding round", NOW)
    other = Told("Zorgon valued at $8B in funding round", NOW)
    assert same_event(one, other).score > 0
