"""Setting an alert, wherever it was asked for: typed, pressed under news, or chosen.

Owns the order of it: what is known of the market is read first, then one transaction either sets
the alert and says so, or offers what else may have been meant: when a level can be read in two
ways, and when it is beyond its line already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from bot.chat.alert_arguments import AskedAlert
from bot.chat.alert_past import Past, Preview, read_past, read_preview
from bot.chat.alert_texts import Spoken, standing_html, wish_html
from bot.chat.answers import Answer, Room, Say, Visit, message, said
from bot.chat.arguments import NamedAsset
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.choices import choices_of, which_coin
from bot.chat.formatting import (
    clock_text,
    date_text,
    exact_percent_text,
    window_text,
)
from bot.chat.keyboards import Action, Press, button
from bot.chat.labels import alert_label, shared_name_note
from bot.domain.alerts import AlertState, Direction, Line, Told, Watch
from bot.domain.assets import Asset
from bot.domain.conditions import Close, Condition, Gauge, Range
from bot.domain.errors import ArgumentError
from bot.domain.markets import Market
from bot.domain.outbox import Button
from storage import alerts
from storage.alerts import NewAlert

_OFFERED = Watch(AlertState.OFFERED)
_OTHER_WAY = {Direction.ABOVE: Direction.BELOW, Direction.BELOW: Direction.ABOVE}
_WAITS = {
    Direction.ABOVE: "alert.waits_above",
    Direction.BELOW: "alert.waits_below",
    Direction.CROSS: "alert.waits_cross",
}
# "90.000" is asked about where ninety thousand is no further from the price than this, either way.
_NEAR_TIMES = 2
_THOUSAND = 3
_A_DAY = timedelta(days=1)
_TOLD = {Told.EXPLAINED: "alert.explained", Told.UNEXPLAINED: "alert.unexplained"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An alert about to be set, and what is known of its market.

    `named` is what its coin was called where somebody typed it; `may_be_thousands` is whether a
    level was typed as others write thousands, "90.000".
    """

    market: Market
    condition: Condition
    past: Past
    preview: Preview | None = None
    named: NamedAsset | None = None
    may_be_thousands: bool = False

    @property
    def watch(self) -> Watch:
        """How it begins."""
        return self.past.watch(self.condition)

    @property
    def is_beyond(self) -> bool:
        """Whether it is so already what it should ring at."""
        is_bare = isinstance(self.condition, Line) and self.condition.direction is Direction.CROSS
        known = self.past.value if isinstance(self.condition, Gauge) else self.past.price
        return known is not None and not is_bare and self.watch.state is AlertState.WAITING


async def wanted_alert(room: Room, market: Market, condition: Condition) -> Wanted:
    """An alert with what is known of its market: the price asked for anew, and the past read."""
    now = room.clock()
    tick = (await room.ticks([market])).get(market)
    fresh = tick if tick is not None and not room.prices.is_stale(tick, now) else None
    async with room.database.reading() as tx:
        past = await read_past(tx, market, condition, fresh, now)
        preview = await read_preview(tx, market, condition, fresh, now)
    return Wanted(market, condition, past, preview)


async def set_alert(
    room: Room, wanted: Wanted, visit: Visit, *, edits: bool = False, even_beyond: bool = False
) -> Answer:
    """Set an alert and say so; a level that can be read in two ways is asked about first.

    So is an alert that is beyond its line already. `even_beyond` sets that one all the same: it
    waits until the price has come back.
    """
    if refusal := await _refusal(room, wanted, visit, edits=edits):
        return refusal
    if question := await _level_question(room, wanted, visit, edits=edits):
        return question
    if wanted.is_beyond and not even_beyond:
        return await _ask_again(room, wanted, visit, edits=edits)
    here, request = visit.here, visit.request
    alert_id = await alerts.add_alert(
        visit.tx,
        NewAlert(
            here.id,
            wanted.market,
            wanted.condition,
            wanted.watch,
            wanted.past.price,
            request.user_id,
        ),
        visit.now,
    )
    return set_answer(room, wanted, alert_id, visit, edits=edits)


async def _refusal(room: Room, wanted: Wanted, visit: Visit, *, edits: bool) -> Answer | None:
    tx, here = visit.tx, visit.here
    voice = room.voice(visit.request)
    if await alerts.same_alert(tx, here.id, wanted.market, wanted.condition) is not None:
        label = alert_label(wanted.market, wanted.condition, room.assets)
        return said(voice.html("alert.exists", alert=label), ((_mine(voice),),), edits=edits)
    if await alerts.count_alerts_of_chat(tx, here.telegram_chat_id) >= room.max_alerts:
        raise ArgumentError("alert.limit", limit=str(room.max_alerts))
    return None


def _mine(voice: Voice) -> Button:
    return button(voice.plain("button.my_alerts"), Action.SHOW_ALERTS)


# ---- what was set


def set_answer(
    room: Room, wanted: Wanted, alert_id: int, visit: Visit, *, edits: bool = False
) -> Answer:
    """What an owner reads of an alert that was just set."""
    voice = room.voice(visit.request)
    undo = button(voice.plain("button.undo_alert"), Action.UNDO_ALERT, alert_id)
    text = set_text(room, wanted, visit)
    say = Say(message(text, ((undo, _mine(voice)),)), edits=edits)
    return Answer((say,), voice.plain("alert.toast"))


def set_text(room: Room, wanted: Wanted, visit: Visit) -> Html:
    """The alert as it was understood, how far there is to go, and how often it happened."""
    voice = room.voice(visit.request)
    spoken = Spoken(wanted.market, room.assets, voice)
    condition, past = wanted.condition, wanted.past
    standing = past.standing(condition, wanted.watch)
    waits = _waits_html(wanted, spoken) if wanted.is_beyond else _at_its_line(wanted, spoken)
    return joined(
        "\n",
        [
            wish_html(condition, spoken, past.price),
            waits or standing_html(condition, standing, spoken),
            *manner_lines(condition, voice, visit),
            preview_html(wanted.preview, voice),
            shared_name_note(wanted.named, voice) if wanted.named else Html(),
        ],
    )


def _waits_html(wanted: Wanted, spoken: Spoken) -> Html:
    condition, price = wanted.condition, wanted.past.price
    if isinstance(condition, Line) and price is not None:
        level = spoken.level(condition.level)
        return spoken.about(_WAITS[condition.direction], price=spoken.price(price), level=level)
    return spoken.about("alert.waits")


def _at_its_line(wanted: Wanted, spoken: Spoken) -> Html:
    """That a bare level stands at its price exactly; empty otherwise."""
    is_waiting = wanted.watch.state is AlertState.WAITING and wanted.past.price is not None
    is_line = isinstance(wanted.condition, Line)
    return _waits_html(wanted, spoken) if is_waiting and is_line else Html()


def manner_lines(condition: Condition, voice: Voice, visit: Visit) -> list[Html]:
    """How often it rings and how long, a line each; nothing for what is usual."""
    lines = []
    if condition.repeat:
        band = exact_percent_text(condition.band)
        lines.append(voice.html("alert.repeats", band=band))
    if condition.cooldown is not None:
        lines.append(voice.html("alert.rests", span=window_text(voice, condition.cooldown)))
    if condition.told is not None:
        lines.append(voice.html(_TOLD[condition.told]))
    if condition.until is not None:
        lines.append(_until_html(condition.until, voice, visit.now))
    if condition.note:
        lines.append(voice.html("alert.note", note=condition.note))
    return lines


def _until_html(until: datetime, voice: Voice, now: datetime) -> Html:
    """Until when it rings; midnight is told as the end of the day that was typed."""
    at = until.astimezone(UTC)
    if at.time() != time():
        return voice.html("alert.until", time=clock_text(at, now))
    return voice.html("alert.until_end", date=date_text(at - _A_DAY, now))


def preview_html(preview: Preview | None, voice: Voice) -> Html:
    """How often it happened lately; empty where that is not known."""
    if preview is None:
        return Html()
    if not preview.times:
        return voice.html("alert.preview_none", days=str(preview.days))
    return voice.html("alert.preview", n=preview.times, days=str(preview.days))


# ---- what may have been meant


def thousandfold(condition: Condition, price: Decimal) -> Condition | None:
    """The condition with levels a thousand times as large, where that brings them near the price.

    Near is between half and twice of it. None where no level is, or the ends of a range would
    change places, and for conditions without levels.
    """

    def grown(level: Decimal) -> Decimal:
        """A thousand times a level where that is near, else the level."""
        large = level.scaleb(_THOUSAND)
        return large if price <= large * _NEAR_TIMES and large <= price * _NEAR_TIMES else level

    other = condition
    match condition:
        case Line() | Close():
            other = replace(condition, level=grown(condition.level))
        case Range():
            low, high = grown(condition.low), grown(condition.high)
            other = replace(condition, low=low, high=high) if low < high else condition
    return None if other == condition else other


async def _level_question(
    room: Room, wanted: Wanted, visit: Visit, *, edits: bool
) -> Answer | None:
    """The price, and both readings of a level; None where there is no doubt about it.

    A pressed one is judged like one just typed.
    """
    price = wanted.past.price
    if not wanted.may_be_thousands or price is None:
        return None
    if (other := thousandfold(wanted.condition, price)) is None:
        return None
    spoken = Spoken(wanted.market, room.assets, room.voice(visit.request))
    choices = (other, wanted.condition)
    ids = await _offered(visit, [(wanted.market, choice) for choice in choices])
    row = tuple(
        button(_levels_text(choice, spoken), Action.PICK_ASSET, alert_id)
        for choice, alert_id in zip(choices, ids, strict=True)
    )
    text = spoken.about("alert.which_level", price=spoken.price(price))
    return said(text, (row,), edits=edits)


def _levels_text(condition: Condition, spoken: Spoken) -> str:
    match condition:
        case Line() | Close():
            return spoken.level(condition.level)
        case Range():
            return f"{spoken.level(condition.low)} … {spoken.level(condition.high)}"
        case _:
            return alert_label(spoken.market, condition, spoken.assets)


async def _ask_again(room: Room, wanted: Wanted, visit: Visit, *, edits: bool) -> Answer:
    """The price, and what may have been meant: the other way, or the next time."""
    voice = room.voice(visit.request)
    spoken = Spoken(wanted.market, room.assets, voice)
    choices = [
        other
        for other in (other_way(wanted.condition, wanted.past.price), wanted.condition)
        if other
    ]
    ids = await _offered(visit, [(wanted.market, choice) for choice in choices])
    rows = tuple(
        (button(_choice_text(choice, wanted, spoken), Action.SET_OFFER, alert_id),)
        for choice, alert_id in zip(choices, ids, strict=True)
    )
    label = alert_label(wanted.market, wanted.condition, room.assets)
    price = wanted.past.price
    text = (
        voice.html("alert.beyond_now", alert=label)
        if price is None
        else voice.html(
            "alert.beyond", alert=label, symbol=spoken.symbol, price=spoken.price(price)
        )
    )
    return said(text, rows, edits=edits)


def _choice_text(choice: Condition, wanted: Wanted, spoken: Spoken) -> str:
    voice = spoken.voice
    if choice == wanted.condition:
        return voice.plain("button.next_time")
    if isinstance(choice, Line):
        text_id = "button.rises" if choice.direction is Direction.ABOVE else "button.falls"
        return voice.plain(text_id, level=spoken.level(choice.level))
    return voice.plain("button.other_way", alert=alert_label(wanted.market, choice, spoken.assets))


def other_way(condition: Condition, price: Decimal | None) -> Condition | None:
    """What somebody may have meant who asked for what is so already, None where that is nothing."""
    match condition:
        case Line() | Close() | Gauge():
            way = _OTHER_WAY.get(condition.direction)
            return None if way is None else replace(condition, direction=way)
        case Range() if price is not None:
            over = price >= condition.high
            return Line(
                Direction.BELOW if over else Direction.ABOVE,
                condition.high if over else condition.low,
                condition.repeat,
                condition.band,
                condition.cooldown,
                condition.until,
                condition.note,
                condition.told,
            )
        case _:
            return None


async def ask_which(room: Room, asked: AskedAlert, visit: Visit) -> Answer:
    """Several coins share a symbol: which one, with a button each, the largest first.

    The second number of a button is 1 where a level may be in thousands: what it is near to is
    known once the coin is.
    """
    voice, quote = room.voice(visit.request), asked.market.quote
    found = choices_of(asked.named)
    ids = await _offered(visit, [(Market(asset.id, quote), asked.condition) for asset in found])
    offers = {asset.id: alert_id for asset, alert_id in zip(found, ids, strict=True)}

    def press_for(coin: Asset) -> Press:
        """What the button of a coin sends."""
        return Press(Action.PICK_ASSET, offers[coin.id], int(asked.may_be_thousands))

    question = which_coin(found, press_for, room.assets, voice)
    return Answer((question,))


async def _offered(visit: Visit, choices: Sequence[tuple[Market, Condition]]) -> list[int]:
    """The choices as alerts that are not set yet, by the ids that buttons name."""
    user_id = visit.request.user_id
    return [
        await alerts.add_alert(
            visit.tx, NewAlert(visit.here.id, market, condition, _OFFERED, None, user_id), visit.now
        )
        for market, condition in choices
    ]
