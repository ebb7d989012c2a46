"""/settings: how a chat's messages look, chosen by buttons."""

from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said, settled, toast
from bot.chat.keyboards import Action, Press, button, pressed
from bot.chat.request import Request
from bot.domain.outbox import Pictures
from storage import settings

# Callback data refers to the place here: entries are added at the end and never move.
_CHOICES = (
    (Pictures.LARGE, "button.pictures_large"),
    (Pictures.SMALL, "button.pictures_small"),
    (Pictures.OFF, "button.pictures_off"),
)


async def prepare_settings(request: Request, room: Room) -> Apply:
    """/settings."""
    del request
    return partial(_show, room)


async def _show(room: Room, visit: Visit) -> Answer:
    chosen = await settings.pictures_of(visit.tx, visit.here.id)
    return _view(room, chosen, visit, edits=False)


async def prepare_pictures(request: Request, room: Room) -> Apply:
    """A button that chooses how the pictures of news are shown."""
    press = pressed(request.callback_data) or Press(Action.PICTURES, -1)
    if not 0 <= press.first < len(_CHOICES):
        return settled(toast(room.voice(request).plain("button.old"), is_popup=True))
    return partial(_choose, room, _CHOICES[press.first][0])


async def _choose(room: Room, pictures: Pictures, visit: Visit) -> Answer:
    await settings.set_pictures(visit.tx, visit.here.id, pictures)
    shown = _view(room, pictures, visit, edits=True)
    return Answer(shown.says, room.voice(visit.request).plain("settings.toast"))


def _view(room: Room, chosen: Pictures, visit: Visit, *, edits: bool) -> Answer:
    voice = room.voice(visit.request)
    buttons = []
    for number, (pictures, text_id) in enumerate(_CHOICES):
        label = voice.plain(text_id)
        if pictures is chosen:
            label = voice.plain("button.chosen", label=label)
        buttons.append(button(label, Action.PICTURES, number))
    return said(voice.html("settings.text"), (tuple(buttons),), edits=edits)
