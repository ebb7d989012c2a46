"""/broadcast: an operator's message to every chat, after a look at it.

Owns the way from draft to running and the buttons that pause, resume and cancel. Each press
moves the broadcast from one state to the next; pressed twice, it changes nothing.
"""

from functools import partial

from bot.chat.answers import Answer, Apply, Room, Say, Visit, message, said
from bot.chat.broadcasting import progress_message
from bot.chat.catalogue import Html
from bot.chat.keyboards import Action, Press, button, pressed
from bot.chat.request import Request
from bot.domain.errors import ArgumentError
from storage import broadcasts, outbox
from storage.broadcasts import BroadcastState

_MOVES = {
    Action.BROADCAST_DISCARD: ((BroadcastState.DRAFT,), BroadcastState.CANCELLED),
    Action.BROADCAST_PAUSE: ((BroadcastState.RUNNING,), BroadcastState.PAUSED),
    Action.BROADCAST_RESUME: ((BroadcastState.PAUSED,), BroadcastState.RUNNING),
    Action.BROADCAST_CANCEL: (
        (BroadcastState.RUNNING, BroadcastState.PAUSED),
        BroadcastState.CANCELLED,
    ),
}


async def prepare_broadcast(request: Request, room: Room) -> Apply:
    """/broadcast TEXT, or in reply to the message that is to be sent."""
    text_html = request.argument_html
    if not text_html and request.has_quote:
        if request.quoted_html is None:
            raise ArgumentError("broadcast.not_text")
        text_html = request.quoted_html
    if not text_html:
        raise ArgumentError("broadcast.none")
    return partial(_preview, room, text_html)


async def _preview(room: Room, text_html: str, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    reach = await broadcasts.reachable_chats(visit.tx)
    broadcast_id = await broadcasts.add_broadcast(
        visit.tx, visit.request.user_id or 0, visit.here.id, text_html, visit.now
    )
    send = button(voice.plain("button.send"), Action.BROADCAST_SEND, broadcast_id)
    discard = button(voice.plain("button.discard"), Action.BROADCAST_DISCARD, broadcast_id)
    question = message(voice.html("broadcast.ask", n=reach), ((send, discard),))
    return Answer((Say(message(Html(text_html))), Say(question)))


async def prepare_broadcast_press(request: Request, room: Room) -> Apply:
    """Send, Cancel, Pause or Resume under a broadcast."""
    press = pressed(request.callback_data) or Press(Action.BROADCAST_DISCARD)
    return partial(_send if press.action is Action.BROADCAST_SEND else _move, room, press)


async def _send(room: Room, press: Press, visit: Visit) -> Answer:
    tx, now = visit.tx, visit.now
    running = BroadcastState.RUNNING
    started = await broadcasts.move_broadcast(
        tx,
        press.first,
        BroadcastState.DRAFT,
        running,
        now,
        progress_message_id=visit.request.message_id,
        destination_id=visit.here.id,
    )
    if started:
        total = await outbox.owe_broadcast(tx, press.first, now)
        await broadcasts.move_broadcast(tx, press.first, running, running, now, total=total)
    return await _shown(room, press, visit, is_changed=started)


async def _move(room: Room, press: Press, visit: Visit) -> Answer:
    befores, after = _MOVES[press.action]
    is_changed = False
    for before in befores:
        is_changed = is_changed or await broadcasts.move_broadcast(
            visit.tx, press.first, before, after, visit.now
        )
    if is_changed and press.action is Action.BROADCAST_CANCEL:
        await broadcasts.drop_broadcast(visit.tx, press.first, visit.now)
    if is_changed and press.action is Action.BROADCAST_DISCARD:
        return said(room.voice(visit.request).html("broadcast.discarded"), edits=True)
    return await _shown(room, press, visit, is_changed=is_changed)


async def _shown(room: Room, press: Press, visit: Visit, *, is_changed: bool) -> Answer:
    """The broadcast as it stands; a press that came too late is told so."""
    voice = room.voice(visit.request)
    current = await broadcasts.broadcast(visit.tx, press.first)
    if current is None:
        return Answer(toast_text=voice.plain("button.old"), is_popup=True)
    told = None if is_changed else voice.plain("broadcast.too_late")
    if current.started_at is None:
        return Answer(toast_text=told)
    progress = await broadcasts.broadcast_progress(visit.tx, press.first)
    return Answer((Say(progress_message(current, progress, voice), edits=True),), told)
