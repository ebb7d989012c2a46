"""What is owed as a message: a story, a fired alert, a broadcast, many in one.

Owns the one place where the outbox's subjects become messages. The functions that make one are
pure (a story's are in `bot.chat.pushes`); `ChatRenderer` reads what they need.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.chat.alert_texts import SNOOZE_HOURS, Spoken, event_html
from bot.chat.answers import message
from bot.chat.broadcasting import broadcast_message
from bot.chat.catalogue import Catalogue, Html, Voice, joined
from bot.chat.fitting import fitted
from bot.chat.formatting import age_text, clock_text, percent_text, price_text
from bot.chat.keyboards import Action, button
from bot.chat.move_stories import firing_move, reply_message, stories_part
from bot.chat.pushes import story_line, story_message
from bot.chat.story_prices import fresh_prices, wanted_markets
from bot.domain.assets import Assets
from bot.domain.markets import Tick
from bot.domain.outbox import TOLD_TOGETHER, Button, Rendered, Subject, View
from bot.domain.ports import Clock, Prices
from storage import broadcasts, firings, markets, move_stories, story_pages
from storage.alert_rows import StoredAlert
from storage.database import Database
from storage.firings import Firing
from storage.folding import digest_firing_ids, digest_stories
from storage.move_stories import ToldBeside
from storage.story_pages import StoredStory

# A crossing seen at once lies between two polls; a longer gap means that nobody looked.
_LONG_GAP = timedelta(minutes=10)
_LATE = timedelta(minutes=2)
_DAY = timedelta(days=1)
# Of a digest this many are in sight, the others unfold at a tap.
_DIGEST_OPEN = 15


def firing_message(
    firing: Firing,
    alert: StoredAlert,
    latest: Tick | None,
    assets: Assets,
    voice: Voice,
    now: datetime,
    told: Sequence[ToldBeside] = (),
) -> Rendered:
    """A fired alert: what crossed, at which price and when, how it has moved, and the stories.

    `latest` is the market's last tick, told when the message comes late; `told` are the stories
    that were beside the move when it fired.
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
    if firing.previous_at is None and firing.fired_at - firing.price_at > _LONG_GAP:
        parts.append(voice.html("firing.missed"))
    if alert.condition.note:
        parts.append(voice.html("alert.note", note=alert.condition.note))
    if now - firing.fired_at > _LATE:
        parts.append(voice.html("firing.late", when=_when_fired(firing, voice, now)))
    beside = stories_part(told, firing_move(firing, alert), voice)
    text = joined("\n\n", [joined("\n", parts), beside])
    return message(text, (_firing_buttons(alert, voice),))


def _crossing(firing: Firing, alert: StoredAlert, assets: Assets, voice: Voice) -> Html:
    """What crossed which line: "🔔 BTC rose through $95,000"."""
    return event_html(firing, alert, Spoken(alert.market, assets, voice))


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


def _firing_buttons(alert: StoredAlert, voice: Voice) -> tuple[Button, ...]:
    mine = button(voice.plain("button.my_alerts"), Action.SHOW_ALERTS)
    if alert.condition.repeat:
        stop = button(voice.plain("button.stop_alert"), Action.STOP_ALERT, alert.id)
        snooze = button(
            voice.plain("button.snooze", hours=str(SNOOZE_HOURS)),
            Action.ALERT_SNOOZE,
            alert.id,
            -SNOOZE_HOURS,
        )
        return (stop, snooze, mine)
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
    lines = [story_line(stored, voice, now) for stored in newest]

    def text(shown: int) -> Html:
        """The digest with so many of its stories."""
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
        """The digest with so many of its alerts."""
        more = voice.html("digest.more_alerts", n=total - shown) if shown < total else Html()
        return joined("\n\n", [head, joined("\n", lines[:shown]), more])

    mine = button(voice.plain("button.my_alerts"), Action.SHOW_ALERTS)
    return message(_longest_that_fits(text, len(lines)), ((mine,),))


def _longest_that_fits(text: Callable[[int], Html], most: int) -> Html:
    """The text with as many of its `most` lines as fit in a message, one at least."""

    def is_too_long(shown: int) -> bool:
        """Whether a message cuts the text with so many lines."""
        return fitted(text(shown)) != text(shown)

    return text(max(1, bisect_left(range(1, most + 1), True, key=is_too_long)))


class ChatRenderer:
    """Renders what the outbox owes; implements `bot.domain.ports.Renderer`."""

    def __init__(
        self, database: Database, catalogue: Catalogue, prices: Prices, clock: Clock
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._prices = prices
        self._clock = clock

    async def rendered(
        self, subject: Subject, subject_id: int, revision: int, view: View
    ) -> Rendered | None:
        """The message of a subject as it stands now, or None when it is no longer there."""
        voice = Voice(self._catalogue, view.language)
        match subject:
            case Subject.STORY:
                return await self._story(subject_id, revision, voice, view)
            case Subject.FIRING:
                return await self._firing(subject_id, voice)
            case Subject.MOVE_STORY:
                return await self._move_story(subject_id, voice)
            case Subject.BROADCAST:
                return await self._broadcast(subject_id)
            case Subject.DIGEST:
                return await self._digest(subject_id, voice)

    async def _story(
        self, story_id: int, revision: int, voice: Voice, view: View
    ) -> Rendered | None:
        assets, quote = self._prices.assets, self._prices.quote
        async with self._database.reading() as tx:
            stored = await story_pages.told_story(tx, story_id, revision, view.owed_at)
            if stored is None:
                return None
            wanted = wanted_markets(stored.article, assets, quote)
            found = await markets.stored_markets(tx, wanted)
        now = self._clock()
        ticks = [one.tick for one in found.values() if one.tick is not None]
        prices = fresh_prices(quote, ticks, lambda tick: self._prices.is_stale(tick, now))
        return story_message(
            stored, assets, voice, now, prices, view.pictures, is_reply=view.is_reply
        )

    async def _firing(self, firing_id: int, voice: Voice) -> Rendered | None:
        async with self._database.reading() as tx:
            found = await firings.firing_with_alert(tx, firing_id)
            if found is None:
                return None
            firing, alert = found
            latest = (await markets.stored_market(tx, alert.market)).tick
            told = await move_stories.told_beside(tx, firing_id)
        assets, now = self._prices.assets, self._clock()
        return firing_message(firing, alert, latest, assets, voice, now, told)

    async def _move_story(self, row_id: int, voice: Voice) -> Rendered | None:
        async with self._database.reading() as tx:
            late = await move_stories.late_story(tx, row_id)
            found = await firings.firing_with_alert(tx, late[0]) if late else None
        if late is None or found is None:
            return None
        return reply_message(late[1], *found, self._prices.assets, voice, self._clock())

    async def _broadcast(self, broadcast_id: int) -> Rendered | None:
        async with self._database.reading() as tx:
            found = await broadcasts.broadcast(tx, broadcast_id)
        return None if found is None else broadcast_message(found)

    async def _digest(self, message_id: int, voice: Voice) -> Rendered | None:
        """What a message of many tells, of which each kind has a message of its own."""
        async with self._database.reading() as tx:
            total, newest = await digest_stories(tx, message_id, TOLD_TOGETHER)
            if newest:
                return stories_digest(newest, total, voice, self._clock())
            ids = await digest_firing_ids(tx, message_id)
            found = [await firings.firing_with_alert(tx, id_) for id_ in ids[:TOLD_TOGETHER]]
        fired = [one for one in found if one is not None]
        if not fired:
            return None
        total = len(fired) + max(0, len(ids) - TOLD_TOGETHER)
        return firings_digest(fired, total, self._prices.assets, voice, self._clock())
