"""Which of the messages that are due go now.

Pure: takes what waits and the pacer's allowance, gives what to send, what to put off until
when, and what is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.delivery.pacing import CHAT_SECONDS, Pacer, is_group
from bot.delivery.verdicts import Verdict, expired
from bot.domain.outbox import Claimed, Method, Priority

_ONE_IN = 16


@dataclass(slots=True)
class Selection:
    """`send` in order of priority; `later` by message id; `over` are past their time."""

    send: list[Claimed] = field(default_factory=list)
    later: dict[int, datetime] = field(default_factory=dict)
    over: list[Verdict] = field(default_factory=list)


def lower_share(limit: int) -> int:
    """How many of `limit` messages each lower priority that waits is sure of.

    One in sixteen, and one at least: alerts go first, and a broadcast still moves while they
    do.
    """
    return max(1, limit // _ONE_IN)


def selected(
    due: Sequence[Claimed], pacer: Pacer, limit: int, now: datetime, monotonic: float
) -> Selection:
    """The `limit` messages to send now, one for each chat, of those whose chats may be written to.

    Others of the same chat are put off by as many seconds as messages stand before them, so
    that a chat with a long queue does not stand in the way of the rest. What is beyond
    `limit` is left as it is.
    """
    selection = Selection()
    ready: list[Claimed] = []
    ahead: dict[int, int] = {}
    for message in due:
        if (end := expired(message, now)) is not None:
            selection.over.append(end)
            continue
        chat_id, kind = message.telegram_chat_id, message.chat_kind
        wait = pacer.wait_for_extra(chat_id, kind, monotonic) if message.is_extra else 0.0
        if wait <= 0 and is_paced(message):
            before = ahead.get(chat_id, 0)
            ahead[chat_id] = before + 1
            wait = pacer.wait_for_chat(chat_id, kind, monotonic) + before * CHAT_SECONDS
        if wait > 0:
            selection.later[message.id] = now + timedelta(seconds=wait)
        else:
            ready.append(message)
    selection.send = _first(ready, limit)
    return selection


def _first(ready: Sequence[Claimed], limit: int) -> list[Claimed]:
    """The first `limit` by priority, each lower priority with its share."""
    share, left = lower_share(limit), limit
    by_priority: dict[Priority, list[Claimed]] = {}
    for message in ready:
        by_priority.setdefault(message.priority, []).append(message)
    promised = sum(min(share, len(waiting)) for waiting in by_priority.values())
    chosen: list[Claimed] = []
    for priority in sorted(by_priority):
        waiting = by_priority[priority]
        promised -= min(share, len(waiting))
        take = waiting[: max(left - promised, 0)]
        chosen += take
        left -= len(take)
    return chosen


def is_paced(message: Claimed) -> bool:
    """Whether the chat's own limit holds: an edit in a private chat or channel is free."""
    return message.method is not Method.EDIT or is_group(message.chat_kind)
