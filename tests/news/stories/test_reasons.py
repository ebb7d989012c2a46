"""How differences are told in words."""

from bot.news.stories.reasons import listed, rather_than


def test_keys_are_listed_in_one_order() -> None:
    assert listed({"b", "a"}) == "a and b"
    assert listed(()) == ""


def test_a_difference_names_both_sides() -> None:
    assert rather_than({"b", "a"}, ["c"]) == "a and b, not c"
