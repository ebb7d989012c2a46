"""Summaries as a reader meets them, by the defects that can be counted.

They are those that the bot makes, with the price levels known that it offers below them.

Whether they read as an editor's is for eyes; here stands what a machine can tell: sentences cut,
openings that refer to nothing, sentences that are not in the source, too much text.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.articles import Article, FeedItem, Role
from bot.news.assets.registry import load_registry
from bot.news.cleaning.text import plain_text, sentences
from bot.news.feeds.feed import parsed_feed
from bot.news.summaries.candidates import stems_of
from bot.news.summaries.faults import fault_of, is_ended
from bot.news.summaries.leanings import events_leaned_on
from bot.news.summaries.passages import MAX_READ
from bot.news.summaries.references import Reference, reference_of
from bot.news.summaries.summary import MAX_LENGTH
from bot.news.understanding import Understanding, offered_levels
from tests.quality.table import Row

_FEEDS = ("coindesk", "cointelegraph", "decrypt", "theblock")
_ADRIFT = frozenset({Reference.PRONOUN, Reference.PERSON, Reference.TRAIN})
_MOST_SENTENCES = 3

Text = tuple[str, str, str]


def rows(corpus: Path) -> list[Row]:
    """Shares of the summaries of every article of the corpus that has text."""
    sources = [*_of_feeds(corpus), *_of_api(corpus), *_labelled(corpus)]
    texts = [(title, summary, body) for title, summary, body in sources if summary or body]
    articles = list(_understood(texts))
    shown = [(text, article.summary) for text, article in articles if article.summary]
    few = [found for _, found in shown if 1 <= len(sentences(found)) <= _MOST_SENTENCES]
    cut = [(text, found) for text, found in shown if found.endswith("…") and not _is_cut(text)]
    adrift = [found for _, found in shown if reference_of(found) in _ADRIFT]
    faulty = [found for _, found in shown if any(map(fault_of, sentences(found)))]
    foreign = [found for text, found in shown if not _is_quoted(text, found)]
    long = [found for _, found in shown if len(found) > MAX_LENGTH]
    leaning = [found for text, found in shown if _leans(text, found)]
    offering = [told for text, article in articles if (told := _levels_told(text, article))]
    count = len(shown)
    return [
        _share("summaries: articles with text that have one", count, len(texts), 0.93),
        _share("summaries: of one to three sentences", len(few), count, 0.98),
        _share("summaries: not cut, but where their source is", count - len(cut), count, 0.99),
        _share("summaries: no pronoun or connective opens them", count - len(adrift), count, 0.99),
        _share("summaries: open on no event untold", count - len(leaning), count, 0.99),
        _share("summaries: no teaser, table, advert, open quote", count - len(faulty), count, 0.98),
        _share("summaries: every sentence stands in the source", count - len(foreign), count, 1.0),
        _share("summaries: at most 420 characters", count - len(long), count, 1.0),
        _share(
            "summaries: name a level that is offered, or the title does",
            sum(any(told) for told in offering),
            len(offering),
            0.82,
        ),
    ]


def _share(measure: str, part: int, whole: int, least: float) -> Row:
    share = part / max(1, whole)
    return Row(measure, f"{share:.3f} ({part}/{whole})", f"≥ {least:.2f}", share >= least)


def _understood(texts: list[Text]) -> Iterator[tuple[Text, Article]]:
    understanding, now = Understanding(load_registry()), datetime.now(UTC)
    for text in texts:
        title, summary, body = text
        yield (
            text,
            understanding.article_of(FeedItem("", title, summary=summary, body=body), "", now),
        )


def _levels_told(text: Text, article: Article) -> list[bool]:
    """For each level offered that the part an editor reads names, whether the push names it."""
    title, summary, body = text
    primary = [mention for mention in article.mentions if mention.role is Role.PRIMARY]
    levels = offered_levels(article.figures, primary)
    read = " ".join([title, summary[:MAX_READ], body[:MAX_READ]])
    return [level in f"{title} {article.summary}" for level in levels if level in read]


def _is_cut(text: Text) -> bool:
    """Whether the source itself gives no whole sentence but what is a title, table or advert."""
    _, summary, body = text
    return not any(
        is_ended(sentence) and len(sentence) <= MAX_LENGTH and not fault_of(sentence)
        for sentence in [*sentences(summary), *sentences(body)]
    )


def _leans(text: Text, found: str) -> bool:
    """Whether the first sentence, taken from the midst, speaks of "the deal" that none told."""
    title, summary, body = text
    first, *_ = sentences(found)
    if any(source[:200].find(first[:40]) >= 0 for source in (summary, body)):
        return False
    return any(not stems_of(thing) <= stems_of(title) for thing in events_leaned_on(first))


def _is_quoted(text: Text, found: str) -> bool:
    source = re.sub(r"\s", "", " ".join(text))
    return all(
        re.sub(r"[\s.…]+$|\s", "", sentence) in source
        for part in found.split("…")
        for sentence in sentences(part)
    )


def _of_feeds(corpus: Path) -> Iterator[Text]:
    for name in _FEEDS:
        (path,) = (corpus / "feeds" / "crypto").glob(f"{name}-*.xml")
        for item in parsed_feed(path.read_bytes(), None, "https://ledger.example/").items:
            yield item.title, item.summary, item.body


def _of_api(corpus: Path) -> Iterator[Text]:
    listed = json.loads((corpus / "api" / "coindesk-data-article-list.json").read_text("utf-8"))
    for entry in listed["Data"]:
        texts = (plain_text(entry[key] or "") for key in ("TITLE", "SUBTITLE", "BODY"))
        yield tuple(texts)  # type: ignore[misc]  # three of them


def _labelled(corpus: Path) -> Iterator[Text]:
    lines = (corpus / "labelled" / "article-categories.jsonl").read_text("utf-8").splitlines()
    for entry in map(json.loads, lines):
        yield plain_text(entry["title"]), "", plain_text(entry["body"])
