"""Word to the people of a chat that cannot be written to as it was asked.

Owns the notices: they go to the private chats of those who set something there. Refuses to
repeat itself: one notice a person, chat and day.
"""

from datetime import timedelta

from bot.chat.answers import message
from bot.chat.catalogue import Catalogue, Html, Voice
from bot.domain.outbox import Reply
from bot.domain.ports import Clock
from storage import chats, outbox
from storage.database import Transaction

_LIFE = timedelta(days=1)


class ChatNotices:
    """Owes notices in the transaction that stores what they tell of."""

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def chat_paused(self, tx: Transaction, telegram_chat_id: int, reason: str) -> None:
        """Tell that the bot may no longer write to a chat, in Telegram's words for why."""
        title = await self._title(tx, telegram_chat_id)
        text = self._voice().html("notice.paused", chat=title, reason=reason)
        await self._owe(tx, telegram_chat_id, text, "paused")

    async def thread_closed(self, tx: Transaction, telegram_chat_id: int, thread_id: int) -> None:
        """Tell that a thread is closed or gone, and that its messages went to General."""
        title = await self._title(tx, telegram_chat_id)
        text = self._voice().html("notice.thread", chat=title)
        await self._owe(tx, telegram_chat_id, text, f"thread:{thread_id}")

    def _voice(self) -> Voice:
        return Voice(self._catalogue, None)

    async def _title(self, tx: Transaction, telegram_chat_id: int) -> str:
        stored = await chats.chat(tx, telegram_chat_id)
        return stored.title if stored and stored.title else str(telegram_chat_id)

    async def _owe(self, tx: Transaction, telegram_chat_id: int, text: Html, kind: str) -> None:
        now = self._clock()
        for person in await chats.caretakers(tx, telegram_chat_id):
            key = f"notice:{kind}:{telegram_chat_id}:{person.telegram_chat_id}:{now:%Y-%m-%d}"
            reply = Reply(person.id, message(text))
            await outbox.add_reply(tx, reply, key, now, expires_at=now + _LIFE)
