"""From items to what is owed: silence, topics, stories, storms, and what comes late."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.alerts import Direction, Line, started_watch
from bot.domain.articles import Article, FeedItem
from bot.domain.assets import Assets
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.errors import DatabaseLocked
from bot.domain.markets import Market, Tick
from bot.domain.model_text import ModelText
from bot.domain.outbox import MessageState, Priority, Result, Subject
from bot.domain.sources import PollResult, Source, SourceKind, SourceSettings
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind
from bot.news import newsroom as module
from bot.news.assets.registry import load_registry
from bot.news.deepening import Deepening
from bot.news.filing import Filing
from bot.news.newsroom import Newsroom
from bot.news.sources.pages import Page
from bot.news.summaries.model_summary import Refused
from bot.news.understanding import Understanding
from storage.alerts import NewAlert, add_alert
from storage.chats import destination, see_chat
from storage.database import Database
from storage.edits import plan_edits
from storage.firings import Firing, add_firing
from storage.markets import store_tick
from storage.mutes import mute_topic
from storage.outbox import candidates, record_results
from storage.schema import articles, notifications, stories
from storage.sources import active_sources, configure_sources, record_poll
from storage.story_pages import StoredStory, latest_stories, story_members
from storage.subscriptions import interned_topic, subscribe

BITCOIN = Topic(TopicKind.ASSET, "bitcoin")
HACK = Topic(TopicKind.CATEGORY, "hack")


class Woken:
    """Counts how often the outbox was woken."""

    def __init__(self) -> None:
        self.times = 0

    def wake(self) -> None:
        self.times += 1


class SlowPages:
    """Gives a page's text once it is let go; the network's edge of a page reader."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.go.set()
        self.text = ""

    async def full_text(self, url: str) -> Page:
        assert url.startswith("https://")
        await self.go.wait()
        return Page(self.text, None, "")


class SlowModel:
    """Answers with a text once it is let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.go.set()
        self.answer: ModelText | Refused = Refused("none was asked for")

    async def summary(self, article: Article) -> ModelText | Refused:
        assert article.title
        await self.go.wait()
        return self.answer


@pytest.fixture(scope="module")
def assets() -> Assets:
    return load_registry()


@pytest.fixture(scope="module")
def understanding(assets: Assets) -> Understanding:
    return Understanding(assets)


class Room:
    """A newsroom with what a test looks at."""

    def __init__(self, database: Database, understanding: Understanding, clock: Any) -> None:
        self.database = database
        self.clock = clock
        self.woken = Woken()
        self.pages = SlowPages()
        self.model = SlowModel()
        self.understanding = understanding
        self.has_model = False

    def open(self) -> Newsroom:
        models: Any = self.model if self.has_model else None
        pages: Any = self.pages
        return Newsroom(
            self.database,
            self.understanding,
            Deepening(self.understanding, pages, models, self.clock),
            Filing(self.database, self.clock, "USD"),
            self.clock,
            self.woken,
            max_age=timedelta(hours=6),
            keep=timedelta(days=90),
        )

    async def source(self, key: str = "wire", *, is_new: bool = False, **facts: Any) -> Source:
        """A source, past its silent first poll unless it is new."""
        now: datetime = self.clock()
        known = await self.sources()
        settings = [SourceSettings(s.key, s.name, s.kind, s.url) for s in known.values()]
        settings.append(SourceSettings(key, key.title(), SourceKind.FEED, f"https://{key}.example"))
        async with self.database.writing() as tx:
            await configure_sources(tx, settings)
        source = (await self.sources())[key]
        if not is_new:
            async with self.database.writing() as tx:
                await record_poll(tx, source.id, PollResult(now, now))
            source = (await self.sources())[key]
        return replace(source, **facts)

    async def sources(self) -> dict[str, Source]:
        async with self.database.reading() as tx:
            return {source.key: source for source in await active_sources(tx)}

    async def follow(
        self, topic: Topic = EVERYTHING, chat_id: int = 1, narrowed: Filter = Filter.NONE
    ) -> int:
        now: datetime = self.clock()
        async with self.database.writing() as tx:
            await see_chat(tx, ChatSeen(chat_id, ChatKind.PRIVATE), now)
            where = await destination(tx, chat_id)
            await subscribe(tx, where.id, topic, None, now, narrowed)
            return where.id

    def item(self, title: str, guid: str = "", minutes: float = 1, **facts: Any) -> FeedItem:
        """An item published so many minutes ago."""
        at = self.clock() - timedelta(minutes=minutes)
        given = {"url": f"https://news.example/{guid or title}".replace(" ", "-")} | facts
        return FeedItem(guid or title, title, published_at=at, **given)

    async def send_all(self) -> list[tuple[Any, int]]:
        """Everything owed counts as sent; what it told, and the message's id at Telegram."""
        now: datetime = self.clock()
        async with self.database.writing() as tx:
            due = await candidates(tx, now, 500, {})
            ids = [(message, 1000 + message.id) for message in due]
            results = [Result(m.id, MessageState.SENT, "", telegram) for m, telegram in ids]
            await record_results(tx, results, now)
        return ids

    async def count(self, table: sa.Table) -> int:
        async with self.database.reading() as tx:
            found: int = await tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            return found

    async def latest(self, topic: Topic = EVERYTHING) -> list[StoredStory]:
        async with self.database.reading() as tx:
            return await latest_stories(tx, topic, 100)


@pytest.fixture
def room(database: Database, understanding: Understanding, clock: Any) -> Room:
    return Room(database, understanding, clock)


@pytest.fixture
async def newsroom(room: Room) -> AsyncIterator[Newsroom]:
    newsroom = room.open()
    yield newsroom
    await newsroom.close()


# ---- what is owed, and what not


async def test_a_new_source_is_silent(room: Room, newsroom: Newsroom) -> None:
    """Its old items are stored and not pushed; what comes at the next poll is."""
    await room.follow()
    source = await room.source(is_new=True)
    assert await newsroom.take(source, [room.item("Bitcoin was here before")]) == 1
    assert await room.count(notifications) == 0
    source = await room.source()
    items = [room.item("Bitcoin was here before"), room.item("Bitcoin miners expand in Texas")]
    assert await newsroom.take(source, items) == 1
    assert (await room.count(articles), await room.count(notifications)) == (2, 1)
    assert room.woken.times == 1


async def test_only_who_asked_is_owed(room: Room, newsroom: Newsroom) -> None:
    """Topics decide; a chat with two that fit is owed once."""
    await room.follow(BITCOIN, 1)
    await room.follow(EVERYTHING, 1)
    await room.follow(Topic(TopicKind.ASSET, "ethereum"), 2)
    await newsroom.take(await room.source(), [room.item("Bitcoin moves sideways all week")])
    assert await room.count(notifications) == 1


async def test_old_articles_are_kept_but_not_pushed(room: Room, newsroom: Newsroom) -> None:
    """Older than max_age_hours is stored; older than is kept is not even that."""
    await room.follow()
    items = [
        room.item("Seven hours old", minutes=7 * 60),
        room.item("Of another age", minutes=100 * 24 * 60),
    ]
    assert await newsroom.take(await room.source(), items) == 1
    assert (await room.count(articles), await room.count(notifications)) == (1, 0)


@pytest.mark.parametrize(
    "repeat",
    [
        {"guid": "z", "url": "https://www.news.example/story?utm_source=rss"},
        {"guid": "q", "url": "http://news.example/story/"},
        {"guid": "a", "url": "https://other.example/moved"},
        {"guid": "renamed", "url": "https://news.example/story?session=77", "minutes": 1},
    ],
)
async def test_what_is_known_by_guid_address_or_words_is_no_news(
    room: Room, newsroom: Newsroom, repeat: dict[str, Any]
) -> None:
    """A source that flips hosts, renumbers its items or changes every id makes no storm."""
    await room.follow()
    source = await room.source()
    first = room.item("Bitcoin passes a milestone", "a", url="https://news.example/story")
    assert await newsroom.take(source, [first]) == 1
    again = room.item("Bitcoin passes a milestone", **repeat)
    await newsroom.take(source, [again])
    assert await room.count(notifications) == 1


async def test_a_source_that_renames_what_another_told_first_stores_it_once(
    room: Room, newsroom: Newsroom
) -> None:
    """Its article stands in the other's story, of which it is not the one that is shown."""
    wire, ledger = await room.source("wire"), await room.source("ledger")
    await newsroom.take(wire, [room.item(_EVENT[0], minutes=2)])
    for poll in range(3):
        address = f"https://ledger.example/?session={poll}"
        await newsroom.take(ledger, [room.item(_EVENT[1], f"{poll}", url=address)])
    assert (await room.count(articles), await room.count(stories)) == (2, 1)


async def test_a_source_without_dates_that_renames_all_stores_it_once(
    room: Room, newsroom: Newsroom
) -> None:
    source = await room.source()
    for poll in range(3):
        address = f"https://news.example/?session={poll}"
        await newsroom.take(source, [FeedItem(f"{poll}", "Bitcoin moves sideways", address)])
        room.clock.advance(60)
    assert await room.count(articles) == 1


async def test_items_that_all_link_to_the_front_page_are_all_told(
    room: Room, newsroom: Newsroom
) -> None:
    await room.follow()
    titles = ("Bitcoin miners expand in Texas", "Litecoin developers meet in Prague")
    items = [room.item(title, url="https://status.example/") for title in titles]
    assert await newsroom.take(await room.source(), items) == 2
    assert await room.count(notifications) == 2


async def test_who_asked_for_important_news_hears_of_no_other(
    room: Room, newsroom: Newsroom
) -> None:
    await room.follow(EVERYTHING, 1, Filter.IMPORTANT)
    await room.follow(EVERYTHING, 2)
    source = await room.source()
    loud = "SEC sues Binance after $1.4 billion Ether hack as Bitcoin plunges 12%"
    await newsroom.take(source, [room.item(loud), room.item("Podcast: a chat about wallets")])
    owed = [message.telegram_chat_id for message, _ in await room.send_all()]
    assert sorted(owed) == [1, 2, 2]


async def fire(
    room: Room, chat_id: int, asset_id: str = "bitcoin", reason: str | None = None
) -> None:
    """An alert of that chat fires now."""
    now, line = room.clock(), Line(Direction.ABOVE, Decimal(95000))
    market, watch = Market(asset_id), started_watch(line, Decimal(94000))
    async with room.database.writing() as tx:
        await see_chat(tx, ChatSeen(chat_id, ChatKind.PRIVATE), now)
        here = await destination(tx, chat_id)
        alert_id = await add_alert(tx, NewAlert(here.id, market, line, watch, None, None), now)
        await add_firing(tx, Firing(alert_id, 1, Decimal(95100), now, now, reason=reason))


LOUD = "Bitcoin plunges 12% after $1.4 billion hack drains a mining pool"


async def test_a_story_after_an_alert_replies_to_it(room: Room, newsroom: Newsroom) -> None:
    """Not in a chat that gets it as news, nor where the alert was on another coin."""
    await room.follow(BITCOIN, 1)
    for chat_id in (1, 2):
        await fire(room, chat_id)
    await fire(room, 3, "dogecoin")
    room.clock.advance(600)
    await newsroom.take(await room.source(), [room.item(LOUD)])
    owed = {message.telegram_chat_id: message.subject for message, _ in await room.send_all()}
    assert owed == {1: Subject.STORY, 2: Subject.MOVE_STORY}
    assert room.woken.times == 1


async def test_bad_news_replies_to_a_fall_and_not_to_a_rise(room: Room, newsroom: Newsroom) -> None:
    for chat_id, reason in ((1, "fell to the line"), (2, "rose to the line")):
        await fire(room, chat_id, reason=reason)
    room.clock.advance(600)
    await newsroom.take(await room.source(), [room.item(LOUD)])
    assert [message.telegram_chat_id for message, _ in await room.send_all()] == [1]


async def test_only_what_is_new_and_matters_replies_to_an_alert(
    room: Room, newsroom: Newsroom
) -> None:
    """Not a guide, not another source's telling of a story that was there before the alert."""
    await newsroom.take(await room.source(), [room.item(LOUD)])
    await fire(room, 1)
    room.clock.advance(600)
    await newsroom.take(await room.source("other"), [room.item(LOUD, "second telling")])
    await newsroom.take(await room.source("third"), [room.item("Guide: how to buy Bitcoin")])
    assert await room.send_all() == []


async def test_news_of_the_whole_market_replies_to_alerts_on_every_coin(
    room: Room, newsroom: Newsroom
) -> None:
    await fire(room, 1, "dogecoin")
    room.clock.advance(600)
    title = "Fed cuts rates by 50 basis points in surprise move, stocks and crypto surge"
    await newsroom.take(await room.source(weight=90), [room.item(title)])
    assert [message.subject for message, _ in await room.send_all()] == [Subject.MOVE_STORY]


async def test_a_muted_topic_is_not_owed(room: Room, newsroom: Newsroom) -> None:
    here = await room.follow(BITCOIN, 1)
    async with room.database.writing() as tx:
        topic_id = await interned_topic(tx, BITCOIN)
        await mute_topic(tx, here, topic_id, room.clock() + timedelta(hours=1))
    source = await room.source()
    await newsroom.take(source, [room.item("Bitcoin climbs past its old range")])
    assert await room.count(notifications) == 0
    room.clock.advance(3601)
    await newsroom.take(source, [room.item("Bitcoin falls back into its old range")])
    assert await room.count(notifications) == 1


# ---- stories

_EVENT = (
    "SEC approves spot Solana ETF from VanEck",
    "VanEck's spot Solana ETF wins SEC approval",
)


async def test_the_same_event_from_two_sources_is_one_push_that_names_both(
    room: Room, newsroom: Newsroom
) -> None:
    """Who was told is not told again; the push is brought up to date."""
    await room.follow()
    wire, ledger = await room.source("wire"), await room.source("ledger")
    await newsroom.take(wire, [room.item(_EVENT[0])])
    await room.send_all()
    await newsroom.take(ledger, [room.item(_EVENT[1])])
    assert (await room.count(stories), await room.count(notifications)) == (1, 1)
    (story,) = await room.latest()
    assert (story.source_name, story.others) == ("Wire", ("Ledger",))
    async with room.database.writing() as tx:
        assert await plan_edits(tx, room.clock() + timedelta(minutes=1), budget=10) == 1


async def test_stories_are_remembered_across_restarts(room: Room, newsroom: Newsroom) -> None:
    wire, ledger = await room.source("wire"), await room.source("ledger")
    await newsroom.take(wire, [room.item(_EVENT[0])])
    other = room.open()
    await other.take(ledger, [room.item(_EVENT[1])])
    await other.close()
    assert await room.count(stories) == 1


async def test_two_sources_that_tell_an_event_at_once_make_one_story(
    room: Room, newsroom: Newsroom
) -> None:
    keys = ("wire", "ledger", "gazette")
    found = [await room.source(key) for key in keys]
    titles = (*_EVENT, "SEC gives VanEck's Solana spot ETF the green light")
    await asyncio.gather(
        *(newsroom.take(s, [room.item(t)]) for s, t in zip(found, titles, strict=True))
    )
    (story,) = await room.latest()
    assert len(story.others) == 2


async def test_a_follow_up_with_a_new_figure_is_a_push_that_answers_the_first(
    room: Room, newsroom: Newsroom
) -> None:
    await room.follow()
    source, other = await room.source("wire"), await room.source("ledger")
    first = "Hackers drain $100 million from Cetus exchange on Sui"
    await newsroom.take(source, [room.item(first)])
    ((_, told),) = await room.send_all()
    room.clock.advance(1800)
    later = "Cetus exchange hack losses on Sui rise to $230 million"
    await newsroom.take(other, [room.item(later)])
    (story,) = await room.latest()
    assert (story.revision, story.article.title) == (2, later)
    ((push, _),) = await room.send_all()
    assert (push.subject, push.revision) == (Subject.STORY, 2)
    assert push.reply_to_message_id == told
    async with room.database.reading() as tx:
        members = await story_members(tx, story.id)
    assert [member.revision for member in members] == [1, 2]
    assert members[1].because


async def test_what_continues_an_important_story_rings_only_when_it_matters_itself(
    room: Room, newsroom: Newsroom
) -> None:
    """The denial of a hack does, a last figure that comes after all was told does not."""
    await room.follow(EVERYTHING, 1, Filter.IMPORTANT)
    await room.follow(EVERYTHING, 2)
    told: list[list[int]] = []
    for title in (
        "Bitcoin mining pool Ocean halts payouts after $40 million hack",
        "Bitcoin mining pool Ocean denies $40 million hack",
        "Ocean mining pool hack losses rise to $95 million",
    ):
        await newsroom.take(await room.source(), [room.item(title)])
        told.append(sorted(message.telegram_chat_id for message, _ in await room.send_all()))
        room.clock.advance(1800)
    (story,) = await room.latest()
    assert story.revision == 3
    assert told == [[1, 2], [1, 2], [2]]


async def test_an_article_that_joins_is_matched_for_itself(room: Room, newsroom: Newsroom) -> None:
    """Who follows the second source alone hears of the story when that source tells it."""
    await room.follow(Topic(TopicKind.SOURCE, "ledger"), 2)
    await newsroom.take(await room.source("wire"), [room.item(_EVENT[0])])
    assert await room.count(notifications) == 0
    await newsroom.take(await room.source("ledger"), [room.item(_EVENT[1])])
    assert (await room.count(stories), await room.count(notifications)) == (1, 1)


async def test_a_pruned_story_is_joined_by_nobody(room: Room, newsroom: Newsroom) -> None:
    await newsroom.take(await room.source("wire"), [room.item(_EVENT[0])])
    async with room.database.writing() as tx:
        await tx.execute(sa.delete(articles))
        await tx.execute(sa.delete(stories))
    await newsroom.take(await room.source("ledger"), [room.item(_EVENT[1])])
    assert await room.count(stories) == 1


async def test_what_the_assets_cost_is_kept_with_the_article(
    room: Room, newsroom: Newsroom
) -> None:
    """A price of an hour ago is none."""
    await room.follow()
    now: datetime = room.clock()
    async with room.database.writing() as tx:
        for asset_id, minutes in (("bitcoin", 2), ("ethereum", 60)):
            at = now - timedelta(minutes=minutes)
            await store_tick(tx, _tick(asset_id, at))
    title = "Bitcoin and Ethereum climb together after the vote"
    await newsroom.take(await room.source(), [room.item(title)])
    (story,) = await room.latest()
    assert [market.asset_id for market, _ in story.prices] == ["bitcoin"]


def _tick(asset_id: str, at: datetime) -> Tick:
    from decimal import Decimal  # noqa: PLC0415  # beside its one use

    return Tick(Market(asset_id), Decimal(96_400), "test", at, at)


# ---- storms


_PLACES = [
    "Turin",
    "Lagos",
    "Quito",
    "Perth",
    "Oslo",
    "Lima",
    "Baku",
    "Riga",
    "Doha",
    "Accra",
    "Kyiv",
    "Cairo",
    "Minsk",
    "Sofia",
]
_EVENTS = ("conference opens", "wallet app closes", "startup hires a lawyer")


def _storm(item: Callable[..., FeedItem], count: int) -> list[FeedItem]:
    """Articles that have nothing in common; the first three are loud."""
    loud = ["SEC sues Binance", "Hackers drain $900 million from Bybit", "Fed cuts rates"]
    quiet = [f"{_PLACES[n % 14]} {_EVENTS[n // 14]}" for n in range(count - 3)]
    return [item(title, f"g{n}", minutes=count - n) for n, title in enumerate([*loud, *quiet])]


def _many(item: Callable[..., FeedItem], count: int) -> list[FeedItem]:
    """As many articles of no importance, a minute apart."""
    titles = [f"{_PLACES[n % 14]} {_EVENTS[n // 14 % 3]} {n}" for n in range(count)]
    return [item(title, f"g{n}", minutes=200 - n) for n, title in enumerate(titles)]


def _break_after(room: Room, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """The disk is full once so many articles are stored, each in a hundredth of a second."""
    filed = Filing._filed
    left = count

    async def breaking(*given: Any, **more: Any) -> Any:
        nonlocal left
        if left == 0:
            raise DatabaseLocked("disk full")
        left -= 1
        room.clock.advance(0.01)
        return await filed(*given, **more)

    monkeypatch.setattr(Filing, "_filed", breaking)


async def test_a_storm_is_ten_pushes_and_one_message_with_the_rest(
    room: Room, newsroom: Newsroom
) -> None:
    await room.follow(EVERYTHING, 1)
    await room.follow(HACK, 2)
    source = await room.source(typical_fresh=2.0)
    items = _storm(room.item, 30)
    assert await newsroom.take(source, items) == 30
    sent = [message for message, _ in await room.send_all()]
    told = [m.subject for m in sent if m.telegram_chat_id == 1]
    assert sorted(told) == [Subject.DIGEST] + [Subject.STORY] * 10
    assert [m.subject for m in sent if m.telegram_chat_id == 2] == [Subject.STORY]
    assert {m.priority for m in sent} == {Priority.NEWS}
    assert await newsroom.take(source, items) == 0
    assert await room.send_all() == []


@pytest.mark.parametrize("hub_secret", [None, "of a hub"])
@pytest.mark.parametrize("breaks_after", [0, 4, 10, 104])
async def test_a_storm_that_is_broken_off_goes_on_where_it_was(
    room: Room,
    newsroom: Newsroom,
    monkeypatch: pytest.MonkeyPatch,
    breaks_after: int,
    hub_secret: str | None,
) -> None:
    """A full disk midway, and the poll is made again: no further ten ring."""
    await room.follow()
    source = await room.source(typical_fresh=2.0, hub_secret=hub_secret)
    room.clock.advance(60)
    items = _many(room.item, 130)
    _break_after(room, monkeypatch, breaks_after)
    with pytest.raises(DatabaseLocked):
        await newsroom.take(source, items)
    monkeypatch.undo()
    room.clock.advance(60)
    await newsroom.take(source, items)
    sent = [message.subject for message, _ in await room.send_all()]
    assert sorted(sent) == [Subject.DIGEST] + [Subject.STORY] * 10
    assert await room.count(articles) == 130


async def _deliver_one_by_one(room: Room, desk: Newsroom, source: Source, count: int) -> list[Any]:
    """A hub delivers an article every three minutes; the subjects of what was pushed of them."""
    told = []
    for item in range(count):
        room.clock.advance(180)
        title = f"{_PLACES[item % 14]} {_EVENTS[item // 14 % 3]} {item}"
        await desk.take(source, [room.item(title, f"hub {item}")], delivered=True)
        told += [message.subject for message, _ in await room.send_all()]
    return told


async def test_what_a_hub_delivers_one_by_one_is_no_storm(room: Room, newsroom: Newsroom) -> None:
    """Thirty deliveries are thirty pushes, though no poll succeeds; so is what it brings then."""
    await room.follow()
    source = await room.source(typical_fresh=2.0, hub_secret="of a hub")
    assert await _deliver_one_by_one(room, newsroom, source, 30) == [Subject.STORY] * 30
    items = [room.item("Bitcoin miners expand in Texas"), room.item("Litecoin developers meet")]
    await newsroom.take(source, items)
    assert [m.subject for m, _ in await room.send_all()] == [Subject.STORY] * 2


async def test_what_a_hub_delivered_before_a_start_is_no_storm(
    room: Room, newsroom: Newsroom
) -> None:
    """The first poll of the next process does not take it for a poll that was broken off."""
    await room.follow()
    source = await room.source(typical_fresh=2.0, hub_secret="of a hub")
    await _deliver_one_by_one(room, newsroom, source, 30)
    started = room.open()
    await started.take(source, [room.item("Bitcoin miners expand in Texas")])
    assert [m.subject for m, _ in await room.send_all()] == [Subject.STORY]
    await started.close()


async def test_a_storm_that_a_dead_process_left_goes_on_where_it_was(
    room: Room, newsroom: Newsroom
) -> None:
    """It stored ten of thirty: the twenty that are left go together."""
    await room.follow()
    source = await room.source(typical_fresh=2.0)
    room.clock.advance(60)
    items = _storm(room.item, 30)
    await newsroom.take(source, items[:10])
    await room.send_all()
    started = room.open()
    await started.take(source, items)
    assert [m.subject for m, _ in await room.send_all()] == [Subject.DIGEST]
    await started.close()


async def test_a_delivery_of_many_at_once_is_a_storm(room: Room, newsroom: Newsroom) -> None:
    await room.follow()
    source = await room.source(typical_fresh=2.0, hub_secret="of a hub")
    await newsroom.take(source, _storm(room.item, 30), delivered=True)
    told = [m.subject for m, _ in await room.send_all()]
    assert sorted(told) == [Subject.DIGEST] + [Subject.STORY] * 10


async def test_a_delivery_after_a_broken_off_poll_is_told(
    room: Room, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred of its storm were stored; an article that a hub brings is none of them."""
    await room.follow()
    source = await room.source(typical_fresh=2.0, hub_secret="of a hub")
    _break_after(room, monkeypatch, 110)
    items = _many(room.item, 130)
    with pytest.raises(DatabaseLocked):
        await newsroom.take(source, items)
    monkeypatch.undo()
    await room.send_all()
    await newsroom.take(source, [room.item("Bitcoin miners expand in Texas")], delivered=True)
    assert [m.subject for m, _ in await room.send_all()] == [Subject.STORY]


async def test_pushes_do_not_wait_for_what_is_only_stored(room: Room, newsroom: Newsroom) -> None:
    await room.follow()
    items = [
        room.item("Bitcoin miners expand in Texas"),
        room.item("Litecoin developers meet in Prague", minutes=7 * 60),
    ]
    await newsroom.take(await room.source(), items)
    async with room.database.reading() as tx:
        titles = list(await tx.scalars(sa.select(articles.c.title).order_by(articles.c.id)))
    assert titles == [item.title for item in items]


# ---- what takes time


async def test_a_page_that_is_there_in_time_is_told_at_once(room: Room, newsroom: Newsroom) -> None:
    await room.follow()
    room.pages.text = "Bitcoin rose to $93,000 on Monday. Traders cheered. " * 10
    source = await room.source(full_text=True)
    await newsroom.take(source, [room.item("Bitcoin rises on Monday", summary="A line.")])
    (story,) = await room.latest()
    assert "$93,000" in story.article.body
    assert [str(figure.value) for figure in story.article.figures] == ["93000"]


async def test_a_page_that_comes_late_holds_up_no_push_and_is_edited_in(
    room: Room, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    await room.follow()
    room.pages.go.clear()
    room.pages.text = "Bitcoin rose to $93,000 on Monday. Traders cheered. " * 10
    source = await room.source(full_text=True)
    await newsroom.take(source, [room.item("Bitcoin rises on Monday", summary="A line.")])
    await room.send_all()
    assert (await room.latest())[0].article.body == ""
    room.pages.go.set()
    async with asyncio.timeout(5):
        # A database has no event for it.
        while "$93,000" not in (await room.latest())[0].article.body:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    async with room.database.writing() as tx:
        assert await plan_edits(tx, room.clock() + timedelta(minutes=1), budget=10) == 1


async def test_a_models_summary_is_kept_in_time_and_late(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    room.has_model = True
    newsroom = room.open()
    room.model.answer = ModelText("Bitcoin rose.", "It rose on Monday.", ("None.",))
    await room.follow()
    source = await room.source()
    await newsroom.take(source, [room.item("Bitcoin rises on Monday")])
    room.model.go.clear()
    await newsroom.take(source, [room.item("Litecoin miners gather in Prague", "l")])
    stored = {story.article.guid: story.model_text for story in await room.latest()}
    assert stored["l"] is None
    assert "It rose on Monday." in (stored["Bitcoin rises on Monday"] or "")
    room.model.go.set()
    async with asyncio.timeout(5):
        # A database has no event for it.
        while any(story.model_text is None for story in await room.latest()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await newsroom.close()


async def test_a_refusal_of_the_model_leaves_the_extract_with_the_reason(room: Room) -> None:
    room.has_model = True
    newsroom = room.open()
    await room.follow()
    await newsroom.take(await room.source(), [room.item("Bitcoin rises on Monday")])
    await newsroom.close()
    (story,) = await room.latest()
    assert story.model_text is None
    assert story.article.summary_reason.endswith("; no model's text: none was asked for")


@pytest.mark.parametrize("is_known", [True, False])
async def test_nothing_is_read_on_for_what_is_not_filed(
    room: Room, monkeypatch: pytest.MonkeyPatch, *, is_known: bool
) -> None:
    """A rival stored it first, or the database is away: its page is given up."""
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    room.pages.go.clear()
    newsroom = room.open()

    async def unfiled(*_: object, **__: object) -> None:
        if not is_known:
            raise DatabaseLocked("the database is locked")

    monkeypatch.setattr(Filing, "file", unfiled)
    source = await room.source(full_text=True)
    before = asyncio.all_tasks()
    with suppress(DatabaseLocked):
        await newsroom.take(source, [room.item("Bitcoin rises on Monday", summary="A line.")])
    if left := asyncio.all_tasks() - before:
        await asyncio.wait(left, timeout=1)
    assert asyncio.all_tasks() == before
    await newsroom.close()
