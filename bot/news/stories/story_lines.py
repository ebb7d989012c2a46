"""Which articles tell one story, for people who want to see it.

Owns the lines that `coinbell stories` prints. Uses what the bot uses.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.stories import told_by
from bot.news.assets.registry import load_registry
from bot.news.inspection import article_items
from bot.news.stories.recent import RecentStories
from bot.news.understanding import Understanding


def story_lines(lines: Iterable[bytes]) -> Iterator[str]:
    """One line of JSON for each article in `lines`: its `id`, and the number of its `story`.

    Articles join the stories of those before them. A line holds any of `id, title, summary,
    body, url, categories, language, source, published_at`; one without a time was published at
    the first time that any line gives. Raises ParseError, which names the line, for one that
    holds no article.
    """
    understanding = Understanding(load_registry())
    read = list(article_items(lines))
    now = datetime.now(UTC)
    times = (item.published_at for _, item, _ in read)
    # What is in the future counts as published now.
    at_first = min(next((at for at in times if at is not None), now), now)
    recent = RecentStories()
    stories = 0
    for number, (id_, item, source) in enumerate(read, 1):
        dated = item if item.published_at else replace(item, published_at=at_first)
        told = told_by(understanding.article_of(dated, source, now))
        join = recent.joined(told)
        if join is None:
            stories += 1
        story_id = stories if join is None else join.story_id
        revision = 1 if join is None else recent.revision(story_id) + join.revision_step
        recent.add(replace(told, article_id=number, story_id=story_id, revision=revision))
        yield json.dumps({"id": id_, "story": story_id}, ensure_ascii=False)
