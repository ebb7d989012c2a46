"""The world behind the stand-in: people, chats, messages and what happens in them.

Owns the state and everything that people do (write, press, block, add, kick, migrate), and makes
the updates and page events that follow. It knows no HTTP and refuses nothing on the bot's behalf:
whether the bot may do something is decided in `telegram_access`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.telegram_chats import (
    GENERAL_THREAD,
    GROUP_ANONYMOUS_BOT,
    Chat,
    MemberStatus,
    Thread,
    User,
    WriteBan,
    member_json,
    usual_rights,
)
from bot.demo.telegram_directory import Directory
from bot.demo.telegram_entities import found_entities
from bot.demo.telegram_messages import (
    WorldError,
    human_text,
    is_visible,
    may_write,
    placement,
    thread_of,
)
from bot.demo.telegram_updates import UpdateQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.demo.telegram_errors import Json

_MAX_QUERIES = 10_000


@dataclass(frozen=True, slots=True)
class CallbackQuery:
    """A pressed button that may still be answered; `at` is the server's monotonic clock."""

    id: str
    chat_id: int
    user_id: int
    at: float


class World(Directory):
    """All state of one Telegram with one bot in it.

    `history` caps the messages kept for each chat (None keeps all, 0 none); an older message is
    then as good as deleted. `privacy` is the bot's privacy mode: in groups it sees commands,
    mentions and replies to itself only, unless it is an administrator.
    """

    def __init__(
        self,
        bot: User,
        *,
        history: int | None = None,
        privacy: bool = True,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self.bot = bot
        self.history = history
        self.privacy = privacy
        self.clock = clock
        self.wall = wall
        self.queries: dict[str, CallbackQuery] = {}
        self.updates = UpdateQueue()
        self.listeners: list[Callable[[Json], None]] = []
        self._last_message_id = 0
        self._last_query_id = 7_000_000_000_000_000

    # what the owner of a chat does

    def add_thread(self, chat_id: int, name: str, user_id: int = 0) -> Thread:
        """A new thread of a forum, opened by a person or by the owner."""
        chat = self.chats[chat_id]
        if not chat.is_forum:
            raise WorldError("only a forum has threads")
        opener = user_id or next(iter(chat.members), 0)
        content: Json = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        root = self._message(chat, self._sender(chat, opener), content)
        thread = Thread(root["message_id"], name, {})
        root |= {"message_thread_id": thread.id, "is_topic_message": True}
        thread.root = root
        chat.threads[thread.id] = thread
        self._store(chat, root)
        self._deliver(chat, "message", root)
        self.changed(chat.id)
        return thread

    def set_thread(self, chat_id: int, thread_id: int, *, closed: bool) -> None:
        """Close or reopen a thread; 1 is General."""
        chat = self.chats[chat_id]
        if thread_id == GENERAL_THREAD:
            chat.general_is_closed = closed
        else:
            chat.threads[thread_id].is_closed = closed

    def delete_thread(self, chat_id: int, thread_id: int) -> None:
        """Delete a thread with its messages, which Telegram tells no bot."""
        chat = self.chats[chat_id]
        del chat.threads[thread_id]
        for message in list(chat.messages.values()):
            if message.get("message_thread_id") == thread_id:
                self.remove(chat, message["message_id"])
        self.changed(chat_id)

    def set_write_ban(self, chat_id: int, ban: WriteBan | None) -> None:
        """Take the bot's right to write: by its rights, or by CHAT_WRITE_FORBIDDEN."""
        self.chats[chat_id].write_ban = ban

    # what people do

    def say(
        self,
        chat_id: int,
        user_id: int,
        text: str,
        *,
        thread_id: int | None = None,
        reply_to: int | None = None,
        anonymous: bool = False,
    ) -> Json:
        """A person writes; gives the message. The first words in a private chat start it.

        In a channel it is a channel post. `anonymous` writes as the group, which only an
        administrator can.
        """
        content = human_text(text)
        return self._human_message(
            chat_id, user_id, content, thread_id or 0, reply_to or 0, anonymous=anonymous
        )

    def send_file(self, chat_id: int, user_id: int, document: Json, caption: str = "") -> Json:
        """A person sends a file whose `document` came from `FileStore.add_document`."""
        content: Json = {"document": document}
        if caption:
            content["caption"] = caption
            if entities := found_entities(caption):
                content["caption_entities"] = entities
        return self._human_message(chat_id, user_id, content, 0, 0, anonymous=False)

    def edit(self, chat_id: int, message_id: int, text: str) -> Json:
        """A person edits their message; gives the new one."""
        chat = self.chats[chat_id]
        old = chat.messages[message_id]
        message = {key: value for key, value in old.items() if key != "entities"}
        message |= human_text(text) | {"edit_date": int(self.wall())}
        self.replace(chat, message)
        kind = "edited_channel_post" if chat.kind == "channel" else "edited_message"
        self._deliver(chat, kind, message)
        return message

    def press(self, chat_id: int, message_id: int, user_id: int, data: str) -> str:
        """A person presses a button; gives the query's id.

        `data` is whatever their client sends: a forged one is delivered like any other.
        """
        chat = self.chats[chat_id]
        self._last_query_id += 1
        query = CallbackQuery(str(self._last_query_id), chat_id, user_id, self.clock())
        self.queries[query.id] = query
        if len(self.queries) > _MAX_QUERIES:
            del self.queries[next(iter(self.queries))]
        gone: Json = {"chat": chat.as_json(), "message_id": message_id, "date": 0}
        body = {
            "id": query.id,
            "from": self.users[user_id].as_json(),
            "message": chat.messages.get(message_id, gone),
            "chat_instance": str(chat_id * 7919 % 2**63),
            "data": data,
        }
        if chat.has_bot:
            self.updates.add("callback_query", body)
        return query.id

    def start(self, user_id: int, payload: str = "") -> Json:
        """A person presses Start, after unblocking the bot where it was blocked."""
        self.unblock(user_id)
        return self.say(user_id, user_id, f"/start {payload}".strip())

    def block(self, user_id: int) -> None:
        """A person blocks the bot."""
        chat = self.chats[user_id]
        if chat.bot_status != "kicked":
            self.set_bot_status(user_id, "kicked", user_id)

    def unblock(self, user_id: int) -> None:
        """A person unblocks the bot."""
        if self.chats[user_id].bot_status == "kicked":
            self.set_bot_status(user_id, "member", user_id)

    def deactivate(self, user_id: int) -> None:
        """A person deletes their account."""
        self.users[user_id].is_deactivated = True
        self.changed(user_id)

    def join(self, chat_id: int, user: User, status: MemberStatus = "member") -> None:
        """A person enters a group or channel, or gets another status there."""
        chat = self.chats[chat_id]
        is_new = user.id not in chat.members
        chat.members[user.id] = status
        if is_new and chat.is_group:
            self._service(chat, user.id, {"new_chat_members": [user.as_json()]})
        self.changed(chat_id)

    def add_bot(self, chat_id: int, user_id: int) -> None:
        """A person adds the bot: as an administrator to a channel, as a member to a group."""
        chat = self.chats[chat_id]
        if chat.has_bot:
            raise WorldError("the bot is here already")
        status: MemberStatus = "administrator" if chat.kind == "channel" else "member"
        self.set_bot_status(chat_id, status, user_id)
        if chat.is_group:
            self._service(chat, user_id, {"new_chat_members": [self.bot.as_json()]})

    def kick_bot(self, chat_id: int, user_id: int) -> None:
        """A person removes the bot, which may not come back by itself."""
        self.set_bot_status(chat_id, "kicked", user_id)
        chat = self.chats[chat_id]
        if chat.is_group:
            self._service(chat, user_id, {"left_chat_member": self.bot.as_json()})

    def promote_bot(self, chat_id: int, user_id: int) -> None:
        """A person makes the bot an administrator with the usual rights."""
        self.set_bot_status(chat_id, "administrator", user_id)

    def set_bot_status(self, chat_id: int, status: MemberStatus, user_id: int) -> None:
        """Change the bot's standing in a chat, which the bot learns as `my_chat_member`."""
        chat = self.chats[chat_id]
        me = self.bot.as_json()
        old = member_json(me, chat.bot_status, chat, chat.bot_rights)
        chat.bot_status = status
        chat.bot_rights = usual_rights(chat.kind) if status == "administrator" else frozenset()
        actor = self.users.get(user_id, self.bot)
        self.updates.add(
            "my_chat_member",
            {
                "chat": chat.as_json(),
                "from": actor.as_json(),
                "date": int(self.wall()),
                "old_chat_member": old,
                "new_chat_member": member_json(me, status, chat, chat.bot_rights),
            },
        )
        self.changed(chat_id)

    def migrate(self, chat_id: int) -> int:
        """A basic group becomes a supergroup; gives the new id. Both get a service message."""
        old = self.chats[chat_id]
        if old.kind != "group" or old.migrated_to:
            raise WorldError("only a basic group can become a supergroup")
        new = self.add_group(old.title, bot_status=old.bot_status)
        new.members = dict(old.members)
        new.bot_rights = old.bot_rights
        actor = next(iter(old.members), self.bot.id)
        self._service(old, actor, {"migrate_to_chat_id": new.id})
        self._service(new, actor, {"migrate_from_chat_id": old.id})
        old.migrated_to = new.id
        self.changed(old.id)
        self.changed(new.id)
        return new.id

    def delete_chat(self, chat_id: int) -> None:
        """The owner deletes a group or channel."""
        self.chats[chat_id].is_deleted = True
        self.changed(chat_id)

    # what the bot does, once it is allowed

    def post(
        self, chat: Chat, content: Mapping[str, object], thread_id: int, reply_to: Json | None
    ) -> Json:
        """The bot's new message in a chat, kept and shown; `thread_id` 0 means none."""
        sender = self._sender(chat, self.bot.id)
        message = self._message(chat, sender, content, thread_id, reply_to)
        self._store(chat, message)
        return message

    def replace(self, chat: Chat, message: Json) -> None:
        """Put a new version of a kept message in its place."""
        chat.messages[message["message_id"]] = message
        self.notify({"type": "edit", "chat_id": chat.id, "message": message})

    def remove(self, chat: Chat, message_id: int) -> None:
        """Delete a kept message."""
        del chat.messages[message_id]
        self.notify({"type": "delete", "chat_id": chat.id, "message_id": message_id})

    # what both have in common

    def notify(self, event: Json) -> None:
        """Tell the chat page."""
        for listener in self.listeners:
            listener(event)

    def changed(self, chat_id: int) -> None:
        """Tell the chat page that a chat looks different now."""
        self.notify({"type": "chat", "chat_id": chat_id})

    def _human_message(
        self,
        chat_id: int,
        user_id: int,
        content: Json,
        thread_id: int,
        reply_to: int,
        *,
        anonymous: bool,
    ) -> Json:
        chat = self.chats[chat_id]
        if not may_write(chat, user_id):
            raise WorldError("this person cannot write here")
        if chat.kind == "private":
            chat.bot_status = "member"
        target = chat.messages.get(reply_to)
        thread_id = 0 if thread_id == GENERAL_THREAD else thread_id or thread_of(target)
        if thread_id and thread_id not in chat.threads:
            raise WorldError("there is no such thread")
        sender = self._sender(chat, user_id)
        if anonymous:
            sender = {"from": GROUP_ANONYMOUS_BOT, "sender_chat": chat.as_json()}
        message = self._message(chat, sender, content, thread_id, target)
        self._store(chat, message)
        self._deliver(chat, "channel_post" if chat.kind == "channel" else "message", message)
        return message

    def _sender(self, chat: Chat, user_id: int) -> Json:
        if chat.kind == "channel":
            return {"sender_chat": chat.as_json()}
        return {"from": self.users.get(user_id, self.bot).as_json()}

    def _message(
        self,
        chat: Chat,
        sender: Json,
        content: Mapping[str, object],
        thread_id: int = 0,
        reply_to: Json | None = None,
    ) -> Json:
        message: Json = {"message_id": self._next_message_id(chat)}
        message |= sender
        message |= {"date": int(self.wall()), "chat": chat.as_json()}
        message |= placement(chat, thread_id, reply_to)
        message |= content
        return message

    def _next_message_id(self, chat: Chat) -> int:
        if chat.kind in {"supergroup", "channel"}:
            chat.last_message_id += 1
            return chat.last_message_id
        # private chats and basic groups share the numbers of the bot's account
        self._last_message_id += 1
        return self._last_message_id

    def _store(self, chat: Chat, message: Json) -> None:
        chat.messages[message["message_id"]] = message
        if self.history is not None and len(chat.messages) > self.history:
            del chat.messages[next(iter(chat.messages))]
        self.notify({"type": "message", "chat_id": chat.id, "message": message})

    def _service(self, chat: Chat, user_id: int, content: Json) -> None:
        message = self._message(chat, self._sender(chat, user_id), content)
        self._store(chat, message)
        self._deliver(chat, "message", message)

    def _deliver(self, chat: Chat, kind: str, message: Json) -> None:
        if is_visible(chat, message, self.bot, privacy=self.privacy):
            self.updates.add(kind, message)
