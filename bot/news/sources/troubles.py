"""When operators hear of a source in trouble.

Pure: the time is an argument. A source is reported once when it has failed for a day, once
more when it is well again, and once when its server says that it is gone for good.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import HttpStatusError
from bot.domain.sources import Source, SourceNews

_PATIENCE = timedelta(days=1)
_GONE = 410


@dataclass(frozen=True, slots=True)
class Trouble:
    """How a source stands after a poll.

    `failing_since_at` and `reported_at` are to be stored with it; `news` is what the operators
    are to be told now, None for nothing.
    """

    failing_since_at: datetime | None = None
    reported_at: datetime | None = None
    news: SourceNews | None = None


def trouble_after_success(source: Source) -> Trouble:
    """None left; the operators hear of it when they had heard of the trouble."""
    return Trouble(news=SourceNews.RECOVERED if source.reported_at is not None else None)


def trouble_after_failure(source: Source, error: Exception, now: datetime) -> Trouble:
    """The trouble that goes on or begins; reported after a day, or at once when it is the end."""
    since = min(source.failing_since_at or now, now)
    if is_gone(error):
        return Trouble(since, now, SourceNews.RETIRED)
    if source.reported_at is None and now - since >= _PATIENCE:
        return Trouble(since, now, SourceNews.FAILING)
    return Trouble(since, source.reported_at)


def is_gone(error: Exception) -> bool:
    """Whether the server said that the source is gone and will not come back (410)."""
    return isinstance(error, HttpStatusError) and error.status == _GONE
