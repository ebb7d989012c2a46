"""How far a broadcast is: the one message that reports it, and its buttons.

Owns the text of the progress and the job that brings it up to date. Starting, pausing and
cancelling are commands; what is sent stands in the outbox.
"""

from datetime import timedelta
from decimal import Decimal

import structlog

from bot.chat.answers import message
from bot.chat.catalogue import Catalogue, Voice
from bot.chat.formatting import share_text
from bot.chat.keyboards import Action, button
from bot.domain.outbox import Rendered, Reply
from bot.domain.ports import Clock, Signal
from storage import broadcasts, outbox
from storage.broadcasts import Broadcast, BroadcastState, Progress
from storage.database import Database, Transaction

_log = structlog.get_logger(__name__)

# A report that could not be sent in this time has been overtaken by a later one.
_REPORT_LIFE = timedelta(seconds=30)
_TITLES = {
    BroadcastState.RUNNING: "broadcast.running",
    BroadcastState.PAUSED: "broadcast.paused",
    BroadcastState.CANCELLED: "broadcast.cancelled",
    BroadcastState.DONE: "broadcast.done",
}


def progress_message(
    broadcast: Broadcast, progress: Progress, voice: Voice, state: BroadcastState | None = None
) -> Rendered:
    """The report of a broadcast, with the buttons that its state allows.

    `state` is what it has just become, when that is later than `broadcast` knows.
    """
    state = state or broadcast.state
    done = progress.sent + progress.dropped + progress.unknown
    total = max(broadcast.total, done + progress.waiting)
    text = voice.html(
        _TITLES.get(state, "broadcast.running"),
        done=f"{done:,}",
        total=f"{total:,}",
        share=share_text(_percent(done, total)),
        sent=f"{progress.sent + progress.unknown:,}",
        failed=f"{progress.dropped:,}",
    )
    cancel = button(voice.plain("button.cancel"), Action.BROADCAST_CANCEL, broadcast.id)
    match state:
        case BroadcastState.RUNNING:
            pause = button(voice.plain("button.pause"), Action.BROADCAST_PAUSE, broadcast.id)
            return message(text, ((pause, cancel),))
        case BroadcastState.PAUSED:
            resume = button(voice.plain("button.resume"), Action.BROADCAST_RESUME, broadcast.id)
            return message(text, ((resume, cancel),))
        case _:
            return message(text)


async def report_progress(
    database: Database, catalogue: Catalogue, clock: Clock, signal: Signal
) -> int:
    """Bring the report of every broadcast under way up to date, and end those that are through.

    To be run every few seconds. Returns how many reports were owed; a count that was reported
    before is not reported again.
    """
    owed = 0
    async with database.reading() as tx:
        under_way = await broadcasts.running_broadcasts(tx)
    for broadcast in under_way:
        async with database.writing() as tx:
            owed += await _report(tx, broadcast, Voice(catalogue, None), clock)
    if owed:
        signal.wake()
    return owed


async def _report(tx: Transaction, broadcast: Broadcast, voice: Voice, clock: Clock) -> bool:
    now = clock()
    current = await broadcasts.broadcast(tx, broadcast.id)
    if current is None or current.state not in (BroadcastState.RUNNING, BroadcastState.PAUSED):
        return False
    progress = await broadcasts.broadcast_progress(tx, broadcast.id)
    is_through = current.state is BroadcastState.RUNNING and progress.waiting == 0
    state = BroadcastState.DONE if is_through else current.state
    key = f"{progress.sent + progress.dropped + progress.unknown}"
    if is_through:
        await broadcasts.move_broadcast(tx, broadcast.id, current.state, state, now)
        _log.info("broadcast_done", broadcast_id=broadcast.id, sent=progress.sent)
        key = "done"
    if current.destination_id is None or current.progress_message_id is None:
        return False
    reply = Reply(
        current.destination_id,
        progress_message(current, progress, voice, state),
        edit_message_id=current.progress_message_id,
    )
    expires_at = None if is_through else now + _REPORT_LIFE
    return await outbox.add_reply(
        tx, reply, f"broadcast:{broadcast.id}:{key}", now, expires_at=expires_at
    )


def _percent(done: int, total: int) -> Decimal:
    return Decimal(done) / Decimal(total) * 100 if total else Decimal(100)
