"""Who and what exists: users and chats by id, with the ids that Telegram would give.

Owns creation, which makes no updates: what is created here was there before the story began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.telegram_chats import Chat, ChatKind, MemberStatus, User, usual_rights

if TYPE_CHECKING:
    from collections.abc import Iterable

_SUPERGROUP_BASE = -1_000_000_000_000
_PUBLIC_KINDS = {"supergroup", "channel"}


class Directory:
    """Users by id (the bot is not among them) and chats by id; a private chat has its user's id."""

    def __init__(self) -> None:
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self._last_user_id = 5_000_000_000  # beyond 32 bits, as real ids are
        self._last_chat_id = 1_500_000_000

    def add_user(self, first_name: str, *, started: bool = False, language: str = "") -> User:
        """A new person; `started` true means they pressed Start before the story begins."""
        self._last_user_id += 1
        username = "".join(c for c in first_name.lower() if c.isascii() and c.isalnum())
        user = User(self._last_user_id, first_name, f"{username}_{self._last_user_id % 10**6}")
        user.language_code = language
        self.users[user.id] = user
        chat = Chat(user.id, "private", first_name, user.username)
        chat.bot_status = "member" if started else "left"
        self.chats[user.id] = chat
        return user

    def add_group(
        self,
        title: str,
        *,
        kind: ChatKind = "supergroup",
        is_forum: bool = False,
        members: Iterable[User] = (),
        owner: User | None = None,
        bot_status: MemberStatus = "member",
        username: str = "",
    ) -> Chat:
        """A new group with the bot in it; without `owner` the first member owns it."""
        self._last_chat_id += 1
        number = self._last_chat_id
        chat_id = -number if kind == "group" else _SUPERGROUP_BASE - number
        chat = Chat(chat_id, kind, title, username, is_forum, bot_status)
        chat.bot_rights = usual_rights(kind) if bot_status == "administrator" else frozenset()
        if kind != "group":
            chat.last_message_id = 1  # the service message that says the chat was created
        people = list(members)
        owner = owner or (people[0] if people else None)
        chat.members = {user.id: "member" for user in people}
        if owner is not None:
            chat.members[owner.id] = "creator"
        self.chats[chat_id] = chat
        return chat

    def add_channel(
        self,
        title: str,
        *,
        owner: User | None = None,
        bot_status: MemberStatus = "administrator",
        username: str = "",
    ) -> Chat:
        """A new channel, with the bot as an administrator unless said otherwise."""
        return self.add_group(
            title, kind="channel", owner=owner, bot_status=bot_status, username=username
        )

    def public_chat(self, username: str) -> Chat | None:
        """The supergroup or channel of a username without its `@`, in any case."""
        wanted = username.lower()
        public = (chat for chat in self.chats.values() if chat.kind in _PUBLIC_KINDS)
        return next((chat for chat in public if chat.username.lower() == wanted), None)
