"""Rendered messages as text for the database, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outbox import Button, Rendered
from bot.domain.payloads import Payload, payload_from, payload_text, rows_from, rows_text

TEXTS = st.text(max_size=50)
BUTTONS = st.builds(Button, TEXTS, st.none() | TEXTS, st.none() | TEXTS)
ROWS = st.lists(st.lists(BUTTONS, max_size=3).map(tuple), max_size=3).map(tuple)
IDS = st.none() | st.integers(1, 2**31)
MAYBE = st.none() | TEXTS
RENDERED = st.builds(Rendered, TEXTS, ROWS, MAYBE, st.booleans(), MAYBE, st.booleans(), IDS)


@given(st.builds(Payload, RENDERED, IDS, IDS))
def test_a_payload_comes_back_equal(payload: Payload) -> None:
    assert payload_from(payload_text(payload)) == payload


@given(ROWS)
def test_rows_of_buttons_come_back_equal(rows: tuple[tuple[Button, ...], ...]) -> None:
    assert rows_from(rows_text(rows)) == rows


def test_text_of_any_script_is_stored_as_itself() -> None:
    """Four bytes a letter as escapes would make six of two."""
    assert "Привет 🚀" in payload_text(Payload(Rendered("Привет 🚀")))


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"text": "only"}'])
def test_any_other_text_is_an_error(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        payload_from(text)
