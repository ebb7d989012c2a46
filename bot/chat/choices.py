"""The question which of several coins of one symbol is meant, the same for every command.

Pure. Owns its words, its buttons, and how many of them one command may ask; when there is
anything to ask is `NamedAsset.rivals`'. What a button carries is the command's: a press names
the coin by a number and what else was asked by another, so that it works for as long as the
message stands. An alert's condition does not fit there, and waits in the database.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from bot.chat.answers import Say, message
from bot.chat.arguments import NamedAsset
from bot.chat.catalogue import Voice
from bot.chat.keyboards import Press, button, number_of
from bot.chat.labels import name_of
from bot.domain.assets import Asset, Assets
from bot.domain.errors import ArgumentError

MOST_CHOICES = 5
_MOST_QUESTIONS = 3


def shared_ones(named: Iterable[NamedAsset]) -> list[NamedAsset]:
    """Those of which it has to be asked which coin is meant, in their order.

    Raises ArgumentError (`asset.shared_many`) beyond three: each is a message of its own.
    """
    found = [one for one in named if one.rivals]
    if len(found) > _MOST_QUESTIONS:
        symbols = ", ".join(one.asset.symbol for one in found)
        raise ArgumentError("asset.shared_many", symbols=symbols)
    return found


def choices_of(named: NamedAsset) -> tuple[Asset, ...]:
    """The coins that may be meant, the largest first, as many as are offered."""
    return (named.asset, *named.rivals)[:MOST_CHOICES]


def which_coin(
    coins: Sequence[Asset],
    press_for: Callable[[Asset], Press],
    assets: Assets,
    voice: Voice,
    *,
    edits: bool = False,
) -> Say:
    """Which of these coins is meant, with a button for each; `press_for` is what it sends."""
    names = [name_of(coin.id, assets) for coin in coins]
    twins = Counter(names)
    rows = []
    for coin, name in zip(coins, names, strict=True):
        # Two coins of one name are told apart by what no two share.
        label = f"{name} · {coin.id}" if twins[name] > 1 else name
        press = press_for(coin)
        rows.append((button(label, press.action, press.first, press.second),))
    text = voice.html("asset.which", symbol=coins[0].symbol)
    return Say(message(text, tuple(rows)), edits=edits)


def pressed_coin(press: Press | None, assets: Assets) -> Asset | None:
    """The coin that a press names by its number; None for one that is not known (any more)."""
    if press is None:
        return None
    return next((asset for asset in assets if number_of(asset.id) == press.first), None)
