"""Logging as it leaves the process: on a terminal, as JSON lines, and never with a secret."""

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import REDACTED, Redaction, configure

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123"
SECRET = 'pä"ss wörd\\'


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Described:
    """Has no form in JSON but its repr."""

    text: str


Configured = Callable[..., io.StringIO]


@pytest.fixture
def configured() -> Iterator[Configured]:
    """Configures logging to a stream and gives that; everything is as before after the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook

    def _configured(
        level: str = "debug", secrets: tuple[str, ...] = (), *, terminal: bool = False
    ) -> io.StringIO:
        stream = Terminal() if terminal else io.StringIO()
        root.handlers.clear()  # pytest's raises what a handler should survive
        configure(level, secrets, stream)
        return stream

    yield _configured
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks


def _events(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def _fail(text: str) -> None:
    cause = ValueError(text)
    raise RuntimeError(f"after {text}") from cause


def test_without_a_terminal_each_event_is_a_line_of_json(configured: Configured) -> None:
    stream = configured()
    structlog.get_logger("bot.news").info("feed_polled", source="coindesk", items=25)
    (event,) = _events(stream)
    at = datetime.fromisoformat(event.pop("timestamp"))
    assert at.tzinfo == UTC
    assert event == {
        "event": "feed_polled",
        "level": "info",
        "logger": "bot.news",
        "source": "coindesk",
        "items": 25,
    }


def test_on_a_terminal_an_event_reads_well_and_a_traceback_is_a_traceback(
    configured: Configured,
) -> None:
    stream = configured(terminal=True)
    try:
        _fail("no luck")
    except RuntimeError:
        structlog.get_logger("bot.news").exception("feed_failed", source="coindesk")
    text = stream.getvalue()
    assert "feed_failed" in text
    assert "coindesk" in text
    assert "Traceback (most recent call last)" in text
    assert text.index("ValueError: no luck") < text.index("RuntimeError: after no luck")


def test_the_standard_librarys_logging_goes_the_same_way(configured: Configured) -> None:
    stream = configured()
    logging.getLogger("some.library").warning("took %.1f s", 2.5)
    (event,) = _events(stream)
    assert (event["event"], event["logger"], event["level"]) == (
        "took 2.5 s",
        "some.library",
        "warning",
    )


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"https://example.org/?u=https%3A%2F%2Fx%2Fbot{quote(TOKEN)}",
        TOKEN.encode(),
        f"…{TOKEN}",
        f"\x1b{TOKEN}",
        {"deep": [{"er": (TOKEN, {TOKEN})}]},
        {TOKEN: 1},
        {(TOKEN, 1): 1},
        ValueError(TOKEN),
        Described(TOKEN),
        Path(f"/files/bot{TOKEN}/photo.jpg"),
        SECRET,
        SECRET.encode(),
        f"postgresql://u:{quote(SECRET, safe='')}@h/d",
        [SECRET],
        Described(SECRET),
        json.dumps({"key": SECRET}),
    ],
    ids=repr,
)
def test_no_value_brings_a_secret_out(
    configured: Configured, value: object, *, terminal: bool
) -> None:
    stream = configured(secrets=(SECRET, ""), terminal=terminal)
    structlog.get_logger("x").warning("seen", value=value)
    text = stream.getvalue()
    assert REDACTED in text
    assert "AAF-abcdefg" not in text
    assert "wörd" not in text
    assert "ss w" not in text
    if not terminal:
        assert _events(stream)[0]["event"] == "seen"


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("secret", [TOKEN, SECRET])
def test_no_traceback_brings_a_secret_out(
    configured: Configured, secret: str, *, terminal: bool
) -> None:
    """In the exception, in its cause, in the event's name, in a library's arguments."""
    stream = configured(secrets=(SECRET,), terminal=terminal)
    try:
        _fail(secret)
    except RuntimeError as error:
        structlog.get_logger("x").exception(f"failed {secret}", error=error)
        logging.getLogger("library").exception("failed %s", secret)
        logging.getLogger("library").warning(error)
    text = stream.getvalue()
    assert "Traceback" in text
    assert text.count(REDACTED) >= 8
    assert secret not in text
    assert "AAF-abcdefg" not in text
    assert "ss w" not in text


@given(st.text(), st.text(), st.text(min_size=4))
def test_wherever_a_secret_stands_it_is_blanked(before: str, after: str, secret: str) -> None:
    redaction = Redaction([secret])
    text = redaction.redacted(f"{before}{TOKEN}{after}{secret}")
    assert TOKEN not in text
    if secret not in REDACTED:
        assert secret not in redaction.redacted(f"{before} {secret} {after}").replace(REDACTED, "")


def test_a_secret_that_begins_with_another_is_blanked_whole() -> None:
    assert Redaction(["secret", "secret-longer"]).redacted("a secret-longer b secret") == (
        f"a {REDACTED} b {REDACTED}"
    )


@pytest.mark.parametrize("text", ["", "12:30:00", "a:b", "95000:1", "sha256:" + "a" * 64])
def test_text_that_holds_no_secret_is_left_alone(text: str) -> None:
    assert Redaction(["", "abc"]).redacted(text) == text


def test_values_that_json_has_no_form_for_are_written_all_the_same(
    configured: Configured,
) -> None:
    stream = configured()
    circle: list[object] = []
    circle.append(circle)
    structlog.get_logger("x").info(
        "odd",
        decimal=Decimal("0.10"),
        at=datetime(2026, 1, 5, tzinfo=UTC),
        nan=float("nan"),
        none=None,
        keys={1: True, ("a",): 1.5},
        surrogate="\ud83d",
        circle=circle,
    )
    (event,) = _events(stream)
    assert event["decimal"] == "0.10"
    assert event["at"] == "2026-01-05 00:00:00+00:00"
    assert event["nan"] == "nan"
    assert event["none"] is None
    assert event["keys"] == {"1": True, "('a',)": 1.5}
    assert event["surrogate"] == "\ud83d"
    assert "…" in json.dumps(event["circle"], ensure_ascii=False)


def test_a_record_that_cannot_be_formatted_is_reported_without_its_arguments(
    configured: Configured,
) -> None:
    """The base class would print the raw arguments to standard error."""
    stream = configured()
    logging.getLogger("library").warning("%d chats", SECRET)
    assert stream.getvalue() == "a log record of library could not be written: TypeError\n"


def test_a_closed_stream_does_not_raise(configured: Configured) -> None:
    stream = configured()
    stream.close()
    structlog.get_logger("x").warning("unheard")
    assert stream.closed


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("debug", ["ours debug", "ours info", "ours error", "theirs warning", "theirs error"]),
        ("info", ["ours info", "ours error", "theirs warning", "theirs error"]),
        ("error", ["ours error", "theirs error"]),
    ],
)
def test_the_level_holds_for_us_and_chatty_libraries_begin_at_warning(
    configured: Configured, level: str, heard: list[str]
) -> None:
    stream = configured(level)
    ours = structlog.get_logger("bot.x")
    for name in ("debug", "info", "error"):
        getattr(ours, name)(f"ours {name}")
    for library in ("telegram.ext", "apscheduler.scheduler", "aiohttp.access"):
        for name in ("debug", "info", "warning", "error"):
            getattr(logging.getLogger(library), name)(f"theirs {name}")
    assert list(dict.fromkeys(event["event"] for event in _events(stream))) == heard


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown log level loud; use one of debug, info"):
        configure("loud")


def test_configuring_again_replaces_the_stream_and_learns_secrets(configured: Configured) -> None:
    """The program logs before it has read the settings, and knows their secrets after."""
    first = configured()
    log = structlog.get_logger("x")
    log.info("one")
    second = configured(secrets=("s3cret",))
    log.info("two s3cret")
    assert [event["event"] for event in _events(first)] == ["one"]
    assert [event["event"] for event in _events(second)] == [f"two {REDACTED}"]


def test_what_nobody_catches_is_logged_and_redacted(configured: Configured) -> None:
    stream = configured()
    try:
        _fail(TOKEN)
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    thread = threading.Thread(target=_fail, args=(TOKEN,))
    thread.start()
    thread.join()
    events = _events(stream)
    assert [event["event"] for event in events] == ["uncaught_exception"] * 2
    assert all("RuntimeError: after [redacted]" in event["exception"] for event in events)
    assert TOKEN not in stream.getvalue()


def test_an_interrupt_is_no_event(
    configured: Configured, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = configured()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert stream.getvalue() == ""
    assert "KeyboardInterrupt" in capsys.readouterr().err


def test_warnings_are_logged_and_redacted(configured: Configured) -> None:
    stream = configured()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(f"deprecated {TOKEN}", UserWarning, stacklevel=1)
        logging.captureWarnings(capture=False)
    (event,) = _events(stream)
    assert f"deprecated {REDACTED}" in event["event"]
    assert event["logger"] == "py.warnings"
