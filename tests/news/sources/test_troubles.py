"""When operators hear of a source in trouble."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import ConnectionFailed, HttpStatusError, ParseError
from bot.domain.sources import Source, SourceKind, SourceNews, SourceState
from bot.news.sources.troubles import Trouble, is_gone, trouble_after_failure, trouble_after_success

NOW = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = Source(1, "ledger", "Ledger", SourceKind.FEED, "https://l.example", SourceState.ACTIVE)
ERROR = ConnectionFailed("no connection")
GONE = HttpStatusError("answered 410", status=410)


@pytest.mark.parametrize(
    ("since", "reported", "trouble"),
    [
        (None, None, Trouble(NOW)),
        (NOW - 23 * HOUR, None, Trouble(NOW - 23 * HOUR)),
        (NOW - 24 * HOUR, None, Trouble(NOW - 24 * HOUR, NOW, SourceNews.FAILING)),
        (NOW - 90 * HOUR, None, Trouble(NOW - 90 * HOUR, NOW, SourceNews.FAILING)),
        (NOW - 90 * HOUR, NOW - HOUR, Trouble(NOW - 90 * HOUR, NOW - HOUR)),
        (NOW + HOUR, None, Trouble(NOW)),  # the clock was set back
    ],
)
def test_a_source_that_fails_for_a_day_is_reported_once(
    since: datetime | None, reported: datetime | None, trouble: Trouble
) -> None:
    source = replace(SOURCE, failing_since_at=since, reported_at=reported)
    assert trouble_after_failure(source, ERROR, NOW) == trouble


def test_a_recovery_is_reported_when_the_trouble_was() -> None:
    failing = replace(SOURCE, failures=9, failing_since_at=NOW - 9 * HOUR)
    assert trouble_after_success(failing) == Trouble()
    reported = replace(failing, reported_at=NOW - HOUR)
    assert trouble_after_success(reported) == Trouble(news=SourceNews.RECOVERED)


@pytest.mark.parametrize("reported", [None, NOW - HOUR])
def test_the_end_of_a_source_is_reported_at_once(reported: datetime | None) -> None:
    source = replace(SOURCE, failing_since_at=NOW - HOUR, reported_at=reported)
    trouble = trouble_after_failure(source, GONE, NOW)
    assert trouble == Trouble(NOW - HOUR, NOW, SourceNews.RETIRED)


@pytest.mark.parametrize(
    ("error", "gone"),
    [
        (GONE, True),
        (HttpStatusError("answered 404", status=404), False),
        (ParseError("no feed"), False),
        (RuntimeError("410"), False),
    ],
)
def test_only_410_means_gone(error: Exception, gone: bool) -> None:
    assert is_gone(error) is gone
