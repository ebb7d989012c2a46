"""What the leads of two articles add to their titles."""

from dataclasses import astuple

import pytest

from bot.news.stories.lead_evidence import LeadEvidence, has_lead, lead_evidence
from tests.news.stories.titles import read


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        (
            ("Zorgon robbed", ""),
            ("Lender loses its treasury", "The attackers of Zorgon are unknown."),
            {"names_across", "particular_across", "one_lead"},
        ),
        (
            ("Lender in trouble", "Users of Zorgon are locked out of Quuxo."),
            ("Another bad day", "Customers of Zorgon wait for Quuxo."),
            {"names_within", "both_leads"},
        ),
        (
            ("Zorgon hacked", ""),
            ("Bad day for a lender", "Thieves hacked Zorgon on Monday."),
            {"particular_act", "act_across"},
        ),
        (
            ("A lender loses $14.6M", ""),
            ("Bad day for users", "The sum is $14.6 million."),
            {"sum_across", "nobody_shared"},
        ),
        (
            ("Bad day", "Gone are $14.6 million."),
            ("Lender says sorry", "The sum is $14.6 million."),
            {"sum_within"},
        ),
        (
            ("Zorgon pays 9%", ""),
            ("Zorgon tells holders", "The rate is 9% from May."),
            {"number_across"},
        ),
        (("Zorgon invests", "It is so."), ("Zorgon buys", ""), {"kindred"}),
    ],
)
def test_measures_are_found(one: tuple[str, str], other: tuple[str, str], names: set[str]) -> None:
    found = lead_evidence(read(*one), read(*other))
    assert {name for name in names if getattr(found, name)} == names


def test_a_sum_of_both_titles_is_none_of_the_leads() -> None:
    """What titles share by themselves is not counted again."""
    one = read("Zorgon loses $14.6M", "The $14.6M are gone.")
    found = lead_evidence(one, read("Zorgon robbed of $14.6M", "All $14.6M were in a wallet."))
    assert (found.sum_across, found.sum_within, found.number_across) == (0.0, 0.0, 0.0)


def test_the_scene_of_news_is_nobody_in_particular() -> None:
    found = lead_evidence(read("Lender fined", "In New York."), read("New York acts", "Today."))
    assert not found.names_across
    assert found.nobody_shared


def test_measures_are_the_same_either_way_round() -> None:
    one = read("Zorgon robbed of $14.6M", "Quuxo traced the coins.")
    other = read("Lender pauses loans", "Zorgon lost $14.6 million, said Quuxo.")
    found = lead_evidence(one, other)
    assert found == lead_evidence(other, one)
    assert isinstance(found, LeadEvidence)
    assert all(0.0 <= value <= 5.0 for value in astuple(found))


def test_either_lead_is_a_lead() -> None:
    bare, led = read("Zorgon robbed"), read("Zorgon robbed", "It was Monday.")
    assert has_lead(bare, led)
    assert has_lead(led, bare)
    assert not has_lead(bare, bare)
