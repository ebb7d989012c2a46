"""Places that articles come from.

Owns the values of a source and of what is remembered between two polls.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"


class SourceState(StrEnum):
    """Whether a source is polled: active, paused by an operator, removed from the settings."""

    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """A source as the operator configured it; `key` is what people type after `@`."""

    key: str
    name: str
    kind: SourceKind
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """A source with what the last polls left.

    `etag`, `last_modified` and `body_hash` make the next request conditional; `failures`
    counts failed polls in a row; `first_polled_at` is None until the first good poll, which
    is silent.
    """

    id: int
    key: str
    name: str
    kind: SourceKind
    url: str
    state: SourceState
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    quiet_polls: int = 0
    first_polled_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    next_poll_at: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll of a source leaves behind for the next one.

    `error` is None when the poll went well. `items` counts what the feed held, `fresh` what
    was new; both 0 for an unchanged feed.
    """

    polled_at: datetime
    next_poll_at: datetime
    error: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    quiet_polls: int = 0
    items: int = 0
    fresh: int = 0
