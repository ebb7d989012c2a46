"""What operators type behind /source.

Pure. Owns the reading of `add https://example.org`, `pause coindesk` and the like. What cannot
be read raises ArgumentError with what was typed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.chat.arguments import shown
from bot.domain.errors import ArgumentError
from bot.domain.feeds import is_source_key
from bot.domain.sources import Source

_MAX_ADDRESS_LENGTH = 1_000


class SourceVerb(StrEnum):
    """What is to be done about a source."""

    ADD = "add"
    PAUSE = "pause"
    RESUME = "resume"
    REMOVE = "remove"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class SourceOrder:
    """What somebody wants done: `what` is an address or the words for a source.

    `key` is the one that a new source is to have; empty when that is left to the bot.
    """

    verb: SourceVerb
    what: str = ""
    key: str = ""


def read_source_order(text: str) -> SourceOrder:
    """The order behind /source.

    Raises ArgumentError: `source.what`, `source.add_what`, `source.key_unreadable`,
    `source.address_too_long`, `source.which`.
    """
    verb, _, rest = text.partition(" ")
    if verb.casefold() not in set(SourceVerb):
        raise ArgumentError("source.what", typed=shown(verb))
    order = SourceOrder(SourceVerb(verb.casefold()), rest.strip())
    match order.verb:
        case SourceVerb.ADD:
            return _addition(order.what)
        case SourceVerb.IMPORT:
            return order
        case _:
            if not order.what:
                raise ArgumentError("source.which", verb=order.verb.value)
            return order


def _addition(rest: str) -> SourceOrder:
    address, _, key = rest.partition(" ")
    # "bitcoin" alone is a word; "news.example" may be a site.
    if not address or ("://" not in address and "." not in address):
        raise ArgumentError("source.add_what", typed=shown(rest))
    if len(address) > _MAX_ADDRESS_LENGTH:
        raise ArgumentError("source.address_too_long", limit=str(_MAX_ADDRESS_LENGTH))
    key = key.strip().removeprefix("@").casefold()
    if key and not is_source_key(key):
        raise ArgumentError("source.key_unreadable", typed=shown(key))
    return SourceOrder(SourceVerb.ADD, address, key)


def named_source(typed: str, known: Collection[Source]) -> Source:
    """The source called so, by key (with or without @) or by name.

    Raises ArgumentError `source.not_known`, which tells those that there are.
    """
    wanted = typed.removeprefix("@").casefold()
    by_name = [one for one in known if one.name.casefold() == wanted]
    found = [one for one in known if one.key == wanted] or by_name
    if not found:
        keys = ", ".join(sorted(one.key for one in known)) or "—"
        raise ArgumentError("source.not_known", typed=shown(typed), known=keys)
    return found[0]
