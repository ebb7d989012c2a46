"""Word to the operators of how a provider of prices is doing.

Owns the notices: they go to the private chats of the operators who started the bot. Refuses to
decide when: `bot.prices.reporting` does.
"""

from collections.abc import Collection
from datetime import timedelta

from bot.chat.answers import message
from bot.chat.catalogue import Catalogue, Html, Voice
from bot.domain.outbox import Reply
from bot.domain.ports import Clock
from bot.domain.providers import ProviderNews, Trouble
from storage import chats, outbox
from storage.database import Transaction

_LIFE = timedelta(days=1)
_TEXT_IDS = {
    Trouble.BLOCKED: "notice.provider_blocked",
    Trouble.FAILING: "notice.provider_failing",
    Trouble.STALE: "notice.provider_stale",
    Trouble.OFF: "notice.provider_off",
}


class ProviderNotices:
    """Owes notices of providers; implements `ports.ProviderReports`."""

    def __init__(self, catalogue: Catalogue, operators: Collection[int], clock: Clock) -> None:
        self._catalogue = catalogue
        self._operators = operators
        self._clock = clock

    async def report(self, tx: Transaction, news: ProviderNews) -> None:
        """Owe each operator this news of a provider."""
        now = self._clock()
        for operator in sorted(self._operators):
            found = await chats.known_destination(tx, operator)
            if found is None:
                continue
            stored = await chats.chat(tx, operator)
            voice = Voice(self._catalogue, stored.language if stored else None)
            what = news.trouble.value if news.trouble else "back"
            key = f"provider:{what}:{news.provider}:{operator}:{news.at:%Y-%m-%dT%H:%M}"
            reply = Reply(found.id, message(_text(news, voice)))
            await outbox.add_reply(tx, reply, key, now, expires_at=now + _LIFE)


def _text(news: ProviderNews, voice: Voice) -> Html:
    if news.trouble is None:
        return voice.html("notice.provider_back", provider=news.provider)
    text_id = _TEXT_IDS.get(news.trouble, "notice.provider_failing")
    return voice.html(text_id, provider=news.provider, detail=news.detail)
