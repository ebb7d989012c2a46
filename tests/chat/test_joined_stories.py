"""Articles that join a story, from their filing to what each chat is shown.

The bot's filing, its database, its renderer and the strict Telegram; the clock is a test's.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.editing import Editing
from bot.delivery.folder import Folder
from bot.domain.articles import Article, Importance
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.markets import Market, Tick
from bot.domain.sources import Source, SourceKind, SourceSettings
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from bot.news.deepening import Depth
from bot.news.filing import Filed, Filing
from storage import chats, edits, markets, mutes, sources, subscriptions
from storage.story_pages import latest_stories
from tests.chat.conftest import about, labels_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.demo.telegram_chats import User
    from tests.chat.conftest import Lobby, Message

    File = Callable[..., Awaitable[Filed]]

MINUTE = timedelta(minutes=1)
SOL = Topic(TopicKind.ASSET, "solana")
FIRST = {
    "title": "Bybit hack: attackers drain $400 million from exchange",
    "summary": "Bitcoin fell as the Bybit exchange lost $400 million to attackers.",
    "url": "https://wire.example/hack",
    "image_url": "https://wire.example/hack.jpg",
    "mentions": (about("bitcoin", "BTC"),),
}
JOINS = {
    "title": "Attackers drain $400 million from Bybit exchange, Solana wallets hit",
    "summary": "The hack took Solana tokens from hot wallets.",
    "url": "https://ledger.example/sol",
    "image_url": "https://ledger.example/sol.jpg",
    "mentions": (about("solana", "SOL"),),
}


@pytest.fixture
async def by_key(lobby: Lobby) -> dict[str, Source]:
    settings = [
        SourceSettings(key, name, SourceKind.FEED, f"https://{key}.example/rss")
        for key, name in (("wire", "The Wire"), ("ledger", "The Ledger"))
    ]
    async with lobby.database.writing() as tx:
        await sources.configure_sources(tx, settings)
        return {source.key: source for source in await sources.active_sources(tx)}


@pytest.fixture
def file(lobby: Lobby, by_key: dict[str, Source]) -> File:
    """Files an article of a source, published this minute, and owes it."""
    filing = Filing(lobby.database, lobby.clock, "USD")

    async def filed(key: str, facts: dict[str, Any], **more: Any) -> Filed:
        given = {"published_at": lobby.clock()} | facts | more
        article = Article(source_key=key, guid=given["title"], **given)
        found = await filing.file(by_key[key], Depth(article), pushes=True)
        assert found is not None
        return found

    return filed


async def _follow(lobby: Lobby, name: str, *topics: Topic) -> User:
    user = lobby.person(name)
    async with lobby.database.writing() as tx:
        await chats.see_chat(tx, ChatSeen(user.id, ChatKind.PRIVATE), lobby.clock())
        here = await chats.destination(tx, user.id)
        for topic in topics:
            await subscriptions.subscribe(tx, here.id, topic, user.id, lobby.clock())
    return user


async def _edits(lobby: Lobby) -> list[Message]:
    """A minute later the pushes of what changed are edited."""
    lobby.clock.advance(60)
    async with lobby.database.writing() as tx:
        await edits.plan_edits(tx, lobby.clock(), 10)
    return [message for message in await lobby.send() if message["text"]]


def _by_chat(messages: list[Message]) -> dict[int, Message]:
    return {message["chat"]["id"]: message for message in messages}


async def test_a_chat_is_shown_the_article_that_the_story_was_owed_to_it_for(
    lobby: Lobby, file: File
) -> None:
    """Title, source, age, text, tags, buttons and picture are of the article that joined."""
    await _follow(lobby, "Alice", Topic(TopicKind.ASSET, "bitcoin"))
    bob = await _follow(lobby, "Bob", SOL)
    first = await file("wire", FIRST)
    (push,) = await lobby.send()
    assert "Solana" not in push["text"]
    lobby.clock.advance(300)
    joined = await file("ledger", JOINS)
    assert (joined.place.story_id, joined.place.revision) == (first.place.story_id, 1)
    (push,) = await lobby.send()
    assert push["chat"]["id"] == bob.id
    title, source, also, _, summary, _, tags = push["text"].split("\n")
    assert (title, also) == (JOINS["title"], "Also: The Wire")
    assert (source, summary) == ("The Ledger · just now", JOINS["summary"])
    assert "#SOL" in tags
    assert "BTC" not in tags
    assert push["sent"]["link_preview_options"]["url"] == JOINS["image_url"]
    read, *_ = push["sent"]["reply_markup"]["inline_keyboard"][0]
    assert read["url"] == JOINS["url"]
    assert labels_of(push)[0][1:] == ["📈 SOL now", "🔕 Mute SOL"]


async def test_the_price_button_tells_of_what_the_chat_was_shown(lobby: Lobby, file: File) -> None:
    await _follow(lobby, "Alice", Topic(TopicKind.ASSET, "bitcoin"))
    bob = await _follow(lobby, "Bob", SOL)
    await file("wire", FIRST)
    await lobby.send()
    lobby.clock.advance(300)
    await file("ledger", JOINS)
    (push,) = await lobby.send()
    await lobby.press(bob, push, "SOL now")
    assert lobby.server.answered[-1].text.startswith("SOL")


async def test_edits_go_on_showing_what_each_chat_was_shown(lobby: Lobby, file: File) -> None:
    """A third source tells it too: both messages name it, each below its own title."""
    alice = await _follow(lobby, "Alice", Topic(TopicKind.ASSET, "bitcoin"))
    bob = await _follow(lobby, "Bob", SOL)
    await file("wire", FIRST)
    await lobby.send()
    lobby.clock.advance(300)
    await file("ledger", JOINS)
    await lobby.send()
    shown = _by_chat(await _edits(lobby))
    assert shown[alice.id]["text"].startswith(str(FIRST["title"]))
    assert "Also: The Ledger" in shown[alice.id]["text"]
    assert shown[bob.id]["text"].startswith(str(JOINS["title"]))
    async with lobby.database.writing() as tx:
        here = await chats.destination(tx, bob.id)
        await subscriptions.unsubscribe_all(tx, here.id)
    third = str(FIRST["title"]).replace("exchange", "exchange's wallets")
    await file("ledger", FIRST, title=third, url="https://ledger.example/2", publisher="Daily")
    shown = _by_chat(await _edits(lobby))
    assert "Also: The Ledger, Daily" in shown[alice.id]["text"]
    assert shown[bob.id]["text"].startswith(str(JOINS["title"]))
    assert "Also: The Wire, Daily" in shown[bob.id]["text"]


async def test_articles_of_one_instant_are_told_apart(lobby: Lobby, file: File) -> None:
    """The clock stands still between them."""
    await _follow(lobby, "Alice", Topic(TopicKind.ASSET, "bitcoin"))
    await _follow(lobby, "Bob", SOL)
    await file("wire", FIRST)
    await file("ledger", JOINS)
    lobby.clock.advance(1)
    first, second = sorted(await lobby.send(), key=lambda push: push["chat"]["id"])
    assert first["text"].startswith(str(FIRST["title"]))
    assert second["text"].startswith(str(JOINS["title"]))


async def test_why_it_came_is_told_of_the_article_that_was_shown(lobby: Lobby, file: File) -> None:
    olga = lobby.operator
    await lobby.say(olga, "/subscribe SOL")
    await file("wire", FIRST)
    lobby.clock.advance(60)
    await file("ledger", JOINS)
    (push,) = await lobby.send()
    (answer,) = await lobby.say(olga, "/why_this", reply_to=push["message_id"])
    assert "• Solana (SOL): in the title" in answer["text"]
    assert "SOL primary" in answer["text"]
    assert "BTC primary" not in answer["text"]


async def test_a_story_that_came_to_matter_shows_what_made_it_matter(
    lobby: Lobby, file: File
) -> None:
    """A filter held the first article back, and lets the second through."""
    user = lobby.person("Alice")
    await lobby.say(user, "/subscribe all important")
    held = await file("wire", FIRST, importance=Importance(20, "x"))
    assert held.owed == 0
    lobby.clock.advance(60)
    passed = await file("ledger", JOINS, importance=Importance(90, "x"))
    assert passed.owed == 1
    (push,) = await lobby.send()
    assert push["text"].startswith(str(JOINS["title"]))
    assert await _edits(lobby) == [], "it was told of all at once"


async def test_what_is_muted_stays_quiet_until_an_article_on_another_topic_joins(
    lobby: Lobby, file: File
) -> None:
    """Bitcoin is muted for a chat that follows all news: Solana's article comes, as itself."""
    user = await _follow(lobby, "Alice", EVERYTHING)
    async with lobby.database.writing() as tx:
        here = await chats.destination(tx, user.id)
        bitcoin = await subscriptions.interned_topic(tx, Topic(TopicKind.ASSET, "bitcoin"))
        await mutes.mute_topic(tx, here.id, bitcoin, lobby.clock() + timedelta(days=1))
    assert (await file("wire", FIRST)).owed == 0
    lobby.clock.advance(60)
    assert (await file("ledger", JOINS)).owed == 1
    (push,) = await lobby.send()
    assert push["text"].startswith(str(JOINS["title"]))


async def test_a_line_of_a_late_digest_shows_it_too(lobby: Lobby, file: File) -> None:
    await _follow(lobby, "Bob", SOL)
    await file("wire", FIRST)
    lobby.clock.advance(60)
    await file("ledger", JOINS)
    await file("wire", {"title": "A school in Lagos", "mentions": (about("solana", "SOL"),)})
    lobby.clock.advance(1200)
    assert await Folder(lobby.database, lobby.clock, lobby.signal).run() == 2
    (digest,) = await lobby.send()
    assert str(JOINS["title"]) in digest["text"]
    assert str(FIRST["title"]) not in digest["text"]


async def test_news_of_a_coin_shows_what_speaks_of_it(lobby: Lobby, file: File) -> None:
    await file("wire", FIRST)
    await file("ledger", JOINS)
    user = lobby.person("Alice")
    (sol,) = await lobby.say(user, "/news SOL")
    (btc,) = await lobby.say(user, "/news BTC")
    assert str(JOINS["title"]) in sol["text"]
    assert str(FIRST["title"]) in btc["text"]


async def test_the_move_of_a_coin_that_nobody_watched_is_told_from_its_first_price(
    lobby: Lobby, file: File
) -> None:
    """The push has no price; a minute later one comes, and the edit counts from it."""
    await _follow(lobby, "Alice", EVERYTHING)
    market = Market("solana")
    await file("wire", JOINS)
    (push,) = await lobby.send()
    assert "$140" not in push["text"]
    editing = Editing(lobby.database, lobby.clock, lobby.signal, 30)
    for price in (140, 147):
        lobby.clock.advance(60)
        now = lobby.clock()
        async with lobby.database.writing() as tx:
            assert market in await markets.watched_markets(tx, "USD", now - timedelta(hours=1))
            await markets.store_tick(tx, Tick(market, Decimal(price), "x", now, now))
        await editing.run()
    await file("ledger", FIRST, mentions=JOINS["mentions"])
    lobby.clock.advance(60)
    assert await editing.run() == 1
    (edit,) = [message for message in await lobby.send() if message["text"]]
    assert "SOL $147, +5.0\u00a0% since" in edit["text"]
    async with lobby.database.reading() as tx:
        (found,) = await latest_stories(tx, SOL, 1)
    assert found.prices == ((market, Decimal(140)),)
