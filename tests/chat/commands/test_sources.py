"""/sources for everybody, and /source pause, resume and remove."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.chat.commands.lists import PAGE
from bot.domain.feeds import ListedFeed
from bot.domain.sources import PollResult, SourceKind, SourceSettings, SourceState
from storage.schema import sources
from storage.source_admin import import_feeds, propose_source
from storage.sources import active_sources, configure_sources, known_sources, record_poll
from tests.chat.conftest import buttons_of

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby

FOLLOW = "To follow one: /subscribe @"


async def add(lobby: Lobby, *names: str) -> None:
    feeds = [ListedFeed(f"https://{name.lower()}.example/rss", name) for name in names]
    async with lobby.database.writing() as tx:
        await import_feeds(tx, feeds)


async def polled(lobby: Lobby, key: str, **result: object) -> None:
    now = lobby.clock()
    given = {"polled_at": now, "next_poll_at": now + timedelta(minutes=3)} | result
    async with lobby.database.writing() as tx:
        found = {one.key: one.id for one in await active_sources(tx)}
        await record_poll(tx, found[key], PollResult(**given))


async def failing(lobby: Lobby, key: str) -> None:
    since = lobby.clock() - timedelta(hours=2)
    await polled(lobby, key, error="HTTP 503", failures=3, failing_since_at=since)


async def states(lobby: Lobby) -> dict[str, SourceState]:
    async with lobby.database.reading() as tx:
        return {one.key: one.state for one in await known_sources(tx)}


async def the_list(lobby: Lobby) -> None:
    """A source in each state."""
    await add(lobby, "Ledger", "Gazette", "Archive", "Mirror")
    await polled(lobby, "coindesk")
    await failing(lobby, "ledger")
    await lobby.say(lobby.operator, "/source pause gazette")
    async with lobby.database.writing() as tx:
        retired = sa.update(sources).where(sources.c.key == "archive")
        await tx.execute(retired.values(state=SourceState.RETIRED.value))
        proposed = SourceSettings("p", "Proposed", SourceKind.FEED, "https://p.example")
        await propose_source(tx, proposed, lobby.clock())


async def test_everybody_sees_where_news_comes_from(lobby: Lobby) -> None:
    await the_list(lobby)
    (shown,) = await lobby.say(lobby.person(), "/sources")
    assert shown["text"].split("\n") == [
        "News comes from 5 sources",
        "",
        "• Archive @archive · gone for good",
        "• CoinDesk @coindesk · active",
        "• Gazette @gazette · ⏸ paused",
        "• Ledger @ledger · ⚠️ failing since 10:00 UTC",
        "• Mirror @mirror · not read yet",
        "",
        f"{FOLLOW}archive",
    ]


async def test_operators_see_errors_and_the_next_polls_too(lobby: Lobby) -> None:
    await the_list(lobby)
    (shown,) = await lobby.say(lobby.operator, "/sources")
    assert shown["text"].split("\n")[3:11] == [
        "• CoinDesk @coindesk · active",
        "   next poll 12:03 UTC",
        "• Gazette @gazette · ⏸ paused",
        "• Ledger @ledger · ⚠️ failing since 10:00 UTC",
        "   next poll 12:03 UTC",
        "   last error: HTTP 503",
        "• Mirror @mirror · not read yet",
        "   next poll now",
    ]


async def test_in_a_group_nobody_sees_errors(lobby: Lobby) -> None:
    await the_list(lobby)
    group = lobby.world.add_group("Traders", owner=lobby.operator)
    (shown,) = await lobby.say(lobby.operator, "/sources", group.id)
    assert "503" not in shown["text"]
    assert "failing" in shown["text"]


async def test_many_sources_have_pages(lobby: Lobby) -> None:
    await add(lobby, *(f"Site{number:02}" for number in range(PAGE)))
    alice = lobby.person()
    (first,) = await lobby.say(alice, "/sources")
    assert list(buttons_of(first)) == ["More ➡️"]
    (second,) = await lobby.press(alice, first, "More ➡️")
    assert second["message_id"] == first["message_id"]
    assert "@site07" in second["text"]
    assert "@coindesk" not in second["text"]
    (back,) = await lobby.press(alice, second, "⬅️ Back")
    assert back["text"] == first["text"]
    (far,) = await lobby.press_data(alice, back, "1:sources:999:0")
    assert far["text"] == second["text"], "a forged page is the last"


async def test_without_any_source_that_is_said(lobby: Lobby) -> None:
    async with lobby.database.writing() as tx:
        await configure_sources(tx, [])
    (shown,) = await lobby.say(lobby.person(), "/sources")
    assert shown["text"] == "There is no source of news at the moment."


async def test_a_source_is_paused_and_resumed(lobby: Lobby) -> None:
    """One of the settings too, and by name as well as by key."""
    await failing(lobby, "coindesk")
    (paused,) = await lobby.say(lobby.operator, "/source pause @coindesk")
    assert paused["text"].startswith("⏸ CoinDesk is not read any more")
    assert await states(lobby) == {"coindesk": SourceState.PAUSED}
    (again,) = await lobby.say(lobby.operator, "/source pause coindesk")
    assert again["text"].startswith("CoinDesk is not read as it is.")
    (resumed,) = await lobby.say(lobby.operator, "/source resume CoinDesk")
    assert resumed["text"] == "▶️ CoinDesk is read again."
    assert await states(lobby) == {"coindesk": SourceState.ACTIVE}
    (again,) = await lobby.say(lobby.operator, "/source resume coindesk")
    assert again["text"] == "CoinDesk is not paused; it is read as usual."


async def test_only_what_was_added_by_command_is_removed_by_command(lobby: Lobby) -> None:
    await add(lobby, "Ledger")
    (refused,) = await lobby.say(lobby.operator, "/source remove coindesk")
    assert "CoinDesk stands in the settings: take coindesk out of them" in refused["text"]
    (removed,) = await lobby.say(lobby.operator, "/source remove ledger")
    assert removed["text"].startswith("Ledger is removed.")
    assert await states(lobby) == {"coindesk": SourceState.ACTIVE}
    (unknown,) = await lobby.say(lobby.operator, "/source remove ledger")
    assert "no source called “ledger”. There are: coindesk." in unknown["text"]


async def test_readers_follow_what_was_added_until_it_is_removed(lobby: Lobby) -> None:
    await add(lobby, "Ledger")
    alice = lobby.person()
    (followed,) = await lobby.say(alice, "/subscribe @ledger")
    assert "• Ledger: no story" in followed["text"]
    await lobby.say(lobby.operator, "/source remove ledger")
    (shown,) = await lobby.say(alice, "/list")
    assert "• @ledger" in shown["text"]
    (refused,) = await lobby.say(lobby.person("Bob"), "/subscribe @ledger")
    assert "no source called “@ledger”" in refused["text"]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/source", "What shall I do about a source?"),
        ("/source drop coindesk", "What shall I do about a source?"),
        ("/source pause", "Which source shall I pause?"),
        ("/source add", "Which site or feed shall I add? For example: /source add https://"),
        ("/source add x.example A_B!", "“a_b!” can\u2019t be a key"),
    ],
)
async def test_a_wrong_order_is_answered_with_one_that_works(
    lobby: Lobby, typed: str, answer: str
) -> None:
    (told,) = await lobby.say(lobby.operator, typed)
    assert told["text"].startswith(answer)


async def test_for_others_the_command_does_not_exist(lobby: Lobby) -> None:
    (told,) = await lobby.say(lobby.person(), "/source pause coindesk")
    assert told["text"].startswith("I don\u2019t know /source.")
    assert await states(lobby) == {"coindesk": SourceState.ACTIVE}
