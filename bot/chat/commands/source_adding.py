"""New sources: /source add with its question, and /source import.

Owns what an operator sees before a feed becomes a source. The network is asked before any
transaction; what was found waits in the database as a proposal, for a button has no room for it.
"""

from collections.abc import Collection, Iterable
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Rows, Visit, said, settled, toast
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.keyboards import Action, Press, button, number_of, pressed
from bot.chat.pushes import story_line
from bot.chat.request import Request
from bot.chat.source_arguments import SourceOrder
from bot.domain.articles import Article
from bot.domain.errors import (
    ArgumentError,
    FetchError,
    InvalidAddress,
    ParseError,
    PrivateAddressRefused,
    ResponseTooLarge,
)
from bot.domain.feeds import (
    FoundFeed,
    ListedFeed,
    addresses_of,
    comparable_address,
    source_key,
    source_name,
)
from bot.domain.sources import Source, SourceKind, SourceSettings, SourceState
from bot.http import shown_url
from storage import source_admin
from storage.sources import recorded_sources
from storage.story_pages import StoredStory

_MOST_KEYS = 50


def source_at(address: str, sources: Iterable[Source]) -> Source | None:
    """The source in use that is read from that address, or None."""
    wanted = comparable_address(address)
    return next((one for one in sources if one.is_known and wanted in addresses_of(one)), None)


def proposed_source(
    found: FoundFeed, wanted_key: str, recorded: Collection[Source]
) -> SourceSettings:
    """A found feed as the source it would be.

    It has the key that the operator wants, else the one that its address had before, else one
    made from its title. Raises ArgumentError `source.key_taken`.
    """
    name = source_name(found.title, found.url)
    holder = next((one for one in recorded if one.key == wanted_key and one.is_known), None)
    if holder is not None:
        raise ArgumentError("source.key_taken", typed=wanted_key, name=holder.name)
    address = comparable_address(found.url)
    before = (one.key for one in recorded if not one.is_known and address in addresses_of(one))
    made = source_key(name, found.url, {one.key for one in recorded})
    key = wanted_key or next(before, made)
    return SourceSettings(key, name, SourceKind.FEED, found.url)


async def prepare_addition(order: SourceOrder, request: Request, room: Room) -> Apply:
    """/source add: looks for the feed, and asks whether it is to be added."""
    voice = room.voice(request)
    async with room.database.reading() as tx:
        known = source_at(order.what, await recorded_sources(tx))
    if known is not None:
        return settled(said(_already(known, voice)))
    found = await _found(order.what, room)
    if found is None:
        raise ArgumentError("source.no_feed", address=_shown(order.what))
    return partial(_propose, room, order.key, found)


async def _found(address: str, room: Room) -> FoundFeed | None:
    try:
        return await room.finder.feed_behind(address)
    except (PrivateAddressRefused, InvalidAddress):
        raise
    except FetchError as error:
        raise ArgumentError("source.unreachable", reason=error.log_text) from error


async def _propose(room: Room, wanted_key: str, found: FoundFeed, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    recorded = await recorded_sources(visit.tx)
    known = source_at(found.url, recorded)
    if known is not None:
        return said(_already(known, voice))
    proposed = proposed_source(found, wanted_key, recorded)
    source_id = await source_admin.propose_source(visit.tx, proposed, visit.now)
    if source_id is None:  # only a rival's transaction can have taken it since the line above
        raise ArgumentError("source.key_taken", typed=proposed.key, name=proposed.name)
    rows = _question(source_id, proposed, voice)
    return said(_preview(found, proposed, voice, visit), rows)


def _preview(found: FoundFeed, proposed: SourceSettings, voice: Voice, visit: Visit) -> Html:
    articles = [
        Article(
            source_key=proposed.key,
            guid=item.guid,
            title=item.title,
            published_at=min(item.published_at or visit.now, visit.now),
            url=item.url,
        )
        for item in found.newest
    ]
    lines = [
        story_line(StoredStory(0, 1, article, proposed.name), voice, visit.now)
        for article in articles
    ]
    head = voice.html(
        "source.proposal", name=proposed.name, key=proposed.key, url=_shown(proposed.url)
    )
    newest = joined("\n", lines) if lines else voice.html("source.empty_feed")
    return joined("\n\n", [head, newest, voice.html("source.ask")])


def _question(source_id: int, proposed: SourceSettings, voice: Voice) -> Rows:
    # Ids of proposals are given anew: the address's number keeps a button to its own.
    number = number_of(proposed.url)
    return (
        (
            button(voice.plain("button.add_source"), Action.SOURCE_ADD, source_id, number),
            button(voice.plain("button.discard"), Action.SOURCE_DISCARD, source_id, number),
        ),
    )


async def prepare_addition_press(request: Request, room: Room) -> Apply:
    """Add or Cancel below a proposal."""
    press = pressed(request.callback_data) or Press(Action.SOURCE_DISCARD)
    return partial(_decide, room, press)


async def _decide(room: Room, press: Press, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    recorded = await recorded_sources(visit.tx)
    chosen = next((one for one in recorded if one.id == press.first), None)
    if chosen is None or number_of(chosen.url) != press.second:
        return toast(voice.plain("source.toast_over"), is_popup=True)
    if chosen.is_known:
        return said(_already(chosen, voice), edits=True)
    if chosen.state is not SourceState.PROPOSED:
        return toast(voice.plain("source.toast_over"), is_popup=True)
    rival = source_at(chosen.url, recorded)
    if press.action is Action.SOURCE_DISCARD or rival is not None:
        await source_admin.drop_proposal(visit.tx, chosen.id)
        text = voice.html("source.discarded") if rival is None else _already(rival, voice)
        return said(text, edits=True)
    await source_admin.confirm_source(visit.tx, chosen.id)
    return said(voice.html("source.added", name=chosen.name, key=chosen.key), edits=True)


def _already(known: Source, voice: Voice) -> Html:
    text_id = "source.already"
    if known.state in {SourceState.PAUSED, SourceState.RETIRED}:
        text_id = "source.already_resting"
    return voice.html(text_id, name=known.name, key=known.key)


async def prepare_import(request: Request, room: Room) -> Apply:
    """/source import in the caption of an OPML file, or in reply to one."""
    sent = request.document or request.quoted_document
    if sent is None:
        raise ArgumentError("source.no_file")
    try:
        feeds = await room.finder.feeds_in(await room.fetch_file(sent))
    except ResponseTooLarge as error:
        raise ArgumentError("source.file_too_large") from error
    except ParseError as error:
        raise ArgumentError("source.file_unreadable", reason=error.log_text) from error
    return partial(_import, room, feeds)


async def _import(room: Room, feeds: tuple[ListedFeed, ...], visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    imported = await source_admin.import_feeds(visit.tx, feeds)
    lines = [voice.html("source.imported", n=len(imported.added))]
    if imported.added:
        shown = ", ".join(f"@{key}" for key in imported.added[:_MOST_KEYS])
        more = "…" if len(imported.added) > _MOST_KEYS else ""
        lines.append(voice.html("source.imported_keys", keys=shown + more))
    if imported.known:
        lines.append(voice.html("source.imported_known", n=imported.known))
    return said(joined("\n", lines))


def _shown(address: str) -> str:
    """An address without what it may keep secret: its password, the values of its query."""
    return shown_url(address) if "://" in address else address
