"""The requests that hubs take.

Owns one thing that polling never does: posting a form. All limits are those of the guarded
client, and only the public internet is asked: a feed named the address.
"""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

from yarl import URL

from bot.domain.errors import InvalidAddress, RedirectRefused, ResponseTooSlow
from bot.http import GuardedClient, Response, shown_url
from bot.news.feeds.images import web_address

_MAX_BYTES = 64 * 1024
_SECONDS = 20.0


class HubClient(GuardedClient):
    """A guarded client that posts forms; close it, or use it as a context manager."""

    async def post_form(self, url: str, fields: Mapping[str, str]) -> Response:
        """The answer to a POST of `fields`, within 20 s and 64 KiB, from a public address.

        Redirects are refused: what is posted holds a secret. Raises FetchError for every answer
        but 2xx.
        """
        if web_address(url, "") is None:
            raise InvalidAddress(f"{shown_url(url)} is no absolute http or https address")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        data = urlencode(fields).encode()
        try:
            async with asyncio.timeout(_SECONDS):
                answer = await self._answer(URL(url), kind, _MAX_BYTES, True, data)
        except TimeoutError:
            raise ResponseTooSlow(f"{shown_url(url)} did not finish in {_SECONDS:g} s") from None
        if not isinstance(answer, Response):
            raise RedirectRefused(f"{shown_url(url)} redirects what was posted")
        return answer
