"""/start, /help, and what is said to words that are no command.

Owns the first minute: three buttons that lead to a subscription and an alert in two taps.
"""

from bot.chat.answers import Apply, Room, Rows, said, settled
from bot.chat.catalogue import Voice, joined
from bot.chat.keyboards import Action, button, rows_of
from bot.chat.presets import EVERYTHING_PRESET, PRESET_ASSETS
from bot.chat.request import Request

_TOPICS_A_ROW = 3
_BITCOIN = 0
_A_SOURCE = "coindesk"


async def prepare_start(request: Request, room: Room) -> Apply:
    """/start: a welcome."""
    voice = room.voice(request)
    return settled(said(voice.html("start.welcome"), first_buttons(voice)))


def first_buttons(voice: Voice) -> Rows:
    """A first subscription, a first alert, and more to choose from."""
    return (
        (button(voice.plain("button.follow_bitcoin"), Action.FOLLOW, _BITCOIN),),
        (button(voice.plain("button.first_alert"), Action.SUGGEST, _BITCOIN),),
        (button(voice.plain("button.more_topics"), Action.TOPICS),),
    )


async def prepare_topics(request: Request, room: Room) -> Apply:
    """The button that offers more coins to follow, and everything."""
    voice = room.voice(request)
    buttons = [
        button(asset.symbol, Action.FOLLOW, index)
        for index, asset_id in enumerate(PRESET_ASSETS)
        if (asset := room.assets.by_id(asset_id)) is not None
    ]
    everything = button(voice.plain("button.follow_all"), Action.FOLLOW, EVERYTHING_PRESET)
    rows = (*rows_of(buttons, _TOPICS_A_ROW), (everything,))
    return settled(said(voice.html("start.topics"), rows))


async def prepare_help(request: Request, room: Room) -> Apply:
    """/help: every command with an example."""
    voice = room.voice(request)
    sources = sorted(await room.sources()) or [_A_SOURCE]
    parts = [voice.html("help.text", source=f"@{sources[0]}")]
    if not request.is_private:
        parts.append(voice.html("help.group"))
    if request.user_id in room.operators:
        parts.append(voice.html("help.operator"))
    return settled(said(joined("\n\n", parts)))


async def prepare_unknown(request: Request, room: Room) -> Apply:
    """A command that there is none of."""
    voice = room.voice(request)
    return settled(said(voice.html("unknown.command", command=f"/{request.command}")))


async def prepare_hint(request: Request, room: Room) -> Apply:
    """Words in a private chat that are no command."""
    voice = room.voice(request)
    return settled(said(voice.html("unknown.words"), first_buttons(voice)))


async def prepare_hello(request: Request, room: Room) -> Apply:
    """What is said to a group that the bot was added to."""
    voice = room.voice(request)
    return settled(said(voice.html("start.hello"), first_buttons(voice)))
