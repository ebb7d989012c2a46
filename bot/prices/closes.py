"""Candles that close between two ticks.

Owns which closes a tick tells. Pure. A close is the last price before the candle's end: whether
the tick that tells so is itself believed does not matter.
"""

from collections.abc import Iterable, Iterator

from bot.domain.conditions import Frame
from bot.domain.markets import Tick
from bot.domain.measures import close_measure
from bot.domain.watching import closed_at
from bot.prices.crossing import Seen

CLOSES = {close_measure(frame.value): frame for frame in Frame}
"""The measures of closes, each with the candles that it is of."""


def closes_between(measures: Iterable[str], previous: Tick | None, tick: Tick) -> Iterator[Seen]:
    """The closes that `tick` is the first to know, of the candles that these measures name.

    Of a candle whose last price was seen more than five minutes before its end the close is
    unknown, and so is that of candles in which no price was seen.
    """
    if previous is None:
        return
    for measure in measures:
        frame = CLOSES.get(measure)
        if frame is None:
            continue
        ended_at = closed_at(frame, previous.provider_at, tick.provider_at)
        if ended_at is None:
            continue
        yield Seen(
            measure,
            previous.price,
            previous.price,
            ended_at,
            previous_at=previous.provider_at,
            previous_price=previous.price,
            change_1h=previous.change_1h,
            change_24h=previous.change_24h,
        )
