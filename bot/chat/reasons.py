"""What was understood of a story, and the reason of each part, in words for operators.

Pure. Owns the order and the length of what is told; the reasons are those that were stored
with the articles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.chat.catalogue import Html, Voice, joined
from bot.chat.fitting import cut_text
from bot.chat.formatting import digits_text
from bot.domain.articles import Article, Figure
from storage.story_pages import StoredStory, StoryMember

_TITLE_UNITS = 90
_REASON_UNITS = 150
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Explained:
    """A story with its articles, and the chat's topics that it answers to, each with why."""

    stored: StoredStory
    members: Sequence[StoryMember]
    asked: Sequence[tuple[str, str]] = ()


def reasons_text(explained: Explained, voice: Voice) -> Html:
    """All that is known of why a story was pushed as it was; parts that are empty say so."""
    stored = explained.stored
    article = stored.article
    importance = article.importance
    scored = [(str(importance.score), importance.reason)] if importance else []
    head = voice.html(
        "why.head", id=stored.id, revision=stored.revision, importance=stored.importance
    )
    parts = [
        head,
        _part("why.asked", explained.asked, voice),
        _members_part(explained.members, voice),
        _part("why.summary", _summary(stored, voice), voice),
        _part("why.assets", _assets(article), voice),
        _part("why.categories", [(c.name, c.reason) for c in article.categories], voice),
        _part("why.sentiment", _sentiment(article), voice),
        _part("why.figures", [(_figure(f), f"“{f.words}”") for f in article.figures], voice),
        _part("why.importance", scored, voice),
    ]
    return joined("\n\n", parts)


def _part(heading_id: str, found: Iterable[tuple[str, str]], voice: Voice) -> Html:
    lines = [_line(what, reason, voice) for what, reason in found]
    return _listed(voice.html(heading_id), lines, voice)


def _line(what: str, reason: str, voice: Voice) -> Html:
    if not reason:
        return voice.html("why.bare_line", what=what)
    return voice.html("why.line", what=what, reason=cut_text(reason, _REASON_UNITS))


def _listed(heading: Html, lines: Sequence[Html], voice: Voice) -> Html:
    more = len(lines) - _MOST_LINES
    return joined(
        "\n",
        [
            heading,
            *(lines[:_MOST_LINES] or [voice.html("why.nothing")]),
            voice.html("why.more", n=more) if more > 0 else Html(),
        ],
    )


def _members_part(members: Sequence[StoryMember], voice: Voice) -> Html:
    lines = []
    for member in members:
        title = cut_text(" ".join(member.article.title.split()), _TITLE_UNITS)
        reason = cut_text(member.because, _REASON_UNITS) or voice.plain("why.first")
        lines.append(
            voice.html(
                "why.member",
                source=member.source_name,
                title=title,
                revision=member.revision,
                reason=reason,
            )
        )
    return _listed(voice.html("why.articles"), lines, voice)


def _summary(stored: StoredStory, voice: Voice) -> list[tuple[str, str]]:
    """Whose words are shown; of a model's text the article's own sentences are not."""
    if stored.model_text is not None:
        return [(voice.plain("why.model_text"), "")]
    reason = stored.article.summary_reason
    return [(voice.plain("why.own_text"), reason)] if reason else []


def _assets(article: Article) -> list[tuple[str, str]]:
    """Those it is about first."""
    found = sorted(article.mentions, key=lambda m: (m.role.value != "primary", m.symbol))
    return [(f"{m.symbol} {m.role.value}", m.reason) for m in found]


def _sentiment(article: Article) -> list[tuple[str, str]]:
    tone = article.tone
    return [] if tone is None else [(f"{tone.sentiment.value} {tone.score:+.2f}", tone.reason)]


def _figure(figure: Figure) -> str:
    """A figure as `coinbell understand` tells it: "level BTC 100,000 USD target 24h"."""
    parts = (
        figure.kind.value,
        figure.symbol,
        digits_text(figure.value),
        figure.unit,
        figure.role.value if figure.role else None,
        figure.period,
    )
    return " ".join(part for part in parts if part)
