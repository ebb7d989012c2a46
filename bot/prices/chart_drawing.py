"""A chart drawn as a PNG of 800 by 500 points.

Owns colours, sizes and places. Runs in the worker of `bot.prices.charts` and nowhere else, for
matplotlib takes half a second and 50 MB to load. Pure: a picture in, bytes out.
"""

from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from bot.prices.chart_layout import Bar, Mark, Picture

_INCHES = (8.0, 5.0)
_DPI = 100
_LEFT, _BOTTOM, _TOP = 0.015, 0.085, 0.875
# The prices beside the chart, as shares of the width: what a character and the rest takes.
_CHARACTER, _BESIDE, _LEAST_CHARACTERS = 0.0152, 0.029, 7
# Behind the last candle there is as much air as a ring around it needs.
_AIR = 1.03
_VOLUME_SHARE = 0.16
_HEAD = 0.935
_BODY = 0.72
_SMALL, _MIDDLE, _BIG = 13.5, 15.5, 21.0
# How near two words along the price axis may come, as a share of its height: a box and its rim.
_CLEAR = 0.07

_LIGHT = {
    "ground": "#ffffff",
    "grid": "#e9ecf1",
    "text": "#151a23",
    "faint": "#667085",
    "up": "#089981",
    "down": "#e0364c",
    "line": "#c26a00",
    "story": "#2f5fe0",
    "on_colour": "#ffffff",
}
_DARK = {
    "ground": "#12161f",
    "grid": "#232a37",
    "text": "#eef1f6",
    "faint": "#98a2b3",
    "up": "#22c39a",
    "down": "#ff5468",
    "line": "#ffb03a",
    "story": "#6f9bff",
    "on_colour": "#0b0e14",
}


def drawn(picture: Picture) -> bytes:
    """The picture as a PNG."""
    colours = _DARK if picture.is_dark else _LIGHT
    figure = Figure(figsize=_INCHES, dpi=_DPI, facecolor=colours["ground"])
    axes = figure.add_axes((_LEFT, _BOTTOM, _right(picture) - _LEFT, _TOP - _BOTTOM))
    axes.set_axis_off()
    axes.set_xlim(0, picture.seconds * _AIR)
    axes.set_ylim(picture.low, picture.high)
    axes.autoscale(enable=False)
    _draw_grid(axes, picture, colours)
    _draw_volumes(axes, picture, colours)
    _draw_bars(axes, picture, colours)
    _draw_lines(axes, picture, colours)
    _draw_ring(axes, picture, colours)
    _draw_stories(axes, picture, colours)
    _draw_last(axes, picture, colours)
    _draw_head(figure, picture, colours)
    buffer = BytesIO()
    FigureCanvasAgg(figure)  # makes itself the figure's canvas
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _right(picture: Picture) -> float:
    """Where the chart ends and the prices beside it begin, as a share of the width."""
    words = [picture.last, *picture.price_ticks, *picture.lines]
    longest = max(len(mark.text) for mark in words)
    return 1 - _BESIDE - _CHARACTER * max(longest, _LEAST_CHARACTERS)


def _draw_grid(axes: Axes, picture: Picture, colours: dict[str, str]) -> None:
    height, edge = picture.high - picture.low, picture.seconds * _AIR
    across = [[(0, mark.at), (edge, mark.at)] for mark in picture.price_ticks]
    along = [[(mark.at, picture.low), (mark.at, picture.high)] for mark in picture.time_ticks]
    axes.add_collection(LineCollection([*across, *along], colors=colours["grid"], linewidths=1))
    figures = [at for _, at in _placed(picture) if at is not None]
    for mark in picture.price_ticks:
        if _is_clear(mark.at, [picture.last.at, *figures], picture):
            _write_price(axes, mark, edge * 1.012, color=colours["faint"])
    for mark in picture.time_ticks:
        if picture.seconds * 0.03 < mark.at < picture.seconds * 0.97:
            axes.text(
                mark.at,
                picture.low - height * 0.02,
                mark.text,
                color=colours["faint"],
                fontsize=_SMALL,
                ha="center",
                va="top",
            )


def _write_price(axes: Axes, mark: Mark, place: float, **style: Any) -> None:
    """Write a price at its height, from so many seconds on."""
    axes.text(
        place,
        mark.at,
        mark.text,
        fontsize=_SMALL,
        va="center",
        **style,
    )


def _draw_bars(axes: Axes, picture: Picture, colours: dict[str, str]) -> None:
    half = picture.bar_seconds * _BODY / 2
    # A body of no height is drawn as a hair, so that a price that stood still shows.
    hair = (picture.high - picture.low) * 0.0015
    for is_up, colour in ((True, colours["up"]), (False, colours["down"])):
        bars = [bar for bar in picture.bars if (bar.close >= bar.open) is is_up]
        middles = [bar.at + picture.bar_seconds / 2 for bar in bars]
        wicks = [[(x, b.low), (x, b.high)] for x, b in zip(middles, bars, strict=True)]
        axes.add_collection(LineCollection(wicks, colors=colour, linewidths=1.2, zorder=3))
        bodies = [_body(x, half, b, hair) for x, b in zip(middles, bars, strict=True)]
        axes.add_collection(PolyCollection(bodies, facecolors=colour, edgecolors="none", zorder=4))


def _body(x: float, half: float, bar: Bar, hair: float) -> list[tuple[float, float]]:
    low, high = sorted((bar.open, bar.close))
    low, high = low - hair, high + hair
    return [(x - half, low), (x - half, high), (x + half, high), (x + half, low)]


def _draw_volumes(axes: Axes, picture: Picture, colours: dict[str, str]) -> None:
    known = [(bar, bar.volume) for bar in picture.bars if bar.volume]
    if not known:
        return
    unit = (picture.high - picture.low) * _VOLUME_SHARE / max(volume for _, volume in known)
    half, low = picture.bar_seconds * _BODY / 2, picture.low
    for is_up, colour in ((True, colours["up"]), (False, colours["down"])):
        boxes = []
        for bar, volume in known:
            if (bar.close >= bar.open) is is_up:
                x, top = bar.at + picture.bar_seconds / 2, low + volume * unit
                boxes.append([(x - half, low), (x - half, top), (x + half, top), (x + half, low)])
        axes.add_collection(
            PolyCollection(boxes, facecolors=colour, edgecolors="none", alpha=0.3, zorder=2)
        )


def _draw_lines(axes: Axes, picture: Picture, colours: dict[str, str]) -> None:
    """Draw the levels of alerts, each with its figure beside the chart, or inside without room."""
    edge = picture.seconds * _AIR
    for mark, height in _placed(picture):
        axes.plot(
            (0, edge),
            (mark.at, mark.at),
            color=colours["line"],
            linewidth=1.6,
            dashes=(6, 4),
            zorder=5,
        )
        box = {"boxstyle": "round,pad=0.22", "fc": colours["line"], "ec": "none"}
        place = edge * (0.012 if height is None else 1.012)
        figure = Mark(mark.at if height is None else height, mark.text)
        _write_price(axes, figure, place, color=colours["on_colour"], zorder=6, bbox=box)


def _placed(picture: Picture) -> list[tuple[Mark, float | None]]:
    """The lines, and how high the figure of each stands beside the chart; None: no room there.

    One that would cover the last price's stands next to that.
    """
    taken: list[float] = [picture.last.at]
    placed: list[tuple[Mark, float | None]] = []
    step = (picture.high - picture.low) * _CLEAR * 1.01
    for mark in picture.lines:
        beside = picture.last.at + (step if mark.at >= picture.last.at else -step)
        heights = (mark.at, beside)
        found = next((at for at in heights if _is_clear(at, taken, picture)), None)
        if found is not None:
            taken.append(found)
        placed.append((mark, found))
    return placed


def _is_clear(height: float, taken: list[float], picture: Picture) -> bool:
    clear = (picture.high - picture.low) * _CLEAR
    return all(abs(height - at) > clear for at in taken)


def _draw_ring(axes: Axes, picture: Picture, colours: dict[str, str]) -> None:
    """Where an alert fired: a ring of the line's colour, set off from the candles behind it."""
    if picture.ring is None:
        return
    for size, colour, width in ((15, colours["ground"], 6.0), (15, colours["line"], 2.6)):
        axes.plot(
            [picture.ring.at],
            [picture.ring.price],
            marker="o",
            markersize=size,
            markerfacecolor="none",
            markeredgecolor=colour,
            markeredgewidth=width,
            clip_on=False,
            zorder=6.5,
        )


def _draw_stories(axes: Axes, picture: Picture, colours: dict[str, str]) -> None:
    """Number the stories along the top, where candles seldom are; neighbours stand in steps."""
    height, before, step = picture.high - picture.low, float("-inf"), 0
    for mark in sorted(picture.stories, key=lambda mark: mark.at):
        step = (step + 1) % 4 if mark.at - before < picture.seconds * 0.05 else 0
        before = mark.at
        axes.plot(
            (mark.at, mark.at),
            (picture.low, picture.high),
            color=colours["story"],
            linewidth=1.2,
            alpha=0.55,
            zorder=2.5,
        )
        axes.text(
            min(max(mark.at, picture.seconds * 0.02), picture.seconds * 0.98),
            picture.high - height * (0.03 + 0.085 * step),
            mark.text,
            color=colours["on_colour"],
            fontsize=_SMALL,
            fontweight="bold",
            ha="center",
            va="center",
            zorder=7,
            bbox={"boxstyle": "circle,pad=0.25", "fc": colours["story"], "ec": "none"},
        )


def _draw_last(axes: Axes, picture: Picture, colours: dict[str, str]) -> None:
    """The last price: a thin line across, and its figure in a box on the axis."""
    colour = colours["up" if picture.is_up else "down"]
    axes.plot(
        (0, picture.seconds * _AIR),
        (picture.last.at, picture.last.at),
        color=colour,
        linewidth=1,
        dashes=(2, 3),
        zorder=4.5,
    )
    box = {"boxstyle": "round,pad=0.22", "fc": colour, "ec": "none"}
    place = picture.seconds * _AIR * 1.012
    _write_price(axes, picture.last, place, color=colours["on_colour"], zorder=8, bbox=box)


def _draw_head(figure: Figure, picture: Picture, colours: dict[str, str]) -> None:
    """Pair and span on the left, price and change on the right, each beside the other."""
    colour = colours["up" if picture.is_up else "down"]
    big: dict[str, Any] = {"fontsize": _BIG, "fontweight": "bold", "color": colours["text"]}
    middle: dict[str, Any] = {"fontsize": _MIDDLE, "fontweight": "bold"}
    title = figure.text(0.02, _HEAD, picture.title, va="center", **big)
    span: dict[str, Any] = {"fontsize": _MIDDLE, "color": colours["faint"]}
    _write_beside(figure, title, picture.span_text, is_right=True, **span)
    change = figure.text(
        0.98, _HEAD, picture.change_text, va="center", ha="right", color=colour, **middle
    )
    _write_beside(figure, change, picture.price_text, is_right=False, **big)
    small: dict[str, Any] = {"fontsize": _SMALL - 2.5, "color": colours["faint"]}
    figure.text(0.99, 0.028, "UTC", ha="right", va="bottom", **small)


def _write_beside(figure: Figure, word: Text, text: str, *, is_right: bool, **style: Any) -> None:
    """Write a further word next to one in the head."""
    note = Annotation(
        text,
        xy=(1 if is_right else 0, 0.5),
        xycoords=word,
        xytext=(9 if is_right else -11, 0),
        textcoords="offset points",
        ha="left" if is_right else "right",
        va="center",
        **style,
    )
    figure.add_artist(note)
