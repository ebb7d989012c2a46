"""/health: how the parts do, for operators, and which provider of prices is used and why.

Owns what is worth a warning. What a machine asks for is at `/readyz`, and figures are /stats'.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.fitting import cut_text
from bot.chat.formatting import age_text, clock_text
from bot.chat.request import Request
from bot.domain.providers import ProviderState, Trouble
from bot.domain.sources import Source
from storage.database import Transaction
from storage.outbox_upkeep import next_due_at, waiting_counts
from storage.sources import active_sources

# More failing ones than these are counted only: the answer is read on a phone.
_SHOWN_SOURCES = 10
_ERROR_UNITS = 160
# What waits for less is on its way.
_LATE_AFTER = timedelta(minutes=1)
_WELL, _ILL = "✅", "⚠️"


async def prepare_health(request: Request, room: Room) -> Apply:
    """/health."""
    del request
    return partial(_health, room)


async def _health(room: Room, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    parts = [
        voice.html("health.title", time=clock_text(visit.now, visit.now)),
        voice.html("health.reached", mark=_WELL),
        *_prices(room.prices.providers(), voice, visit.now),
        *_sources(await active_sources(visit.tx), voice, visit.now),
        await _outbox(visit.tx, voice, visit.now),
    ]
    return said(joined("\n", parts))


def _prices(states: Sequence[ProviderState], voice: Voice, now: datetime) -> list[Html]:
    """A line for each provider, the preferred first."""
    return [
        voice.html(
            "health.provider",
            mark=_ILL if state.trouble or state.off else _WELL,
            provider=_provider(state, voice, now),
        )
        for state in states
    ]


def _provider(state: ProviderState, voice: Voice, now: datetime) -> Html:
    """How a provider of prices is doing, and why it is used or not."""
    provider = _standing(state, voice, now)
    if not state.off:
        return provider
    return voice.html("health.provider_off", n=state.off, provider=provider)


def _standing(state: ProviderState, voice: Voice, now: datetime) -> Html:
    if state.trouble is None:
        if not state.in_use:
            return voice.html("health.provider_ready", name=state.name)
        if state.streamed:
            return voice.html("health.provider_streaming", n=state.streamed, name=state.name)
        return voice.html("health.provider_used", name=state.name)
    again = clock_text(now + timedelta(seconds=state.back_seconds), now)
    if state.trouble is Trouble.BLOCKED:
        return voice.html("health.provider_blocked", name=state.name, time=again)
    return voice.html("health.provider_failing", name=state.name, detail=state.detail, time=again)


def _sources(sources: Sequence[Source], voice: Voice, now: datetime) -> list[Html]:
    """How many sources answer, and a line for each that fails, the longest failing first."""
    failing = sorted(
        (source for source in sources if source.last_error is not None),
        key=lambda source: source.failing_since_at or now,
    )
    mark = _ILL if failing else _WELL
    well = f"{len(sources) - len(failing):,}"
    lines = [voice.html("health.sources", n=len(sources), mark=mark, well=well)]
    for source in failing[:_SHOWN_SOURCES]:
        since = clock_text(source.failing_since_at or source.last_polled_at or now, now)
        error = cut_text(source.last_error or "", _ERROR_UNITS)
        lines.append(voice.html("health.source", name=source.name, since=since, error=error))
    if len(failing) > _SHOWN_SOURCES:
        lines.append(voice.html("health.more_sources", n=len(failing) - _SHOWN_SOURCES))
    return lines


async def _outbox(tx: Transaction, voice: Voice, now: datetime) -> Html:
    """How many messages wait, and for how long the first of them does."""
    waiting = sum((await waiting_counts(tx)).values())
    due_at = await next_due_at(tx)
    if due_at is None or now - due_at < _LATE_AFTER:
        return voice.html("health.outbox", n=waiting, mark=_WELL)
    age = age_text(voice, due_at, now)
    return voice.html("health.outbox_late", n=waiting, mark=_ILL, age=age)
