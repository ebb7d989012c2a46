"""/sources, and /source for operators: where news comes from, and what is read of it.

Owns who sees what: everybody the state of each source, operators in their own chats the last
error and the next poll too. Adding is `bot.chat.commands.source_adding`'s.
"""

from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.commands.lists import PAGE, page_of, turning
from bot.chat.commands.source_adding import prepare_addition, prepare_import
from bot.chat.fitting import cut_text
from bot.chat.formatting import clock_text
from bot.chat.keyboards import Action, Press, pressed
from bot.chat.request import Request
from bot.chat.source_arguments import SourceOrder, SourceVerb, named_source, read_source_order
from bot.domain.sources import Source, SourceOrigin, SourceState
from storage import source_admin
from storage.sources import known_sources

_ERROR_UNITS = 160


async def prepare_source(request: Request, room: Room) -> Apply:
    """/source add, pause, resume, remove or import."""
    order = read_source_order(request.argument_text)
    match order.verb:
        case SourceVerb.ADD:
            return await prepare_addition(order, request, room)
        case SourceVerb.IMPORT:
            return await prepare_import(request, room)
        case _:
            return partial(_change, room, order)


async def _change(room: Room, order: SourceOrder, visit: Visit) -> Answer:
    source = named_source(order.what, await known_sources(visit.tx))
    match order.verb:
        case SourceVerb.PAUSE:
            done = await source_admin.pause_source(visit.tx, source.id)
            text_id = "source.paused" if done else "source.not_active"
        case SourceVerb.RESUME:
            done = await source_admin.resume_source(visit.tx, source.id)
            text_id = "source.resumed" if done else "source.not_paused"
        case _:
            await source_admin.remove_source(visit.tx, source.id)
            is_own = source.origin is SourceOrigin.COMMAND
            text_id = "source.removed" if is_own else "source.of_settings"
    voice = room.voice(visit.request)
    return said(voice.html(text_id, name=source.name, key=source.key))


async def prepare_sources(request: Request, room: Room) -> Apply:
    """/sources."""
    del request
    return partial(_view, room, 0, False)


async def prepare_sources_page(request: Request, room: Room) -> Apply:
    """A button that turns the page of /sources."""
    page = (pressed(request.callback_data) or Press(Action.SOURCES_PAGE)).first
    return partial(_view, room, page, True)


async def _view(
    room: Room,
    page: int,
    edits: bool,  # bound by partial, by position
    visit: Visit,
) -> Answer:
    voice = room.voice(visit.request)
    found = await known_sources(visit.tx)
    if not found:
        return said(voice.html("sources.none"), edits=edits)
    found.sort(key=lambda source: source.name.casefold())
    page = page_of(len(found), page)
    shown = found[page * PAGE : (page + 1) * PAGE]
    # In a group everybody reads along.
    is_operator = visit.request.is_private and visit.request.user_id in room.operators
    lines = [_line(source, voice, visit, is_operator=is_operator) for source in shown]
    parts = [
        voice.html("sources.title", n=len(found)),
        joined("\n", lines),
        voice.html("sources.follow", key=shown[0].key),
    ]
    rows = turning(voice, Action.SOURCES_PAGE, page, len(found))
    return said(joined("\n\n", parts), rows, edits=edits)


def _line(source: Source, voice: Voice, visit: Visit, *, is_operator: bool) -> Html:
    state = _state(source, voice, visit)
    lines = [voice.html("sources.line", name=source.name, key=source.key, state=state)]
    if is_operator and source.state is SourceState.ACTIVE:
        if source.next_poll_at is None or source.next_poll_at <= visit.now:
            lines.append(voice.html("sources.next_now"))
        else:
            at = clock_text(source.next_poll_at, visit.now)
            lines.append(voice.html("sources.next", at=at))
    if is_operator and source.last_error:
        error = cut_text(source.last_error, _ERROR_UNITS)
        lines.append(voice.html("sources.error", error=error))
    return joined("\n", lines)


def _state(source: Source, voice: Voice, visit: Visit) -> Html:
    match source.state:
        case SourceState.PAUSED:
            return voice.html("sources.paused")
        case SourceState.RETIRED:
            return voice.html("sources.retired")
        case _:
            pass
    if source.last_error is not None:
        since = source.failing_since_at or source.last_polled_at or visit.now
        return voice.html("sources.failing", since=clock_text(since, visit.now))
    return voice.html("sources.new" if source.last_success_at is None else "sources.active")
