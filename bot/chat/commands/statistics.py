"""/stats: what the bot knows and does, for its operators."""

from datetime import datetime, timedelta
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said
from bot.chat.catalogue import Html, Voice, joined
from bot.chat.formatting import clock_text
from bot.chat.request import Request
from bot.domain.chats import ChatState
from bot.domain.providers import ProviderState, Trouble
from storage import alerts, articles, chats, outbox_upkeep, subscriptions

_DAY = timedelta(hours=24)


async def prepare_stats(request: Request, room: Room) -> Apply:
    """/stats."""
    del request
    return partial(_stats, room)


async def _stats(room: Room, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    tx = visit.tx
    since = visit.now - _DAY
    by_kind = await chats.chat_counts(tx)
    asked, askers = await subscriptions.subscription_counts(tx)
    watching, fired = await alerts.alert_counts(tx)
    kept, fresh = await articles.article_counts(tx, since)
    waiting = sum((await outbox_upkeep.waiting_counts(tx)).values())
    active = sum(n for (_, state), n in by_kind.items() if state == ChatState.ACTIVE.value)
    away = sum(by_kind.values()) - active
    kinds = ", ".join(
        f"{n:,} {kind}"
        for (kind, state), n in sorted(by_kind.items())
        if state == ChatState.ACTIVE.value
    )
    lines: list[Html] = [
        voice.html("stats.title"),
        voice.html("stats.chats", n=active, kinds=kinds or "—", away=f"{away:,}"),
        voice.html("stats.subscriptions", n=asked, chats=f"{askers:,}"),
        voice.html("stats.alerts", n=watching, fired=f"{fired:,}"),
        voice.html("stats.articles", n=kept, fresh=f"{fresh:,}"),
        voice.html(
            "stats.messages", n=await outbox_upkeep.sent_count(tx, since), waiting=f"{waiting:,}"
        ),
    ]
    if states := room.prices.providers():
        providers = joined(" · ", [_provider(one, voice, visit.now) for one in states])
        lines.append(voice.html("stats.prices", providers=providers))
    return said(joined("\n", lines))


def _provider(state: ProviderState, voice: Voice, now: datetime) -> Html:
    """How a provider of prices is doing, and why it is not used."""
    provider = _standing(state, voice, now)
    if not state.off:
        return provider
    return voice.html("stats.provider_off", n=state.off, provider=provider)


def _standing(state: ProviderState, voice: Voice, now: datetime) -> Html:
    if state.trouble is None:
        if not state.in_use:
            return voice.html("stats.provider_ready", name=state.name)
        if state.streamed:
            return voice.html("stats.provider_streaming", n=state.streamed, name=state.name)
        return voice.html("stats.provider_used", name=state.name)
    again = clock_text(now + timedelta(seconds=state.back_seconds), now)
    if state.trouble is Trouble.BLOCKED:
        return voice.html("stats.provider_blocked", name=state.name, time=again)
    return voice.html("stats.provider_failing", name=state.name, detail=state.detail, time=again)
