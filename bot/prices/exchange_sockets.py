"""The websockets of one client of ccxt: what is heard on them, when they fail, how they close.

Owns what ccxt leaves open. Its `watch…` methods give the newest ticker of a moment, so that those
between two calls would be lost: here every ticker is heard. A message that its parser cannot read
ends its reading in silence: here that is a failure. Closing waits for what is under way.
Refuses the texts of ccxt's errors, which quote whole pages.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from weakref import WeakSet

from bot.domain.errors import ConnectionFailed

_CLOSING_SECONDS = 5.0

HearTicker = Callable[[str, Any], None]
"""Takes the symbol and the ticker, as ccxt gives them."""


class HeardTickers(dict[str, Any]):
    """The newest tickers of a client by symbol, told to who listens as they come."""

    hear: HearTicker | None = None

    def __setitem__(self, symbol: str, ticker: Any) -> None:
        super().__setitem__(symbol, ticker)
        if self.hear is not None:
            self.hear(symbol, ticker)


class Sockets:
    """The websockets that a client of `ccxt.pro` opens from now on."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._make = client.client
        self._watched: WeakSet[Any] = WeakSet()
        self._opening: set[asyncio.Task[Any]] = set()
        self._failure: asyncio.Future[Exception] | None = None
        self._tickers = HeardTickers()
        client.client = self._socket
        client.tickers = self._tickers

    def hear(self, hear: HearTicker) -> "asyncio.Future[Exception]":
        """Pass every ticker on until `close`; what is given is done once a socket has failed."""
        self._tickers.hear = hear
        self._failure = asyncio.get_running_loop().create_future()
        return self._failure

    async def close(self) -> None:
        """Close every socket and wait for it; safe to call twice, and when none is open."""
        self._tickers.hear = self._failure = None
        opening = list(self._opening)
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)
        sockets = list((self._client.clients or {}).values())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._client.close_ws_clients()
        # ccxt ends the reading of a closed socket some turns of the loop later.
        for _ in range(5 * bool(sockets)):
            await asyncio.sleep(0)

    def _socket(self, url: str) -> Any:
        socket = self._make(url)
        if socket not in self._watched:
            self._watched.add(socket)
            self._watch(socket)
        return socket

    def _watch(self, socket: Any) -> None:
        """Put ourselves between a socket of ccxt and what it calls."""
        handle, promise = socket.handle_message, socket.future
        on_error, on_close = socket.on_error_callback, socket.on_close_callback

        def handled(message: Any) -> None:
            """Take a message; what its parser raises ends the socket, not the reader's task."""
            try:
                handle(message)
            except Exception as error:  # noqa: BLE001  # whatever a parser of ccxt raises
                socket.on_error(error)

        def promised(message_hash: str) -> Any:
            """The future of a message, whose failure nobody has to fetch."""
            future = promise(message_hash)
            # Nobody waits for most of them: a failure of theirs is heard as the socket's.
            future.remove_done_callback(_settle)
            future.add_done_callback(_settle)
            return future

        def failed(socket: Any, error: Exception) -> None:
            """Pass an error on to ccxt, then to who listens."""
            on_error(socket, error)
            self._fail(error)

        def closed(socket: Any, code: Any) -> None:
            """Pass the end of the socket on to ccxt, then to who listens."""
            on_close(socket, code)
            self._fail(ConnectionResetError(f"closed with code {str(code)[:20]}"))

        socket.handle_message, socket.future = handled, promised
        socket.on_error_callback, socket.on_close_callback = failed, closed
        socket.open = self._dialling(socket.open)

    def _dialling(self, dial: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """The same, noted while it goes on: ccxt keeps no hold of the task that it runs in."""

        async def dialled(*args: Any, **options: Any) -> None:
            """Dial, and be known as dialling meanwhile."""
            task = asyncio.current_task()
            assert task is not None  # noqa: S101  # a coroutine of asyncio runs in a task
            self._opening.add(task)
            try:
                await dial(*args, **options)
            finally:
                self._opening.discard(task)

        return dialled

    def _fail(self, error: Exception) -> None:
        if self._failure is not None and not self._failure.done():
            self._failure.set_result(error)


def _settle(future: "asyncio.Future[Any]") -> None:
    if not future.cancelled():
        future.exception()


def broken_stream(what: str, ends: Iterable["asyncio.Future[Any]"]) -> ConnectionFailed:
    """Why a hearing of `what` ended, as one of our errors.

    `ends` are what may have ended it, of which the first that tells of an error counts: what
    `Sockets.hear` gave, and tasks.
    """
    told = (end.exception() or end.result() for end in ends if end.done() and not end.cancelled())
    first: BaseException = next(
        (one for one in told if isinstance(one, BaseException)), ConnectionResetError("closed")
    )
    # ccxt wraps what happened into an error of its own, without its cause.
    inner = next((one for one in first.args if isinstance(one, Exception)), first)
    status = getattr(inner, "status", None)
    how = f"HTTP {status}" if isinstance(status, int) else type(inner).__name__
    return ConnectionFailed(f"{what} broke off ({how})")
