"""Admission by rights and limits, and the log that tests read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.telegram_context import NANOSTARS, PAID_MESSAGE_NANOSTARS, Context
from bot.demo.telegram_errors import Refusal, bad_request
from bot.demo.telegram_limits import LimitBook, Limits, Rate
from bot.demo.telegram_params import Params

if TYPE_CHECKING:
    from bot.demo.telegram_chats import Chat

PAID = Params({"allow_paid_broadcast": "true"})


def private(context: Context) -> Chat:
    return context.world.chats[context.world.add_user("Alice", started=True).id]


def test_paid_messages_cost_stars_beyond_the_free_ones(context: Context) -> None:
    context.limits = LimitBook(Limits(bot=Rate(2, 1.0)))
    before = context.nanostars
    for _ in range(5):
        context.admit(private(context), PAID, "text messages")
    assert before - context.nanostars == 3 * PAID_MESSAGE_NANOSTARS


def test_without_stars_the_free_limit_holds(context: Context) -> None:
    context.limits = LimitBook(Limits(bot=Rate(1, 1.0)))
    context.nanostars = PAID_MESSAGE_NANOSTARS - 1
    context.admit(private(context), PAID, "text messages")
    with pytest.raises(Refusal, match="Too Many Requests: retry after 1") as caught:
        context.admit(private(context), PAID, "text messages")
    assert caught.value.parameters == {"retry_after": 1}


def test_edits_count_in_groups_only(context: Context) -> None:
    context.limits = LimitBook(Limits.telegram())
    alice = private(context)
    group = context.world.add_group("G")
    for _ in range(100):
        context.admit_edit(alice)
    context.admit_edit(group)
    with pytest.raises(Refusal):
        context.admit_edit(group)


def test_what_may_not_be_written_counts_nowhere(context: Context) -> None:
    context.limits = LimitBook(Limits.telegram())
    group = context.world.add_group("G")
    context.world.set_write_ban(group.id, "rights")
    with pytest.raises(Refusal, match="not enough rights"):
        context.admit(group, Params(), "text messages")
    context.world.set_write_ban(group.id, None)
    context.admit(group, Params(), "text messages")


def test_records_say_what_was_sent_and_what_was_refused(context: Context) -> None:
    chat = private(context)
    message = {"message_id": 5, "caption": "x", "caption_entities": [{"type": "bold"}]}
    media = Params({"media": '{"caption": "<b>x</b>"}'})
    context.record_sent("editMessageMedia", chat, message, media)
    context.record_refused("sendPhoto", bad_request("wrong"), media)
    [sent], [refused] = context.sent, context.refused
    assert (sent.chat_id, sent.thread_id, sent.message_id) == (chat.id, 0, 5)
    assert (sent.text, sent.html, sent.entities) == ("x", "<b>x</b>", ({"type": "bold"},))
    assert (refused.method, refused.status) == ("sendPhoto", 400)
    assert refused.description == "Bad Request: wrong"


def test_records_can_be_left_out(context: Context) -> None:
    context.keep_records = False
    context.record_sent("sendMessage", private(context), {"message_id": 1, "text": "x"}, Params())
    context.record_refused("sendMessage", bad_request("wrong"), Params())
    assert not context.sent
    assert not context.refused
    assert NANOSTARS == 10 * PAID_MESSAGE_NANOSTARS
