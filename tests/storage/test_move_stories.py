"""The stories beside fired alerts: what may be chosen, what was, and the replies that are owed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.alerts import AlertState, Direction, Line, Watch
from bot.domain.articles import Article, Category, Mention, Role, Sentiment, Tone
from bot.domain.chats import ChatKind, ChatState
from bot.domain.conditions import Close, Condition, Figure, Frame, Gauge, Move, Way
from bot.domain.markets import Market
from bot.domain.move_stories import Beside, NearStory
from bot.domain.outbox import MessageState, Priority, Result, Subject
from storage.alerts import NewAlert, add_alert, remove_alert
from storage.articles import Place, add_article, prune_articles, set_story_importance
from storage.chat_moves import migrate_chat
from storage.chats import set_chat_state
from storage.firings import Firing, add_firing
from storage.folding import destinations_behind, oldest_owed_at
from storage.move_stories import (
    add_firing_stories,
    late_story,
    stories_between,
    told,
    told_beside,
)
from storage.mutes import mute_topic
from storage.outbox import candidates, record_results
from storage.outbox_upkeep import sweep_notifications
from storage.owing import owe_firings, owe_move_story, owe_story
from storage.schema import firing_stories, notifications

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.outbox import Claimed
    from storage.database import Database
    from tests.storage.conftest import Given

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def about(*asset_ids: str) -> tuple[Mention, ...]:
    return tuple(Mention(one, one[:3].upper(), Role.PRIMARY, "title") for one in asset_ids)


def filed(*names: str) -> tuple[Category, ...]:
    return tuple(Category(name, "feed") for name in names)


async def near(database: Database, now: datetime, asset_id: str = "bitcoin") -> list[NearStory]:
    async with database.reading() as tx:
        return await stories_between(tx, asset_id, now - 6 * HOUR, now + 2 * HOUR)


async def test_stories_about_the_asset_and_of_the_whole_market_are_candidates(
    database: Database, given: Given, now: datetime
) -> None:
    source = await given.source()
    alone = await given.story("alone", source, mentions=about("bitcoin"))
    among = await given.story("among", source, mentions=about("bitcoin", "solana"))
    macro = await given.story("macro", source, categories=filed("macro", "regulation"))
    both = await given.story(
        "both", source, mentions=about("bitcoin"), categories=filed("derivatives")
    )
    in_passing = (Mention("bitcoin", "BTC", Role.MENTIONED, "body"),)
    await given.story("named", source, mentions=in_passing)
    await given.story("other", source, mentions=about("solana"), categories=filed("macro"))
    await given.story("kind", source, categories=filed("hack"))
    async with database.writing() as tx:
        await set_story_importance(tx, macro, 77)
    assert await near(database, now) == [
        NearStory(alone, now, 0, is_about=True, assets=1),
        NearStory(among, now, 0, is_about=True, assets=2),
        NearStory(macro, now, 77, is_about=False, assets=0),
        NearStory(both, now, 0, is_about=True, assets=1),
    ]
    seen_by_ether = {one.story_id: one.is_about for one in await near(database, now, "ethereum")}
    assert seen_by_ether == {macro: False, both: False}


async def test_only_stories_between_the_two_times_are_given(
    database: Database, given: Given, now: datetime
) -> None:
    source, mentions = await given.source(), about("bitcoin")
    for guid, at in (("a", now - 6 * HOUR - MINUTE), ("z", now + 2 * HOUR + MINUTE)):
        await given.story(guid, source, mentions=mentions, published_at=at)
    assert await near(database, now) == []


async def test_a_repeat_does_not_make_a_story_new_and_an_update_does(
    database: Database, given: Given, now: datetime
) -> None:
    """Another source tells a story of yesterday now; later it changes materially."""
    source, mentions = await given.source(), about("bitcoin")
    yesterday = now - 20 * HOUR
    story_id = await given.story("first", source, mentions=mentions, published_at=yesterday)

    async def join(guid: str, revision: int, at: datetime) -> None:
        article = Article("wire", guid, f"Title {guid}", at, mentions=mentions)
        async with database.writing() as tx:
            await add_article(tx, source, article, now, Place(story_id, revision, "same event"))

    await join("repeat", 1, now - MINUTE)
    assert [one.told_at for one in await near(database, now)] == [yesterday]
    await join("update", 2, now - 3 * MINUTE)
    await join("update repeated", 2, now - 2 * MINUTE)
    assert [one.told_at for one in await near(database, now)] == [now - 3 * MINUTE]


async def test_each_telling_leans_as_its_own_article_does(
    database: Database, given: Given, now: datetime
) -> None:
    """A story begins as good news and turns bad; what repeats a telling does not count."""
    source, mentions = await given.source(), about("bitcoin")
    good, bad = (
        Tone(Sentiment.POSITIVE, 0.6, "wins"),
        Tone(Sentiment.NEGATIVE, -0.6, "loses"),
    )
    first = {"mentions": mentions, "tone": good, "published_at": now - 50 * MINUTE}
    story_id = await given.story("first", source, **first)

    async def join(guid: str, revision: int, at: datetime, tone: Tone | None) -> None:
        article = Article("wire", guid, f"Title {guid}", at, mentions=mentions, tone=tone)
        async with database.writing() as tx:
            await add_article(tx, source, article, now, Place(story_id, revision, "same event"))

    async def leans() -> list[tuple[datetime, Way | None]]:
        return [(one.told_at, one.leans) for one in await near(database, now)]

    await join("repeat", 1, now - 40 * MINUTE, bad)
    assert await leans() == [(now - 50 * MINUTE, Way.UP)]
    await join("update", 2, now - 20 * MINUTE, bad)
    await join("update of that time", 2, now - 20 * MINUTE, good)
    assert await leans() == [(now - 20 * MINUTE, Way.DOWN)]


async def test_a_story_is_shown_by_the_article_that_told_it_then(
    database: Database, given: Given, now: datetime
) -> None:
    """With its title, link and source, though others told it before and an update came since."""
    wire = await given.source()
    story_id = await given.story("first", wire, published_at=now - HOUR)

    async def join(guid: str, revision: int, at: datetime, publisher: str) -> None:
        url = f"https://{guid}.example"
        article = Article("wire", guid, f"Title {guid}", at, url, publisher=publisher)
        async with database.writing() as tx:
            await add_article(tx, wire, article, now, Place(story_id, revision, "same event"))

    await join("second", 2, now - 30 * MINUTE, "Gazette")
    await join("repeat", 2, now - 20 * MINUTE, "Herald")
    await join("third", 3, now - MINUTE, "Courier")

    async def shown(told_at: datetime) -> tuple[str, str | None, str, int]:
        beside = Beside(NearStory(story_id, told_at, 50, is_about=True), 1.0, "near")
        async with database.reading() as tx:
            (one,) = await told(tx, [beside])
        assert one.told_at == told_at
        article = one.story.article
        return article.title, article.url, one.story.source_name, one.story.revision

    second = ("Title second", "https://second.example", "Gazette", 2)
    assert await shown(now - HOUR) == ("Title first", None, "The Wire", 1)
    assert await shown(now - 30 * MINUTE) == second
    # Of a time that no article bears any more the last before it, else the first.
    assert await shown(now - 25 * MINUTE) == second
    assert await shown(now - 9 * HOUR) == ("Title first", None, "The Wire", 1)
    _, firing_id = await fired(given)
    async with database.writing() as tx:
        at = now - 30 * MINUTE
        chosen = [Beside(NearStory(story_id, at, 50, is_about=True), 1.0, "near")]
        await add_firing_stories(tx, [firing_id], chosen)
        (beside,) = await told_beside(tx, firing_id)
    assert (beside.story.article.title, beside.told_at) == ("Title second", at)


async def fired(given: Given, telegram_chat_id: int = 1, level: str = "100") -> tuple[int, int]:
    """An alert that fired now in a chat: its destination and the firing."""
    here = await given.destination(telegram_chat_id)
    return here, await given.firing(await given.alert(here, level))


async def test_what_was_chosen_is_read_in_its_order(
    database: Database, given: Given, now: datetime
) -> None:
    _, one = await fired(given)
    _, two = await fired(given, 2)
    source = await given.source()
    ids = [await given.story(guid, source) for guid in ("a", "b")]
    chosen = [
        Beside(NearStory(story_id, now - MINUTE, 50, is_about=True), 1.0, "near")
        for story_id in ids[::-1]
    ]
    for _ in range(2):
        async with database.writing() as tx:
            await add_firing_stories(tx, [one, two], chosen)
    async with database.reading() as tx:
        for firing_id in (one, two):
            told = await told_beside(tx, firing_id)
            assert [beside.story.id for beside in told] == ids[::-1]
            assert {beside.told_at for beside in told} == {now - MINUTE}
        assert await told_beside(tx, 999) == []


async def owe(
    database: Database,
    story_id: int,
    now: datetime,
    told_at: datetime | None = None,
    asset_ids: tuple[str, ...] | None = ("bitcoin",),
    muted_ids: tuple[int, ...] = (),
    leans: Way | None = None,
) -> int:
    async with database.writing() as tx:
        at = told_at or now
        return await owe_move_story(
            tx, story_id, at, asset_ids, now, muted_ids=muted_ids, leans=leans
        )


async def due(database: Database, now: datetime) -> list[Claimed]:
    async with database.writing() as tx:
        return await candidates(tx, now, 20, {})


async def test_a_story_that_comes_later_replies_to_the_alert(
    database: Database, given: Given, now: datetime
) -> None:
    """Once, to the message of the alert, however often it is owed."""
    here, firing_id = await fired(given)
    async with database.writing() as tx:
        await owe_firings(tx, [firing_id], now)
    (alert,) = await due(database, now)
    async with database.writing() as tx:
        await record_results(tx, [Result(alert.id, MessageState.SENT, "", 4711)], now)
    story_id = await given.story()
    assert await owe(database, story_id, now + HOUR) == 1
    assert await owe(database, story_id, now + HOUR) == 0
    (reply,) = await due(database, now + HOUR)
    assert (reply.subject, reply.destination_id) == (Subject.MOVE_STORY, here)
    assert (reply.priority, reply.reply_to_message_id) == (Priority.NEWS, 4711)
    async with database.reading() as tx:
        found = await late_story(tx, reply.subject_id or 0)
        assert found is not None
        assert (found[0], found[1].story.id) == (firing_id, story_id)
        assert await told_beside(tx, firing_id) == []


async def test_a_reply_whose_alert_was_never_sent_stands_alone(
    database: Database, given: Given, now: datetime
) -> None:
    await fired(given)
    await owe(database, await given.story(), now)
    (reply,) = await due(database, now)
    assert reply.reply_to_message_id is None


@pytest.mark.parametrize(
    ("later", "told", "asset_ids", "owed"),
    [
        pytest.param(119 * MINUTE, timedelta(), ("bitcoin",), 1, id="within two hours"),
        pytest.param(121 * MINUTE, timedelta(), ("bitcoin",), 0, id="too late"),
        pytest.param(MINUTE, -5 * HOUR, ("bitcoin",), 1, id="told before the move"),
        pytest.param(MINUTE, -7 * HOUR, ("bitcoin",), 0, id="told long before"),
        pytest.param(MINUTE, timedelta(), ("solana",), 0, id="about another coin"),
        pytest.param(MINUTE, timedelta(), None, 1, id="of the whole market"),
    ],
)
async def test_only_alerts_whose_move_it_stands_beside_get_it(
    database: Database,
    given: Given,
    now: datetime,
    later: timedelta,
    told: timedelta,
    asset_ids: tuple[str, ...] | None,
    owed: int,
) -> None:
    await fired(given)
    story_id = await given.story()
    assert await owe(database, story_id, now + later, now + told, asset_ids) == owed


async def fell(
    database: Database, given: Given, now: datetime, condition: Condition, reason: str | None
) -> int:
    """An alert on any condition that fired now for a reason; gives the firing."""
    here = await given.destination()
    watch = Watch(AlertState.DONE, None, 1, fired=True)
    async with database.writing() as tx:
        new = NewAlert(here, Market("bitcoin"), condition, watch, None, None)
        alert_id = await add_alert(tx, new, now)
        firing = Firing(alert_id, 1, Decimal(100), now, now, reason=reason)
        firing_id = await add_firing(tx, firing)
    assert firing_id is not None
    return firing_id


FALLING = Line(Direction.BELOW, Decimal(100))


@pytest.mark.parametrize(
    ("condition", "reason", "leans", "owed"),
    [
        pytest.param(FALLING, "fell to the line", Way.UP, 0, id="good news of a fall"),
        pytest.param(FALLING, "fell to the line", Way.DOWN, 1, id="bad news of a fall"),
        pytest.param(FALLING, "fell to the line", None, 1, id="neither, of a fall"),
        pytest.param(FALLING, None, Way.UP, 1, id="nobody knows which way"),
        pytest.param(
            Move(Way.EITHER, Decimal("0.05"), HOUR),
            "rose by the percentage",
            Way.DOWN,
            0,
            id="bad news of a rise by a percentage",
        ),
        pytest.param(
            Close(Frame.DAY, Direction.BELOW, Decimal(9)),
            "fell and closed beyond the line",
            Way.UP,
            0,
            id="good news of a low close",
        ),
        *(
            pytest.param(
                Gauge(figure, Direction.CROSS, Decimal(9), window=HOUR),
                "fell to the line",
                Way.UP,
                1,
                id=f"{figure} fell, not the price",
            )
            for figure in Figure
        ),
    ],
)
async def test_a_story_against_the_move_is_no_reply(
    database: Database,
    given: Given,
    now: datetime,
    condition: Condition,
    reason: str | None,
    leans: Way | None,
    owed: int,
) -> None:
    await fell(database, given, now, condition, reason)
    assert await owe(database, await given.story(), now, leans=leans) == owed


async def test_good_news_replies_to_the_rise_before_the_fall(
    database: Database, given: Given, now: datetime
) -> None:
    """The newest alert that it fits, though another of the chat rang since."""
    rise = await fell(database, given, now, Line(Direction.ABOVE, Decimal(1)), "rose to the line")
    await fell(database, given, now, FALLING, "fell to the line")
    assert await owe(database, await given.story(), now, leans=Way.UP) == 1
    async with database.reading() as tx:
        assert list(await tx.scalars(sa.select(firing_stories.c.firing_id))) == [rise]


async def test_a_chat_gets_a_story_once_and_an_alert_two_at_most(
    database: Database, given: Given, now: datetime
) -> None:
    """Of two alerts of a chat the newer one is replied to."""
    await fired(given)
    _, newer = await fired(given, level="101")
    source = await given.source()
    owed = [await owe(database, await given.story(guid, source), now) for guid in "abc"]
    assert owed == [1, 1, 0]
    async with database.reading() as tx:
        assert set(await tx.scalars(sa.select(firing_stories.c.firing_id))) == {newer}


async def test_who_has_it_as_news_or_wants_none_of_it_gets_no_reply(
    database: Database, given: Given, now: datetime
) -> None:
    """One chat subscribes, one has muted a topic of the story, one has blocked the bot."""
    await given.subscriber(1)
    topic_id = await given.topic_id()
    for chat_id in (1, 2, 3, 4):
        await fired(given, chat_id)
    muted = await given.destination(2)
    story_id = await given.story()
    async with database.writing() as tx:
        await owe_story(tx, story_id, 1, [topic_id], now)
        await mute_topic(tx, muted, topic_id, now + HOUR)
        await set_chat_state(tx, 3, ChatState.GONE, "blocked", now)
    assert await owe(database, story_id, now, muted_ids=(topic_id,)) == 1
    (reply,) = [one for one in await due(database, now) if one.subject is Subject.MOVE_STORY]
    assert reply.telegram_chat_id == 4


async def test_what_was_chosen_goes_with_its_story_and_with_its_alert(
    database: Database, given: Given, now: datetime
) -> None:
    here, _ = await fired(given)
    source = await given.source()
    first = await given.story("old", source, published_at=now - HOUR)
    await owe(database, first, now)
    async with database.writing() as tx:
        assert await prune_articles(tx, now + MINUTE) == 1
        await sweep_notifications(tx, 0)
        assert await tx.scalar(sa.select(sa.func.count()).select_from(notifications)) == 0
        assert await tx.scalar(sa.select(sa.func.count()).select_from(firing_stories)) == 0
    await owe(database, await given.story("new", source), now)
    async with database.writing() as tx:
        assert await remove_alert(tx, 1, here)
        assert await tx.scalar(sa.select(sa.func.count()).select_from(firing_stories)) == 0


async def test_a_reply_is_never_folded_into_a_digest(
    database: Database, given: Given, now: datetime
) -> None:
    """However late: it would lose what it replies to."""
    source = await given.source()
    for level in ("100", "101", "102"):
        await fired(given, level=level)
        await owe(database, await given.story(level, source), now)
    later = now + HOUR
    async with database.reading() as tx:
        assert await oldest_owed_at(tx, Priority.NEWS) is None
        behind = await destinations_behind(tx, Priority.NEWS, later, 2, alone_since=later)
    assert behind == []
    assert {one.subject for one in await due(database, later)} == {Subject.MOVE_STORY}


async def test_a_group_that_becomes_a_supergroup_keeps_what_is_owed(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination(-7, kind=ChatKind.GROUP)
    await given.firing(await given.alert(here))
    assert await owe(database, await given.story(), now) == 1
    async with database.writing() as tx:
        assert await migrate_chat(tx, -7, -100, now)
    (reply,) = await due(database, now)
    assert (reply.subject, reply.telegram_chat_id) == (Subject.MOVE_STORY, -100)
