"""What sites ask of programs, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.domain.errors import ConnectionFailed, HttpStatusError
from bot.http import GuardedClient
from bot.news.sources.robots import Robots, allowance_under, parsed_rules, rules_after

RULES = b"""\xef\xbb\xbfUser-agent: *
Disallow: /private/
Allow: /private/open
Disallow: /*.pdf$

User-agent: OtherBot
Disallow: /

garbage without a colon
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/news/a", True),
        ("/private/a", False),
        ("/private/open-a", True),
        ("/a.pdf", False),
        ("/a.pdf?x=1", True),
    ],
)
def test_rules_are_kept(path: str, allowed: bool) -> None:
    found = allowance_under(parsed_rules(RULES), f"https://ledger.example{path}")
    assert found.allowed is allowed
    assert found.reason


def test_our_own_group_comes_before_that_for_all() -> None:
    rules = parsed_rules(b"User-agent: *\nDisallow: /\n\nUser-agent: coinbell\nCrawl-delay: 7\n")
    found = allowance_under(rules, "https://ledger.example/a")
    assert found.allowed
    assert found.delay_seconds == 7


def test_no_rules_allow_everything() -> None:
    assert allowance_under(parsed_rules(b""), "https://ledger.example/a").allowed
    assert allowance_under(parsed_rules(bytes(range(256))), "https://ledger.example/a").allowed


@pytest.mark.parametrize(
    ("status", "allowed", "kept_seconds"),
    [
        (404, True, 86_400),
        (401, True, 86_400),
        (403, True, 86_400),
        (429, False, 3_600),
        (500, False, 3_600),
        (503, False, 3_600),
    ],
)
def test_a_refusal_means_no_rules_and_trouble_means_no(
    status: int, allowed: bool, kept_seconds: float
) -> None:
    """As RFC 9309 has it."""
    rules = rules_after(HttpStatusError(f"it answered {status}", status=status))
    assert allowance_under(rules, "https://ledger.example/a").allowed is allowed
    assert rules.kept_seconds == kept_seconds


def test_no_answer_means_no() -> None:
    rules = rules_after(ConnectionFailed("no connection"))
    assert not allowance_under(rules, "https://ledger.example/a").allowed
    assert "no connection" in allowance_under(rules, "https://ledger.example/a").reason


class Site:
    """A host with a robots.txt, and a monotonic clock that tests move."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 200
        self.seconds = 0.0
        self.url = ""

    async def answer(self, _: web.Request) -> web.Response:
        self.asked += 1
        await asyncio.sleep(0.01)
        return web.Response(status=self.status, body=RULES)

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    found = Site()
    app = web.Application()
    app.router.add_get("/robots.txt", found.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


@pytest.fixture
async def robots(site: Site) -> AsyncIterator[Robots]:
    async with GuardedClient(is_public=lambda _: True) as client:
        yield Robots(client, monotonic=site.monotonic)


async def test_a_host_is_asked_once_a_day(site: Site, robots: Robots) -> None:
    """However many want to know at once."""
    found = await asyncio.gather(*(robots.allowance(f"{site.url}/a{n}") for n in range(5)))
    assert all(one.allowed for one in found)
    assert not (await robots.allowance(f"{site.url}/private/")).allowed
    assert site.asked == 1
    site.seconds = 86_401
    await robots.allowance(f"{site.url}/a")
    assert site.asked == 2


async def test_a_host_in_trouble_is_asked_again_after_an_hour(site: Site, robots: Robots) -> None:
    site.status = 503
    assert not (await robots.allowance(f"{site.url}/a")).allowed
    site.status = 200
    assert not (await robots.allowance(f"{site.url}/a")).allowed
    site.seconds = 3_601
    assert (await robots.allowance(f"{site.url}/a")).allowed


async def test_who_gives_up_leaves_the_asking_to_the_next(site: Site, robots: Robots) -> None:
    first = asyncio.create_task(robots.allowance(f"{site.url}/a"))
    second = asyncio.create_task(robots.allowance(f"{site.url}/a"))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).allowed


async def test_private_networks_are_not_asked(site: Site) -> None:
    """The address of an article comes from outside."""
    async with GuardedClient() as client:
        found = await Robots(client).allowance(f"{site.url}/a")
    assert not found.allowed
    assert "private network" in found.reason
    assert site.asked == 0
