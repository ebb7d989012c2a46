"""What goes to the process that draws, and what comes back."""

from __future__ import annotations

import io
from dataclasses import replace

from bot.prices.chart_layout import Bar, Mark, Ring
from bot.prices.chart_worker import DRAWN, FAILED, answer, framed, read, serve, written
from tests.prices.plain_pictures import PLAIN

PICTURE = replace(
    PLAIN,
    bars=(Bar(0, 5, 5.5, 4.5, 5, None), Bar(60, 5, 5, 5, 5, 1.5)),
    lines=(Mark(4.5, "4.5"),),
)


def test_a_picture_arrives_as_it_was_sent() -> None:
    assert read(written(PICTURE)) == PICTURE
    ringed = replace(PICTURE, ring=Ring(60, 4.5))
    assert read(written(ringed)) == ringed


def test_what_cannot_be_drawn_is_told() -> None:
    assert answer(b"no picture").startswith(FAILED + b"JSONDecodeError")


def test_it_answers_one_after_the_other_until_its_input_ends() -> None:
    answers = io.BytesIO()
    serve(io.BytesIO(framed(b"{}") + framed(written(PICTURE)) + b"\0\0"), answers)
    answers.seek(0)
    first, second = (answers.read(int.from_bytes(answers.read(4))) for _ in range(2))
    assert first.startswith(FAILED)
    assert second.startswith(DRAWN + b"\x89PNG")
    assert answers.read() == b""
