"""/forget: everything kept about a chat goes, after a question.

Owns the goodbye. The chat's row, its destinations and all that hangs on them are deleted in
one transaction, and what its people wrote is emptied from the inbox; a bare destination is
made anew to carry the last message, and `storage.chats.drop_forgotten` deletes that too.
"""

from functools import partial

from bot.chat.answers import Answer, Apply, Room, Say, Visit, message, said, settled
from bot.chat.catalogue import Voice
from bot.chat.keyboards import Action, button, pressed
from bot.chat.request import Request
from storage import chats, inbox

_YES = 1


async def prepare_forget(request: Request, room: Room) -> Apply:
    """/forget: asks."""
    voice = room.voice(request)
    rows = (
        (button(voice.plain("button.forget_yes"), Action.FORGET, _YES),),
        (button(voice.plain("button.forget_no"), Action.FORGET, 0),),
    )
    return settled(said(voice.html("forget.ask"), rows))


async def prepare_forget_press(request: Request, room: Room) -> Apply:
    """The answer to the question."""
    voice = room.voice(request)
    press = pressed(request.callback_data)
    if press is None or press.first != _YES:
        return settled(said(voice.html("forget.kept"), edits=True))
    return partial(_forget, voice)


async def _forget(voice: Voice, visit: Visit) -> Answer:
    chat = visit.request.chat
    if chat is None:
        return Answer()
    await chats.forget_chat(visit.tx, chat.telegram_chat_id)
    await inbox.forget_updates(visit.tx, chat.telegram_chat_id, visit.request.update_id)
    bare = await chats.say_goodbye(
        visit.tx, chat.telegram_chat_id, chat.kind, visit.request.thread_id, visit.now
    )
    goodbye = Say(message(voice.html("forget.goodbye")), edits=True)
    return Answer((goodbye,), destination_id=bare.id)
