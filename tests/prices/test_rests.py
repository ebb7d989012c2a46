"""How long a stream rests after each break."""

from bot.prices.rests import Rests


def test_each_rest_is_twice_as_long_up_to_the_longest() -> None:
    rests = Rests(first=5, longest=60, steady=300)
    assert [rests.after_break(held=1) for _ in range(6)] == [5, 10, 20, 40, 60, 60]


def test_they_begin_anew_once_it_held() -> None:
    rests = Rests(first=5, longest=60, steady=300)
    assert [rests.after_break(held) for held in (0, 299, 300, 0)] == [5, 10, 5, 10]


def test_a_stream_that_never_holds_is_still_tried_after_years() -> None:
    rests = Rests(first=5, longest=600, steady=300)
    assert {rests.after_break(held=0) for _ in range(2000)} == {5, 10, 20, 40, 80, 160, 320, 600}
