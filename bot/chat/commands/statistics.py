"""/stats: what the bot knows and does in figures, for its operators."""

from datetime import timedelta
from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said
from bot.chat.catalogue import Html, joined
from bot.chat.request import Request
from bot.domain.chats import ChatState
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
    return said(joined("\n", lines))
