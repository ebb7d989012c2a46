"""Parameters read leniently where Telegram is lenient."""

from __future__ import annotations

import pytest

from bot.demo.telegram_errors import Refusal
from bot.demo.telegram_params import Params


def test_values_of_forms_and_of_json_bodies_read_alike() -> None:
    form = Params({"n": "5", "yes": "True", "list": '["a"]', "none": ""})
    body = Params({"n": 5, "yes": True, "list": ["a"], "none": None})
    for params in (form, body):
        assert params.text("n") == "5"
        assert params.integer("n") == 5
        assert params.flag("yes")
        assert params.nested("list", "list") == ["a"]
        assert params.nested("none", "none") is None
        assert params.text("none") == params.text("missing") == ""


def test_a_bad_number_is_the_default() -> None:
    assert Params({"n": "x"}).integer("n", 7) == 7
    assert not Params({"flag": "no"}).flag("flag")


def test_a_broken_nested_object_is_refused() -> None:
    with pytest.raises(Refusal, match="can't parse reply parameters JSON object"):
        Params({"x": "{"}).nested("x", "reply parameters")
