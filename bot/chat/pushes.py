"""A story as it is shown: as a push of its own, as an entry of /news, as a line among many.

Pure. Owns the order of what is told, and how much of it: an editor's two or three sentences,
never a cut one. Where a model wrote, that is what is new, what happened, and what it means for
the market, as many whole sentences of each as a picture's caption has room for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.chat.answers import message
from bot.chat.catalogue import Html, Voice, escaped, joined
from bot.chat.fitting import (
    cut_text,
    first_sentences,
    fitted,
    utf16_length,
)
from bot.chat.formatting import ago_text
from bot.chat.labels import article_tags, tone_mark
from bot.chat.links import is_web_address, link_of
from bot.chat.story_buttons import story_rows
from bot.chat.story_prices import PricesNow, prices_line
from bot.domain.articles import Article
from bot.domain.assets import Assets
from bot.domain.model_text import ModelText, read_model_text
from bot.domain.outbox import CAPTION_LIMIT, Pictures, Rendered
from storage.story_pages import StoredStory

_TITLE_UNITS = 300
_SHORT_TITLE_UNITS = 200
_LINE_TITLE_UNITS = 120
_SOURCE_UNITS = 40
_SUMMARY_UNITS = 700
_FIRST_SENTENCE_UNITS = 240
_BODY_SENTENCES = 3
_BODY_UNITS = 420
_OVERVIEW_UNITS = 600
_PART_UNITS = 320
_TRIED_SENTENCES = 6
# How many sentences of a model's overview, of what happened and of the impact are told, the
# fullest telling first.
_TELLINGS = ((2, 2, 2), (2, 2, 1), (1, 2, 1), (1, 1, 1), (1, 0, 1), (1, 0, 0))
_MOST_OTHERS = 4


@dataclass(frozen=True, slots=True)
class _Telling:
    """What a push tells between its head and its foot; the last two only where a model wrote."""

    overview_text: str
    happened_text: str = ""
    impact_text: str = ""

    @property
    def units(self) -> int:
        """Its length in UTF-16 units."""
        return sum(map(utf16_length, (self.overview_text, self.happened_text, self.impact_text)))


def story_message(
    stored: StoredStory,
    assets: Assets,
    voice: Voice,
    now: datetime,
    prices: PricesNow | None = None,
    pictures: Pictures = Pictures.LARGE,
    *,
    is_reply: bool = False,
) -> Rendered:
    """The push of a story: what, from whom and when, the summary, prices, tags, a picture.

    That of a later revision begins with "Update" where it is a reply to an earlier one: who was
    told nothing before has nothing to bring up to date.
    """
    article = stored.article
    known = prices or PricesNow()
    title = _headline(stored, voice, is_reply=is_reply)
    head = [title, source_line(stored, voice, now), _others_line(stored, voice)]
    foot = [prices_line(stored, known, assets, voice, now), _tags_line(article, assets)]
    text = _text_of(stored, partial(_set, joined("\n", head), joined("\n", foot), voice))
    preview, is_large = _preview(article, pictures)
    rows = story_rows(stored, known, assets, voice)
    return message(text, rows, preview, large=is_large)


def story_entry(stored: StoredStory, assets: Assets, voice: Voice, now: datetime) -> Html:
    """A story in four lines, for lists: what, from whom and when, the first sentence, tags."""
    return entry_of(stored, source_line(stored, voice, now), assets, voice)


def entry_of(stored: StoredStory, source: Html, assets: Assets, voice: Voice) -> Html:
    """A story in four lines, with what is said of its source."""
    told = next(_tellings(stored)).overview_text
    summary = first_sentences(told, 1, _FIRST_SENTENCE_UNITS)
    lines = [
        linked_title(stored.article, voice, _SHORT_TITLE_UNITS),
        source,
        escaped(summary),
        _tags_line(stored.article, assets),
    ]
    return joined("\n", lines)


def story_line(stored: StoredStory, voice: Voice, now: datetime) -> Html:
    """A story in one line: its title, who told it, how long ago."""
    return line_of(stored, source_line(stored, voice, now), voice)


def line_of(stored: StoredStory, source: Html, voice: Voice) -> Html:
    """A story in one line: its title, and what is said of its source."""
    title = _title(stored.article, voice, _LINE_TITLE_UNITS)
    url = link_of(stored.article.url)
    if url is None:
        return voice.html("digest.story", title=title, source=source)
    return voice.html("digest.linked_story", title=title, url=url, source=source)


def linked_title(article: Article, voice: Voice, units: int = _TITLE_UNITS) -> Html:
    """The title, linked to the article where it has an address."""
    title = _title(article, voice, units)
    url = link_of(article.url)
    if url is None:
        return voice.html("story.title", title=title)
    return voice.html("story.linked_title", title=title, url=url)


def source_line(stored: StoredStory, voice: Voice, now: datetime) -> Html:
    """Where a story is from, and how old it is: "CoinDesk · 5 min ago"."""
    return source_at(stored, ago_text(voice, stored.article.published_at, now), voice)


def source_at(stored: StoredStory, age: str, voice: Voice) -> Html:
    """Where a story is from, and its age in those words."""
    return voice.html("story.source", source=_name(stored.source_name), age=age)


def _headline(stored: StoredStory, voice: Voice, *, is_reply: bool) -> Html:
    title = linked_title(stored.article, voice)
    is_update = is_reply and stored.revision > 1
    return voice.html("story.update", title=title) if is_update else title


def _title(article: Article, voice: Voice, units: int) -> str:
    return cut_text(" ".join(article.title.split()), units) or voice.plain("story.untitled")


def _name(source: str) -> str:
    return cut_text(" ".join(source.split()), _SOURCE_UNITS)


def _others_line(stored: StoredStory, voice: Voice) -> Html:
    """Who else tells it: "Also: Decrypt, The Block, +3"; empty when nobody does."""
    if not stored.others:
        return Html()
    names = [_name(other) for other in stored.others[:_MOST_OTHERS]]
    if more := len(stored.others) - len(names):
        names.append(f"+{more}")
    return voice.html("story.also", sources=", ".join(names))


def _set(head: Html, foot: Html, voice: Voice, told: _Telling) -> Html:
    """A push as it is set: what is told stands between its head and its foot, a part a block."""
    impact = voice.html("story.impact", text=told.impact_text) if told.impact_text else Html()
    middle = [escaped(told.overview_text), escaped(told.happened_text), impact]
    return joined("\n\n", [head, *middle, foot])


def _text_of(stored: StoredStory, setting: Callable[[_Telling], Html]) -> Html:
    """The fullest text that a picture's caption has room for, else the shortest."""
    text = Html()
    for told in _tellings(stored):
        text = setting(told)
        if told.units <= _SUMMARY_UNITS and fitted(text, CAPTION_LIMIT) == text:
            break
    return text


def _tellings(stored: StoredStory) -> Iterator[_Telling]:
    """What there is to tell, the fullest first; never none."""
    written = read_model_text(stored.model_text)
    if written is None:
        yield _Telling(_summary(stored.article))
        return
    for overview, happened, impact in _TELLINGS:
        yield _telling(written, overview, happened, impact)
    yield _Telling(first_sentences(written.overview_text, 1, _FIRST_SENTENCE_UNITS))


def _telling(written: ModelText, overview: int, happened: int, impact: int) -> _Telling:
    """That many sentences of each part, without those that an earlier part has."""
    first = first_sentences(written.overview_text, overview, _OVERVIEW_UNITS)
    second = _whole_sentences([written.happened_text], happened, first)
    third = _whole_sentences(written.impact, impact, f"{first} {second}")
    return _Telling(first, second, third)


def _whole_sentences(texts: Iterable[str], most: int, told_text: str) -> str:
    """The first sentences of texts that were not told yet; one that is endless is left out."""
    kept: list[str] = []
    for text in texts:
        left = " ".join(text.split())
        for _ in range(_TRIED_SENTENCES):
            sentence = first_sentences(left, 1, len(left) * 2)
            left = left[len(sentence) :].lstrip()
            is_new = sentence.casefold() not in told_text.casefold()
            fits = utf16_length(" ".join([*kept, sentence])) <= _PART_UNITS
            if is_new and fits and len(kept) < most:
                kept.append(sentence)
    return " ".join(kept)


def _summary(article: Article) -> str:
    """The sentences that tell an article, of its body where it has no summary.

    Empty where they would repeat the title.
    """
    summary = " ".join(article.summary.split())
    text = summary or " ".join(article.body.split())
    if text.casefold() == " ".join(article.title.split()).casefold():
        return ""
    if not summary:
        return first_sentences(text, _BODY_SENTENCES, _BODY_UNITS)
    if utf16_length(summary) <= _SUMMARY_UNITS:
        return summary
    return first_sentences(summary, _BODY_SENTENCES, _SUMMARY_UNITS)


def _tags_line(article: Article, assets: Assets) -> Html:
    words = [tone_mark(article), *article_tags(article, assets)]
    return joined(" ", [escaped(word) for word in words])


def _preview(article: Article, pictures: Pictures) -> tuple[str | None, bool]:
    """What the link preview shows, and whether large: the picture, else the article's page."""
    if pictures is Pictures.OFF:
        return None, False
    for url, is_picture in ((article.image_url, True), (article.url, False)):
        if url is not None and is_web_address(url):
            return url, is_picture and pictures is Pictures.LARGE
    return None, False
