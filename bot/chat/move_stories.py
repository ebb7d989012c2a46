"""The stories beside a move, as an alert, its replies and /why tell them.

Pure. Owns their wording: what stands beside a move may explain it, and nothing more is claimed;
good news beside a fall and bad news beside a rise are named as such.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.chat.answers import message
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.formatting import clock_text, percent_text, price_text
from bot.chat.labels import pair_symbol
from bot.chat.pushes import entry_of, line_of, source_at
from bot.chat.story_buttons import story_rows
from bot.chat.story_prices import PricesNow
from bot.domain.assets import Assets
from bot.domain.conditions import Way
from bot.domain.move_stories import (
    Move,
    contradicts,
    fired_way,
    leaning,
    move_between,
    time_away,
)
from bot.domain.outbox import Rendered
from bot.domain.swings import Swing
from storage.alert_rows import StoredAlert
from storage.firings import Firing
from storage.move_stories import ToldBeside

_MINUTE = timedelta(minutes=1)
_NO_BREAK = "\u00a0"
# A dot between words, but none in the address of a link.
_DOT = re.compile(r" · (?![^<>]*>)")
_WHOLE_FROM = 10


def stories_part(told: Sequence[ToldBeside], move: Move, voice: Voice) -> Html:
    """The stories beside a move, a line each, or that there are none."""
    if not told:
        return voice.html("move.none")
    head = "move.stories" if _may_explain(told, move) else "move.against"
    return joined("\n", [voice.html(head), *_lines(told, move, voice)])


def swing_part(
    swing: Swing, quote: str, told: Sequence[ToldBeside], voice: Voice, now: datetime
) -> Html:
    """A move of the day: how far, when, how unusual, and the stories beside it."""
    head = voice.html(
        "swings.up" if swing.change > 0 else "swings.down",
        change=percent_text(swing.change),
        start=price_text(swing.from_price, quote),
        end=price_text(swing.to_price, quote),
        since=clock_text(swing.began_at, now),
        # Beside its beginning, so that a day is named once.
        until=clock_text(_next_minute(swing.ended_at), swing.began_at),
        times=_times_text(swing.times),
    )
    move = swing_move(swing)
    parts = [head, *_lines(told, move, voice)]
    if not _may_explain(told, move):
        parts.insert(1, voice.html("move.against" if told else "move.none"))
    return joined("\n", parts)


def _next_minute(at: datetime) -> datetime:
    """A time on the minute; one within it counts as its end: seconds take a while too."""
    begun = at.replace(second=0, microsecond=0)
    return begun if begun == at else begun + _MINUTE


def swing_move(swing: Swing) -> Move:
    """The move that a swing is; the price was seen all along."""
    way = Way.UP if swing.change > 0 else Way.DOWN
    return Move(swing.began_at, swing.ended_at, way, is_followed=True)


def firing_move(firing: Firing, alert: StoredAlert) -> Move:
    """The move that an alert fired at, with the way in which the alert saw the price go."""
    way = fired_way(alert.condition, firing.reason)
    return move_between(firing.previous_at, firing.price_at, way)


def _is_against(one: ToldBeside, move: Move) -> bool:
    return contradicts(leaning(one.story.article.tone), move.way)


def _may_explain(told: Sequence[ToldBeside], move: Move) -> bool:
    return not all(_is_against(one, move) for one in told)


def _times_text(times: float) -> str:
    return f"{times:.0f}" if times >= _WHOLE_FROM else f"{times:.1f}"


def _lines(told: Sequence[ToldBeside], move: Move, voice: Voice) -> list[Html]:
    return [_unbroken(line_of(one.story, _source(one, move, voice), voice)) for one in told]


def _unbroken(html: Html) -> Html:
    """A line that on a narrow screen breaks behind a dot and never before one."""
    return Html(_DOT.sub(f"{_NO_BREAK}· ", html))


def reply_message(
    one: ToldBeside,
    firing: Firing,
    alert: StoredAlert,
    assets: Assets,
    voice: Voice,
    now: datetime,
) -> Rendered:
    """A story that came after an alert: which move it may explain, then the story."""
    head = voice.html(
        "move.may_explain",
        symbol=pair_symbol(alert.market, assets),
        price=price_text(firing.price, alert.market.quote),
        time=clock_text(firing.price_at, now),
    )
    source = _unbroken(_source(one, firing_move(firing, alert), voice))
    entry = entry_of(one.story, source, assets, voice)
    rows = story_rows(one.story, PricesNow(), assets, voice)
    return message(joined("\n\n", [head, entry]), rows)


def _source(one: ToldBeside, move: Move, voice: Voice) -> Html:
    """Where a story is from, and when it was told: "CoinDesk · 12 min before".

    Of one that is against the move also which news it is: "12 min before · good news".
    """
    when = _when(time_away(one.told_at, move), voice)
    if _is_against(one, move):
        kind = voice.plain("move.bad_news" if move.way is Way.UP else "move.good_news")
        when = f"{when} · {kind}"
    return source_at(one.story, when, voice)


def _when(away: timedelta, voice: Voice) -> str:
    if abs(away) < _MINUTE:
        return voice.plain("move.meanwhile")
    span = _span_text(abs(away), voice)
    told = voice.plain("move.before" if away < timedelta() else "move.after", span=span)
    return told.replace(" ", _NO_BREAK)


def _span_text(span: timedelta, voice: Voice) -> str:
    """To the minute, for an hour is long beside a move: "12 min", "1 h 51 min", "2 h"."""
    hours, minutes = divmod(span // _MINUTE, 60)
    parts = [voice.plain("age.hours", n=hours)] if hours else []
    if minutes:
        parts.append(voice.plain("age.minutes", n=minutes))
    return " ".join(parts)
