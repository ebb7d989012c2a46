"""Word to the operators of how a source is doing.

Owns the notices: they go to the private chats of the operators who started the bot. Refuses to
decide when: `bot.news.sources.troubles` does.
"""

from collections.abc import Collection
from datetime import timedelta

from bot.chat.answers import message
from bot.chat.catalogue import Catalogue, Html, Voice
from bot.domain.outbox import Reply
from bot.domain.ports import Clock
from bot.domain.sources import Source, SourceNews, SourceOrigin
from storage import chats, outbox
from storage.database import Transaction

_LIFE = timedelta(days=1)


class SourceNotices:
    """Owes notices in the transaction that records a poll; implements `ports.SourceReports`."""

    def __init__(self, catalogue: Catalogue, operators: Collection[int], clock: Clock) -> None:
        self._catalogue = catalogue
        self._operators = operators
        self._clock = clock

    async def report(self, tx: Transaction, source: Source, news: SourceNews) -> None:
        """Owe each operator this news of a source."""
        now = self._clock()
        for operator in sorted(self._operators):
            found = await chats.known_destination(tx, operator)
            if found is None:
                continue
            stored = await chats.chat(tx, operator)
            voice = Voice(self._catalogue, stored.language if stored else None)
            key = f"source:{news.value}:{source.id}:{operator}:{now:%Y-%m-%dT%H:%M}"
            reply = Reply(found.id, message(_text(source, news, voice)))
            await outbox.add_reply(tx, reply, key, now, expires_at=now + _LIFE)


def _text(source: Source, news: SourceNews, voice: Voice) -> Html:
    match news:
        case SourceNews.FAILING:
            reason = source.last_error or "?"
            return voice.html("notice.source_failing", source=source.name, reason=reason)
        case SourceNews.RECOVERED:
            return voice.html("notice.source_recovered", source=source.name)
        case SourceNews.RETIRED:
            text_id = "notice.source_retired"
            if source.origin is SourceOrigin.COMMAND:
                text_id = "notice.source_retired_added"
            return voice.html(text_id, source=source.name, key=source.key)
