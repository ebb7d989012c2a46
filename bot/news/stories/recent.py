"""Which story an article joins.

Owns the memory of what was told in the last 48 hours, and the choice among its stories. Pure:
holds no database and no clock. Stories are never merged; only articles join them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest

from bot.domain.stories import Told
from bot.news.stories.clashes import clash
from bot.news.stories.headlines import Headline, headline
from bot.news.stories.likeness import Likeness, likeness, same_event
from bot.news.stories.revisions import material_change

__all__ = ["Join", "Likeness", "RecentStories", "joined_story", "same_event"]

# Words that more articles have than this lead to no candidates by themselves.
_MOST_WITH_A_WORD = 400
_MOST_CANDIDATES = 40
_WHOLE_TITLE = 20.0
_RARE = 5.0
_SURE = 0.95


@dataclass(frozen=True, slots=True)
class Join:
    """The story that an article joins, and why.

    `revision_step` is 1 where the article brings a material change, which is told anew as an
    answer to what was told; else 0.
    """

    story_id: int
    revision_step: int
    reason: str


def joined_story(article: Told, recent: Sequence[Told]) -> Join | None:
    """The story among `recent` that an article joins, or None where it begins one.

    It must tell the same event as the first article of the story's latest revision, or as two
    of its articles, or very surely as one, where nothing excludes the first: a chain of cousins
    makes no story.
    """
    stories = RecentStories()
    for told in recent:
        stories.add(told)
    return stories.joined(article)


class RecentStories:
    """The articles of the last days, by their words, so that one is compared with few."""

    def __init__(self) -> None:
        self._entries: dict[int, Headline] = {}
        self._by_word: dict[str, set[int]] = {}
        self._members: dict[int, list[int]] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, told: Told) -> None:
        """Remember an article that has a story."""
        number, self._next = self._next, self._next + 1
        read = headline(told)
        self._entries[number] = read
        self._members.setdefault(told.story_id, []).append(number)
        for key in _index_keys(read):
            self._by_word.setdefault(key, set()).add(number)

    def forget(self, before: datetime) -> None:
        """Drop the articles published before then."""
        old = [n for n, entry in self._entries.items() if entry.told.published_at < before]
        for number in old:
            entry = self._entries.pop(number)
            for key in _index_keys(entry):
                if not (numbers := self._by_word[key]) - {number}:
                    del self._by_word[key]
                numbers.discard(number)
            members = self._members[entry.told.story_id]
            members.remove(number)
            if not members:
                del self._members[entry.told.story_id]

    def joined(self, article: Told) -> Join | None:
        """The story that an article joins, or None where it begins one; nothing is remembered.

        What it takes is told at `joined_story`. Of several stories it joins the likest, of those
        the oldest.
        """
        read = headline(article)
        like: dict[int, list[tuple[int, Likeness]]] = {}
        for number in self._candidates(read):
            found = likeness(read, self._entries[number])
            if found.same:
                story_id = self._entries[number].told.story_id
                like.setdefault(story_id, []).append((number, found))
        joinable = {key: some for key, some in like.items() if self._is_enough(read, key, some)}
        if not joinable:
            return None
        story_id = min(joinable, key=lambda key: (-_best(joinable[key]).score, key))
        members = [self._entries[number] for number in self._members[story_id]]
        change = material_change(read, members)
        reason = _best(joinable[story_id]).reason
        return Join(story_id, int(change is not None), f"{reason}; {change}" if change else reason)

    def revision(self, story_id: int) -> int:
        """The latest revision of a story that is remembered, 1 where none is."""
        numbers = self._members.get(story_id, ())
        return max((self._entries[number].told.revision for number in numbers), default=1)

    def _candidates(self, read: Headline) -> Iterable[int]:
        """The articles that share the most telling words with this one."""
        weights: dict[int, float] = {}
        for key, weight in _index_keys(read).items():
            numbers = self._by_word.get(key, ())
            if len(numbers) > _MOST_WITH_A_WORD:
                continue
            for number in numbers:
                weights[number] = weights.get(number, 0.0) + weight
        return nlargest(_MOST_CANDIDATES, weights, key=lambda number: (weights[number], -number))

    def _is_enough(
        self, read: Headline, story_id: int, like: Sequence[tuple[int, Likeness]]
    ) -> bool:
        first = self._latest_first(story_id)
        if len(like) > 1 or any(number == first for number, _ in like):
            return True
        return _best(like).score >= _SURE and clash(read, self._entries[first]) is None

    def _latest_first(self, story_id: int) -> int:
        """The article that began the story's latest revision."""
        numbers = self._members[story_id]
        latest = self.revision(story_id)
        begun = [n for n in numbers if self._entries[n].told.revision == latest]
        return min(begun, key=lambda n: (self._entries[n].told.article_id, n))


def _best(like: Iterable[tuple[int, Likeness]]) -> Likeness:
    return max((found for _, found in like), key=lambda found: found.score)


def _index_keys(read: Headline) -> dict[str, float]:
    """What an article is found by: its words, assets, amounts, and its whole title."""
    keys = dict(read.words)
    for word in read.order:
        if word.amount:
            # Rounded to one digit, so that $93K and $93,400 meet; a miss still has its words.
            keys[f"# {word.amount.value:.0e} {word.amount.unit}"] = word.weight
    keys[f"= {read.plain_title}"] = _WHOLE_TITLE
    for key, weight in read.lead.items():
        if weight >= _RARE:
            keys.setdefault(key, weight / 3)
    return keys
