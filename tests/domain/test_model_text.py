"""A model's text and its way through the database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model_text import ModelText, read_model_text, stored_model_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(st.builds(ModelText, TEXTS.filter(bool), TEXTS, st.lists(TEXTS, max_size=4).map(tuple)))
def test_what_is_stored_is_read_back(model_text: ModelText) -> None:
    assert read_model_text(stored_model_text(model_text)) == model_text


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "",
        "no JSON",
        "[" * 100_000,
        "[]",
        "3",
        "{}",
        '{"overview": ""}',
        '{"overview": 3}',
        '{"overview": "A", "happened": null}',
        '{"overview": "A", "impact": "B"}',
        '{"overview": "A", "impact": [3]}',
    ],
)
def test_what_is_no_such_text_is_none(stored: str | None) -> None:
    assert read_model_text(stored) is None


def test_parts_may_be_missing() -> None:
    assert read_model_text('{"overview": "A."}') == ModelText("A.")


def test_the_whole_text_has_each_part_on_a_line() -> None:
    assert ModelText("One.", "", ("Two.", "Three.")).whole_text == "One.\nTwo.\nThree."
