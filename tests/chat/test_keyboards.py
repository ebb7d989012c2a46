"""Callback data: small, and refused when it was never written here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.keyboards import Action, Press, button, number_of, press_data, pressed, rows_of

_NUMBERS = st.integers(-(10**18) + 1, 10**18 - 1)


@given(st.builds(Press, st.sampled_from(Action), _NUMBERS, _NUMBERS))
def test_any_press_fits_64_bytes_and_is_read_again(press: Press) -> None:
    data = press_data(press)
    assert len(data.encode()) <= 64
    assert pressed(data) == press


@pytest.mark.parametrize(
    "data",
    [
        "",
        "follow",
        "1:follow",
        "1:follow:1",
        "1:follow:1:2:3",
        "2:follow:1:2",
        "0:follow:1:2",
        "1:destroy:1:2",
        "1:follow:x:0",
        "1:follow:1.5:0",
        "1:follow: 1:0",
        "1:follow:1:0\n",
        "1:follow:٣:0",
        "1:follow:" + "9" * 40 + ":0",
        "1:FOLLOW:1:0",
    ],
)
def test_forged_data_is_no_press(data: str) -> None:
    assert pressed(data) is None


@given(st.text())
def test_no_data_is_too_odd_to_be_refused(data: str) -> None:
    found = pressed(data)
    assert found is None or press_data(found).startswith("1:")


def test_a_long_label_is_shortened_and_rows_have_a_width() -> None:
    long = button("✖️ " + "x" * 80, Action.DROP_TOPIC, 7, 1)
    assert len(long.label_text) == 40
    assert long.data == "1:drop_topic:7:1"
    assert [len(row) for row in rows_of([long] * 5, 2)] == [2, 2, 1]


@given(st.lists(st.text(), max_size=3))
def test_a_value_has_one_number_that_fits_a_button(parts: list[str]) -> None:
    number = number_of(*parts)
    assert number == number_of(*parts)
    press = Press(Action.STORY_LEVEL, 10**17, number)
    assert pressed(press_data(press)) == press


def test_values_that_are_told_apart_have_numbers_of_their_own() -> None:
    values = [("bitcoin", "USD", str(level)) for level in range(80_000, 81_000)]
    values += [("bitcoinUSD", "80000", ""), ("bitcoin", "USD80000", ""), ("bitcoin", "USD", "")]
    assert len({number_of(*value) for value in values}) == len(values)
