"""Chats, users and members as the Bot API describes them."""

from __future__ import annotations

import pytest
from telegram import Chat as ApiChat
from telegram import ChatFullInfo, ChatMember
from telegram import User as ApiUser

from bot.demo.telegram_chats import Chat, ChatKind, MemberStatus, User, member_json, usual_rights


@pytest.mark.parametrize("kind", ["private", "group", "supergroup", "channel"])
def test_a_client_reads_every_kind_of_chat(kind: ChatKind) -> None:
    chat = Chat(-5, kind, "Traders", "traders", is_forum=kind == "supergroup")
    parsed = ApiChat.de_json(chat.as_json(), None)
    full = ChatFullInfo.de_json(chat.full_json(), None)
    assert (parsed.type, full.type) == (kind, kind)
    assert (parsed.title or parsed.first_name) == "Traders"
    assert (parsed.is_forum or False) == (kind == "supergroup")


@pytest.mark.parametrize(
    "status", ["creator", "administrator", "member", "restricted", "left", "kicked"]
)
@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_a_client_reads_every_kind_of_member(status: MemberStatus, kind: ChatKind) -> None:
    chat = Chat(-5, kind, "Traders")
    user = User(7, "Alice", "alice", "en")
    parsed = ChatMember.de_json(member_json(user.as_json(), status, chat, usual_rights(kind)), None)
    assert parsed.status == status
    assert parsed.user == ApiUser(7, "Alice", is_bot=False)
    assert parsed.user.language_code == "en"


def test_the_usual_rights_let_a_bot_post_in_a_channel_and_manage_no_threads() -> None:
    assert "can_post_messages" in usual_rights("channel")
    assert "can_manage_topics" not in usual_rights("supergroup")


def test_who_is_in_a_chat() -> None:
    chat = Chat(-5, "group", "Traders")
    assert chat.has_bot
    assert chat.is_group
    chat.bot_status = "kicked"
    assert not chat.has_bot
