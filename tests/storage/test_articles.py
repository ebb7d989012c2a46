"""Articles, known by guid and by address, and the latest stories on a topic."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.articles import (
    Article,
    Category,
    Figure,
    FigureKind,
    FigureRole,
    Importance,
    Mention,
    Role,
    Sentiment,
    Tone,
)
from bot.domain.markets import Market
from bot.domain.topics import EVERYTHING, Topic, TopicKind, words_topic
from storage.article_prices import note_prices
from storage.articles import (
    Place,
    add_article,
    amend_article,
    article_counts,
    keep_model_text,
    mark_pushed,
    prune_articles,
    unknown_articles,
)
from storage.database import Database
from storage.owing import owe_story
from storage.schema import article_assets, article_categories, articles, notifications, stories
from storage.story_pages import (
    count_stories_since,
    latest_stories,
    story,
    story_members,
    story_revision,
    story_scores,
    told_story,
)

if TYPE_CHECKING:
    from datetime import datetime

    from tests.storage.conftest import Given

BITCOIN = Mention("bitcoin", "BTC", Role.PRIMARY, "Bitcoin in the title")
ETHER = Mention("ethereum", "ETH", Role.MENTIONED, "ETH in the text")
RULES = Category("regulation", "the feed's own")


def _article(now: datetime, guid: str = "g1", **values: object) -> Article:
    given: dict[str, object] = {"source_key": "wire", "title": f"Title {guid}", "published_at": now}
    return Article(guid=guid, **(given | values))  # type: ignore[arg-type]  # a test's own table


async def _count(database: Database, table: sa.Table) -> int:
    async with database.reading() as tx:
        return await tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def test_a_story_comes_back_as_its_article_was(
    database: Database, given: Given, now: datetime
) -> None:
    source = await given.source()
    full = _article(
        now,
        title="Bitcoin's <b>day</b> & night 🚀",
        url="https://wire.example/a?utm_source=rss",
        canonical_url="https://wire.example/a",
        summary="A summary.",
        body="A body.\n\nOf two paragraphs.",
        image_url="https://wire.example/a.jpg",
        language="en-US",
        mentions=(BITCOIN, ETHER),
        categories=(RULES,),
    )
    async with database.writing() as tx:
        place = await add_article(tx, source, full, now)
        assert place is not None
        found = await story(tx, place.story_id)
        assert await story(tx, 404) is None
    assert found is not None
    assert (found.id, found.revision, found.source_name) == (place.story_id, 1, "The Wire")
    assert found.article == full


@pytest.mark.parametrize(
    ("other", "is_known"),
    [
        ({"guid": "g1"}, True),
        ({"guid": "g1", "canonical_url": "https://wire.example/b"}, True),
        ({"guid": "g2", "canonical_url": "https://wire.example/a"}, True),  # a link repeated
        ({"guid": "g2", "canonical_url": "https://wire.example/b"}, False),
        ({"guid": "g2"}, False),
    ],
)
async def test_an_article_is_known_by_guid_or_by_address(
    database: Database, given: Given, now: datetime, other: dict[str, str], is_known: bool
) -> None:
    """In the database as within one batch."""
    source = await given.source()
    first = _article(now, canonical_url="https://wire.example/a")
    second = _article(now, **other)
    async with database.writing() as tx:
        batch = await unknown_articles(tx, source, [first, second])
        assert batch == ([first] if is_known else [first, second])
        assert await add_article(tx, source, first, now)
        assert await unknown_articles(tx, source, [first, second]) == batch[1:]
        assert (await add_article(tx, source, second, now) is None) == is_known
    assert await _count(database, stories) == 2 - is_known


async def test_a_guid_is_another_articles_in_another_source(
    database: Database, given: Given, now: datetime
) -> None:
    wire = await given.source("wire")
    gazette = await given.source("gazette")
    async with database.writing() as tx:
        assert await add_article(tx, wire, _article(now), now)
        assert await unknown_articles(tx, gazette, [_article(now)]) == [_article(now)]
        assert await add_article(tx, gazette, _article(now), now)


async def test_articles_without_a_link_are_not_each_others(
    database: Database, given: Given, now: datetime
) -> None:
    source = await given.source()
    both = [_article(now, "a", canonical_url=None), _article(now, "b", canonical_url="")]
    async with database.writing() as tx:
        assert await unknown_articles(tx, source, both) == both
        for one in both:
            assert await add_article(tx, source, one, now)


async def test_a_feed_of_many_thousand_items_is_looked_up(
    database: Database, given: Given, now: datetime
) -> None:
    """More than one statement can hold."""
    await given.story("7")
    found = [_article(now, f"{number}") for number in range(12_000)]
    async with database.reading() as tx:
        unknown = await unknown_articles(tx, await given.source(), found)
    assert len(unknown) == 11_999


async def test_very_long_keys_are_keys_still(
    database: Database, given: Given, now: datetime
) -> None:
    """An index entry of PostgreSQL holds 2,704 bytes."""
    source = await given.source()
    start = "https://wire.example/" + "ж" * 5000
    one = _article(now, start + "1", canonical_url=start + "1", categories=(Category(start, "x"),))
    two = _article(now, start + "2", canonical_url=start + "2")
    async with database.writing() as tx:
        assert await add_article(tx, source, one, now)
        assert await unknown_articles(tx, source, [one, two]) == [two]
        assert await add_article(tx, source, two, now)
        assert await add_article(tx, source, one, now) is None


async def test_what_no_database_can_hold_does_not_stop_an_article(
    database: Database, given: Given, now: datetime
) -> None:
    odd = _article(now, "g\0\ud83d", title="A \ud83d title\0", language="x" * 400)
    source = await given.source()
    async with database.writing() as tx:
        assert await add_article(tx, source, odd, now)
        assert await unknown_articles(tx, source, [odd]) == []
        (found,) = await latest_stories(tx, EVERYTHING, 5)
    assert found.article.title == "A \ufffd title\ufffd"


async def test_of_two_who_store_an_article_at_once_one_makes_a_story(
    database: Database, database_url: str, given: Given, now: datetime
) -> None:
    source = await given.source()
    rival = Database(database_url)

    async def add(which: Database, guid: str) -> Place | None:
        async with which.writing() as tx:
            article = _article(now, guid, canonical_url="https://wire.example/a")
            return await add_article(tx, source, article, now)

    guids = ("g1", "g1", "g2", "g3")
    asked = (add((database, rival)[i % 2], guid) for i, guid in enumerate(guids))
    added = await asyncio.gather(*asked)
    await rival.close()
    assert sum(one is not None for one in added) == 1
    assert await _count(database, stories) == 1


async def test_the_same_asset_or_category_twice_is_kept_once(
    database: Database, given: Given
) -> None:
    await given.story(mentions=(BITCOIN, BITCOIN), categories=(RULES, RULES, Category("", "x")))
    assert await _count(database, article_assets) == 1
    assert await _count(database, article_categories) == 1


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        (EVERYTHING, "edcba"),
        (Topic(TopicKind.ASSET, "bitcoin"), "ca"),
        (Topic(TopicKind.ASSET, "ethereum"), ""),  # only named in passing
        (Topic(TopicKind.ASSET, "dogecoin"), ""),
        (Topic(TopicKind.CATEGORY, "regulation"), "cb"),
        (Topic(TopicKind.SOURCE, "wire"), "edcba"),
        (Topic(TopicKind.SOURCE, "gazette"), ""),
        (words_topic("SPOT etf"), "d"),  # in the summary of another it is no phrase
        (words_topic("йод"), "b"),  # case beyond ASCII
        (words_topic("et"), ""),
    ],
)
async def test_the_latest_stories_on_a_topic_are_newest_first(
    database: Database, given: Given, now: datetime, topic: Topic, expected: str
) -> None:
    values: dict[str, dict[str, object]] = {
        "a": {"mentions": (BITCOIN,)},
        "b": {"categories": (RULES,), "title": "ЙОД"},
        "c": {"mentions": (BITCOIN, ETHER), "categories": (RULES,)},
        "d": {"title": "The spot: ETF day"},
        "e": {"title": "Spot", "summary": "ETF"},
    }
    source = await given.source()
    for index, guid in enumerate("eadbc"):  # stored in another order than they were published
        hours = "abcde".index(guid)
        at = now - timedelta(days=7) + timedelta(hours=hours)
        await given.story(guid, source, published_at=at, **values[guid])
        assert index < 5
    async with database.reading() as tx:
        found = await latest_stories(tx, topic, 10)
        assert "".join(one.article.guid for one in found) == expected
        pages = [await latest_stories(tx, topic, 2, offset) for offset in (0, 2, 4)]
        assert [one for page in pages for one in page] == found
        since = now - timedelta(days=7) + timedelta(hours=2)
        recent = sum(1 for guid in expected if guid >= "c")
        assert await count_stories_since(tx, topic, since) == recent


async def test_stories_of_one_instant_have_one_order(database: Database, given: Given) -> None:
    for guid in "abc":
        await given.story(guid)
    async with database.reading() as tx:
        found = await latest_stories(tx, EVERYTHING, 10)
    assert [one.article.guid for one in found] == ["c", "b", "a"]


async def test_a_story_of_two_articles_is_shown_once_by_its_first(
    database: Database, given: Given, now: datetime
) -> None:
    first = await given.story("a", mentions=(BITCOIN,))
    await given.story("b", mentions=(BITCOIN,), published_at=now + timedelta(minutes=1))
    async with database.writing() as tx:
        await tx.execute(sa.update(articles).values(story_id=first))
        for topic in (EVERYTHING, Topic(TopicKind.ASSET, "bitcoin")):
            assert [one.article.guid for one in await latest_stories(tx, topic, 5)] == ["a"]


async def test_a_story_remembers_when_it_was_first_pushed(
    database: Database, given: Given, now: datetime
) -> None:
    number = await given.story()
    async with database.writing() as tx:
        await mark_pushed(tx, number, now)
        await mark_pushed(tx, number, now + timedelta(hours=1))
        assert await tx.scalar(sa.select(stories.c.pushed_at)) == now


async def test_articles_are_counted(database: Database, given: Given, now: datetime) -> None:
    await given.story()
    async with database.reading() as tx:
        assert await article_counts(tx, now) == (1, 1)
        assert await article_counts(tx, now + timedelta(seconds=1)) == (1, 0)


async def test_pruning_takes_old_stories_with_all_that_hangs_on_them(
    database: Database, given: Given, now: datetime
) -> None:
    await given.subscriber()
    source = await given.source()
    topic = await given.topic_id()
    for guid, days in (("a", 100), ("b", 99), ("c", 1)):
        published_at = now - timedelta(days=days)
        number = await given.story(
            guid, source, published_at=published_at, mentions=(BITCOIN,), categories=(RULES,)
        )
        async with database.writing() as tx:
            await owe_story(tx, number, 1, [topic], now)
    async with database.writing() as tx:
        old = now - timedelta(days=90)
        assert await prune_articles(tx, old) == 0, "they came just now: the feed lists them"
        await tx.execute(sa.update(stories).values(created_at=now - timedelta(days=91)))
        assert await prune_articles(tx, old, limit=1) == 1
        assert await prune_articles(tx, old) == 1
        assert await prune_articles(tx, old) == 0
    for table in (stories, articles, article_assets, article_categories, notifications):
        assert await _count(database, table) == 1, table.name


# ---- joining a story


async def test_an_article_that_joins_makes_the_story_tell_more(
    database: Database, given: Given, now: datetime
) -> None:
    """The first article of the newest revision is shown, with who told the story too."""
    first = await given.story("g1", importance=Importance(40, "x"))
    wire, gazette = await given.source(), await given.source("gazette", "The Gazette")
    async with database.writing() as tx:
        same = Place(first, 1, "the same words")
        assert await add_article(tx, gazette, _article(now, "g2"), now, same) == same
        found = await story(tx, first)
        assert found is not None
        assert (found.article.guid, found.others, found.importance) == ("g1", ("The Gazette",), 40)
        news = _article(now, "g3", importance=Importance(70, "y"))
        await add_article(tx, wire, news, now, Place(first, 2, "a new figure"))
        newest, earlier = await story(tx, first), await told_story(tx, first, 1, now)
        assert newest is not None
        assert earlier is not None
        members = await story_members(tx, first)
        assert await story_scores(tx, first) == ([40, 70], 2)
        assert (await story_revision(tx, first), await story_revision(tx, 404)) == (2, None)
    assert (newest.article.guid, newest.revision, newest.importance) == ("g3", 2, 70)
    assert (earlier.article.guid, earlier.revision) == ("g1", 1)
    assert [(m.revision, m.because) for m in members] == [
        (1, ""),
        (1, "the same words"),
        (2, "a new figure"),
    ]


async def test_the_latest_stories_on_a_topic_are_each_there_once(
    database: Database, given: Given, now: datetime
) -> None:
    """A story whose second article alone is about an asset answers to it too, with that one."""
    first = await given.story("g1")
    wire = await given.source()
    async with database.writing() as tx:
        for guid, minutes in (("g2", 1), ("g3", 2)):
            joins = _article(now + timedelta(minutes=minutes), guid, mentions=(BITCOIN,))
            await add_article(tx, wire, joins, now, Place(first, 1, "alike"))
        topic = Topic(TopicKind.ASSET, "bitcoin")
        for asked, guid in ((topic, "g2"), (EVERYTHING, "g1")):
            found = await latest_stories(tx, asked, 5)
            assert [(one.id, one.article.guid) for one in found] == [(first, guid)]
        assert await count_stories_since(tx, topic, now) == 1
        assert await count_stories_since(tx, topic, now + timedelta(minutes=2)) == 0


async def test_what_becomes_known_later_replaces_what_was_kept(
    database: Database, given: Given, now: datetime
) -> None:
    """Texts, assets and categories; a price that was noted stays with its asset."""
    number = await given.story("g1", mentions=(BITCOIN, ETHER), categories=(RULES,))
    source = await given.source()
    fuller = _article(
        now,
        body="The whole text.",
        mentions=(Mention("bitcoin", "BTC", Role.MENTIONED, "in the text"),),
        tone=Tone(Sentiment.NEGATIVE, -0.4, 'words: "falls"'),
        figures=(
            Figure(FigureKind.LEVEL, Decimal(93000), "USD", "$93K", "bitcoin", "BTC"),
            Figure(FigureKind.MOVE, Decimal("-3.5"), "%", "3.5%", period="24h"),
            Figure(FigureKind.PRICE, Decimal("1E+5"), "USD", "100k", role=FigureRole.ALL_TIME_HIGH),
        ),
        importance=Importance(55, "BTC"),
    )
    async with database.writing() as tx:
        market = Market("bitcoin", "USD")
        await note_prices(tx, source, "g1", {market: Decimal("96400.5")})
        assert await amend_article(tx, source, fuller) == number
        assert await amend_article(tx, source, _article(now, "unknown")) is None
        assert await keep_model_text(tx, source, "g1", "{}") == number
        assert await keep_model_text(tx, source, "unknown", "{}") is None
        found = await story(tx, number)
    assert found is not None
    assert found.article == fuller
    assert found.prices == ((market, Decimal("96400.5")),)
    assert found.model_text == "{}"
