"""What a message says, made when it is sent and kept for a few seconds.

Owns the cache between the outbox and the renderer: a story for 100,000 chats is rendered
once every few seconds for each view. Refuses to render itself.
"""

from bot.domain.outbox import Claimed, Rendered, Subject, View
from bot.domain.payloads import Payload, payload_from
from bot.domain.ports import Renderer

_KEPT_SECONDS = 5.0
_KEPT_MOST = 500

_Key = tuple[Subject, int, int, View]


class Texts:
    """Payloads of messages, rendered at most once every five seconds a key."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._kept: dict[_Key, tuple[float, Rendered | None]] = {}

    async def payload(self, message: Claimed, monotonic: float) -> Payload | None:
        """What to send for a message, or None when its subject is gone.

        Raises what the renderer raises, and ValueError for a payload that nobody wrote.
        """
        if message.payload is not None:
            return payload_from(message.payload)
        if message.subject is None or message.subject_id is None:
            return None
        key = (message.subject, message.subject_id, message.revision, message.view)
        kept = self._kept.get(key)
        if kept is None or monotonic - kept[0] > _KEPT_SECONDS:
            self._drop_old(monotonic)
            kept = (monotonic, await self._renderer.rendered(*key))
            self._kept[key] = kept
        if kept[1] is None:
            return None
        return Payload(kept[1], message.edit_message_id, message.reply_to_message_id)

    def _drop_old(self, monotonic: float) -> None:
        if len(self._kept) >= _KEPT_MOST:
            self._kept = {k: v for k, v in self._kept.items() if monotonic - v[0] <= _KEPT_SECONDS}
