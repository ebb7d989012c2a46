"""A strict stand-in for Telegram's Bot API server, on loopback, for the demo and the tests.

Owns HTTP: tokens, the envelope, status and headers, downloads, faults that a test orders, and the
start and stop of it all. What a method does is in `telegram_api`, what people do is in `world`.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import structlog
from aiohttp import web

from bot.demo.telegram_api import METHODS
from bot.demo.telegram_chats import User
from bot.demo.telegram_context import Answered, Context, Refused, Sent
from bot.demo.telegram_errors import Json, Refusal, envelope, refused
from bot.demo.telegram_faults import Fault, FaultPlan, ordered_refusal
from bot.demo.telegram_files import MAX_UPLOAD_BYTES
from bot.demo.telegram_limits import TELEGRAM_LIMITS, LimitBook, Limits
from bot.demo.telegram_params import Params, read_params
from bot.demo.telegram_webhook import Outlet
from bot.demo.telegram_world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

log = structlog.get_logger(__name__)

Mount: TypeAlias = web.AbstractRouteDef | tuple[str, web.Application]

_TOKEN = re.compile(r"[1-9][0-9]{0,15}:[A-Za-z0-9_-]{1,64}")
_TOO_MANY = 429
_SHUTDOWN_SECONDS = 0.2
DEFAULT_TOKEN = "123456:TEST"  # noqa: S105  # opens nothing but the stand-in


class TelegramServer:
    """One Bot API server with one bot.

    `limits` None lifts every rate limit; `clock` is the monotonic time that limits and old
    button presses go by, `wall` the time written into messages; `history` caps the messages kept
    for each chat; `keep_records` false keeps no `sent` and `refused`. `extra` holds more routes,
    or (prefix, application) pairs, for the same port.
    """

    def __init__(  # noqa: PLR0913  # named traits of a server, all with a usual value
        self,
        token: str = DEFAULT_TOKEN,
        *,
        limits: Limits | None = TELEGRAM_LIMITS,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        name: str = "Coinbell",
        username: str = "coinbell_bot",
        privacy: bool = True,
        history: int | None = None,
        keep_records: bool = True,
        extra: Iterable[Mount] = (),
    ) -> None:
        if not _TOKEN.fullmatch(token):
            raise ValueError("a token is <bot id>:<letters, digits, _ and ->")
        bot = User(int(token.partition(":")[0]), name, username, is_bot=True)
        self.token = token
        self.world = World(bot, history=history, privacy=privacy, clock=clock, wall=wall)
        self.context = Context(self.world, LimitBook(limits), keep_records=keep_records)
        self.outlet = Outlet(self.world)
        self.faults = FaultPlan()
        self.latency_seconds = 0.0
        self._waiting = {
            "getupdates": ("getUpdates", self.outlet.get_updates),
            "setwebhook": ("setWebhook", self.outlet.set_webhook),
            "deletewebhook": ("deleteWebhook", self.outlet.delete_webhook),
        }
        self._extra = list(extra)
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._stopping = asyncio.Event()
        self._progress = asyncio.Event()
        self.outlet.on_delivery = self._moved

    # what tests read

    @property
    def api_url(self) -> str:
        """The address to configure as `telegram.api_url`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def sent(self) -> list[Sent]:
        """Every accepted send and edit, oldest first."""
        return self.context.sent

    @property
    def refused(self) -> list[Refused]:
        """Every request that got an error, oldest first."""
        return self.context.refused

    @property
    def answered(self) -> list[Answered]:
        """Every accepted answer to a pressed button, oldest first."""
        return self.context.answered

    @property
    def over_limit(self) -> list[Refused]:
        """The requests refused with 429."""
        return [each for each in self.refused if each.status == _TOO_MANY]

    def calls(self, method: str) -> int:
        """How often a method was called, refused calls included."""
        return self.context.calls[method]

    async def wait_until(self, condition: Callable[[], bool], timeout_seconds: float = 10) -> None:
        """Return once a condition holds; TimeoutError if it does not in time.

        It is looked at whenever a request begins or ends or a webhook was called.
        """
        async with asyncio.timeout(timeout_seconds):
            while not condition():
                await self._progress.wait()

    async def wait_for_sent(self, count: int, timeout_seconds: float = 10) -> list[Sent]:
        """All sends and edits, once there are at least `count`; TimeoutError if never."""
        await self.wait_until(lambda: len(self.sent) >= count, timeout_seconds)
        return self.sent

    # what tests order

    def fail(
        self,
        method: str,
        status: int,
        description: str = "",
        *,
        parameters: Json | None = None,
        chat_id: int | None = None,
        times: int | None = 1,
    ) -> None:
        """Answer the next `times` requests with an error; None means from now on.

        `description` is taken as it is, prefix included; empty gives the usual one of 429 and 5xx.
        """
        refusal = ordered_refusal(status, description, parameters)
        self.faults.order(Fault("answer", method, chat_id, times, refusal))

    def drop_before(self, method: str, chat_id: int | None = None, times: int | None = 1) -> None:
        """Close the connection of the next requests before anything is done."""
        self.faults.order(Fault("drop_before", method, chat_id, times))

    def drop_after(self, method: str, chat_id: int | None = None, times: int | None = 1) -> None:
        """Do what the next requests ask for, and lose the answer."""
        self.faults.order(Fault("drop_after", method, chat_id, times))

    def hang(self, method: str, chat_id: int | None = None, times: int | None = 1) -> None:
        """Never answer the next requests, nor do what they ask for."""
        self.faults.order(Fault("hang", method, chat_id, times))

    # life

    def mount(self, *mounts: Mount) -> None:
        """Serve more routes on the same port; only before the start."""
        self._extra += mounts

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listen; port 0 takes a free one. A stopped server may start again, with all it knew."""
        self._stopping.clear()
        self.outlet.open()
        app = web.Application(client_max_size=MAX_UPLOAD_BYTES + 1024 * 1024)
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._handle)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._download)
        for mount in self._extra:
            if isinstance(mount, tuple):
                app.add_subapp(*mount)
            else:
                app.router.add_routes([mount])
        app.router.add_route("*", "/{anything:.*}", _not_found)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """End every wait and close every connection."""
        self._stopping.set()
        await self.outlet.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # requests

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = Params()
        try:
            self._check_token(request.match_info["token"])
            params = await read_params(request)
            response = await self._answer(request, method, params)
        except Refusal as refusal:
            # a poll whose client has gone was ended for nobody: that is no refusal
            if request.transport is not None:
                self.context.record_refused(method, refusal, params)
            response = _refused_response(refusal)
        except Exception:
            log.exception("method_failed", method=method)
            response = _refused_response(refused(500))
        self._moved()
        return response

    async def _answer(self, request: web.Request, method: str, params: Params) -> web.Response:
        name, run = self._found(method)
        self.context.calls[name] += 1
        self._moved()
        if self.latency_seconds:
            await asyncio.sleep(self.latency_seconds)
        fault = self.faults.take(name, params.text("chat_id")) if self.faults.faults else None
        if fault is not None and fault.kind != "drop_after":
            return await self._carry_out(fault, request)
        result = await run(params)
        if fault is not None:
            return _dropped(request)
        return _json_response({"ok": True, "result": result})

    def _found(self, method: str) -> tuple[str, Callable[[Params], Awaitable[Any]]]:
        key = method.lower()
        if key in self._waiting:
            name, waiting = self._waiting[key]
            return name, waiting
        if key == "getwebhookinfo":
            return "getWebhookInfo", self._webhook_info
        if key not in METHODS:
            raise refused(404, "method not found")
        name, run = METHODS[key]

        async def at_once(params: Params) -> object:
            """Run a method that waits for nothing."""
            return run(self.context, params)

        return name, at_once

    async def _webhook_info(self, _params: Params) -> Json:
        return self.outlet.webhook_info()

    async def _carry_out(self, fault: Fault, request: web.Request) -> web.Response:
        if fault.refusal is not None:
            raise fault.refusal
        if fault.kind == "hang":
            await self._stopping.wait()
        return _dropped(request)

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise refused(401, "invalid token specified")
        if token != self.token:
            raise refused(401)

    async def _download(self, request: web.Request) -> web.Response:
        try:
            self._check_token(request.match_info["token"])
            stored = self.context.files.at_path(request.match_info["path"])
            if stored is None or not stored.data:
                raise refused(404)
        except Refusal as refusal:
            return _refused_response(refusal)
        return web.Response(body=stored.data, content_type="application/octet-stream")

    def _moved(self) -> None:
        self._progress.set()
        self._progress = asyncio.Event()


def _json_response(body: Json, status: int = 200) -> web.Response:
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(body=raw, status=status, content_type="application/json")


def _refused_response(refusal: Refusal) -> web.Response:
    response = _json_response(envelope(refusal), refusal.status)
    if refusal.status == _TOO_MANY and "retry_after" in refusal.parameters:
        response.headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return response


def _dropped(request: web.Request) -> web.Response:
    """Close the connection at once; the response that is given back reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _not_found(_request: web.Request) -> web.Response:
    return _refused_response(refused(404))
