"""How a command is answered: the values between the desk and the commands.

Owns the small protocol that every command follows. `prepare` may use the network and reads
what it needs; what it gives back is run inside the one writing transaction, decides what is
stored, and says what the person reads.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.chat.catalogue import Catalogue, Html, Voice
from bot.chat.files import SentFile
from bot.chat.fitting import fitted
from bot.chat.request import Request
from bot.domain.assets import Assets
from bot.domain.chats import Destination
from bot.domain.errors import ArgumentError, CoinbellError
from bot.domain.markets import Market, Tick
from bot.domain.outbox import Button, Rendered
from bot.domain.ports import Charts, Clock, Prices, SourceFinder
from storage import sources as stored_sources
from storage.database import Database, Transaction

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Say:
    """One message of an answer; `edits` puts it in place of the one whose button was pressed.

    `producer_key` is what it is looked for by later, None where nobody does.
    """

    rendered: Rendered
    edits: bool = False
    producer_key: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person gets: messages, and for a pressed button a toast (or a popup).

    `destination_id` is where the messages go, None for where the request came from.
    """

    says: tuple[Say, ...] = ()
    toast_text: str | None = None
    is_popup: bool = False
    destination_id: int | None = None


SILENCE = Answer()


@dataclass(frozen=True, slots=True)
class Room:
    """What every command may use, the same for all requests.

    `fetch_file` gives the bytes of a file that somebody sent. `star_balance` tells the bot's
    Stars, None where broadcasts cost none. `max_alerts` is how many alerts a chat may have.
    """

    database: Database
    catalogue: Catalogue
    prices: Prices
    operators: frozenset[int]
    clock: Clock
    finder: SourceFinder
    charts: Charts
    fetch_file: Callable[[SentFile], Awaitable[bytes]]
    star_balance: Callable[[], Awaitable[Decimal | None]] | None = None
    max_alerts: int = 200

    @property
    def assets(self) -> Assets:
        """All known assets."""
        return self.prices.assets

    def voice(self, request: Request) -> Voice:
        """The texts in the language of whoever asks."""
        return Voice(self.catalogue, request.language)

    async def sources(self) -> Mapping[str, str]:
        """The names of all configured sources by key."""
        async with self.database.reading() as tx:
            return {source.key: source.name for source in await stored_sources.known_sources(tx)}

    async def ticks(self, markets: Iterable[Market]) -> dict[Market, Tick]:
        """The last tick of each market that has one; none asked for, none fetched."""
        wanted = set(markets)
        return await self.prices.ticks(wanted) if wanted else {}


@dataclass(frozen=True, slots=True)
class Visit:
    """A request inside its writing transaction, and where its answer goes."""

    tx: Transaction
    request: Request
    here: Destination
    now: datetime


Apply = Callable[[Visit], Awaitable[Answer]]
Prepare = Callable[[Request, Room], Awaitable[Apply]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command or a button.

    `changes_settings` keeps it to administrators in groups and channels, `for_operators` to
    those whom the settings name. `only_toasts` tells that a button writes nothing into the
    chat, so that a channel's readers may press it. `example` is one that works, for the answer
    to a wrong one.
    """

    prepare: Prepare
    changes_settings: bool = False
    for_operators: bool = False
    only_toasts: bool = False
    example: str = ""


def message(
    text: Html, rows: Rows = (), preview_url: str | None = None, *, large: bool = False
) -> Rendered:
    """A message in the bot's own words, which Telegram takes whatever its length."""
    return Rendered(fitted(text), rows, preview_url, large)


def said(text: Html, rows: Rows = (), *, edits: bool = False) -> Answer:
    """An answer of one message."""
    return Answer((Say(message(text, rows), edits=edits),))


def toast(text: str, *, is_popup: bool = False) -> Answer:
    """An answer that shows over the chat and leaves nothing in it."""
    return Answer(toast_text=text, is_popup=is_popup)


def settled(answer: Answer) -> Apply:
    """An application that stores nothing and gives this answer."""

    async def apply(visit: Visit) -> Answer:
        """The answer that was settled, whatever the visit."""
        del visit
        return answer

    return apply


def error_text(error: CoinbellError, voice: Voice, example: str) -> Html:
    """What a person reads of an error: what was wrong, and an example that works."""
    text_id = error.argument_text_id if isinstance(error, ArgumentError) else error.text_id
    command = example.partition(" ")[0]
    values: dict[str, Any] = {"example": example, "command": command, **error.values}
    return voice.html(text_id, **values)
