"""The options behind an alert, as people type them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.alert_options import Options, options_of, shown, span_of, span_text, window_of
from bot.domain.alerts import DEFAULT_BAND, Told
from bot.domain.errors import ArgumentError

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEAR_END = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", Options()),
        ("once", Options()),
        ("repeat", Options(repeat=True)),
        ("repeat band 0,05 %", Options(repeat=True, band=Decimal("0.0005"))),
        ("cooldown 1h", Options(repeat=True, cooldown=HOUR)),
        ("cooldown = 90 min repeat", Options(repeat=True, cooldown=1.5 * HOUR)),
        ("until 2026-12-31", Options(until=datetime(2027, 1, 1, tzinfo=UTC))),
        ("until 2026-12-31 18:30", Options(until=datetime(2026, 12, 31, 18, 30, tzinfo=UTC))),
        ("until 2026-12-31T18:30Z once", Options(until=datetime(2026, 12, 31, 18, 30, tzinfo=UTC))),
        ("expires 2026-06-01", Options(until=datetime(2026, 6, 2, tzinfo=UTC))),
        ('note "take profit"', Options(note="take profit")),
        ("explained", Options(told=Told.EXPLAINED)),
        ("Unexplained repeat", Options(repeat=True, told=Told.UNEXPLAINED)),
        ("once unexplained until 2026-12-31", Options(until=YEAR_END, told=Told.UNEXPLAINED)),
        ('unexplained note "explained"', Options(note="explained", told=Told.UNEXPLAINED)),
        ("note to be explained", Options(note="to be explained")),
        ("note “repeat or not” repeat", Options(repeat=True, note="repeat or not")),
        ("repeat note take profit", Options(repeat=True, note="take profit")),
        (
            'repeat cooldown 1h until 2026-12-31 note "take profit"',
            Options(True, DEFAULT_BAND, HOUR, datetime(2027, 1, 1, tzinfo=UTC), "take profit"),
        ),
    ],
)
def test_options_are_read(text: str, options: Options) -> None:
    assert options_of(f"> 95k {text}", NOW) == ("> 95k", options)


@pytest.mark.parametrize(
    ("text", "text_id"),
    [
        ("once repeat", "alert.repeat_and_once"),
        ("once cooldown 1h", "alert.repeat_and_once"),
        ("band 51", "alert.band_range"),
        ("cooldown", "alert.cooldown_range"),
        ("cooldown soon", "alert.cooldown_range"),
        ("cooldown 91d", "alert.cooldown_range"),
        ("cooldown 0m", "alert.cooldown_range"),
        ("until", "alert.until_unreadable"),
        ("until tomorrow", "alert.until_unreadable"),
        ("until 2026-02-30", "alert.until_unreadable"),
        ("until 9999-12-31", "alert.until_unreadable"),
        ("until 2026-12-31 25:00", "alert.until_unreadable"),
        ("until 2026-05-31", "alert.until_past"),
        ("until 2026-06-01 12:00", "alert.until_past"),
        ('note ""', "alert.note_length"),
        ("note", "alert.note_length"),
        ("note " + "x" * 101, "alert.note_length"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, text_id: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        options_of(f"> 95k {text}", NOW)
    assert caught.value.argument_text_id == text_id


def test_without_a_clock_the_past_is_a_date_like_others() -> None:
    """A replay happens in the past."""
    assert options_of("> 1 until 2020-01-01")[1].until == datetime(2020, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", HOUR / 2),
        ("1 Hour", HOUR),
        ("7 days", 7 * DAY),
        ("2w", 14 * DAY),
        ("1 fortnight", None),
        ("h", None),
        ("1.5h", None),
        ("", None),
    ],
)
def test_spans(text: str, span: timedelta | None) -> None:
    assert span_of(text) == span


@pytest.mark.parametrize("text", ["5m", "90m", "1h", "36h", "1d", "90d"])
def test_a_window_is_written_as_it_is_read(text: str) -> None:
    assert span_text(window_of(text)) == text


@pytest.mark.parametrize("text", ["4m", "91d", "0h", "999999w", "x", "-1h"])
def test_windows_have_bounds(text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        window_of(text)
    assert caught.value.argument_text_id == "alert.window_range"


def test_what_is_repeated_is_short() -> None:
    assert len(shown("x" * 1000)) == 60
