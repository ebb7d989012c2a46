"""Pushes as they look: a story, a fired alert, a broadcast, many in one.

Owns the one place where what is owed becomes a message. The functions that make one are
pure; `ChatRenderer` reads what they need.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.chat.answers import message
from bot.chat.broadcasting import broadcast_message
from bot.chat.catalogue import Catalogue, Html, Voice, escaped, joined
from bot.chat.fitting import cut_text, first_sentences, fitted
from bot.chat.formatting import age_text, clock_text, level_text, percent_text, price_text
from bot.chat.keyboards import Action, button
from bot.chat.labels import article_tags, pair_symbol, primary_mentions
from bot.domain.alerts import Direction
from bot.domain.articles import Article
from bot.domain.assets import Assets
from bot.domain.markets import Tick
from bot.domain.outbox import Button, Rendered, Subject
from bot.domain.ports import Clock
from storage import alerts, articles, broadcasts, markets
from storage.alerts import Firing, StoredAlert
from storage.articles import StoredStory
from storage.database import Database
from storage.folding import digest_firing_ids, digest_stories

_TITLE_UNITS = 300
_SUMMARY_UNITS = 420
_SUMMARY_SENTENCES = 3
_LONGEST_URL = 2000
# A crossing seen at once lies between two polls; a longer gap means that nobody looked.
_LONG_GAP = timedelta(minutes=10)
_LATE = timedelta(minutes=2)
_DAY = timedelta(days=1)
# Of a digest this many are in sight, the others unfold at a tap. Telegram forgets markup
# beyond a hundred pieces a message; a line has one.
_DIGEST_OPEN = 15
_DIGEST_MOST = 90
_DIGEST_TITLE_UNITS = 120
_DIGEST_SOURCE_UNITS = 40


def link_of(url: str | None) -> str | None:
    """An address that a message may link to, or None: http and https only, not endless."""
    if (
        url is None
        or len(url) > _LONGEST_URL
        or not url.lower().startswith(("http://", "https://"))
    ):
        return None
    return url


def linked_title(article: Article, voice: Voice, units: int = _TITLE_UNITS) -> Html:
    """The title, linked to the article where it has an address."""
    title = cut_text(" ".join(article.title.split()), units) or voice.plain("story.untitled")
    url = link_of(article.url)
    if url is None:
        return voice.html("story.title", title=title)
    return voice.html("story.linked_title", title=title, url=url)


def source_line(stored: StoredStory, voice: Voice, now: datetime) -> Html:
    """Where a story is from, and how old it is."""
    age = age_text(voice, stored.article.published_at, now)
    return voice.html("story.source", source=stored.source_name, age=age)


def story_message(stored: StoredStory, assets: Assets, voice: Voice, now: datetime) -> Rendered:
    """The push of a story: title, source and age, two or three sentences, tags, picture."""
    article = stored.article
    head = joined("\n", [linked_title(article, voice), source_line(stored, voice, now)])
    tags = escaped(" ".join(article_tags(article, assets)))
    image = link_of(article.image_url)
    return message(
        joined("\n\n", [head, escaped(_summary(article)), tags]),
        (_story_buttons(stored, assets, voice),),
        image or link_of(article.url),
        large=image is not None,
    )


def _summary(article: Article) -> str:
    text = article.summary if article.summary.strip() else article.body
    if text.strip().casefold() == article.title.strip().casefold():
        return ""
    return first_sentences(text, _SUMMARY_SENTENCES, _SUMMARY_UNITS)


def _story_buttons(stored: StoredStory, assets: Assets, voice: Voice) -> tuple[Button, ...]:
    symbols = [m.symbol for m in primary_mentions(stored.article, assets)]
    manage = button(voice.plain("button.my_list"), Action.SHOW_LIST)
    if not symbols:
        return (manage,)
    label = (
        voice.plain("button.price_of", symbol=symbols[0])
        if len(symbols) == 1
        else voice.plain("button.prices")
    )
    return (button(label, Action.STORY_PRICE, stored.id), manage)


def firing_message(
    firing: Firing,
    alert: StoredAlert,
    latest: Tick | None,
    assets: Assets,
    voice: Voice,
    now: datetime,
) -> Rendered:
    """A fired alert: what crossed, at which price and when, and how it has moved.

    `latest` is the market's last tick, told when the message comes late.
    """
    quote = alert.market.quote
    parts = [
        _crossing(firing, alert, assets, voice),
        voice.html(
            "firing.price",
            price=price_text(firing.price, quote),
            time=clock_text(firing.price_at, now),
        ),
        moves_line(voice, {"1h": firing.change_1h, "24h": firing.change_24h}),
    ]
    if latest is not None and latest.provider_at - firing.price_at > _LATE:
        parts.append(voice.html("firing.now", price=price_text(latest.price, quote)))
    parts.append(_away_line(firing, voice, now))
    if now - firing.fired_at > _LATE:
        parts.append(voice.html("firing.late", when=_when_fired(firing, voice, now)))
    return message(joined("\n", parts), (_firing_buttons(alert, voice),))


def _crossing(firing: Firing, alert: StoredAlert, assets: Assets, voice: Voice) -> Html:
    """What crossed which line: "🔔 BTC rose through $95,000"."""
    symbol = pair_symbol(alert.market, assets)
    level = level_text(alert.line.level, alert.market.quote)
    text_id = "firing.rose" if _rose(firing, alert) else "firing.fell"
    return voice.html(text_id, symbol=symbol, level=level)


def _when_fired(firing: Firing, voice: Voice, now: datetime) -> Html:
    """When an alert fired: "14 min ago, at 12:03 UTC"; after a day the date alone."""
    time = clock_text(firing.fired_at, now)
    if now - firing.fired_at >= _DAY:
        return voice.html("firing.on", time=time)
    return voice.html("firing.ago", age=age_text(voice, firing.fired_at, now), time=time)


def _away_line(firing: Firing, voice: Voice, now: datetime) -> Html:
    """Between which times it crossed, when nobody looked for a while; else empty."""
    if firing.previous_at is None or firing.price_at - firing.previous_at <= _LONG_GAP:
        return Html()
    since, until = clock_text(firing.previous_at, now), clock_text(firing.price_at, now)
    return voice.html("firing.away", since=since, until=until)


def _rose(firing: Firing, alert: StoredAlert) -> bool:
    if alert.line.direction is not Direction.CROSS:
        return alert.line.direction is Direction.ABOVE
    if firing.previous_price is None or firing.previous_price == alert.line.level:
        return firing.price >= alert.line.level
    return firing.previous_price < alert.line.level


def _firing_buttons(alert: StoredAlert, voice: Voice) -> tuple[Button, ...]:
    mine = button(voice.plain("button.my_alerts"), Action.SHOW_ALERTS)
    if alert.line.repeat:
        return (button(voice.plain("button.stop_alert"), Action.STOP_ALERT, alert.id), mine)
    return (button(voice.plain("button.again"), Action.AGAIN, alert.id), mine)


def moves_line(voice: Voice, changes: dict[str, Decimal | None]) -> Html:
    """The changes that are known, in a row: "1 h +0.2 % · 24 h +1.8 %"; empty without any."""
    told = {"1h": "move.1h", "24h": "move.24h", "7d": "move.7d"}
    return joined(
        " · ",
        [
            voice.html(told[window], change=percent_text(change))
            for window, change in changes.items()
            if change is not None
        ],
    )


def stories_digest(
    newest: Sequence[StoredStory], total: int, voice: Voice, now: datetime
) -> Rendered:
    """Stories that come late, in one message: a line each, newest first.

    `newest` are the first of `total`. What does not fit is counted, and found with /news.
    """
    head = voice.html("digest.stories", n=total)
    lines = [_story_line(stored, voice, now) for stored in newest]

    def text(shown: int) -> Html:
        rest = joined("\n", lines[_DIGEST_OPEN:shown])
        more = voice.html("digest.more_stories", n=total - shown) if shown < total else Html()
        parts = [
            head,
            joined("\n", lines[: min(shown, _DIGEST_OPEN)]),
            voice.html("digest.rest", stories=rest) if rest else Html(),
            more,
        ]
        return joined("\n\n", parts)

    mine = button(voice.plain("button.my_list"), Action.SHOW_LIST)
    return message(_longest_that_fits(text, len(lines)), ((mine,),))


def _story_line(stored: StoredStory, voice: Voice, now: datetime) -> Html:
    article = stored.article
    title = cut_text(" ".join(article.title.split()), _DIGEST_TITLE_UNITS)
    title = title or voice.plain("story.untitled")
    source = voice.html(
        "story.source",
        source=cut_text(stored.source_name, _DIGEST_SOURCE_UNITS),
        age=age_text(voice, article.published_at, now),
    )
    url = link_of(article.url)
    if url is None:
        return voice.html("digest.story", title=title, source=source)
    return voice.html("digest.linked_story", title=title, url=url, source=source)


def firings_digest(
    newest: Sequence[tuple[Firing, StoredAlert]],
    total: int,
    assets: Assets,
    voice: Voice,
    now: datetime,
) -> Rendered:
    """Alerts that come late, in one message: what crossed and when each fired, newest first.

    `newest` are the first of `total`.
    """
    head = voice.html("digest.alerts", n=total)
    lines = [
        voice.html(
            "digest.firing",
            alert=_crossing(firing, alert, assets, voice),
            price=price_text(firing.price, alert.market.quote),
            when=_when_fired(firing, voice, now),
        )
        for firing, alert in newest
    ]

    def text(shown: int) -> Html:
        more = voice.html("digest.more_alerts", n=total - shown) if shown < total else Html()
        return joined("\n\n", [head, joined("\n", lines[:shown]), more])

    mine = button(voice.plain("button.my_alerts"), Action.SHOW_ALERTS)
    return message(_longest_that_fits(text, len(lines)), ((mine,),))


def _longest_that_fits(text: Callable[[int], Html], most: int) -> Html:
    """The text with as many of its `most` lines as fit in a message, one at least."""

    def is_too_long(shown: int) -> bool:
        return fitted(text(shown)) != text(shown)

    return text(max(1, bisect_left(range(1, most + 1), True, key=is_too_long)))


class ChatRenderer:
    """Renders what the outbox owes; implements `bot.domain.ports.Renderer`."""

    def __init__(
        self, database: Database, catalogue: Catalogue, assets: Assets, clock: Clock
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._assets = assets
        self._clock = clock

    async def rendered(
        self, subject: Subject, subject_id: int, revision: int, language: str | None
    ) -> Rendered | None:
        """The message of a subject as it stands now, or None when it is no longer there."""
        del revision  # a later revision is the same story with more to tell
        voice = Voice(self._catalogue, language)
        match subject:
            case Subject.STORY:
                return await self._story(subject_id, voice)
            case Subject.FIRING:
                return await self._firing(subject_id, voice)
            case Subject.BROADCAST:
                return await self._broadcast(subject_id)
            case Subject.DIGEST:
                return await self._digest(subject_id, voice)

    async def _story(self, story_id: int, voice: Voice) -> Rendered | None:
        async with self._database.reading() as tx:
            stored = await articles.story(tx, story_id)
        if stored is None:
            return None
        return story_message(stored, self._assets, voice, self._clock())

    async def _firing(self, firing_id: int, voice: Voice) -> Rendered | None:
        async with self._database.reading() as tx:
            found = await alerts.firing_with_alert(tx, firing_id)
            if found is None:
                return None
            firing, alert = found
            latest = (await markets.stored_market(tx, alert.market)).tick
        return firing_message(firing, alert, latest, self._assets, voice, self._clock())

    async def _broadcast(self, broadcast_id: int) -> Rendered | None:
        async with self._database.reading() as tx:
            found = await broadcasts.broadcast(tx, broadcast_id)
        return None if found is None else broadcast_message(found)

    async def _digest(self, message_id: int, voice: Voice) -> Rendered | None:
        """What a message of many tells, of which each kind has a message of its own."""
        async with self._database.reading() as tx:
            total, newest = await digest_stories(tx, message_id, _DIGEST_MOST)
            if newest:
                return stories_digest(newest, total, voice, self._clock())
            ids = await digest_firing_ids(tx, message_id)
            found = [await alerts.firing_with_alert(tx, id_) for id_ in ids[:_DIGEST_MOST]]
        fired = [one for one in found if one is not None]
        if not fired:
            return None
        total = len(fired) + max(0, len(ids) - _DIGEST_MOST)
        return firings_digest(fired, total, self._assets, voice, self._clock())
