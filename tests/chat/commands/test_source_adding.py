"""/source add, from a site to a source, and /source import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.chat.commands.source_adding import proposed_source, source_at
from bot.domain.errors import ArgumentError
from bot.domain.feeds import FoundFeed
from bot.domain.sources import Source, SourceKind, SourceOrigin, SourceSettings, SourceState
from storage.source_admin import drop_old_proposals, propose_source
from storage.sources import configure_sources, known_sources, recorded_sources
from tests.chat.conftest import buttons_of, labels_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.chat.conftest import Lobby, Message

PAGE = (
    '<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/feed">'
    "</head></html>"
)
FEED = """<?xml version="1.0"?><rss version="2.0"><channel>
<title>Chain Ledger - News of the chains</title>
<item><title>Old news</title><link>http://ledger.example/1</link>
<pubDate>Sat, 14 Mar 2026 08:00:00 GMT</pubDate></item>
<item><title>Bitcoin &amp;amp; ether climb</title><link>http://ledger.example/2?a=1&amp;b=2</link>
<pubDate>Sat, 14 Mar 2026 11:55:00 GMT</pubDate></item>
<item><title>Without a date</title></item>
<item><title>Fed waits</title><pubDate>Sat, 14 Mar 2026 10:00:00 GMT</pubDate></item>
</channel></rss>"""


class Site:
    """A site with a page and a feed; ledger.example leads to it."""

    def __init__(self) -> None:
        self.pages = {"/": PAGE, "/feed": FEED}
        self.asked: list[str] = []
        self.port = 0

    def url(self, path: str = "/", host: str = "ledger.example") -> str:
        return f"http://{host}:{self.port}{path}"

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.path == "/inside":
            raise web.HTTPFound(self.url("/feed", "inside.example"))
        body = self.pages.get(request.path)
        return web.Response(status=404) if body is None else web.Response(text=body)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    yield site
    await runner.cleanup()


async def add(lobby: Lobby, site: Site, path: str = "/", more: str = "") -> Message:
    (asked,) = await lobby.say(lobby.operator, f"/source add {site.url(path)}{more}")
    return asked


async def known(lobby: Lobby) -> dict[str, Source]:
    async with lobby.database.reading() as tx:
        return {one.key: one for one in await known_sources(tx)}


# ---- the question


async def test_a_site_is_shown_before_it_is_added(lobby: Lobby, site: Site) -> None:
    asked = await add(lobby, site)
    assert asked["text"].split("\n") == [
        "Chain Ledger, for readers @chain-ledger",
        site.url("/feed"),
        "",
        "• Bitcoin & ether climb · Chain Ledger · 5 min ago",
        "• Fed waits · Chain Ledger · 2 h ago",
        "• Old news · Chain Ledger · 4 h ago",
        "",
        "Add it? To give it another key, write that behind the address.",
    ]
    assert labels_of(asked) == [["\u2795 Add", "Cancel"]]
    assert list(await known(lobby)) == ["coindesk"]


async def test_a_press_makes_it_a_source_that_survives_a_restart(lobby: Lobby, site: Site) -> None:
    asked = await add(lobby, site)
    (added,) = await lobby.press(lobby.operator, asked, "Add")
    assert added["message_id"] == asked["message_id"]
    assert added["text"].startswith("✅ Chain Ledger is added.")
    assert "/subscribe @chain-ledger" in added["text"]
    assert labels_of(added) == []
    async with lobby.database.writing() as tx:
        await configure_sources(tx, [])
    found = await known(lobby)
    assert list(found) == ["chain-ledger"]
    source = found["chain-ledger"]
    assert (source.name, source.url) == ("Chain Ledger", site.url("/feed"))
    assert (source.state, source.origin) == (SourceState.ACTIVE, SourceOrigin.COMMAND)
    (listed,) = await lobby.say(lobby.person(), "/subscribe @chain-ledger")
    assert "• Chain Ledger: no story" in listed["text"]


async def test_cancelled_it_leaves_nothing(lobby: Lobby, site: Site) -> None:
    asked = await add(lobby, site)
    (told,) = await lobby.press(lobby.operator, asked, "Cancel")
    assert told["text"] == "Cancelled. Nothing was added."
    async with lobby.database.reading() as tx:
        assert [one.key for one in await recorded_sources(tx)] == ["coindesk"]
    for data in buttons_of(asked).values():
        assert await lobby.press_data(lobby.operator, told, data) == []
        assert lobby.server.answered[-1].text == "This question is over. Type /source add again."


async def test_a_key_of_ones_own_is_taken(lobby: Lobby, site: Site) -> None:
    (refused,) = await lobby.say(lobby.operator, f"/source add {site.url()} coindesk")
    assert refused["text"].startswith("@coindesk is the key of CoinDesk.")
    asked = await add(lobby, site, more=" @Ledger_1")
    assert "for readers @ledger_1" in asked["text"]
    await lobby.press(lobby.operator, asked, "Add")
    assert "ledger_1" in await known(lobby)


async def test_what_is_known_is_said_without_asking_the_site_again(
    lobby: Lobby, site: Site
) -> None:
    await lobby.press(lobby.operator, await add(lobby, site), "Add")
    site.asked.clear()
    (by_feed,) = await lobby.say(lobby.operator, f"/source add {site.url('/feed/')}")
    assert by_feed["text"] == "Chain Ledger is a source already: @chain-ledger"
    assert site.asked == []
    by_page = await add(lobby, site)
    assert by_page["text"] == by_feed["text"]
    await lobby.say(lobby.operator, "/source pause chain-ledger")
    by_feed = await add(lobby, site, "/feed")
    assert "and rests. To wake it: /source resume chain-ledger" in by_feed["text"]


async def test_asked_twice_it_is_added_once(lobby: Lobby, site: Site) -> None:
    first, second = await add(lobby, site), await add(lobby, site, more=" other")
    (added,) = await lobby.press(lobby.operator, first, "Add")
    assert added["text"].startswith("✅")
    (told,) = await lobby.press(lobby.operator, second, "Add")
    assert told["text"] == "Chain Ledger is a source already: @chain-ledger"
    (told,) = await lobby.press(lobby.operator, first, "Cancel")
    assert told["text"] == "Chain Ledger is a source already: @chain-ledger"
    assert sorted(await known(lobby)) == ["chain-ledger", "coindesk"]


async def test_a_removed_source_is_found_under_its_old_key(lobby: Lobby, site: Site) -> None:
    await lobby.press(lobby.operator, await add(lobby, site, more=" mine"), "Add")
    (told,) = await lobby.say(lobby.operator, "/source remove mine")
    asked = await add(lobby, site)
    assert "for readers @mine" in asked["text"]
    assert await lobby.press_data(lobby.operator, told, "1:src_add:99:0") == []
    await lobby.press(lobby.operator, asked, "Add")
    assert "mine" in await known(lobby)
    await lobby.say(lobby.operator, "/source remove mine")
    assert await lobby.press(lobby.operator, asked, "Add") == [], "an old button brings none back"
    assert "mine" not in await known(lobby)


async def test_a_question_that_nobody_answers_is_over_after_a_day(lobby: Lobby, site: Site) -> None:
    asked = await add(lobby, site)
    async with lobby.database.writing() as tx:
        lobby.clock.advance(1)
        assert await drop_old_proposals(tx, lobby.clock()) == 1
        # Another proposal may get the same id: the old button is not for it.
        other = SourceSettings("other", "Other", SourceKind.FEED, "https://other.example")
        await propose_source(tx, other, lobby.clock())
    assert await lobby.press(lobby.operator, asked, "Add") == []
    assert lobby.server.answered[-1].text == "This question is over. Type /source add again."
    assert list(await known(lobby)) == ["coindesk"]


async def test_only_operators_answer_it(lobby: Lobby, site: Site) -> None:
    group = lobby.world.add_group("Desk", owner=lobby.operator, members=[mallory := lobby.person()])
    (asked,) = await lobby.say(lobby.operator, f"/source add {site.url()}", group.id)
    assert await lobby.press(mallory, asked, "Add", group.id) == []
    assert "operators" in (lobby.server.answered[-1].text or "")
    assert list(await known(lobby)) == ["coindesk"]


# ---- what is refused


async def test_an_empty_feed_is_said_to_be_so(lobby: Lobby, site: Site) -> None:
    site.pages["/feed"] = '<rss version="2.0"><channel><title>Quiet</title></channel></rss>'
    asked = await add(lobby, site, "/feed")
    assert "Its feed is empty at the moment." in asked["text"]
    assert labels_of(asked) == [["\u2795 Add", "Cancel"]]


async def test_a_site_without_a_feed_is_told(lobby: Lobby, site: Site) -> None:
    site.pages = {"/": "<html>no feed</html>"}
    told = await add(lobby, site, "/?key=secret")
    assert told["text"].startswith(f"I found no feed at {site.url('/?key=…')}")


async def test_a_site_that_cannot_be_asked_is_told_with_the_reason(
    lobby: Lobby, site: Site
) -> None:
    site.pages = {}
    told = await add(lobby, site)
    assert told["text"] == f"I could not look there: {site.url()} answered 404"


@pytest.mark.parametrize("path", ["/feed", "/inside"], ids=["typed", "a redirect"])
async def test_private_addresses_are_refused(lobby: Lobby, site: Site, path: str) -> None:
    host = "inside.example" if path == "/feed" else "ledger.example"
    (told,) = await lobby.say(lobby.operator, f"/source add {site.url(path, host)}")
    assert told["text"].startswith("That address lies in a private network")
    assert "/feed" not in site.asked
    async with lobby.database.reading() as tx:
        assert len(await recorded_sources(tx)) == 1


async def test_an_address_that_is_none_is_refused(lobby: Lobby) -> None:
    (told,) = await lobby.say(lobby.operator, "/source add ftp://ledger.example/feed")
    assert told["text"].startswith("That is no web address.")


# ---- decisions


def source(key: str, state: SourceState = SourceState.ACTIVE, **more: str) -> Source:
    url = f"https://{key}.example/rss"
    return Source(1, key, key.title(), SourceKind.FEED, url, state, **more)  # type: ignore[arg-type]  # texts only


@pytest.mark.parametrize(
    ("address", "is_found"),
    [
        ("https://ledger.example/rss", True),
        ("http://www.ledger.example/rss/", True),
        ("ledger.example/rss", True),
        ("https://moved.example/", True),
        ("https://ledger.example/", False),
        ("https://removed.example/rss", False),
        ("https://proposed.example/rss", False),
    ],
)
def test_a_source_is_known_by_its_addresses(address: str, is_found: bool) -> None:
    recorded = [
        source("removed", SourceState.REMOVED),
        source("proposed", SourceState.PROPOSED),
        source("ledger", SourceState.PAUSED, moved_url="https://moved.example"),
    ]
    assert (source_at(address, recorded) is not None) is is_found


@pytest.mark.parametrize(
    ("wanted", "recorded", "key"),
    [
        ("", [], "ledger"),
        ("", [source("gazette")], "ledger"),
        ("mine", [], "mine"),
        ("mine", [source("mine", SourceState.REMOVED)], "mine"),
        ("", [source("ledger", SourceState.REMOVED)], "ledger"),
    ],
)
def test_the_key_of_a_proposal(wanted: str, recorded: list[Source], key: str) -> None:
    found = FoundFeed("https://ledger.example/rss", "Ledger")
    assert proposed_source(found, wanted, recorded).key == key


def test_the_key_of_another_removed_source_is_not_handed_on_unasked() -> None:
    """Who followed that one did not ask for this one."""
    found = FoundFeed("https://other.example/rss", "Ledger")
    removed = source("ledger", SourceState.REMOVED)
    assert proposed_source(found, "", [removed]).key == "ledger-2"
    with pytest.raises(ArgumentError, match="key_taken"):
        proposed_source(found, "ledger", [source("ledger")])


# ---- a whole list


OPML = """<opml version="2.0"><body><outline text="Coins">
<outline text="Chain Ledger" xmlUrl="https://ledger.example/feed"/>
<outline text="The Gazette" xmlUrl="https://gazette.example/rss"/></outline>
<outline text="CoinDesk" xmlUrl="https://news.example/rss"/></body></opml>"""


async def send_file(lobby: Lobby, content: str, caption: str) -> list[Message]:
    document = lobby.server.context.files.add_document("a.opml", content.encode(), "text/xml")
    user = lobby.operator
    lobby.world.send_file(user.id, user.id, document, caption)
    return await lobby.deliver()


async def test_the_feeds_of_a_file_become_sources(lobby: Lobby) -> None:
    (told,) = await send_file(lobby, OPML, "/source import")
    assert told["text"].split("\n") == [
        "2 sources are added.",
        "@chain-ledger, @the-gazette",
        "1 was there already.",
    ]
    found = await known(lobby)
    assert sorted(found) == ["chain-ledger", "coindesk", "the-gazette"]
    assert found["the-gazette"].origin is SourceOrigin.COMMAND
    (again,) = await send_file(lobby, OPML, "/source import")
    assert again["text"].split("\n") == ["0 sources are added.", "3 were there already."]


async def test_a_file_sent_before_is_imported_in_reply(lobby: Lobby) -> None:
    assert await send_file(lobby, OPML, "what I read") == []
    sent = max(lobby.world.chats[lobby.operator.id].messages)
    (told,) = await lobby.say(lobby.operator, "/source import", reply_to=sent)
    assert told["text"].startswith("2 sources are added.")


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("<html></html>", "I can\u2019t take feeds from that: the file is no OPML"),
        ("<opml><body>", "I can\u2019t take feeds from that: the file is broken at line 1"),
        ("x" * 1_048_577, "That file is larger than a megabyte"),
    ],
)
async def test_a_file_that_is_no_list_is_refused(lobby: Lobby, content: str, answer: str) -> None:
    (told,) = await send_file(lobby, content, "/source import")
    assert told["text"].startswith(answer)
    assert list(await known(lobby)) == ["coindesk"]


async def test_without_a_file_one_is_asked_for(lobby: Lobby) -> None:
    (told,) = await lobby.say(lobby.operator, "/source import")
    assert told["text"].startswith("Send me an OPML file with /source import as its caption")


async def test_a_file_from_others_is_not_read(lobby: Lobby) -> None:
    document = lobby.server.context.files.add_document("a.opml", OPML.encode(), "text/xml")
    alice = lobby.person()
    lobby.world.send_file(alice.id, alice.id, document, "/source import")
    (told,) = await lobby.deliver()
    assert told["text"].startswith("I don\u2019t know /source.")
    assert lobby.server.context.calls["getFile"] == 0
