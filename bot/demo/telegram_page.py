"""What the demo's chat page asks of the stand-in: state, events, and the visitor's actions.

Owns the routes below `/demo/`, `/` and `/static/`. One person sits at the page; it shows their
private chat with the bot and the groups and channels they are in. A slow page never holds up the
server: one that falls too far behind is disconnected, and fetches the state anew.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.demo.loopback import guarded
from bot.demo.telegram_messages import WorldError
from bot.demo.telegram_params import Params

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.demo.telegram_chats import Chat, User
    from bot.demo.telegram_errors import Json
    from bot.demo.telegram_server import TelegramServer

PAGE_FOLDER = Path(__file__).parent / "page"
MAX_MESSAGES = 200
MAX_BEHIND = 1000
KEEP_ALIVE_SECONDS = 15.0

_CLOSED = ""  # tells a follower that it fell behind


class TelegramPage:
    """The page of one person, `me`. `folder` holds index.html and what `/static/` serves."""

    def __init__(self, server: TelegramServer, me: User, folder: Path = PAGE_FOLDER) -> None:
        self._server = server
        self._world = server.world
        self._me = me
        self._folder = folder
        self._followers: set[asyncio.Queue[str]] = set()
        self._world.listeners.append(self._publish)

    def routes(self) -> list[web.AbstractRouteDef]:
        """The routes to mount on the server."""
        return [
            web.get("/", guarded(self._index)),
            web.static("/static", self._folder),
            web.get("/demo/state", guarded(self._state)),
            web.get("/demo/events", guarded(self._events)),
            web.get("/demo/photo/{file_id}", guarded(self._photo)),
            web.post("/demo/say", guarded(self._say)),
            web.post("/demo/press", guarded(self._press)),
            web.post("/demo/chat", guarded(self._change_chat)),
        ]

    def state(self) -> Json:
        """All that the page shows: the bot, the person, their chats with the newest messages."""
        bot = self._world.bot
        profile = self._server.context.profile
        language = self._me.language_code
        mine = self._world.chats[self._me.id]
        everywhere = {
            kind: profile.get_text(kind, Params(), default)[kind]
            for kind, default in (("name", bot.first_name), ("description", ""))
        }
        admin_scope = Params({"scope": {"type": "all_chat_administrators"}})
        return {
            "bot": {
                "id": bot.id,
                "first_name": everywhere["name"],
                "username": bot.username,
                "description": everywhere["description"],
                "commands": profile.commands_for(mine, self._me.id, language),
                "admin_commands": profile.get_commands(admin_scope),
            },
            "me": self._me.as_json(),
            "chats": [self._chat_state(chat) for chat in self._shown_chats()],
        }

    def _shown_chats(self) -> Iterable[Chat]:
        return (chat for chat in self._world.chats.values() if self._is_shown(chat))

    def _is_shown(self, chat: Chat) -> bool:
        is_mine = chat.id == self._me.id or self._me.id in chat.members
        return is_mine and not chat.migrated_to and not chat.is_deleted

    def _chat_state(self, chat: Chat) -> Json:
        state: Json = {
            "id": chat.id,
            "type": chat.kind,
            "title": self._world.bot.first_name if chat.kind == "private" else chat.title,
            "threads": [{"id": each.id, "name": each.name} for each in chat.threads.values()],
            "blocked": chat.kind == "private" and chat.bot_status == "kicked",
            "member": chat.has_bot,
            "commands": self._server.context.profile.commands_for(
                chat, self._me.id, self._me.language_code
            ),
            "messages": list(chat.messages.values())[-MAX_MESSAGES:],
        }
        if username := self._world.bot.username if chat.kind == "private" else chat.username:
            state["username"] = username
        if chat.is_forum:
            state["is_forum"] = True
        return state

    # events

    def _publish(self, event: Json) -> None:
        if not self._followers or not self._concerns_me(event):
            return
        line = json.dumps(event, ensure_ascii=False)
        for follower in list(self._followers):
            try:
                follower.put_nowait(line)
            except asyncio.QueueFull:
                self._followers.discard(follower)
                while not follower.empty():
                    follower.get_nowait()
                follower.put_nowait(_CLOSED)

    def _concerns_me(self, event: Json) -> bool:
        """Whether an event is of no chat or of mine, shown or (just now) shown no more."""
        chat = self._world.chats.get(event.get("chat_id", 0))
        return chat is None or chat.id == self._me.id or self._me.id in chat.members

    async def _events(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        follower: asyncio.Queue[str] = asyncio.Queue(MAX_BEHIND)
        self._followers.add(follower)
        try:
            await response.prepare(request)
            await response.write(b": welcome\n\n")
            while (line := await _next_line(follower)) != _CLOSED:
                await response.write(line.encode())
        except ConnectionError:
            pass  # the page was closed
        finally:
            self._followers.discard(follower)
        return response

    # what the page shows and what the person does

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self._folder / "index.html")

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(self.state(), headers={"Cache-Control": "no-store"})

    async def _photo(self, request: web.Request) -> web.StreamResponse:
        stored = self._server.context.files.files.get(request.match_info["file_id"])
        if stored is None:
            return _problem("there is no such file", 404)
        if stored.url:
            raise web.HTTPFound(stored.url)
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        if stored.kind != "photo":
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=stored.data, content_type=stored.content_type, headers=headers)

    async def _say(self, request: web.Request) -> web.Response:
        body = await _body(request)
        try:
            message = self._world.say(
                self._chat(body).id,
                self._me.id,
                str(body.get("text", "")),
                thread_id=int(body.get("thread_id") or 0),
                reply_to=int(body.get("reply_to_message_id") or 0),
            )
        except (ValueError, TypeError) as error:
            return _problem(str(error))
        return web.json_response({"ok": True, "message": message})

    async def _press(self, request: web.Request) -> web.Response:
        body = await _body(request)
        try:
            chat = self._chat(body)
            message_id = int(body.get("message_id", 0))
            query_id = self._world.press(
                chat.id, message_id, self._me.id, str(body.get("data", ""))
            )
        except (ValueError, TypeError) as error:
            return _problem(str(error))
        return web.json_response({"ok": True, "query_id": query_id})

    async def _change_chat(self, request: web.Request) -> web.Response:
        body = await _body(request)
        try:
            self._act(self._chat(body), str(body.get("action")))
        except (ValueError, TypeError) as error:
            return _problem(str(error))
        return web.json_response({"ok": True})

    def _act(self, chat: Chat, action: str) -> None:
        me = self._me.id
        actions: dict[str, Callable[[], object]] = {
            "block": lambda: self._world.block(me),
            "unblock": lambda: self._world.unblock(me),
            "start": lambda: self._world.start(me),
        }
        if chat.kind != "private":
            actions = {
                "kick": lambda: self._world.kick_bot(chat.id, me),
                "add": lambda: self._world.add_bot(chat.id, me),
                "migrate": lambda: self._world.migrate(chat.id),
            }
        if action not in actions:
            raise WorldError(f"here one can {', '.join(actions)}")
        actions[action]()

    def _chat(self, body: Json) -> Chat:
        chat = self._world.chats.get(int(body.get("chat_id", 0)))
        if chat is None or not self._is_shown(chat):
            raise WorldError("there is no such chat")
        return chat


async def _next_line(follower: asyncio.Queue[str]) -> str:
    """The next thing to write to a follower: an event, or a comment after a while without one."""
    try:
        async with asyncio.timeout(KEEP_ALIVE_SECONDS):
            event = await follower.get()
    except TimeoutError:
        return ": still here\n\n"
    return f"data: {event}\n\n" if event != _CLOSED else _CLOSED


async def _body(request: web.Request) -> Json:
    try:
        body: Any = await request.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {}


def _problem(text: str, status: int = 400) -> web.Response:
    return web.json_response({"error": text}, status=status)
