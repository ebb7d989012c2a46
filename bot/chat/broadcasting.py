"""How a broadcast looks and how far it is: the message itself, and the one that reports it.

Owns the texts of the report and the job that keeps it true, lets the next in the queue begin
and tells an admin whose draft Telegram refused. What is sent stands in the outbox.
"""

from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from bot.chat.answers import message
from bot.chat.catalogue import Catalogue, Html, Voice, joined
from bot.chat.formatting import duration_text, share_text
from bot.chat.keyboards import Action, button
from bot.domain.outbox import MessageState, Rendered, Reply
from bot.domain.ports import Clock, Signal
from storage import broadcasts, outbox
from storage.broadcasts import Broadcast, BroadcastState, Progress, Shown
from storage.database import Database, Transaction

_log = structlog.get_logger(__name__)

# The report is edited at most so often, however fast it goes.
REPORT_EVERY = timedelta(seconds=3)
# A report that could not be sent in this time has been overtaken by a later one.
_REPORT_LIFE = timedelta(seconds=30)
_TITLES = {
    BroadcastState.RUNNING: "broadcast.running",
    BroadcastState.PAUSED: "broadcast.paused",
    BroadcastState.CANCELLING: "broadcast.cancelled",
    BroadcastState.CANCELLED: "broadcast.cancelled",
    BroadcastState.DONE: "broadcast.done",
}
_ENDINGS = {
    BroadcastState.RUNNING: BroadcastState.DONE,
    BroadcastState.PAUSED: BroadcastState.DONE,
    BroadcastState.CANCELLING: BroadcastState.CANCELLED,
}
# What Telegram answers to a message that it does not take, and what that means to its author.
_REASONS = (
    (
        (
            "file identifier",
            "file_reference",
            "photo_",
            "image_process",
            "wrong type of",
            "wrong remote file",
            "get http url content",
        ),
        "refused.photo",
    ),
    (("button",), "refused.button"),
    (("parse entities",), "refused.formatting"),
    (("too long",), "refused.length"),
)


def broadcast_message(broadcast: Broadcast) -> Rendered:
    """What every chat of the audience gets; checked before it became a draft."""
    return Rendered(broadcast.text_html, broadcast.rows, photo=broadcast.photo)


def refused_message(shown: Shown, voice: Voice) -> Rendered:
    """Why a draft cannot be sent: in the admin's words where they are known, else Telegram's."""
    words = shown.reason or ""
    for signs, text_id in _REASONS:
        if any(sign in words.lower() for sign in signs):
            reason = voice.html(text_id)
            break
    else:
        is_silence = shown.state is MessageState.UNKNOWN or not words
        text_id = "refused.silence" if is_silence else "refused.other"
        reason = voice.html(text_id) if is_silence else voice.html("refused.other", words=words)
    return message(joined("\n", [voice.html("refused.title"), reason]))


def progress_message(
    broadcast: Broadcast, progress: Progress, voice: Voice, state: BroadcastState | None = None
) -> Rendered:
    """The report of a broadcast, with the buttons that its state allows.

    `state` is what it has just become, when that is later than `broadcast` knows.
    """
    state = state or broadcast.state
    cancel = button(voice.plain("button.cancel"), Action.BROADCAST_CANCEL, broadcast.id)
    if state is BroadcastState.QUEUED:
        return message(voice.html("broadcast.queued"), ((cancel,),))
    text = joined("\n", [_head(broadcast, progress, voice, state), _counts(progress, voice)])
    match state:
        case BroadcastState.RUNNING:
            pause = button(voice.plain("button.pause"), Action.BROADCAST_PAUSE, broadcast.id)
            return message(text, ((pause, cancel),))
        case BroadcastState.PAUSED:
            resume = button(voice.plain("button.resume"), Action.BROADCAST_RESUME, broadcast.id)
            return message(text, ((resume, cancel),))
        case _:
            return message(text)


def _head(broadcast: Broadcast, progress: Progress, voice: Voice, state: BroadcastState) -> Html:
    total = max(broadcast.total, progress.done + progress.waiting)
    end = broadcast.finished_at or broadcast.reported_at
    took = end - broadcast.started_at if end and broadcast.started_at else timedelta()
    return voice.html(
        _TITLES[state],
        done=f"{progress.done:,}",
        total=f"{total:,}",
        share=share_text(_percent(progress.done, total)),
        sent=f"{progress.sent:,}",
        duration=duration_text(took),
    )


def _counts(progress: Progress, voice: Voice) -> Html:
    return voice.html(
        "broadcast.counts",
        sent=f"{progress.sent:,}",
        blocked=f"{progress.blocked:,}",
        failed=f"{progress.failed:,}",
        unknown=f"{progress.unknown:,}",
    )


def report_key(progress: Progress, state: BroadcastState) -> str:
    """What a report says, as text: two reports of one key are the same."""
    counts = (progress.sent, progress.blocked, progress.failed, progress.unknown)
    return ":".join([state.value, *map(str, counts)])


async def report_progress(
    database: Database, catalogue: Catalogue, clock: Clock, signal: Signal
) -> int:
    """Bring the report of every broadcast under way up to date, and end those that are through.

    Also starts the next in the queue, and refuses drafts that Telegram did not take. To be run
    every second: each report is edited every three seconds at most, and only when what it
    says has changed. Returns how many messages were owed.
    """
    voice = Voice(catalogue, None)
    async with database.reading() as tx:
        refused = await broadcasts.drafts_not_shown(tx)
        confirmed = await broadcasts.open_broadcasts(tx)
    owed = 0
    for draft, shown in refused:
        async with database.writing() as tx:
            owed += await _refuse(tx, draft, shown, voice, clock())
    for each in confirmed:
        owed += await _follow(database, each, voice, clock())
    started = False
    if any(each.state is BroadcastState.QUEUED for each in confirmed):
        async with database.writing() as tx:
            started = await broadcasts.start_next_broadcast(tx, clock()) is not None
    if owed or started:
        signal.wake()
    return owed


async def _refuse(
    tx: Transaction, draft: Broadcast, shown: Shown, voice: Voice, now: datetime
) -> bool:
    """Tell that a draft cannot be sent, in place of the question whether to send it."""
    question = await broadcasts.shown_message(tx, broadcasts.question_key(draft.id))
    if question is not None and question.state in (MessageState.WAITING, MessageState.WIRE):
        return False  # it can be put in its place once it is there
    moved = await broadcasts.move_broadcast(
        tx, draft.id, BroadcastState.DRAFT, BroadcastState.REFUSED, now
    )
    if not moved or draft.destination_id is None:
        return False
    asked_id = question.telegram_message_id if question is not None else None
    reply = Reply(draft.destination_id, refused_message(shown, voice), edit_message_id=asked_id)
    _log.info("broadcast_refused", broadcast_id=draft.id, reason=shown.reason)
    return await outbox.add_reply(tx, reply, f"broadcast:{draft.id}:refused", now)


async def _follow(database: Database, known: Broadcast, voice: Voice, now: datetime) -> bool:
    """Bring one broadcast and its report up to date; false when nothing was owed for it."""
    is_fresh = known.reported_at is not None and now - known.reported_at < REPORT_EVERY
    if is_fresh or known.state is BroadcastState.QUEUED:
        return False
    async with database.reading() as tx:
        # Counting 100,000 rows takes a twentieth of a second, in which nobody else could write.
        progress = await broadcasts.broadcast_progress(tx, known.id)
    is_same = known.reported == report_key(progress, known.state)
    has_stragglers = known.state is not BroadcastState.RUNNING and progress.planned > 0
    if is_same and progress.waiting and not has_stragglers:
        return False
    async with database.writing() as tx:
        return await _report(tx, known.id, voice, now)


async def _report(tx: Transaction, broadcast_id: int, voice: Voice, now: datetime) -> bool:
    current = await broadcasts.broadcast(tx, broadcast_id)
    if current is None:
        return False
    await _catch_stragglers(tx, current, now)
    progress = await broadcasts.broadcast_progress(tx, broadcast_id)
    state = _state_after(current.state, progress)
    if state is not current.state:
        await broadcasts.move_broadcast(tx, broadcast_id, current.state, state, now)
        _log.info("broadcast_ended", broadcast_id=broadcast_id, state=state, sent=progress.sent)
    key = report_key(progress, state)
    if key == current.reported:
        return False
    await broadcasts.note_report(tx, broadcast_id, key, now)
    current = await broadcasts.broadcast(tx, broadcast_id)
    if current is None or current.destination_id is None or current.progress_message_id is None:
        return False
    reply = Reply(
        current.destination_id,
        progress_message(current, progress, voice),
        edit_message_id=current.progress_message_id,
    )
    expires_at = None if current.finished_at else now + _REPORT_LIFE
    key = f"broadcast:{broadcast_id}:report:{now.timestamp():.3f}"
    return await outbox.add_reply(tx, reply, key, now, expires_at=expires_at)


async def _catch_stragglers(tx: Transaction, current: Broadcast, now: datetime) -> None:
    """What was on the wire when it was paused or cancelled may have come back to the queue."""
    if current.state is BroadcastState.PAUSED:
        await broadcasts.hold_broadcast(tx, current.id)
    elif current.state is BroadcastState.CANCELLING:
        await broadcasts.drop_broadcast(tx, current.id, now)


def _state_after(state: BroadcastState, progress: Progress) -> BroadcastState:
    if progress.waiting or state not in _ENDINGS:
        return state
    return _ENDINGS[state]


def _percent(done: int, total: int) -> Decimal:
    return Decimal(done) / Decimal(total) * 100 if total else Decimal(100)
