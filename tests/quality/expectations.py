"""What feedparser's test files state of themselves, beside what we give.

Each of those files carries, in a comment, a Python expression that holds for what feedparser
makes of it. The parts that compare a field of ours with a literal are read; the rest (bozo,
authors, rights, …) is about what we do not use. Nothing of an expression is run.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.articles import FeedItem
from bot.domain.errors import ParseError
from bot.news.cleaning.text import clean_title, plain_text, tidy_text
from bot.news.feeds.feed import parsed_feed
from bot.news.feeds.items import ParsedFeed

_BASE = "http://127.0.0.1:8097/feed"  # the address that feedparser's tests serve the files from
_EXPECT = re.compile(r"Expect:(.*?)(?:-->|\n)", re.DOTALL)
_CONTENT_TYPE = re.compile(r"Content-[tT]ype:\s*(.*)")

Steps = tuple[object, ...]


@dataclass(frozen=True)
class Stated:
    """A field that a file states: the steps to it in feedparser's answer, and its value."""

    steps: Steps
    value: object


@dataclass(frozen=True)
class Compared:
    """A stated value of a field of ours, and what we give."""

    file: str
    field: str
    stated: object
    given: object
    agrees: bool


def stated_values(text: str) -> Iterator[Stated]:
    """What the expression in a file states to be equal to a literal."""
    found = _EXPECT.search(text)
    if found is None:
        return
    try:
        expression = ast.parse(found[1].strip(), mode="eval").body
    except SyntaxError:
        return
    for node in _conjuncts(expression):
        if isinstance(node, ast.Compare) and all(isinstance(op, ast.Eq) for op in node.ops):
            *places, last = (node.left, *node.comparators)
            try:
                value = ast.literal_eval(last)
            except ValueError:
                continue
            for place in places:
                if steps := _steps(place):
                    yield Stated(steps, value)


def _conjuncts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for value in node.values:
            yield from _conjuncts(value)
    else:
        yield node


def _steps(node: ast.expr) -> Steps:
    """`entries[0].title` as ("entries", 0, "title"); empty for what is no such path."""
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=inner, attr=name):
            return (*before, name) if (before := _steps(inner)) else ()
        case ast.Subscript(value=inner, slice=ast.Constant(value=step)):
            return (*before, step) if (before := _steps(inner)) else ()
    return ()


# ---- what of ours answers to a path, and when two texts say the same


def _same_title(stated: object, given: object) -> bool:
    return isinstance(stated, str) and given in {stated, clean_title(stated), tidy_text(stated)}


def _same_text(stated: object, given: object) -> bool:
    return isinstance(stated, str) and given in {stated, plain_text(stated), tidy_text(stated)}


def _same_moment(stated: object, given: object) -> bool:
    if not isinstance(stated, tuple) or not isinstance(given, datetime):
        return False
    year, month, day, hour, minute, second, *_ = stated
    return given == datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _same(stated: object, given: object) -> bool:
    return stated == given


_Same = Callable[[object, object], bool]
_ITEM_FIELDS: Mapping[Steps, tuple[str, _Same]] = {
    ("title",): ("title", _same_title),
    ("title_detail", "value"): ("title", _same_title),
    ("summary",): ("summary", _same_text),
    ("description",): ("summary", _same_text),
    ("summary_detail", "value"): ("summary", _same_text),
    ("content", 0, "value"): ("body", _same_text),
    ("link",): ("url", _same),
    ("id",): ("guid", _same),
    ("published_parsed",): ("published_at", _same_moment),
    ("updated_parsed",): ("published_at", _same_moment),
    ("created_parsed",): ("published_at", _same_moment),
    ("category",): ("categories", lambda stated, given: given == (stated,)),
    ("image", "href"): ("image_url", _same),
    ("title_detail", "language"): ("language", _same),
    ("summary_detail", "language"): ("language", _same),
    ("content", 0, "language"): ("language", _same),
}
_FEED_FIELDS: Mapping[Steps, tuple[str, _Same]] = {
    ("title",): ("title", _same_text),
    ("title_detail", "value"): ("title", _same_text),
    ("language",): ("language", _same),
}


def compared_values(folder: Path) -> Iterator[Compared]:
    """Every value that the files of `folder` state for a field of ours, beside ours.

    Items with neither title nor text count too: their fields are given, if not shown.
    """
    for path in sorted(folder.glob("feedparser*")):
        body = path.read_bytes()
        text = body.decode("utf-8", "replace")
        stated = [one for one in stated_values(text) if _answering(one.steps)]
        if not stated:
            continue
        declared = _CONTENT_TYPE.search(text)
        try:
            feed = parsed_feed(body, declared[1].strip() if declared else None, _BASE)
        except ParseError:
            feed = ParsedFeed("", ())
        for one in stated:
            yield _compared(path.name, one, feed)


def _answering(steps: Steps) -> tuple[str, _Same] | None:
    match steps:
        case ("entries", int(), *rest):
            return _ITEM_FIELDS.get(tuple(rest))
        case ("feed", *rest):
            return _FEED_FIELDS.get(tuple(rest))
    return None


def _compared(file: str, stated: Stated, feed: ParsedFeed) -> Compared:
    answering = _answering(stated.steps)
    assert answering is not None
    name, same = answering
    place = stated.steps[1]
    owner: ParsedFeed | FeedItem | None = feed
    if isinstance(place, int):
        owner = feed.every_item[place] if place < len(feed.every_item) else None
    given = getattr(owner, name, None)
    field = f"{'item' if isinstance(place, int) else 'feed'}.{name}"
    return Compared(file, field, stated.value, given, same(stated.value, given))
