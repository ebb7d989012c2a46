"""/broadcast: an operator's message to all chats or some, after a look at it.

Owns the way from draft to running and the buttons that pause, resume and cancel. Each press
moves the broadcast from one state to the next; pressed twice, it changes nothing.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Say, Visit, message, said, toast
from bot.chat.broadcast_arguments import (
    Asked,
    Draft,
    checked_draft,
    read_audience,
    split_buttons,
)
from bot.chat.broadcasting import progress_message, refused_message, report_key
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.keyboards import Action, Press, button, pressed
from bot.chat.labels import audience_label
from bot.chat.message_html import NOTHING
from bot.chat.request import Request
from bot.chat.stars import broadcast_stars
from bot.domain.errors import ArgumentError
from bot.domain.numbers import canonical_text
from bot.domain.outbox import MessageState, Rendered
from storage import broadcasts
from storage.audiences import audience_count
from storage.broadcasts import Broadcast, BroadcastState, preview_key, question_key

_State = BroadcastState
_MOVES: dict[Action, tuple[tuple[BroadcastState, BroadcastState], ...]] = {
    Action.BROADCAST_DISCARD: ((_State.DRAFT, _State.CANCELLED),),
    Action.BROADCAST_PAUSE: ((_State.RUNNING, _State.PAUSED),),
    Action.BROADCAST_RESUME: ((_State.PAUSED, _State.RUNNING),),
    Action.BROADCAST_CANCEL: (
        (_State.QUEUED, _State.CANCELLED),
        (_State.RUNNING, _State.CANCELLING),
        (_State.PAUSED, _State.CANCELLING),
    ),
}


async def prepare_broadcast(request: Request, room: Room) -> Apply:
    """/broadcast CONDITIONS TEXT, or in reply to the message that is to be sent."""
    sources = await room.sources()
    asked = read_audience(request.argument, room.assets, sources)
    draft = _draft(request, asked)
    balance = await room.star_balance() if room.star_balance is not None else None
    return partial(_preview, room, asked, draft, sources, balance)


def _draft(request: Request, asked: Asked) -> Draft:
    """The message: what was typed, else what was replied to; a picture of either."""
    written, rows = split_buttons(asked.rest)
    photo = request.photo or request.quoted_photo
    if not written.text and request.photo is None and request.quoted is not None:
        written, quoted_rows = split_buttons(request.quoted)
        rows = rows or quoted_rows
        if not written.text and photo is None:
            raise ArgumentError("broadcast.not_sendable")
    return checked_draft(written if written.text else NOTHING, photo, rows)


async def _preview(  # what was read before the transaction, by name
    room: Room,
    asked: Asked,
    draft: Draft,
    sources: Mapping[str, str],
    balance: Decimal | None,
    visit: Visit,
) -> Answer:
    voice = room.voice(visit.request)
    whom = audience_label(asked.audience, room.assets, sources, voice)
    reach = await audience_count(visit.tx, asked.audience, visit.now)
    if not reach:
        raise ArgumentError("broadcast.nobody", audience=whom)
    broadcast_id = await broadcasts.add_broadcast(
        visit.tx,
        visit.request.user_id or 0,
        visit.here.id,
        draft.text_html,
        visit.now,
        photo=draft.photo,
        rows=draft.rows,
        audience=asked.audience,
    )
    send = button(voice.plain("button.send"), Action.BROADCAST_SEND, broadcast_id)
    discard = button(voice.plain("button.discard"), Action.BROADCAST_DISCARD, broadcast_id)
    lines = [voice.html("broadcast.ask", n=reach, audience=whom)]
    if room.star_balance is not None:
        lines.append(_cost(reach, balance, voice))
    shown = Rendered(draft.text_html, draft.rows, photo=draft.photo, exact=True)
    question = message(joined("\n", lines), ((send, discard),))
    return Answer(
        (
            Say(shown, producer_key=preview_key(broadcast_id)),
            Say(question, producer_key=question_key(broadcast_id)),
        )
    )


def _cost(reach: int, balance: Decimal | None, voice: Voice) -> Html:
    cost = broadcast_stars(reach)
    stars = f"{cost:,.1f}".removesuffix(".0")
    if balance is None:
        return voice.html("broadcast.cost_unknown_balance", cost=stars)
    text_id = "broadcast.cost" if cost <= balance else "broadcast.cost_beyond"
    return voice.html(text_id, cost=stars, balance=canonical_text(balance))


async def prepare_broadcast_press(request: Request, room: Room) -> Apply:
    """Send, Cancel, Pause or Resume under a broadcast."""
    press = pressed(request.callback_data) or Press(Action.BROADCAST_DISCARD)
    return partial(_send if press.action is Action.BROADCAST_SEND else _move, room, press)


async def _send(room: Room, press: Press, visit: Visit) -> Answer:
    """Queue a draft that its admin has seen, and start it when nothing is before it."""
    tx, now = visit.tx, visit.now
    voice = room.voice(visit.request)
    await broadcasts.lock_queue(tx)
    draft = await broadcasts.broadcast(tx, press.first)
    if draft is None or draft.state is not _State.DRAFT:
        return await _shown(room, press, visit, is_changed=False)
    seen = await broadcasts.shown_message(tx, preview_key(draft.id))
    if seen is None:
        return toast(voice.plain("button.old"), is_popup=True)
    if seen.state in (MessageState.WAITING, MessageState.WIRE):
        return toast(voice.plain("broadcast.not_shown_yet"), is_popup=True)
    if seen.state is not MessageState.SENT:
        await broadcasts.move_broadcast(tx, draft.id, _State.DRAFT, _State.REFUSED, now)
        return Answer((Say(refused_message(seen, voice), edits=True),))
    await broadcasts.move_broadcast(
        tx,
        draft.id,
        _State.DRAFT,
        _State.QUEUED,
        now,
        progress_message_id=visit.request.message_id,
        destination_id=visit.here.id,
    )
    await broadcasts.start_next_broadcast(tx, now)
    return await _shown(room, press, visit, is_changed=True)


async def _move(room: Room, press: Press, visit: Visit) -> Answer:
    reached: BroadcastState | None = None
    for before, after in _MOVES[press.action]:
        if await broadcasts.move_broadcast(visit.tx, press.first, before, after, visit.now):
            reached = after
            break
    match reached:
        case BroadcastState.CANCELLED:
            return said(room.voice(visit.request).html("broadcast.discarded"), edits=True)
        case BroadcastState.PAUSED:
            await broadcasts.hold_broadcast(visit.tx, press.first)
        case BroadcastState.RUNNING:
            await broadcasts.release_broadcast(visit.tx, press.first)
        case BroadcastState.CANCELLING:
            await _cancel(press.first, visit)
        case _:
            pass
    return await _shown(room, press, visit, is_changed=reached is not None)


async def _cancel(broadcast_id: int, visit: Visit) -> None:
    """Drop what is not on the wire; without anything there, that is the end of it."""
    await broadcasts.drop_broadcast(visit.tx, broadcast_id, visit.now)
    progress = await broadcasts.broadcast_progress(visit.tx, broadcast_id)
    if not progress.waiting:
        await broadcasts.move_broadcast(
            visit.tx, broadcast_id, _State.CANCELLING, _State.CANCELLED, visit.now
        )


async def _shown(room: Room, press: Press, visit: Visit, *, is_changed: bool) -> Answer:
    """The broadcast as it stands; a press that came too late is told so."""
    voice = room.voice(visit.request)
    current = await broadcasts.broadcast(visit.tx, press.first)
    if current is None:
        return toast(voice.plain("button.old"), is_popup=True)
    told = None if is_changed else voice.plain("broadcast.too_late")
    if current.state is not _State.QUEUED and current.started_at is None:
        return Answer(toast_text=told)
    return Answer((Say(await _report(current, voice, visit), edits=True),), told)


async def _report(current: Broadcast, voice: Voice, visit: Visit) -> Rendered:
    """The report that answers a press; the next one waits for something new to tell."""
    progress = await broadcasts.broadcast_progress(visit.tx, current.id)
    key = report_key(progress, current.state)
    await broadcasts.note_report(visit.tx, current.id, key, visit.now)
    noted = await broadcasts.broadcast(visit.tx, current.id)
    return progress_message(noted or current, progress, voice)
