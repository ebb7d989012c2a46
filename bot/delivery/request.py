"""python-telegram-bot's request class, on aiohttp.

Owns how `telegram.Bot` reaches the network: over the same session as the outbox. As shipped
the library uses httpx, which logs addresses with the token and slows down with many
connections at once.
"""

from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

_DEFAULT_SECONDS = 20.0


class AiohttpRequest(BaseRequest):
    """A `BaseRequest` over a given session, which it neither opens nor closes."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @property
    def read_timeout(self) -> float | None:
        """How long an answer may take by default, in seconds."""
        return _DEFAULT_SECONDS

    async def initialize(self) -> None:
        """Nothing: the session is its owner's."""

    async def shutdown(self) -> None:
        """Nothing: the session is its owner's."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002  # aiohttp has none
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and body of an answer; raises TimedOut or NetworkError without one."""
        timeout = aiohttp.ClientTimeout(
            sock_read=_seconds(read_timeout),
            sock_connect=_seconds(connect_timeout),
            connect=_seconds(pool_timeout),
        )
        try:
            async with self._session.request(
                method, url, data=_form(request_data), timeout=timeout
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            # The error's own text may hold the address, and with it the token.
            raise NetworkError(type(error).__name__) from None


def _seconds(given: Any) -> float | None:
    return _DEFAULT_SECONDS if given is BaseRequest.DEFAULT_NONE else given


def _form(data: RequestData | None) -> aiohttp.FormData | None:
    if data is None or not (data.json_parameters or data.contains_files):
        return None
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form
