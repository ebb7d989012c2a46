"""Articles of the third version are read as they were after the upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.topics import EVERYTHING
from storage.story_pages import latest_stories

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.database import Database

# Written by hand, not by the code of today; AT stands for a time.
_ROWS = """
INSERT INTO sources (key, name, kind, url, state) VALUES
  ('wire', 'The Wire', 'feed', 'https://wire.example/rss', 'active');
INSERT INTO stories (published_at, created_at) VALUES (AT, AT);
INSERT INTO articles (story_id, source_id, guid, title, summary, body, published_at, created_at)
 VALUES (1, 1, 'a', 'Bitcoin climbs', 'It did.', 'It did. Why, nobody knows.', AT, AT)
"""


async def test_of_older_summaries_no_reason_is_made_up(
    upgrade: Callable[[str, str], Awaitable[Database]],
) -> None:
    database = await upgrade("0003", _ROWS)
    async with database.reading() as tx:
        (story,) = await latest_stories(tx, EVERYTHING, 5)
    article = story.article
    assert (article.title, article.summary, article.summary_reason) == (
        "Bitcoin climbs",
        "It did.",
        "",
    )
