"""Places that articles come from.

Owns the values of a source and of what is remembered between two polls.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    COINDESK_DATA = "coindesk_data"
    CRYPTOCOMPARE = "cryptocompare"


class SourceState(StrEnum):
    """Whether a source is polled: active, paused by an operator, removed, or gone for good.

    RETIRED: its server answered 410. PROPOSED: an operator looked at it, at `last_polled_at`,
    and has not said yes; it is no source so far.
    """

    PROPOSED = "proposed"
    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"
    RETIRED = "retired"


class SourceNews(StrEnum):
    """What operators are told of a source: that it fails for long, is well again, or is gone."""

    FAILING = "failing"
    RECOVERED = "recovered"
    RETIRED = "retired"


class SourceOrigin(StrEnum):
    """Who named a source: the settings, or an operator's command."""

    SETTINGS = "settings"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """A source as the operator configured it; `key` is what people type after `@`.

    `weight` from 1 to 100 is how much its word counts in a story's importance; with
    `full_text` the pages of its articles are read where the feed gives only a line.
    """

    key: str
    name: str
    kind: SourceKind
    url: str
    weight: int = 50
    full_text: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A source with what the last polls left.

    `etag`, `last_modified` and `body_hash` make the next request conditional; `failures`
    counts failed polls in a row since `failing_since_at`; `first_polled_at` is None until the
    first good poll, which is silent. `moved_url` is where a permanent redirect led, and is
    asked instead of `url`. `ttl_seconds` and `skip_hours` (UTC, comma-separated) are the
    feed's own wishes; `typical_seconds` is the mean time between its articles, `typical_fresh`
    the mean number of new ones at a poll that brings any. `reported_at` is when the operators
    were told that it fails.
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
    origin: SourceOrigin = SourceOrigin.SETTINGS
    weight: int = 50
    full_text: bool = False
    moved_url: str | None = None
    ttl_seconds: int | None = None
    skip_hours: str = ""
    typical_seconds: float | None = None
    typical_fresh: float | None = None
    failing_since_at: datetime | None = None
    reported_at: datetime | None = None
    hub_url: str | None = None
    hub_topic_url: str | None = None
    hub_secret: str | None = None
    hub_until_at: datetime | None = None

    @property
    def address(self) -> str:
        """Where it is asked: its url, or where that moved for good."""
        return self.moved_url or self.url

    @property
    def is_known(self) -> bool:
        """Whether people know it as a source, be it paused: no proposal, and not removed."""
        return self.state not in {SourceState.PROPOSED, SourceState.REMOVED}


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll of a source leaves behind for the next one.

    `error` is None when the poll went well. `items` counts what the feed held, `fresh` what
    was new; both 0 for an unchanged feed. `retired` says that its server wants it asked no
    more. The others are as in `Source`: `failing_since_at` and `reported_at` replace what is
    stored; of those after them None leaves it, and 0 or an empty text forgets it.
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
    retired: bool = False
    failing_since_at: datetime | None = None
    reported_at: datetime | None = None
    moved_url: str | None = None
    ttl_seconds: int | None = None
    skip_hours: str | None = None
    typical_seconds: float | None = None
    typical_fresh: float | None = None
    hub_url: str | None = None
    hub_topic_url: str | None = None
