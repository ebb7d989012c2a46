"""Which assets an article is about, and which it only names.

Owns that judgement, with the words that led to it. Where a text names an asset is found by
`bot.news.naming`.
"""

import re
from collections.abc import Iterable

from bot.domain.articles import Mention, Role
from bot.domain.assets import Asset, Assets
from bot.news.naming import AssetNames, Naming
from bot.news.text import sentences

_MOST_BODY = 20_000
_LEAD_OF_BODY = 2_000
_FILING = re.compile(r"[\s-]+(?:news|price|prices|token|coin)$", re.IGNORECASE)


class MentionFinder:
    """Finds the assets of a registry in articles; built once, free of state after."""

    def __init__(self, assets: Assets) -> None:
        self._names = AssetNames(assets)

    def asset_of_category(self, category: str) -> Asset | None:
        """The asset that a feed's category merely names ("Solana", "XRP News"), or None."""
        return self._names.asset_called(_FILING.sub("", category.strip()))

    def mentions(
        self, title: str, summary: str, body: str, categories: Iterable[str] = ()
    ) -> tuple[Mention, ...]:
        """The assets that an article names, each once, those it is about first.

        An article is about the assets of its title; and about one of its first sentence when
        the title names none, or the feed files the article under that asset. A word that may
        be something else counts when the article names the asset beyond doubt anywhere. All
        texts are plain.
        """
        filed = {asset.id for name in categories if (asset := self.asset_of_category(name))}
        texts = {"title": title, "summary": summary, "body": body[:_MOST_BODY]}
        found = {field: self._names.namings(text) for field, text in texts.items()}
        proven = filed | _proven(found)
        kept = {
            # Sure signs first: their words make the better reason.
            field: sorted((n for n in namings if n.asset.id in proven), key=lambda n: not n.sure)
            for field, namings in found.items()
        }
        mentions: dict[str, Mention] = {}
        for naming in kept["title"]:
            _add(mentions, naming, Role.PRIMARY, "title")
        for naming, reason in _opening(texts, kept, filed):
            _add(mentions, naming, Role.PRIMARY, reason)
        for field in ("summary", "body"):
            for naming in kept[field]:
                _add(mentions, naming, Role.MENTIONED, field)
        return tuple(mentions.values())


def _proven(found: dict[str, list[Naming]]) -> set[str]:
    """The assets named beyond doubt, by a sure sign or by two words: "GRAM (prev. TON)"."""
    proven = {naming.asset.id for namings in found.values() for naming in namings if naming.sure}
    words: dict[str, set[str]] = {}
    for naming in (*found["title"], *found["summary"]):
        words.setdefault(naming.asset.id, set()).add(naming.words.lstrip("$#"))
    for asset_id, different in words.items():
        folded = {word.casefold() for word in different}
        if len(folded) > 1 and any(word.isupper() for word in different):
            proven.add(asset_id)
    return proven


def _opening(
    texts: dict[str, str], kept: dict[str, list[Naming]], filed: set[str]
) -> Iterable[tuple[Naming, str]]:
    """What the first sentence names, as far as it tells what the article is about."""
    field = "summary" if texts["summary"] else "body"
    first = next(iter(sentences(texts[field][:_LEAD_OF_BODY])), "")
    for naming in kept[field]:
        is_filed = naming.asset.id in filed
        if naming.end <= len(first) and (is_filed or not kept["title"]):
            yield naming, "category and first sentence" if is_filed else "first sentence"


def _add(mentions: dict[str, Mention], naming: Naming, role: Role, where: str) -> None:
    asset = naming.asset
    reason = f'{where}: "{naming.words}"'
    mentions.setdefault(asset.id, Mention(asset.id, asset.symbol, role, reason))
