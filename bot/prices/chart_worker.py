"""The process that draws charts: pictures in over standard input, PNGs out over standard output.

Owns the messages between it and `bot.prices.charts`: a length of four bytes and a body, JSON one
way, a byte that tells success and the PNG or an error's name the other. It is started afresh
instead of forked, for a fork would inherit the database's lock. It ends with its input.
"""

import json
import os
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from bot.prices.chart_layout import Bar, Mark, Picture, Ring

DRAWN, FAILED = b"+", b"-"
LENGTH_BYTES = 4
_NICENESS = 5
_MARKS = ("price_ticks", "time_ticks", "lines", "stories")


def framed(body: bytes) -> bytes:
    """A message: the body behind its length."""
    return len(body).to_bytes(LENGTH_BYTES) + body


def written(picture: Picture) -> bytes:
    """A picture as the worker reads it."""
    return json.dumps(asdict(picture)).encode()


def read(body: bytes) -> Picture:
    """The picture that `written` gave."""
    found: dict[str, Any] = json.loads(body)
    found |= {name: tuple(Mark(**mark) for mark in found[name]) for name in _MARKS}
    found |= {
        "last": Mark(**found["last"]),
        "ring": found["ring"] and Ring(**found["ring"]),
        "bars": tuple(Bar(**bar) for bar in found["bars"]),
    }
    return Picture(**found)


def answer(body: bytes) -> bytes:
    """What the worker says to a picture."""
    try:
        # Here and not above: the process that asks imports this module too.
        from bot.prices.chart_drawing import drawn  # noqa: PLC0415

        return DRAWN + drawn(read(body))
    except Exception as error:  # noqa: BLE001  # told to who asked, who logs it
        return FAILED + f"{type(error).__name__}: {error}".encode()


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the input ends."""
    while len(head := asked.read(LENGTH_BYTES)) == LENGTH_BYTES:
        body = asked.read(int.from_bytes(head))
        answers.write(framed(answer(body)))
        answers.flush()


def main() -> None:
    """Serve standard input and output, behind everything else that the machine has to do."""
    os.nice(_NICENESS)
    serve(sys.stdin.buffer, sys.stdout.buffer)
