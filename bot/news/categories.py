"""What kind of news an article is.

Owns the fifteen categories that Coinbell knows by name, from what its source files an article
under and from its own words, each with the words that showed it; and the source's other
categories, passed on as they are. Refuses what merely names an asset: that is a mention.
"""

import re
from collections.abc import Callable, Iterable

from bot.domain.articles import Category
from bot.news.category_words import CATEGORIES, CategoryWords
from bot.news.cleaning.screens import Screen

MOST_CATEGORIES = 12

_MAX_LENGTH = 40
_MAX_TITLE = 500
_LEAD = 450
_CASED = 3
_SCREEN = Screen({words.name: words.screened for words in CATEGORIES})
_BY_FILING = {filed: words for words in CATEGORIES for filed in words.filed_as}


def categories_of(
    title: str,
    summary: str,
    body: str,
    feed_categories: Iterable[str],
    is_asset: Callable[[str], bool],
) -> tuple[Category, ...]:
    """The categories of an article, at most 12, those known by name first.

    All texts are plain. A word in the title shows a category; the lead (450 characters of the
    summary, else of the body) does with a phrase, or with two different words. The source's
    own filing counts too; one in capitals, as files by key words are, only when a word in
    title or lead agrees. Other categories of the source follow, lower case and with dashes,
    without those for which `is_asset` holds.
    """
    headline, lead = title[:_MAX_TITLE], (summary or body)[:_LEAD]
    filed = [(name, _normal(name)) for name in feed_categories]
    by_name = {
        _BY_FILING[normal].name: name for name, normal in reversed(filed) if normal in _BY_FILING
    }
    texts = f"{headline} {lead}"
    screened = _SCREEN.passed(f"{texts} {texts.lower()}")
    found = []
    for words in CATEGORIES:
        if words.name in screened:
            reason = _reason(words, headline, lead, by_name.get(words.name))
        else:
            reason = _filing(by_name.get(words.name), agrees=False)
        if reason is not None:
            found.append(Category(words.name, reason))
    return _with_others(found, filed, is_asset)


def _with_others(
    found: list[Category], filed: list[tuple[str, str]], is_asset: Callable[[str], bool]
) -> tuple[Category, ...]:
    kept = {category.name: category for category in found}
    for name, normal in filed:
        if normal in _BY_FILING or not normal or len(normal) > _MAX_LENGTH or is_asset(name):
            continue
        kept.setdefault(normal, Category(normal, f'feed: "{name}"'))
    return tuple(kept.values())[:MOST_CATEGORIES]


def _normal(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")


def _reason(words: CategoryWords, title: str, lead: str, filed: str | None) -> str | None:
    """Why the article is of the category; None when it is not."""
    shown = _place(words.headline, words, title)
    if shown is not None:
        return f'title: "{shown}"'
    told = _different(words, lead)
    if len(told) > 1:
        return f'lead: "{told[0]}", "{told[1]}"'
    phrase = _place(words.phrase, words, lead) if told else None
    if phrase is not None:
        return f'lead: "{phrase}"'
    if filed is None:
        return None
    agrees = _place(words.headline, words, lead) or _place(words.told, words, title)
    return _filing(filed, agrees=agrees is not None)


def _filing(filed: str | None, *, agrees: bool) -> str | None:
    """The source's own filing as a reason; None for one by key words that no word agrees with."""
    if filed is None:
        return None
    by_key_words = filed.isupper() and len(filed) > _CASED
    return f'feed: "{filed}"' if agrees or not by_key_words else None


def _place(pattern: re.Pattern[str], words: CategoryWords, text: str) -> str | None:
    """The first place of the pattern that nothing around takes back."""
    for found in pattern.finditer(text):
        if not _is_taken_back(words, text, found):
            return found[0]
    return None


def _is_taken_back(words: CategoryWords, text: str, found: re.Match[str]) -> bool:
    if words.unless is None:
        return False
    around = text[max(0, found.start() - 30) : found.end() + 30]
    return words.unless.search(around) is not None


def _different(words: CategoryWords, lead: str) -> list[str]:
    """The different words of the category in a lead, those of one stem counted once."""
    told: dict[str, str] = {}
    for found in words.told.finditer(lead):
        if not _is_taken_back(words, lead, found):
            told.setdefault(found[0].casefold()[:4], found[0])
    return list(told.values())
