"""What alerts say: what one waits for, how far there is to go, and what happened.

Pure. Owns these sentences for every condition. What an alert is called in a list is
`bot.chat.labels`'.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.chat.catalogue import Html, Voice
from bot.chat.formatting import (
    digits_text,
    exact_percent_text,
    level_text,
    price_text,
    share_text,
    window_text,
)
from bot.chat.labels import pair_symbol
from bot.domain.alerts import Direction, Line
from bot.domain.assets import Assets
from bot.domain.conditions import (
    Close,
    Condition,
    Extreme,
    Figure,
    Frame,
    Gauge,
    Move,
    Range,
    Side,
    Way,
)
from bot.domain.markets import Market
from bot.domain.watching import told_way
from storage.alert_rows import StoredAlert
from storage.firings import Firing

SNOOZE_HOURS = 8
"""How long a fired alert is silenced by the button below it."""
_LINES = {
    Direction.ABOVE: "alert.set_above",
    Direction.BELOW: "alert.set_below",
    Direction.CROSS: "alert.set_cross",
}
_MOVES = {Way.UP: "alert.set_up", Way.DOWN: "alert.set_down", Way.EITHER: "alert.set_either"}
_FROM = {
    Way.UP: "alert.set_up_from",
    Way.DOWN: "alert.set_down_from",
    Way.EITHER: "alert.set_either_from",
}
_CLOSES = {
    Direction.ABOVE: "alert.set_close_above",
    Direction.BELOW: "alert.set_close_below",
    Direction.CROSS: "alert.set_close_cross",
}
_VOLUMES = {Direction.ABOVE: "alert.set_volume_above", Direction.BELOW: "alert.set_volume_below"}
_FUNDINGS = {Direction.ABOVE: "alert.set_funding_above", Direction.BELOW: "alert.set_funding_below"}
_LIQUIDATIONS = {
    Direction.ABOVE: "alert.set_liquidations_above",
    Direction.BELOW: "alert.set_liquidations_below",
}
_SIDES = {Side.BOTH: "alert.both", Side.LONGS: "alert.longs", Side.SHORTS: "alert.shorts"}
_FRAMES = {
    Frame.HOUR: "frame.hour",
    Frame.FOUR_HOURS: "frame.four_hours",
    Frame.DAY: "frame.day",
    Frame.WEEK: "frame.week",
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What sentences about an alert need to know of it."""

    market: Market
    assets: Assets
    voice: Voice

    @property
    def symbol(self) -> str:
        """What the market is called: "BTC", "ETH/BTC"."""
        return pair_symbol(self.market, self.assets)

    def level(self, level: Decimal) -> str:
        """A level as it was set, in the market's currency."""
        return level_text(level, self.market.quote)

    def price(self, price: Decimal) -> str:
        """A price in the market's currency."""
        return price_text(price, self.market.quote)

    def about(self, text_id: str, /, **values: str) -> Html:
        """A text about the market."""
        return self.voice.html(text_id, None, symbol=self.symbol, **values)

    def window(self, span: timedelta) -> str:
        """A span of time, as a sentence names it."""
        return window_text(self.voice, span)

    def frame(self, frame: Frame) -> str:
        """The candle of a close, as a sentence names it."""
        return self.voice.plain(_FRAMES[frame])


def wish_html(condition: Condition, spoken: Spoken, price: Decimal | None) -> Html:
    """When an alert rings, as a sentence; `price` is the one that it counts from."""
    match condition:
        case Line():
            level = spoken.level(condition.level)
            return spoken.about(_LINES[condition.direction], level=level)
        case Range():
            low, high = spoken.level(condition.low), spoken.level(condition.high)
            return spoken.about("alert.set_range", low=low, high=high)
        case Move():
            return _move_wish(condition, spoken, price)
        case Extreme():
            return _extreme_text(condition, spoken, "alert.set_ath", "alert.set_atl")
        case Close():
            level = spoken.level(condition.level)
            frame = spoken.frame(condition.frame)
            return spoken.about(_CLOSES[condition.direction], frame=frame, level=level)
        case Gauge():
            return _gauge_wish(condition, spoken)


def _move_wish(condition: Move, spoken: Spoken, price: Decimal | None) -> Html:
    share = exact_percent_text(condition.share)
    if condition.window is not None:
        return spoken.about(
            _MOVES[condition.way], share=share, window=spoken.window(condition.window)
        )
    start = spoken.voice.plain("alert.next_price") if price is None else spoken.price(price)
    return spoken.about(_FROM[condition.way], share=share, price=start)


def _extreme_text(condition: Extreme, spoken: Spoken, highest: str, lowest: str) -> Html:
    is_high = condition.way is Way.UP
    if condition.window is None:
        return spoken.about(highest if is_high else lowest)
    window = spoken.window(condition.window)
    high, low = _WINDOWED[highest]
    return spoken.about(high if is_high else low, window=window)


_WINDOWED = {
    "alert.set_ath": ("alert.set_high", "alert.set_low"),
    "firing.ath": ("firing.high", "firing.low"),
}


def _gauge_wish(gauge: Gauge, spoken: Spoken) -> Html:
    match gauge.figure:
        case Figure.VOLUME:
            return spoken.about(_VOLUMES[gauge.direction], times=digits_text(gauge.level))
        case Figure.FUNDING:
            return spoken.about(_FUNDINGS[gauge.direction], level=funding_text(gauge.level))
        case Figure.LIQUIDATIONS:
            return spoken.about(
                _LIQUIDATIONS[gauge.direction],
                amount=level_text(gauge.level, "USD"),
                whose=spoken.voice.plain(_SIDES[gauge.side]),
                window=_window(gauge, spoken),
            )


def _window(gauge: Gauge, spoken: Spoken) -> str:
    return "" if gauge.window is None else spoken.window(gauge.window)


def funding_text(share: Decimal) -> str:
    """A funding rate, a share, as an exact percentage with a true minus."""
    return ("\u2212" if share < 0 else "") + exact_percent_text(abs(share))


# ---- what happened


def event_html(firing: Firing, alert: StoredAlert, spoken: Spoken) -> Html:
    """What a fired alert tells: "🔔 BTC rose through $95,000"."""
    condition, rose = alert.condition, is_rise(firing, alert)
    match condition:
        case Line():
            text_id = "firing.rose" if rose else "firing.fell"
            return spoken.about(text_id, level=spoken.level(condition.level))
        case Range():
            low, high = spoken.level(condition.low), spoken.level(condition.high)
            text_id = "firing.left_up" if rose else "firing.left_down"
            return spoken.about(text_id, low=low, high=high)
        case Move():
            return _move_event(condition, firing, alert, spoken, rose=rose)
        case Extreme():
            return _extreme_text(condition, spoken, "firing.ath", "firing.atl")
        case Close():
            text_id = "firing.closed_above" if rose else "firing.closed_below"
            level = spoken.level(condition.level)
            return spoken.about(text_id, frame=spoken.frame(condition.frame), level=level)
        case Gauge():
            return _gauge_event(condition, firing, spoken)


def _move_event(
    condition: Move, firing: Firing, alert: StoredAlert, spoken: Spoken, *, rose: bool
) -> Html:
    if condition.window is not None:
        moved = share_text((firing.value or condition.share) * 100)
        text_id = "firing.up" if rose else "firing.down"
        return spoken.about(text_id, share=moved, window=spoken.window(condition.window))
    start = alert.watch.memory.price or alert.set_price
    share = exact_percent_text(condition.share)
    if start is None:
        return spoken.about("firing.up_now" if rose else "firing.down_now", share=share)
    text_id = "firing.up_from" if rose else "firing.down_from"
    return spoken.about(text_id, share=share, price=spoken.price(start))


def _gauge_event(gauge: Gauge, firing: Firing, spoken: Spoken) -> Html:
    value = gauge.level if firing.value is None else firing.value
    match gauge.figure:
        case Figure.VOLUME:
            return spoken.about("firing.volume", times=f"{value:.1f}")
        case Figure.FUNDING:
            return spoken.about("firing.funding", value=funding_text(value))
        case Figure.LIQUIDATIONS:
            text_id = "firing.liquidations_least" if firing.is_partial else "firing.liquidations"
            return spoken.about(
                text_id,
                amount=level_text(value.quantize(Decimal(1)), "USD"),
                whose=spoken.voice.plain(_SIDES[gauge.side]),
                window=_window(gauge, spoken),
            )


def is_rise(firing: Firing, alert: StoredAlert) -> bool:
    """Whether what fired was a rise: a price through a line upwards, a new high."""
    if firing.reason is not None:
        return told_way(firing.reason) is Way.UP
    # What fired before reasons were kept.
    line = alert.condition
    if not isinstance(line, Line) or line.direction is not Direction.CROSS:
        return isinstance(line, Line) and line.direction is Direction.ABOVE
    if firing.previous_price is None or firing.previous_price == line.level:
        return firing.price >= line.level
    return firing.previous_price < line.level


# ---- how far there is to go


def distance(price: Decimal, level: Decimal) -> Decimal:
    """How far a level is from a price, in percent of the price, without a sign."""
    return abs(level - price) / price * 100


@dataclass(frozen=True, slots=True)
class Standing:
    """How near an alert is: the price now, and the lines that would ring it as far as known.

    `value` is that of a gauge, or the last close.
    """

    price: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    value: Decimal | None = None

    @property
    def nearest(self) -> Decimal | None:
        """The line that is nearest to the price, None where none is known."""
        if self.price is None:
            return None
        known = [line for line in (self.low, self.high) if line is not None]
        return min(known, key=lambda line: abs(line - (self.price or line)), default=None)

    @property
    def percent_away(self) -> Decimal | None:
        """How far the nearest line is, in percent of the price."""
        nearest = self.nearest
        if self.price is None or nearest is None:
            return None
        return distance(self.price, nearest)


def standing_html(condition: Condition, standing: Standing, spoken: Spoken) -> Html:
    """How far there is to go: "It is at $91,200, 4.2 % away."."""
    if isinstance(condition, Gauge):
        return _gauge_standing(condition, standing.value, spoken)
    if standing.price is None:
        return spoken.about("alert.no_tick")
    price = spoken.price(standing.price)
    if standing.percent_away is None:
        return _unknown_standing(condition, price, spoken)
    away = share_text(standing.percent_away)
    if isinstance(condition, Close) and standing.value is not None:
        return spoken.about("alert.last_close", price=price, close=spoken.price(standing.value))
    if isinstance(condition, Move | Extreme) and standing.nearest is not None:
        line = spoken.price(standing.nearest)
        return spoken.about("alert.line_now", price=price, distance=away, line=line)
    return spoken.about("alert.distance", price=price, distance=away)


def _unknown_standing(condition: Condition, price: str, spoken: Spoken) -> Html:
    if isinstance(condition, Extreme):
        return spoken.about("alert.too_little_known", price=price)
    return spoken.about("alert.only_price", price=price)


def _gauge_standing(gauge: Gauge, value: Decimal | None, spoken: Spoken) -> Html:
    if value is None:
        return spoken.about("alert.no_reading")
    return spoken.about("alert.reading", value=figure_text(gauge.figure, value))


def figure_text(figure: Figure, value: Decimal) -> str:
    """A figure's value in its own unit: times its mean, a percentage, dollars."""
    match figure:
        case Figure.VOLUME:
            return f"{value:.1f}\u00d7"
        case Figure.FUNDING:
            return funding_text(value)
        case Figure.LIQUIDATIONS:
            return level_text(value.quantize(Decimal(1)), "USD")
