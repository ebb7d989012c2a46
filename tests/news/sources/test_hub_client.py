"""Forms posted to hubs, over real HTTP."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.domain.errors import (
    FetchError,
    HttpStatusError,
    InvalidAddress,
    PrivateAddressRefused,
    RedirectRefused,
)
from bot.news.sources.hub_client import HubClient


class Hub:
    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.status = 202
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.forms.append({key: str(value) for key, value in (await request.post()).items()})
        headers = {"Location": self.url} if self.status == 307 else {}
        return web.Response(status=self.status, headers=headers)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    found = Hub()
    app = web.Application()
    app.router.add_post("/", found.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield found
    await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[HubClient]:
    async with HubClient(is_public=lambda _: True) as opened:
        yield opened


async def test_a_form_arrives(hub: Hub, client: HubClient) -> None:
    fields = {"hub.mode": "subscribe", "hub.topic": "https://a.example/?x=1&y=ü"}
    assert (await client.post_form(hub.url, fields)).status == 202
    assert hub.forms == [fields]


@pytest.mark.parametrize(
    ("status", "error"), [(307, RedirectRefused), (403, HttpStatusError), (500, HttpStatusError)]
)
async def test_what_is_no_consent_is_an_error(
    hub: Hub, client: HubClient, status: int, error: type[FetchError]
) -> None:
    """A redirect too: the form holds a secret."""
    hub.status = status
    with pytest.raises(error):
        await client.post_form(hub.url, {"a": "b"})
    assert len(hub.forms) == 1


@pytest.mark.parametrize("url", ["true", "", "ftp://hub.example/", "http://[x/"])
async def test_feeds_name_hubs_that_are_no_address(client: HubClient, url: str) -> None:
    with pytest.raises(InvalidAddress):
        await client.post_form(url, {"a": "b"})


async def test_private_networks_are_not_asked(hub: Hub) -> None:
    async with HubClient() as client:
        with pytest.raises(PrivateAddressRefused):
            await client.post_form(hub.url, {"a": "b"})
    assert hub.forms == []
