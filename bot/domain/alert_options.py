"""The options of an alert, in the words that people type behind it.

Pure. Owns `repeat`, `once`, `band 0.05%`, `cooldown 1h`, `until 2026-12-31`, `note "…"`,
`explained`, `unexplained` and spans of time. Raises ArgumentError for what cannot be read.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.domain.alerts import DEFAULT_BAND, Told
from bot.domain.conditions import LONGEST_WINDOW, SHORTEST_WINDOW
from bot.domain.errors import ArgumentError

LONGEST_NOTE = 100
_SHOWN_CHARS = 60
_MAX_BAND_PERCENT = Decimal(50)
_SHORTEST_COOLDOWN = timedelta(minutes=1)
# Minus and dashes, and "at least" as phones write it, as their plain likenesses.
_LIKENESSES = str.maketrans("\u2212\u2013\u2014≥≤⩾⩽", "---><><")

_REPEAT = re.compile(r"(?:^|(?<=\s))(?:repeat|repeating|always)$", re.IGNORECASE)
_ONCE = re.compile(r"(?:^|(?<=\s))once$", re.IGNORECASE)
_TOLD = re.compile(r"(?:^|(?<=\s))(?P<un>un)?explained$", re.IGNORECASE)
_BAND = re.compile(r"(?:^|(?<=\s))band\s*=?\s*(?P<percent>\S+?)\s*%?$", re.IGNORECASE)
_COOLDOWN = re.compile(r"(?:^|(?<=\s))cooldown\b\s*=?\s*(?P<span>\S*(?:\s[a-z]+)?)$", re.IGNORECASE)
_UNTIL = re.compile(
    r"(?:^|(?<=\s))(?:until|till|expires?)\b\s*"
    r"(?P<date>\S*(?:[ ]\d{1,2}:\d{2}(?:\s?(?:utc|z))?)?)$",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:^|(?<=\s))note\b\s*[:=]?\s*(?:[\"“”„«»″](?P<quoted>[^\"“”„«»″]*)[\"“”„«»″]|(?P<bare>.*$))",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[ T](?P<time>\d{1,2}:\d{2})\s?(?:utc|z)?)?", re.IGNORECASE
)
_SPAN = re.compile(r"(\d{1,6})\s*([a-z]+)", re.IGNORECASE)
_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(days=7)),
}
# No exponents: 1e-999999 would be a number of a million digits wherever it is shown.
_PERCENT = re.compile(r"\d{1,2}(?:[.,]\d{0,20})?|[.,]\d{1,20}")


@dataclass(frozen=True, slots=True)
class Options:
    """How often an alert rings, and how long."""

    repeat: bool = False
    band: Decimal = DEFAULT_BAND
    cooldown: timedelta | None = None
    until: datetime | None = None
    note: str = ""
    told: Told | None = None


def shown(typed: str) -> str:
    """What was typed, short enough to be repeated in an answer."""
    return typed if len(typed) <= _SHOWN_CHARS else typed[: _SHOWN_CHARS - 1] + "…"


def options_of(text: str, now: datetime | None = None) -> tuple[str, Options]:
    """What stands before the options, and the options; `now` refuses a date that has passed.

    A band or a cooldown make an alert repeat. Raises ArgumentError: `alert.repeat_and_once`,
    `alert.band_range`, `alert.cooldown_range`, `alert.until_unreadable`, `alert.until_past`,
    `alert.note_length`.
    """
    text, note = _note(text.strip())
    text = text.translate(_LIKENESSES).strip()
    repeat = once = False
    band: Decimal | None = None
    cooldown: timedelta | None = None
    until: datetime | None = None
    told: Told | None = None
    while True:
        if match := _REPEAT.search(text):
            repeat = True
        elif match := _ONCE.search(text):
            once = True
        elif match := _BAND.search(text):
            band = _band(match["percent"])
        elif match := _COOLDOWN.search(text):
            cooldown = _cooldown(match["span"])
        elif match := _UNTIL.search(text):
            until = _until(match["date"], now)
        elif match := _TOLD.search(text):
            told = Told.UNEXPLAINED if match["un"] else Told.EXPLAINED
        else:
            break
        text = text[: match.start()].rstrip()
    # A band and a cooldown only mean something to an alert that is armed again.
    again = band is not None or cooldown is not None
    if once and (repeat or again):
        raise ArgumentError("alert.repeat_and_once")
    kept = DEFAULT_BAND if band is None else band
    return text, Options(repeat or again, kept, cooldown, until, note, told)


def _note(text: str) -> tuple[str, str]:
    match = _NOTE.search(text)
    if match is None:
        return text, ""
    note = (match["quoted"] if match["quoted"] is not None else match["bare"]).strip()
    if not 0 < len(note) <= LONGEST_NOTE:
        raise ArgumentError("alert.note_length", limit=str(LONGEST_NOTE))
    return f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}", note


def _band(percent_text: str) -> Decimal:
    bare = percent_text.rstrip("%")
    percent = Decimal(bare.replace(",", ".")) if _PERCENT.fullmatch(bare) else Decimal(0)
    if not 0 < percent <= _MAX_BAND_PERCENT:
        raise ArgumentError("alert.band_range", typed=shown(percent_text))
    return percent / 100


def _cooldown(text: str) -> timedelta:
    span = span_of(text)
    if span is None or not _SHORTEST_COOLDOWN <= span <= LONGEST_WINDOW:
        raise ArgumentError("alert.cooldown_range", typed=shown(text))
    return span


def _until(text: str, now: datetime | None) -> datetime:
    found = _DATE.fullmatch(text)
    written = f"{found['day']} {found['time'] or '00:00'}" if found else ""
    try:
        at = datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        # A day counts to its end.
        until = at if found and found["time"] else at + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise ArgumentError("alert.until_unreadable", typed=shown(text)) from error
    if now is not None and until <= now:
        raise ArgumentError("alert.until_past", typed=shown(text))
    return until


def window_of(text: str) -> timedelta:
    """The window that a span of time asks for.

    Raises ArgumentError (`alert.window_range`) when it cannot be read, or is shorter than 5
    minutes or longer than 90 days.
    """
    span = span_of(text)
    if span is None or not SHORTEST_WINDOW <= span <= LONGEST_WINDOW:
        raise ArgumentError("alert.window_range", typed=shown(text))
    return span


def span_of(text: str) -> timedelta | None:
    """A span of time as people write it: "30m", "1h", "7 days"; None for anything else."""
    found = _SPAN.fullmatch(text.strip())
    unit = _UNITS.get(found[2].lower()) if found else None
    return int(found[1]) * unit if found and unit else None


def span_text(span: timedelta) -> str:
    """A span in the largest unit that it is whole in: "90m", "1h", "7d"."""
    minutes = int(span.total_seconds()) // 60
    for letter, size in (("d", 1440), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{letter}"
    return f"{minutes}m"
