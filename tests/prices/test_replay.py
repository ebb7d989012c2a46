"""The replay of an alert on candles."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.alert_words import read_condition
from bot.domain.conditions import Figure, Gauge
from bot.domain.errors import ParseError
from bot.domain.replaying import firings_on
from bot.prices.replay import read_candles, replay_lines

HEADER = "open_time,open,high,low,close,volume"


def fired(words: str, *rows: str) -> list[tuple[str, str]]:
    """Time and price of each firing on these candles, which begin at the whole hours of a day."""
    stamped = [f"2026-01-05T{hour:02}:00:00Z,{row},1" for hour, row in enumerate(rows) if row]
    lines = replay_lines("BTC", read_condition(words).condition, [HEADER, *stamped])
    return [(found["time"][11:13], found["price"]) for found in map(json.loads, lines)]


@pytest.mark.parametrize(
    ("words", "rows", "expected"),
    [
        ("> 95", ["90,96,89,94"], [("00", "95")]),
        ("> 95", ["90,94,89,94", "94,99,93,95", "95,99,90,91"], [("01", "95")]),
        ("> 95 repeat", ["90,96,89,91", "91,96,90,95"], [("00", "95"), ("01", "95")]),
        ("< 95", ["90,94,80,91", "91,99,91,98", "98,99,94,97"], [("02", "95")]),
        # Closed higher: the low comes first. Closed lower: the high comes first.
        ("100", ["90,101,80,95"], [("00", "100")]),
        ("> 95", ["96,99,90,98"], [("00", "95")]),
        ("> 95", ["96,99,90,94"], []),
        ("90..100", ["95,101,89,95"], [("00", "100")]),
        ("90..100", ["95,101,89,96"], [("00", "90")]),
        ("+5% 1h", ["100,104,99,100"], []),
        ("+5% 1h", ["100,104,99,104"], [("00", "103.95")]),
        ("+5% 1h", ["100,100,98,98", "100,103,100,103"], []),
        ("+5% 2h", ["100,100,98,98", "100,103,100,103"], [("01", "102.9")]),
        ("close 1h > 100", ["99,101,98,99", "99,101,98,101", "101,102,99,99"], [("01", "100")]),
        (
            "close 4h > 100",
            ["99,105,99,105", "105,105,99,99", "99,99,99,99", "99,101,99,101"],
            [("03", "100")],
        ),
        (
            "close 4h > 100",
            ["99,105,99,105", "105,105,99,99", "", "99,101,99,101", "9,9,9,9"],
            [("03", "100")],
        ),
        (
            "close 4h > 100",
            ["99,99,99,99", "99,101,99,101", "101,101,101,101", "", "99,99,99,99"],
            [],
        ),
        ("ath", ["100,101,99,101"], [("00", "100")]),
    ],
)
def test_a_candle_is_walked(words: str, rows: list[str], expected: list[tuple[str, str]]) -> None:
    assert fired(words, *rows) == expected


def test_a_line_tells_time_price_and_reason() -> None:
    condition = read_condition("> $95k").condition
    (line,) = replay_lines("BTC", condition, [HEADER, "1767571200000,90000,96000,89000,94000,1"])
    assert json.loads(line) == {
        "time": "2026-01-05T00:00:00Z",
        "price": "95000",
        "reason": "BTC rose to the line",
    }


@pytest.mark.parametrize(
    "time",
    [
        "1767571200000",
        "1767571200",
        "1767571200000000",
        "2026-01-05T00:00:00Z",
        "2026-01-05 00:00:00",
        "2026-01-05T01:00:00+01:00",
        "2026-01-05",
    ],
)
def test_times_are_read(time: str) -> None:
    (candle,) = read_candles([HEADER, f"{time},1,2,0.5,1.5,"])
    assert candle.open_at == datetime(2026, 1, 5, tzinfo=UTC)
    assert candle.volume is None


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "open_time, open, high, low, close"),
        (["open_time,open,high,low"], "missing: close"),
        ([HEADER, "soon,1,1,1,1,1"], "line 2"),
        ([HEADER, "0,1,1,1,x,1"], "line 2 holds no candle: a number is expected"),
        ([HEADER, "0,1,1,1,NaN,1"], "NaN is no price"),
        ([HEADER, "0,1,1,1,-1,1"], "-1 is no price"),
        ([HEADER, "0,1,1,1,0,1"], "0 is no price"),
        ([HEADER, "0,5,4,3,4,1"], "high and low"),
        ([HEADER, "0,1,1"], "line 2"),
        ([HEADER, "60,1,1,1,1,1", "", "60,1,1,1,1,1"], "line 4 holds no candle: it is no later"),
        ([HEADER, "9" * 30 + ",1,1,1,1,1"], "line 2"),
    ],
)
def test_what_is_no_candle_is_refused(lines: list[str], words: str) -> None:
    with pytest.raises(ParseError, match=words):
        read_candles(lines)


@pytest.mark.parametrize("cell", ["", "NaN", "-1", "Infinity"])
def test_a_volume_that_is_none_is_not_known(cell: str) -> None:
    (candle,) = read_candles([HEADER, f"0,1,1,1,1,{cell}"])
    assert candle.volume is None


def test_an_alert_on_volume_is_replayed() -> None:
    """Ten days of a hundred each, then one of three times as much."""
    days = [HEADER, *(f"2026-01-{day:02},1,1,1,1,100" for day in range(1, 12))]
    lines = replay_lines(
        "BTC", read_condition("volume 3x").condition, [*days, "2026-01-12,1,1,1,1,300"]
    )
    assert [json.loads(line) for line in lines] == [
        {"time": "2026-01-12T00:00:00Z", "price": "3", "reason": "BTC volume rose to the line"}
    ]


def test_no_candles_fire_nothing() -> None:
    assert list(firings_on(read_condition("5").condition, read_candles([HEADER]))) == []


def test_candles_that_are_too_long_have_no_such_close() -> None:
    days = [HEADER, "2026-01-05,1,1,1,1,1", "2026-01-06,1,1,1,1,1"]
    with pytest.raises(ParseError, match="longer than 4h"):
        list(replay_lines("BTC", read_condition("close 4h > 1").condition, days))


_DOCUMENTED = re.findall(
    r"^\| `/alert \S+ ([^`]+)` \|",
    Path(__file__, "../../../docs/commands.md")
    .resolve()
    .read_text(encoding="utf-8")
    .partition("## Alerts")[2]
    .partition("\n## ")[0],
    re.MULTILINE,
)


@pytest.mark.parametrize("words", _DOCUMENTED)
def test_what_is_documented_is_read_and_replayed(words: str) -> None:
    """Each row of the tables, as it is typed; candles do not tell funding and liquidations."""
    condition = read_condition(words).condition
    replayed = replay_lines("BTC", condition, [HEADER, "2026-01-05,10,10,10,10,1"])
    if isinstance(condition, Gauge) and condition.figure is not Figure.VOLUME:
        with pytest.raises(ParseError, match=f"nothing of {condition.figure}"):
            list(replayed)
        return
    assert list(replayed) == []


def test_every_row_is_found() -> None:
    assert len(_DOCUMENTED) == 29
