"""The HTTP session that a client of ccxt asks over, within limits.

Owns how much an exchange may send: 5 MiB an answer, and as much a frame of a websocket, each
counted after decompression. ccxt reads whole answers, and frames of 10 MiB, whoever sends them.
Refuses to bound times, which are the client's own and `bot.prices.exchanges`'s.
"""

import ssl
from typing import Any

import aiohttp

from bot.domain.errors import ResponseTooLarge

MAX_BYTES = 5 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024


class BoundedResponse(aiohttp.ClientResponse):
    """An answer that refuses to be read beyond `MAX_BYTES`."""

    async def read(self) -> bytes:
        """The whole body; raises ResponseTooLarge, and what aiohttp raises."""
        if self._body is None:
            body = bytearray()
            while chunk := await self.content.read(_CHUNK_BYTES):
                body += chunk
                if len(body) > MAX_BYTES:
                    self.close()
                    host = self.url.host
                    raise ResponseTooLarge(f"{host} gave more than {MAX_BYTES:,} bytes")
            self._body = bytes(body)
        return self._body


class BoundedSession:
    """A session as ccxt uses one, whose answers and frames are bounded."""

    def __init__(self, cafile: str) -> None:
        context = ssl.create_default_context(cafile=cafile)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context), response_class=BoundedResponse
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def ws_connect(self, url: str, **options: Any) -> Any:
        """A websocket whose frames are bounded, as `aiohttp.ClientSession.ws_connect` gives it."""
        return self._session.ws_connect(url, **{**options, "max_msg_size": MAX_BYTES})

    async def close(self) -> None:
        """Close the connections; safe to call twice."""
        await self._session.close()
