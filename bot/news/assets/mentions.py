"""Which assets an article is about, and which it only names.

Owns that judgement, with the words that led to it: an article is about an asset when those who
hold it would want to be told. Where a text names an asset is found by `assets.naming`; what
is an advertisement, an aside or a holder of coins is told by the modules of those names.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.articles import Mention, Role
from bot.domain.assets import Asset, Assets
from bot.news.assets.asides import aside_in
from bot.news.assets.concerns import chosen, concerned
from bot.news.assets.holders import holders_in
from bot.news.assets.naming import AssetNames, Naming
from bot.news.assets.project_names import ODD_NAMES, ON_CHAIN, PROJECT_NAMES
from bot.news.assets.promotions import promotion_in
from bot.news.cleaning.text import sentences

_MOST_BODY = 20_000
_LEAD_OF_BODY = 2_000
_SHORTEST_TITLE = 25  # what is shorter may be a name
# A text of this length that is about an asset names it.
_TELLING = 1_500
_FILING = re.compile(r"[\s-]+(?:news|price|prices|token|coin)$", re.IGNORECASE)
# Issuers by the name of whom their tokens go too: the token must be a matter of the story.
_COMPANIES = frozenset({"ripple", "tether", "world liberty financial"})
# Keyword taggers file under everything; two assets at most are a person's choice.
_MOST_FILED = 2
_MOST_SUBJECTS = 3
_SUBJECT_WITHIN = 5  # "The "
_TEASER = re.compile(
    r"\b(?:this|these|that|an|a|one|which|two|three|\d)\s(?:[\w-]+\s){0,2}?"
    r"(?:altcoins?|tokens?|cryptos?|cryptocurrenc(?:y|ies)|(?:meme)?coins?)\b",
    re.IGNORECASE,
)
_SURVEY = 8  # a text with more assets goes through the market
_APART_NAMED = 3
# What some sites file a text under, at its head: "XRP News The judge ...".
_KICKER = re.compile(r"\A(?:[A-Z]\w+\s){1,2}News\s(?=[A-Z])")
_OPENING = 900
_MOST_BESIDE = 2  # more in a sentence are a list
_SHARE = 0.15
_MOVE = re.compile(r"\d\s?(?:%|percent\b|per cent\b)")
_MARKET = re.compile(
    r"\b(?:cryptos?|cryptocurrenc(?:y|ies)|altcoins?|memecoins?|tokens|markets?|liquidat\w+)\b",
    re.IGNORECASE,
)
_MUCH_NAMED = 5
_MOSTLY = 0.6


class MentionFinder:
    """Finds the assets of a registry in articles; built once.

    `names` tells where a text names them.
    """

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self.names = AssetNames(assets)

    def asset_of_category(self, category: str) -> Asset | None:
        """The asset that a feed's category merely names ("Solana", "XRP News"), or None."""
        return self.names.asset_called(_FILING.sub("", category.strip()))

    def mentions(
        self, title: str, summary: str, body: str, categories: Iterable[str] = ()
    ) -> tuple[Mention, ...]:
        """The assets that an article names, each once, those it is about first.

        An article is about the assets of its title, but for those that it names in passing,
        and of a title that names none about what its first sentence is about; an advertisement
        is about none. A word that may be something else counts when the article names the
        asset beyond doubt anywhere. All texts are plain.
        """
        filed = self._filed_under(list(categories))
        reading = self._reading(title, summary, body[:_MOST_BODY], filed)
        mentions: dict[str, Mention] = {}
        advertised = promotion_in(title, reading.text)
        about = [] if advertised else list(self._about(reading, filed))
        for asset, reason in about:
            _add(mentions, asset, Role.PRIMARY, reason)
        for field, namings in reading.found.items():
            for naming in namings:
                reason = f'{field}: "{naming.words}"'
                if advertised:
                    reason += f', in an advertisement: "{advertised}"'
                elif field == "title":
                    reason += f", {_why_passing(reading, naming)}"
                _add(mentions, naming.asset, Role.MENTIONED, reason)
        for holder in holders_in(title):
            if held := self._assets.by_id(holder.asset_id):
                _add(mentions, held, Role.MENTIONED, f'title: "{holder.words}"')
        return tuple(mentions.values())

    def _filed_under(self, categories: list[str]) -> set[str]:
        # Lists all in capitals are a key-word tagger's: "BTC", "MARKET", "FIAT".
        if all(name == name.upper() for name in categories):
            return set()
        return {asset.id for name in categories if (asset := self.asset_of_category(name))}

    def _reading(self, title: str, summary: str, body: str, filed: set[str]) -> "_Reading":
        # Feeds like to repeat the title in the text, which would then tell nothing.
        texts = {
            "title": title,
            "summary": _KICKER.sub("", _without(title, summary)),
            "body": _KICKER.sub("", _without(title, body)),
        }
        found = {field: self.names.namings(text) for field, text in texts.items()}
        proven = filed | _proven(found, texts)
        kept = {
            # Sure signs first: their words make the better reason.
            field: sorted((n for n in namings if n.asset.id in proven), key=lambda n: not n.sure)
            for field, namings in found.items()
        }
        return _Reading(texts, kept)

    def _about(self, reading: "_Reading", filed: set[str]) -> Iterator[tuple[Asset, str]]:
        """The assets that the article is about, with what tells so."""
        titled = list(_titled(reading))
        yield from titled
        yield from _filed(reading, filed)
        for holder in holders_in(reading.title):
            asset = self._assets.by_id(holder.asset_id)
            if asset is not None and not (holder.is_miner or holder.is_speaker):
                yield asset, f'title: "{holder.words}", which holds it'
        if not titled:
            yield from _moved(reading)
        if len(_counts(reading)) > _SURVEY:
            return
        if not titled:
            yield from _told(reading)
            yield from _concerned(reading)
        yield from _chosen(reading)
        yield from _beside(reading)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The texts of an article, and where each names an asset that counts."""

    texts: dict[str, str]
    found: dict[str, list[Naming]]

    @property
    def title(self) -> str:
        """The article's title."""
        return self.texts["title"]

    @property
    def field(self) -> str:
        """The field that the article opens with, after its title."""
        return "summary" if self.texts["summary"] else "body"

    @property
    def text(self) -> str:
        """All that stands below the title, the summary first."""
        return f"{self.texts['summary']} {self.texts['body']}".strip()

    def opening(self, field: str = "") -> tuple[str, list[Naming]]:
        """The first sentence, and what it is about in order, asides and companies left out."""
        field = field or self.field
        text = self.texts[field][:_LEAD_OF_BODY]
        first = next(iter(sentences(text)), "")
        ends = text.find(first) + len(first)
        inside = [
            naming
            for naming in self.found[field]
            if naming.end <= ends
            and not _is_company(naming)
            and not _aside_near(self.texts[field], naming)
        ]
        return first, sorted(inside, key=lambda naming: naming.start)

    def below(self, asset_id: str) -> list[tuple[str, Naming]]:
        """Where the text below the title names an asset, with that text."""
        return [
            (self.texts[field], naming)
            for field in ("summary", "body")
            for naming in self.found[field]
            if naming.asset.id == asset_id
        ]


def _without(title: str, text: str) -> str:
    return text.replace(title, " ") if len(title) >= _SHORTEST_TITLE else text


def _proven(found: dict[str, list[Naming]], texts: dict[str, str]) -> set[str]:
    """The assets named beyond doubt, by a sure sign or by two words: "GRAM (prev. TON)"."""
    proven = {naming.asset.id for namings in found.values() for naming in namings if naming.sure}
    proven |= _projects(found, texts)
    words: dict[str, set[str]] = {}
    for naming in (*found["title"], *found["summary"]):
        words.setdefault(naming.asset.id, set()).add(naming.words.lstrip("$#"))
    for asset_id, different in words.items():
        folded = {word.casefold() for word in different}
        if len(folded) > 1 and any(word.isupper() for word in different):
            proven.add(asset_id)
    return proven


def _projects(found: dict[str, list[Naming]], texts: dict[str, str]) -> set[str]:
    """The networks and protocols that a title names, and the text again within a sentence.

    Their names are words, but in capitals there, beside the words of their trade, they are the
    project: "Plasma opens a bank … on Plasma's own blockchain".
    """
    named = [naming for naming in found["title"] if naming.words.casefold() in PROJECT_NAMES]
    if not (named and any(ON_CHAIN.search(text) for text in texts.values())):
        return set()
    again = {
        naming.words
        for field in ("summary", "body")
        for naming in found[field]
        if not _begins_a_sentence(texts[field], naming)
    }
    return {
        naming.asset.id
        for naming in named
        if naming.words in again or (naming.start == 0 and naming.words.casefold() in ODD_NAMES)
    }


def _titled(reading: _Reading) -> list[tuple[Asset, str]]:
    """The assets of the title that the article is about."""
    straight: dict[str, Naming] = {}
    aside: dict[str, Naming] = {}
    for naming in reading.found["title"]:
        if _is_company(naming) and not _is_matter(reading, naming):
            continue
        if _is_absent(reading, naming):
            continue
        put_aside = aside_in(reading.title, naming.start, naming.end)
        (aside if put_aside else straight).setdefault(naming.asset.id, naming)
    if not straight:
        straight = {key: naming for key, naming in aside.items() if _is_followed(reading, naming)}
    return [(naming.asset, f'title: "{naming.words}"') for naming in straight.values()]


def _is_company(naming: Naming) -> bool:
    return not naming.sure and naming.words.casefold() in _COMPANIES


def _is_matter(reading: _Reading, company: Naming) -> bool:
    """Whether a text names the token of a company at least as often as the company."""
    counts = Counter(_is_company(naming) for _, naming in reading.below(company.asset.id))
    return counts[False] >= max(1, counts[True])


def _is_absent(reading: _Reading, naming: Naming) -> bool:
    return len(reading.text) >= _TELLING and not reading.below(naming.asset.id)


def _is_followed(reading: _Reading, naming: Naming) -> bool:
    """Whether the text goes on about what the title names in passing only."""
    straight = [(text, n) for text, n in reading.below(naming.asset.id) if not _aside_near(text, n)]
    if len(reading.text) >= _TELLING:
        return len(straight) >= _APART_NAMED
    return len(straight) > 1 or any(_begins_a_sentence(text, n) for text, n in straight)


def _begins_a_sentence(text: str, naming: Naming) -> bool:
    before = text[max(0, naming.start - _SUBJECT_WITHIN) : naming.start].rstrip()
    return naming.start <= _SUBJECT_WITHIN or before.endswith((".", "!", "?", ":", "\n"))


def _aside_near(text: str, naming: Naming) -> str:
    start = max(0, naming.start - 40)
    near = text[start : naming.end + 40]
    return aside_in(near, naming.start - start, naming.end - start)


def _filed(reading: _Reading, filed: set[str]) -> Iterator[tuple[Asset, str]]:
    """What its feed files the article under, and its first sentence names."""
    if not 0 < len(filed) <= _MOST_FILED:
        return
    for naming in reading.opening()[1]:
        if naming.asset.id in filed and not _is_compared(reading, naming.asset):
            yield naming.asset, f'category and first sentence: "{naming.words}"'


def _is_compared(reading: _Reading, asset: Asset) -> bool:
    """Whether a title names an asset in passing only: "XRP holds steady against Bitcoin"."""
    titled = [naming for naming in reading.found["title"] if naming.asset.id == asset.id]
    return bool(titled) and all(
        aside_in(reading.title, naming.start, naming.end) for naming in titled
    )


def _moved(reading: _Reading) -> Iterator[tuple[Asset, str]]:
    """What news of the whole market tells the move of first."""
    if not _MARKET.search(reading.title):
        return
    for field in ("summary", "body"):
        first, named = reading.opening(field)
        assets = {naming.asset for naming in named}
        if len(assets) <= _MOST_BESIDE and _MOVE.search(first):
            for naming in named:
                yield naming.asset, f'a move in the first sentence: "{naming.words}"'


def _told(reading: _Reading) -> Iterator[tuple[Asset, str]]:
    """What the text is about where the title does not say."""
    first, named = reading.opening()
    subjects = {naming.asset.id: naming for naming in reversed(named)}
    teases = _TEASER.search(reading.title) is not None
    begins = bool(named) and named[0].start <= _SUBJECT_WITHIN
    if (teases or begins) and len(subjects) <= _MOST_SUBJECTS:
        for naming in reversed(subjects.values()):
            yield naming.asset, f'first sentence: "{naming.words}"'
    yield from _apart(reading)
    yield from _foremost(reading, len(first))


def _apart(reading: _Reading) -> Iterator[tuple[Asset, str]]:
    """Assets whose name the title has in pieces: "Tether Plans a Tokenized Gold Fund"."""
    titled = set(re.findall(r"\w+", reading.title.casefold()))
    counts = _counts(reading)
    for asset, count in counts.items():
        words = re.findall(r"\w+", asset.name.casefold())
        if len(words) > 1 and count >= _APART_NAMED and titled.issuperset(words):
            yield asset, f'title: "{asset.name}", its words apart'


def _foremost(reading: _Reading, within: int) -> Iterator[tuple[Asset, str]]:
    """The asset that most of a text is about, when it comes first."""
    counts = _counts(reading)
    if not counts:
        return
    (asset, count), *_ = counts.most_common(1)
    first = min(naming.start for _, naming in reading.below(asset.id))
    if count >= max(_MUCH_NAMED, _MOSTLY * counts.total()) and first <= within:
        yield asset, f"named {count} times"


def _beside(reading: _Reading) -> Iterator[tuple[Asset, str]]:
    """Assets whose own move the opening tells, and that the text comes back to."""
    counts = _counts(reading)
    for field in ("summary", "body"):
        for start, sentence in _placed_sentences(reading.texts[field][:_OPENING]):
            end = start + len(sentence)
            inside = {n.asset: n for n in reading.found[field] if start <= n.start < end}
            if len(inside) > _MOST_BESIDE or _MOVE.search(sentence) is None:
                continue
            for asset, naming in inside.items():
                comes_back = counts[asset] >= max(_APART_NAMED, _SHARE * counts.total())
                put_aside = _is_company(naming) or _aside_near(reading.texts[field], naming)
                if comes_back and not put_aside:
                    yield asset, f'a move, and named {counts[asset]} times: "{naming.words}"'


def _concerned(reading: _Reading) -> Iterator[tuple[Asset, str]]:
    """The coins that news of the whole market is said to concern first."""
    field = reading.field
    for start, sentence in _placed_sentences(reading.texts[field][:_OPENING]):
        for naming, words in concerned(sentence, start, reading.found[field]):
            yield naming.asset, f'concerned: "{words}"'


def _chosen(reading: _Reading) -> Iterator[tuple[Asset, str]]:
    """The coins whose networks somebody is told to have chosen."""
    field = reading.field
    for start, sentence in _placed_sentences(reading.texts[field][:_OPENING]):
        for naming, words in chosen(sentence, start, reading.found[field]):
            yield naming.asset, f'chosen: "{words}"'


def _placed_sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a text, each with where it begins."""
    start = 0
    for sentence in sentences(text):
        start = max(text.find(sentence, start), start)
        yield start, sentence
        start += len(sentence)


def _counts(reading: _Reading) -> Counter[Asset]:
    below = (*reading.found["summary"], *reading.found["body"])
    return Counter(naming.asset for naming in below if not _is_company(naming))


def _why_passing(reading: _Reading, naming: Naming) -> str:
    """Why an article is not about an asset of its title."""
    if _is_company(naming):
        return "the company"
    if _is_absent(reading, naming):
        return "which the text does not name"
    return f'in passing: "{aside_in(reading.title, naming.start, naming.end)}"'


def _add(mentions: dict[str, Mention], asset: Asset, role: Role, reason: str) -> None:
    mentions.setdefault(asset.id, Mention(asset.id, asset.symbol, role, reason))
