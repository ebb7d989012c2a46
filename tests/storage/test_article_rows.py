"""Articles as their rows tell them, and which of a story is told to whom."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.articles import (
    Article,
    Category,
    Figure,
    FigureKind,
    Importance,
    Mention,
    Role,
    Sentiment,
    Tone,
)
from bot.domain.markets import Market
from storage.article_prices import note_prices
from storage.article_rows import about_articles, article_of, article_rows, publisher_of, told_row

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from tests.storage.conftest import Given

MINUTE = timedelta(minutes=1)


async def test_an_article_comes_back_as_it_was_stored(
    database: Database, given: Given, now: datetime
) -> None:
    """With all that was understood of it, and the prices that were noted."""
    article = Article(
        source_key="wire",
        guid="g1",
        title="A title",
        published_at=now,
        url="https://x.example/1",
        summary="A summary.",
        body="A body.",
        image_url="https://x.example/1.png",
        language="en",
        mentions=(Mention("bitcoin", "BTC", Role.PRIMARY, "in the title"),),
        categories=(Category("markets", "feed"),),
        publisher="Daily",
        tone=Tone(Sentiment.POSITIVE, 0.5, "words"),
        figures=(Figure(FigureKind.LEVEL, Decimal(93000), "USD", "$93K", "bitcoin", "BTC"),),
        importance=Importance(55, "BTC"),
    )
    source = await given.source()
    facts = {name: getattr(article, name) for name in article.__slots__}
    await given.story(source_id=source, **facts)
    async with database.writing() as tx:
        await note_prices(tx, source, "g1", {Market("bitcoin", "EUR"): Decimal(9)})
        (row,) = (await tx.execute(article_rows())).mappings()
        about = await about_articles(tx, [row["id"]])
        nothing = await about_articles(tx, [])
    assert article_of(row, about) == article
    assert about.prices == {row["id"]: [(Market("bitcoin", "EUR"), Decimal(9))]}
    assert publisher_of(row) == "Daily"
    assert (article_of(row, nothing).mentions, article_of(row, nothing).categories) == ((), ())


async def test_what_its_source_wrote_itself_is_by_the_source(
    database: Database, given: Given
) -> None:
    await given.story()
    async with database.reading() as tx:
        (row,) = (await tx.execute(article_rows())).mappings()
    assert publisher_of(row) == "The Wire"


@pytest.mark.parametrize(
    ("came", "owed", "told"),
    [
        ((0, 5), 0, 1),
        ((0, 5), 4, 1),
        ((0, 5), 5, 2),
        ((0, 5), 60, 2),
        ((5, 0), 0, 2),
        ((5, 0), 5, 1),
        ((5, 5), 5, 1),
        ((5, 5), 0, 1),
        ((0, 5), None, 1),
    ],
    ids=[
        "the first alone was there",
        "the second came later",
        "for the second",
        "long after",
        "the second by a clock that is behind",
        "the first by a clock that is ahead",
        "both at once",
        "before both",
        "nobody knows when",
    ],
)
def test_what_was_owed_for_an_article_is_told_by_it(
    now: datetime, came: tuple[int, int], owed: int | None, told: int
) -> None:
    rows: list[Any] = [
        {"id": id_, "revision": 1, "created_at": now + minutes * MINUTE}
        for id_, minutes in enumerate(came, start=1)
    ]
    owed_at = None if owed is None else now + owed * MINUTE
    assert told_row(rows, 1, owed_at)["id"] == told
