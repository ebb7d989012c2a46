"""Where every update is answered.

Owns the order of things: read, check who asks, prepare without a transaction, then one
writing transaction that stores what changes, owes the answer and marks the update handled. A
crash leaves either nothing or all of it. What Telegram only shows for a moment, the toast of
a pressed button, comes after the commit and may be lost.
"""

import json
from functools import partial

import structlog
import telegram
from telegram.error import TelegramError

from bot.chat.answers import (
    SILENCE,
    Answer,
    Apply,
    Command,
    Room,
    Visit,
    error_text,
    said,
    settled,
    toast,
)
from bot.chat.arguments import is_only_a_coin
from bot.chat.catalogue import Catalogue
from bot.chat.commands import BUTTONS, COMMANDS, HINT, UNKNOWN
from bot.chat.commands.welcome import prepare_hello
from bot.chat.files import fetched_file
from bot.chat.fitting import cut_text
from bot.chat.keyboards import pressed
from bot.chat.members import Administrators
from bot.chat.request import Request, RequestKind, read_request
from bot.chat.stars import star_balance
from bot.domain.chats import ChatKind, ChatSeen, ChatState
from bot.domain.errors import ArgumentError, CoinbellError, StorageError
from bot.domain.outbox import Reply
from bot.domain.ports import Charts, Clock, Prices, Signal, SourceFinder
from storage import chat_moves, chats, inbox, outbox
from storage.database import Database, Transaction
from storage.inbox import Received

_log = structlog.get_logger(__name__)

_TOAST_LIMIT = 200
_MEMBERSHIP = "my_chat_member"
_CONVERSATION = (RequestKind.COMMAND, RequestKind.TEXT, RequestKind.CALLBACK)


class Desk:
    """Answers updates, one at a time for each chat; `bot` must be initialised.

    With `paid_broadcast` an operator is told what a broadcast costs before it is sent.
    """

    def __init__(  # noqa: PLR0913  # the parts it is built of, each by name
        self,
        *,
        database: Database,
        bot: telegram.Bot,
        catalogue: Catalogue,
        prices: Prices,
        administrators: Administrators,
        operators: frozenset[int],
        clock: Clock,
        outbox_signal: Signal,
        finder: SourceFinder,
        charts: Charts,
        paid_broadcast: bool = False,
        max_alerts: int = 200,
    ) -> None:
        self._database = database
        self._bot = bot
        self._administrators = administrators
        self._clock = clock
        self._outbox_signal = outbox_signal
        balance = partial(star_balance, bot) if paid_broadcast else None
        self._room = Room(
            database,
            catalogue,
            prices,
            operators,
            clock,
            finder,
            charts,
            partial(fetched_file, bot),
            balance,
            max_alerts,
        )

    async def handle(self, received: Received) -> bool:
        """Answer an update; false when it failed and is to be tried again.

        Raises nothing: what goes wrong is logged with its traceback and counted, and the
        third failure is told to the person and ends it.
        """
        request: Request | None = None
        try:
            update = telegram.Update.de_json(json.loads(received.payload), self._bot)
            request = read_request(update, self._bot.username)
            await self._answer(request)
        except Exception as error:  # noqa: BLE001  # the edge of a handler: counted and logged
            _log.exception("update_failed", update_id=received.update_id)
            return await self._failed(received, request, error)
        return True

    async def _answer(self, request: Request) -> None:
        try:
            answer = await self._committed(request, await self._prepared(request))
        except StorageError:
            raise  # nothing was stored, so that it can be tried again
        except CoinbellError as error:
            _log.info("request_refused", update_id=request.update_id, reason=_reason(error))
            answer = await self._committed(request, self._refusal(request, error))
        if answer.says:
            self._outbox_signal.wake()
        if request.callback_id is not None:
            await self._show_toast(request.callback_id, answer)

    async def _prepared(self, request: Request) -> Apply | None:
        """What to do about a request, or None when it is to be met with silence."""
        if request.kind is RequestKind.MEMBER and request.is_newcomer:
            return await prepare_hello(request, self._room)
        command = self._command(request)
        if command is None:
            is_press = request.kind is RequestKind.CALLBACK
            return self._toast(request, _dead_button(request)) if is_press else None
        if _is_for_admins(command, request) and not await self._may_change(request):
            return self._refused(request)
        return await command.prepare(request, self._room)

    def _command(self, request: Request) -> Command | None:
        match request.kind:
            case RequestKind.CALLBACK:
                press = pressed(request.callback_data)
                found = BUTTONS[press.action] if press and request.chat else None
            case RequestKind.TEXT:
                is_coin = is_only_a_coin(request.argument_text, self._room.assets)
                return COMMANDS["price"] if is_coin else HINT
            case RequestKind.COMMAND:
                found = COMMANDS.get(request.command)
            case _:
                return None
        if found is not None and found.for_operators:
            found = found if request.user_id in self._room.operators else None
        is_meant = request.is_private or request.is_addressed
        if found is None and request.kind is RequestKind.COMMAND and is_meant:
            return UNKNOWN
        return found

    async def _may_change(self, request: Request) -> bool:
        if request.is_private or request.speaks_for_chat:
            return True
        if request.chat is None or request.user_id is None:
            return False
        chat_id = request.chat.telegram_chat_id
        return await self._administrators.is_admin(chat_id, request.user_id)

    def _refused(self, request: Request) -> Apply:
        if request.kind is RequestKind.CALLBACK:
            return self._toast(request, "rights.toast")
        return settled(said(self._room.voice(request).html("rights.needed")))

    def _refusal(self, request: Request, error: CoinbellError) -> Apply:
        command = self._command(request)
        example = command.example if command else ""
        return settled(said(error_text(error, self._room.voice(request), example)))

    def _toast(self, request: Request, text_id: str) -> Apply:
        return settled(toast(self._room.voice(request).plain(text_id), is_popup=True))

    async def _committed(self, request: Request, apply: Apply | None) -> Answer:
        async with self._database.writing() as tx:
            answer = await self._applied(tx, request, apply)
            await inbox.mark_handled(tx, request.update_id, self._clock())
        return answer

    async def _applied(self, tx: Transaction, request: Request, apply: Apply | None) -> Answer:
        if request.moved_from is not None and request.moved_to is not None:
            await chat_moves.migrate_chat(tx, request.moved_from, request.moved_to, self._clock())
        if request.chat is not None and request.member_state is not None:
            await self._note_membership(tx, request.chat, request.member_state)
        if request.chat is None or apply is None:
            return SILENCE
        return await self._visited(tx, request, request.chat, apply)

    async def _note_membership(self, tx: Transaction, chat: ChatSeen, state: ChatState) -> None:
        """Store whether a known chat can be written to; an unknown one is not kept for this."""
        reason = None if state is ChatState.ACTIVE else _MEMBERSHIP
        await chats.set_chat_state(tx, chat.telegram_chat_id, state, reason, self._clock())

    async def _visited(
        self, tx: Transaction, request: Request, chat: ChatSeen, apply: Apply
    ) -> Answer:
        now = self._clock()
        await chats.see_chat(tx, chat, now)
        # Whoever writes or presses can be written to.
        await chats.set_chat_state(tx, chat.telegram_chat_id, ChatState.ACTIVE, None, now)
        here = await chats.destination(tx, chat.telegram_chat_id, request.thread_id)
        answer = await apply(Visit(tx, request, here, now))
        await self._owe(tx, request, answer, here.id)
        return answer

    async def _owe(self, tx: Transaction, request: Request, answer: Answer, here_id: int) -> None:
        is_command = request.kind is RequestKind.COMMAND and not request.is_private
        for number, say in enumerate(answer.says):
            # A message too old to be read is too old to be edited: it is sent anew.
            edits = say.edits and request.pressed_text
            reply = Reply(
                here_id if answer.destination_id is None else answer.destination_id,
                say.rendered,
                edit_message_id=request.message_id if edits else None,
                reply_to_message_id=request.message_id if is_command else None,
            )
            key = say.producer_key or f"update:{request.update_id}:{number}"
            await outbox.add_reply(tx, reply, key, self._clock())

    async def _show_toast(self, callback_id: str, answer: Answer) -> None:
        text = cut_text(answer.toast_text, _TOAST_LIMIT) if answer.toast_text else None
        try:
            await self._bot.answer_callback_query(callback_id, text, show_alert=answer.is_popup)
        except TelegramError as error:
            # Old, answered already, or Telegram away: the answer itself is owed and comes.
            _log.info("toast_not_shown", error=str(error))

    async def _failed(self, received: Received, request: Request | None, error: Exception) -> bool:
        """Count a failure; true when it was the last try, and the person was told."""
        try:
            try:
                given_up = await self._counted(received, request, error)
            except Exception:  # noqa: BLE001  # what broke the answer may break the apology
                _log.exception("apology_failed", update_id=received.update_id)
                given_up = await self._counted(received, None, error)
        except CoinbellError as second:
            _log.warning("failure_not_counted", update_id=received.update_id, error=second.log_text)
            return False
        if given_up:
            self._outbox_signal.wake()
        return given_up

    async def _counted(self, received: Received, request: Request | None, error: Exception) -> bool:
        reason = _reason(error) if isinstance(error, CoinbellError) else type(error).__name__
        async with self._database.writing() as tx:
            given_up = await inbox.mark_failed(tx, received.update_id, reason, self._clock())
            if given_up and request is not None:
                await self._apologise(tx, request, error)
        return given_up

    async def _apologise(self, tx: Transaction, request: Request, error: Exception) -> None:
        if request.chat is None or request.kind not in _CONVERSATION:
            return
        text_id = error.text_id if isinstance(error, CoinbellError) else CoinbellError.text_id
        sorry = settled(said(self._room.voice(request).html(text_id)))
        await self._visited(tx, request, request.chat, sorry)


def _dead_button(request: Request) -> str:
    """Why a button does nothing: not for whoever presses it, or not any more."""
    press = pressed(request.callback_data)
    is_known = press is not None and request.chat is not None
    return "rights.operators" if is_known else "button.old"


def _is_for_admins(command: Command, request: Request) -> bool:
    """Whether only administrators may do that here.

    In a channel they alone write, and a reader's press must not make the bot write either.
    """
    is_channel = request.chat is not None and request.chat.kind is ChatKind.CHANNEL
    return command.changes_settings or (is_channel and not command.only_toasts)


def _reason(error: CoinbellError) -> str:
    """An error for the log, without what a person typed."""
    return error.argument_text_id if isinstance(error, ArgumentError) else error.log_text
