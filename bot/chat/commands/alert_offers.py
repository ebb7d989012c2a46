"""The buttons that answer a question about an alert: which coin or level, or what was meant.

Owns that a question is answered once: its other choices go with the one that is taken.
"""

from dataclasses import replace
from functools import partial

from bot.chat.alert_setting import Wanted, set_alert, wanted_alert
from bot.chat.answers import Answer, Apply, Room, Visit, settled, toast
from bot.chat.commands.alerting import alert_here
from bot.chat.keyboards import Action, Press, pressed
from bot.chat.request import Request
from bot.domain.alerts import AlertState
from storage import alerts
from storage.alert_rows import StoredAlert


async def prepare_offer(request: Request, room: Room) -> Apply:
    """A choice of a question.

    What was meant beyond its line is set however the price stands; a coin or a level that was
    picked is judged like one just typed.
    """
    stored = await alert_here(request, room)
    if stored is None or stored.watch.state is not AlertState.OFFERED:
        return settled(toast(room.voice(request).plain("alert.answered"), is_popup=True))
    wanted = await wanted_alert(room, stored.market, stored.condition)
    press = pressed(request.callback_data) or Press(Action.SET_OFFER)
    if press.action is not Action.PICK_ASSET:
        return partial(_accept, room, stored, wanted)
    return partial(_pick, room, stored, replace(wanted, may_be_thousands=press.second == 1))


async def _accept(room: Room, stored: StoredAlert, wanted: Wanted, visit: Visit) -> Answer:
    if not await alerts.drop_offers(visit.tx, stored):
        return toast(room.voice(visit.request).plain("alert.answered"), is_popup=True)
    return await set_alert(room, wanted, visit, edits=True, even_beyond=True)


async def _pick(room: Room, stored: StoredAlert, wanted: Wanted, visit: Visit) -> Answer:
    if not await alerts.drop_offers(visit.tx, stored):
        return toast(room.voice(visit.request).plain("alert.answered"), is_popup=True)
    return await set_alert(room, wanted, visit, edits=True)
