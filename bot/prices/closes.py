"""Candles that close between two ticks.

Owns which closes a tick tells. Pure. A close is the last price before the candle's end, and
counts only where it was seen shortly before.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.domain.conditions import Frame
from bot.domain.markets import Tick
from bot.domain.measures import close_measure
from bot.domain.watching import CLOSE_TOLERANCE, candle_began
from bot.prices.crossing import Seen

_FRAMES = {close_measure(frame.value): frame for frame in Frame}


def closes_between(measures: Iterable[str], previous: Tick | None, tick: Tick) -> Iterator[Seen]:
    """The closes that `tick` is the first to know, of the candles that these measures name.

    Of a candle whose last price was seen more than five minutes before its end the close is
    unknown, and so is that of candles in which no price was seen.
    """
    if previous is None:
        return
    for measure in measures:
        frame = _FRAMES.get(measure)
        if frame is None:
            continue
        began = candle_began(frame, previous.provider_at)
        ended_at = began + timedelta(seconds=frame.seconds)
        if tick.provider_at < ended_at or ended_at - previous.provider_at > CLOSE_TOLERANCE:
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
