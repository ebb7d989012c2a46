"""Sorts of acts."""

from datetime import UTC, datetime

import pytest

from bot.domain.stories import Told
from bot.news.stories.acts import ACCIDENTS, INTENTS, LEVELS, first_act
from bot.news.stories.headlines import headline
from bot.news.stories.lexicon import Kind, load_lexicon

NOW = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "act"),
    [
        ("Zorgon sues Quuxo after hack", "sue"),
        ("Zorgon says it plans token launch", "launch"),
        ("Zorgon says so", None),
        ("Zorgon and Quuxo", None),
    ],
)
def test_the_first_act_is_no_intent(title: str, act: str | None) -> None:
    assert first_act(headline(Told(title, NOW))) == act


def test_the_sorts_are_of_acts_that_the_lexicon_gives() -> None:
    phrases = load_lexicon().phrases.values()
    acts = {key for some in phrases for _, key, kind in some if kind is Kind.ACTION}
    assert acts >= INTENTS | LEVELS | ACCIDENTS
