"""The one tree of errors.

Owns every error that Coinbell raises on purpose. Each carries a text for the log and the id of
a text for the person who met it; the catalogue in `bot.chat` turns the id into words.
Refuses to hold secrets: whatever goes in here may be logged.
"""

from typing import ClassVar


class CoinbellError(Exception):
    """Something that Coinbell foresaw going wrong.

    `log_text` says what happened, for operators. `text_id` names an entry of the catalogue
    and `values` fills its placeholders, for the person in the chat.
    """

    text_id: ClassVar[str] = "error.internal"

    def __init__(self, log_text: str, **values: str) -> None:
        super().__init__(log_text)
        self.log_text = log_text
        self.values = values


class ConfigError(CoinbellError):
    """The configuration cannot be used; the log text names the key and the remedy."""


# ---- what a person typed


class ArgumentError(CoinbellError):
    """A person's words could not be understood.

    `text_id` is given per instance, for each mistake has its own answer; `values` holds what
    was typed and one example that works.
    """

    def __init__(self, text_id: str, **values: str) -> None:
        super().__init__(f"argument refused: {text_id} {values}", **values)
        self.argument_text_id = text_id


# ---- storage


class StorageError(CoinbellError):
    """The database did not do what it was asked."""

    text_id = "error.storage"


class DatabaseLocked(StorageError):
    """Another connection held the database for longer than the busy timeout."""


class DatabaseFull(StorageError):
    """The disk or the database has no room left."""


class DatabaseUnreachable(StorageError):
    """The database cannot be opened, or the connection to it was lost."""


class AlreadyRunning(StorageError):
    """Another process of Coinbell works on the same database."""


class SchemaTooNew(StorageError):
    """The database was written by a newer version of Coinbell."""


class ForeignBot(StorageError):
    """The database belongs to another bot than the token does."""


# ---- fetching


class FetchError(CoinbellError):
    """A request to the outside gave nothing that can be used."""

    text_id = "error.fetch"


class HttpStatusError(FetchError):
    """The server answered with a status that is no success.

    `status` is the HTTP status; `retry_after_seconds` what the server asked for, else None.
    """

    def __init__(
        self, log_text: str, *, status: int, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(log_text)
        self.status = status
        self.retry_after_seconds = retry_after_seconds


class QuestionRefused(FetchError):
    """The server understood the question and refuses it: the same again gets the same answer."""


class ResponseTooLarge(FetchError):
    """The body, compressed or not, passed the size limit."""


class ResponseTooSlow(FetchError):
    """The server did not finish within the time limit."""


class ConnectionFailed(FetchError):
    """No connection, a reset, a TLS failure, or a name that does not resolve."""


class RedirectRefused(FetchError):
    """Too many redirects, a loop, or one to a scheme that is not HTTP."""


class PrivateAddressRefused(FetchError):
    """An address given by a person resolves to a private or local network."""

    text_id = "error.private_address"


class InvalidAddress(FetchError):
    """The address is no absolute http or https URL."""

    text_id = "error.invalid_address"


class ParseError(CoinbellError):
    """A body is not what its source should give: no feed, no JSON, wrong shape."""

    text_id = "error.parse"


class ChartFailed(CoinbellError):
    """A chart could not be drawn; the log text says why."""

    text_id = "error.chart"


# ---- Telegram


class TelegramRefused(CoinbellError):
    """Telegram answers the bot's token with a refusal; the bot cannot go on."""
