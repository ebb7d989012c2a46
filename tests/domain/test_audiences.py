"""An audience as text for the database, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audiences import EVERYBODY, Audience, audience_from, audience_text
from bot.domain.chats import ChatKind
from bot.domain.topics import Topic, TopicKind

TOPICS = st.builds(Topic, st.sampled_from(TopicKind), st.text(max_size=20))
SPANS = st.none() | st.integers(1, 4000).map(lambda days: timedelta(days=days))


@given(
    st.builds(
        Audience,
        st.lists(st.sampled_from(ChatKind), max_size=4).map(tuple),
        st.lists(st.text(max_size=8), max_size=3).map(tuple),
        st.lists(TOPICS, max_size=3).map(tuple),
        SPANS,
    )
)
def test_an_audience_comes_back_equal(audience: Audience) -> None:
    assert audience_from(audience_text(audience)) == audience


def test_everybody_is_an_audience_without_conditions() -> None:
    assert audience_from(audience_text(EVERYBODY)) == Audience()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"active_seconds":null,"kinds":["crowd"]}'])
def test_any_other_text_is_an_error(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        audience_from(text)
