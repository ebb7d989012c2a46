"""What differs between two headlines."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.stories import Told
from bot.news.stories.contrasts import Contrasts, contrasts
from bot.news.stories.headlines import headline

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def contrasts_of(one: str, other: str, leads: tuple[str, str] = ("", "")) -> Contrasts:
    return contrasts(headline(Told(one, NOW, leads[0])), headline(Told(other, NOW, leads[1])))


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ("Zorgon sues Quuxo", "Zorgon sues Wibble", "parties_apart"),
        ("Zorgon earns $4M", "Zorgon earns $9M", "numbers_apart"),
        ("Zorgon to launch card", "Zorgon launches card", "future_apart"),
        ("Zorgon launches card", "Zorgon launches bridge", "product_apart"),
        ("Zorgon wins licence in France", "Zorgon wins licence in Spain", "place_apart"),
        ("Zorgon's lawyers speak", "Zorgon's miners speak", "role_apart"),
        ("Zorgon falls", "Zorgon holds steady", "result_apart"),
        ("Senate panel proposes bill", "Senate passes bill", "law_apart"),
        ("Zorgon charged", "Zorgon sentenced", "case_apart"),
        ("Zorgon up again", "Zorgon up", "series_apart"),
        ("Zorgon drained", "Quuxo drained", "strangers"),
        ("Zorgon buys gold mine", "Zorgon buys card maker", "slot_apart"),
        ("Zorgon mints coins after audit", "Zorgon coins pass audit", "in_aside"),
        ("Zorgon hacked", "Zorgon recovers funds", "follows"),
    ],
)
def test_what_differs_is_found(one: str, other: str, name: str) -> None:
    assert getattr(contrasts_of(one, other), name) > 0
    assert getattr(contrasts_of(one, one), name) == 0


def test_acts_are_the_same_taken_for_one_another_or_of_two_sorts() -> None:
    """From 1 for the same act to -1 for two that have nothing to do with each other."""
    assert contrasts_of("Zorgon buys Quuxo", "Zorgon acquires Quuxo").acts == 1
    assert contrasts_of("Zorgon buys Quuxo", "Zorgon invests in Quuxo").acts == 0.5
    assert contrasts_of("Zorgon buys Quuxo", "Quuxo and Zorgon").acts == 0
    assert contrasts_of("Zorgon hacked", "Zorgon recovers funds").acts == -0.5
    assert contrasts_of("Zorgon burns coins", "Zorgon hires coin trader").acts == -1


def test_a_lead_makes_up_for_what_a_title_leaves_out() -> None:
    bare = contrasts_of("Zorgon opens Lisbon office", "Zorgon expands")
    led = contrasts_of("Zorgon opens Lisbon office", "Zorgon expands", ("", "A Lisbon office."))
    assert led.heads_least > bare.heads_least or led.heads > bare.heads


TITLES = st.lists(
    st.sampled_from(
        [
            "Zorgon",
            "Quuxo",
            "bitcoin",
            "sues",
            "buys",
            "after",
            "to",
            "launch",
            "$5M",
            "20%",
            "card",
            "Monday",
        ]
    ),
    max_size=8,
).map(" ".join)


@given(TITLES, TITLES)
def test_measures_are_the_same_either_way_round(one: str, other: str) -> None:
    assert contrasts_of(one, other) == contrasts_of(other, one)
