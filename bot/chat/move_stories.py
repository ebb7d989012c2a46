"""The stories beside a move, as an alert, its replies and /why tell them.

Pure. Owns their wording: what stands beside a move may explain it, and nothing more is claimed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.chat.answers import message
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.formatting import age_text, clock_text, percent_text, price_text
from bot.chat.labels import pair_symbol
from bot.chat.pushes import entry_of, line_of, source_at
from bot.chat.story_buttons import story_rows
from bot.chat.story_prices import PricesNow
from bot.domain.assets import Assets
from bot.domain.move_stories import Move, move_between, time_away
from bot.domain.outbox import Rendered
from bot.domain.swings import Swing
from storage.alert_rows import StoredAlert
from storage.firings import Firing
from storage.move_stories import ToldBeside

_MINUTE = timedelta(minutes=1)
_WHOLE_FROM = 10


def stories_part(told: Sequence[ToldBeside], move: Move, voice: Voice) -> Html:
    """The stories beside a move, a line each, or that there are none."""
    if not told:
        return voice.html("move.none")
    return joined("\n", [voice.html("move.stories"), *_lines(told, move, voice)])


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
        until=clock_text(swing.ended_at, now),
        times=_times_text(swing.times),
    )
    lines = _lines(told, Move(swing.began_at, swing.ended_at), voice)
    return joined("\n", [head, *(lines or [voice.html("move.none")])])


def _times_text(times: float) -> str:
    return f"{times:.0f}" if times >= _WHOLE_FROM else f"{times:.1f}"


def _lines(told: Sequence[ToldBeside], move: Move, voice: Voice) -> list[Html]:
    return [line_of(one.story, _source(one, move, voice), voice) for one in told]


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
    move = move_between(firing.previous_at, firing.price_at)
    entry = entry_of(one.story, _source(one, move, voice), assets, voice)
    rows = story_rows(one.story, PricesNow(), assets, voice)
    return message(joined("\n\n", [head, entry]), rows)


def _source(one: ToldBeside, move: Move, voice: Voice) -> Html:
    """Where a story is from, and when it was told: "CoinDesk · 12 min before"."""
    return source_at(one.story, _when(time_away(one.told_at, move), one.told_at, voice), voice)


def _when(away: timedelta, told_at: datetime, voice: Voice) -> str:
    if abs(away) < _MINUTE:
        return voice.plain("move.meanwhile")
    span = age_text(voice, told_at, told_at + abs(away))
    return voice.plain("move.before" if away < timedelta() else "move.after", span=span)
