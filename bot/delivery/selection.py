"""Which of the messages that are due go now.

Pure: takes what waits and the pacer's allowance, gives what to send, what to put off until
when, and what is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.delivery.pacing import CHAT_SECONDS, Pacer, is_group
from bot.delivery.verdicts import Verdict, expired
from bot.domain.outbox import Claimed, Method


@dataclass(slots=True)
class Selection:
    """`send` in order of priority; `later` by message id; `over` are past their time."""

    send: list[Claimed] = field(default_factory=list)
    later: dict[int, datetime] = field(default_factory=dict)
    over: list[Verdict] = field(default_factory=list)


def selected(
    due: Sequence[Claimed], pacer: Pacer, limit: int, now: datetime, monotonic: float
) -> Selection:
    """The first `limit` messages whose chats may be written to now, one for each chat.

    Others of the same chat are put off by as many seconds as messages stand before them, so
    that a chat with a long queue does not stand in the way of the rest. What is beyond
    `limit` is left as it is.
    """
    selection = Selection()
    ahead: dict[int, int] = {}
    for message in due:
        if (end := expired(message, now)) is not None:
            selection.over.append(end)
            continue
        if not is_paced(message):
            if len(selection.send) < limit:
                selection.send.append(message)
            continue
        chat_id = message.telegram_chat_id
        before = ahead.get(chat_id, 0)
        wait = pacer.wait_for_chat(chat_id, message.chat_kind, monotonic) + before * CHAT_SECONDS
        if wait > 0:
            selection.later[message.id] = now + timedelta(seconds=wait)
        elif len(selection.send) < limit:
            selection.send.append(message)
        else:
            continue
        ahead[chat_id] = before + 1
    return selection


def is_paced(message: Claimed) -> bool:
    """Whether the chat's own limit holds: an edit in a private chat or channel is free."""
    return message.method is not Method.EDIT or is_group(message.chat_kind)
