"""Which pages of candles an exchange is asked for, and what of one is taken.

Owns these decisions, pure. An exchange tells whole candles with their volumes, so many a page;
those that ticks built know no volume, and miss what was traded while nobody listened. Refuses
clocks and I/O; what single prices tell is `bot.prices.gaps`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.candles import KEPT, Candle, Timeframe, blended, opened_at
from bot.domain.markets import Market, is_jump
from bot.prices.gaps import Hole, holes

# Days are asked for as far back as the exchange gives; no market is older.
REACHES = {**KEPT, Timeframe.HOUR: timedelta(days=365), Timeframe.DAY: timedelta(days=20 * 365)}
# Exchanges leave out minutes without a trade.
LONGEST_SILENCE = timedelta(minutes=3)
_FRAMES = tuple(Timeframe)
# So many candles between two holes are asked for again rather than the holes one by one.
_NEAR = 300
# A market that was closed for fewer candles at the beginning of a page goes on before it.
_LATE = 24


@dataclass(frozen=True, slots=True)
class PageWish:
    """Candles of a market that opened from `since` on and before `until`, the newest first.

    `page` counts those of the same hole that were asked before.
    """

    market: Market
    timeframe: Timeframe
    since: datetime
    until: datetime
    page: int = 0

    @property
    def rank(self) -> int:
        """Its place in the order: the newest page of each length comes before older ones."""
        return self.page * len(_FRAMES) + _FRAMES.index(self.timeframe)

    @property
    def shown(self) -> str:
        """What it asks for, for the log."""
        return f"{self.timeframe} until {self.until:%Y-%m-%dT%H:%M}Z"

    def start(self, length: int) -> datetime:
        """From when on its page is asked, for pages of so many candles."""
        return max(self.since, self.until - length * self.timeframe.length)


def page_wishes(
    market: Market,
    opened: Sequence[datetime],
    whole: Mapping[Timeframe, Sequence[datetime]],
    since: datetime | None,
    now: datetime,
) -> list[PageWish]:
    """The pages that fill a market's holes, the newest of each hole.

    `opened` tells when all stored minutes opened, `whole` when those candles did that have a
    volume. With `since` nothing older than the candles that held that time is asked for. A candle
    that still goes on is asked for only where minutes are missing.
    """
    is_silent = bool(_holes(opened, Timeframe.MINUTE, since, now, now))
    found: list[PageWish] = []
    for frame in Timeframe:
        goes_on = opened_at(now, frame.length)
        end = goes_on + frame.length if is_silent else goes_on
        missing = _holes(whole.get(frame, ()), frame, since, now, end)
        found += [
            PageWish(market, frame, hole.since + frame.length, hole.until)
            for hole in _joined(missing, frame)
        ]
    return found


def _holes(
    opened: Sequence[datetime],
    frame: Timeframe,
    since: datetime | None,
    now: datetime,
    end: datetime,
) -> list[Hole]:
    """The stretches before `end` in which too many candles in a row are missing."""
    begin = now - REACHES[frame] if since is None else max(since, now - REACHES[frame])
    before = opened_at(begin, frame.length) - frame.length
    longest = LONGEST_SILENCE if frame is Timeframe.MINUTE else frame.length
    return holes(opened, before, end, longest)


def _joined(found: Sequence[Hole], frame: Timeframe) -> list[Hole]:
    """The holes, oldest first, with those as one that lie near each other."""
    joined: list[Hole] = []
    for hole in found:
        if joined and hole.since - joined[-1].until <= _NEAR * frame.length:
            joined[-1] = Hole(joined[-1].since, hole.until)
        else:
            joined.append(hole)
    return joined


def following(wish: PageWish, got: Sequence[Candle], length: int) -> PageWish | None:
    """What is to be asked next for a hole after a page; None when it is filled or goes no deeper.

    `got` are the candles of the page's own time. Where hours and days come late in a page or not
    at all the market begins; in minutes nobody may have traded for a while.
    """
    start = wish.start(length)
    late = start + _LATE * wish.timeframe.length
    begins = wish.timeframe is not Timeframe.MINUTE and (not got or got[0].open_at > late)
    if start <= wish.since or begins:
        return None
    return replace(wish, until=start, page=wish.page + 1)


def page_to_put(
    got: Sequence[Candle], stored: Mapping[datetime, Candle], timeframe: Timeframe, now: datetime
) -> list[Candle]:
    """The candles of a page that add to or mend what is stored by open time, oldest first.

    The volume of one that goes on is left out, so that it is asked for once that has ended.
    """
    length = timeframe.length
    known = [one if one.open_at + length <= now else replace(one, volume=None) for one in got]
    put = [blended(stored.get(one.open_at), one, now, length) for one in known]
    return [candle for candle in put if stored.get(candle.open_at) != candle]


def is_other_market(got: Sequence[Candle], stored: Mapping[datetime, Candle]) -> bool:
    """Whether candles cannot be of the market: wherever ticks saw the same time, far off."""
    closes = [(stored[one.open_at].close, one.close) for one in got if one.open_at in stored]
    return bool(closes) and all(is_jump(seen, told) for seen, told in closes)
