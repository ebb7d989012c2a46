"""Users, chats and threads of the stand-in, and the Bot API objects that describe them.

Owns the state of one chat and how it looks from outside (Chat, ChatFullInfo, ChatMember, User).
It changes nothing by itself: events, messages and updates are made in `telegram_world`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bot.demo.telegram_errors import Json

ChatKind = Literal["private", "group", "supergroup", "channel"]
MemberStatus = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]
WriteBan = Literal["rights", "forbidden"]

GENERAL_THREAD = 1  # every forum's first thread; its messages carry no thread id at all
GROUP_ANONYMOUS_BOT: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
_ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_post_messages",
    "can_edit_messages",
)
_ALWAYS_RIGHTS = _ADMIN_RIGHTS[:10]
_GROUP_RIGHTS = ("can_pin_messages",)
_CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages")
_PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass(slots=True)
class User:
    """One person, or the bot itself."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    is_deactivated: bool = False

    def as_json(self) -> Json:
        """The Bot API object User."""
        body: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            body["username"] = self.username
        if self.language_code:
            body["language_code"] = self.language_code
        return body


@dataclass(slots=True)
class Thread:
    """A thread (topic) of a forum; `root` is the service message that opened it."""

    id: int
    name: str
    root: Json
    is_closed: bool = False


@dataclass(slots=True)
class Chat:
    """One chat. For a private chat `bot_status` is left (not started), member or kicked (blocked).

    `members` are the people in it with their status; the bot is not among them.
    `messages` are Bot API messages by id in ascending order, never changed in place.
    """

    id: int
    kind: ChatKind
    title: str
    username: str = ""
    is_forum: bool = False
    bot_status: MemberStatus = "member"
    bot_rights: frozenset[str] = frozenset()
    write_ban: WriteBan | None = None
    migrated_to: int = 0
    is_deleted: bool = False
    last_message_id: int = 0
    general_is_closed: bool = False
    members: dict[int, MemberStatus] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)

    @property
    def is_group(self) -> bool:
        """Whether it is a group of either kind."""
        return self.kind in {"group", "supergroup"}

    @property
    def has_bot(self) -> bool:
        """Whether the bot is in it, in whatever role."""
        return self.bot_status in {"creator", "administrator", "member", "restricted"}

    def as_json(self) -> Json:
        """The Bot API object Chat."""
        name = "first_name" if self.kind == "private" else "title"
        body: Json = {"id": self.id, name: self.title, "type": self.kind}
        if self.username:
            body["username"] = self.username
        if self.is_forum:
            body["is_forum"] = True
        return body

    def full_json(self) -> Json:
        """The Bot API object ChatFullInfo."""
        gifts = dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            self.kind == "private",
        )
        body = self.as_json()
        body.update(accent_color_id=0, max_reaction_count=11, accepted_gift_types=gifts)
        if self.username:
            body["active_usernames"] = [self.username]
        if self.is_group:
            body["permissions"] = dict.fromkeys(_PERMISSIONS, True)
        return body


def member_json(user: Json, status: MemberStatus, chat: Chat, rights: frozenset[str]) -> Json:
    """The Bot API object ChatMember in the form that fits the status."""
    body: Json = {"user": user, "status": status}
    if status == "creator":
        body["is_anonymous"] = False
    elif status == "administrator":
        body.update(can_be_edited=False, is_anonymous=False)
        kind_rights = _CHANNEL_RIGHTS if chat.kind == "channel" else _GROUP_RIGHTS
        if chat.kind == "supergroup":
            kind_rights = (*kind_rights, "can_manage_topics")
        body.update({right: right in rights for right in (*_ALWAYS_RIGHTS, *kind_rights)})
    elif status == "restricted":
        body.update(dict.fromkeys(_PERMISSIONS, False), is_member=True, until_date=0)
        body.update(can_react_to_messages=False, can_edit_tag=False)
    elif status == "kicked":
        body["until_date"] = 0
    return body


def usual_rights(kind: ChatKind) -> frozenset[str]:
    """The rights a bot gets when it is promoted without further thought; not can_manage_topics."""
    kind_rights = _CHANNEL_RIGHTS if kind == "channel" else ("can_pin_messages",)
    return frozenset(("can_manage_chat", "can_delete_messages", "can_invite_users", *kind_rights))
