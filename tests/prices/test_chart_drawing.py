"""Charts as pictures: their size, their weight, and that what is asked for is on them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from bot.prices.chart_drawing import drawn
from bot.prices.chart_layout import Bar, Mark, Ring
from tests.prices.plain_pictures import BARS, PLAIN

AMBER, BLUE = (255, 176, 58), (111, 155, 255)


def points(png: bytes) -> list[tuple[int, int, int]]:
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        assert image.size == (800, 500)
        plain = image.convert("RGB")
        return [plain.getpixel((x, y)) for x in range(800) for y in range(500)]  # type: ignore[misc]  # three of them


@pytest.mark.parametrize(("is_dark", "ground"), [(True, (18, 22, 31)), (False, (255, 255, 255))])
def test_a_chart_is_light_or_dark_and_weighs_little(
    is_dark: bool, ground: tuple[int, int, int]
) -> None:
    png = drawn(replace(PLAIN, is_dark=is_dark, bars=BARS))
    assert len(png) < 100_000
    found = points(png)
    assert found.count(ground) > len(found) / 2


def test_lines_and_stories_show_only_where_there_are_some() -> None:
    bare = points(drawn(PLAIN))
    assert AMBER not in bare
    assert BLUE not in bare
    stories = (Mark(600, "1"), Mark(660, "2"), Mark(3000, "3"))
    full = points(
        drawn(replace(PLAIN, lines=(Mark(95, "95"), Mark(95.5, "95.5")), stories=stories))
    )
    assert full.count(AMBER) > 500
    assert full.count(BLUE) > 500


def test_volume_shows_where_it_is_known() -> None:
    assert drawn(replace(PLAIN, bars=BARS)) != drawn(PLAIN)


def test_a_price_that_stood_still_is_drawn() -> None:
    still = tuple(Bar(n * 60, 100, 100, 100, 100, None) for n in range(60))
    up = (34, 195, 154)
    assert points(drawn(replace(PLAIN, bars=still, last=Mark(90, "90")))).count(up) > 100


def _of_colour(png: bytes, colour: tuple[int, int, int]) -> list[tuple[int, int]]:
    """Where points of a colour are, from the top left."""
    found = points(png)
    return [divmod(n, 500) for n, point in enumerate(found) if point == colour]


def test_where_an_alert_fired_is_ringed() -> None:
    """The ring is round the place of the time and the price, with nothing of it cut off."""
    bare = drawn(replace(PLAIN, bars=()))
    ringed = _of_colour(drawn(replace(PLAIN, bars=(), ring=Ring(3600, 100))), AMBER)
    assert not _of_colour(bare, AMBER)
    left, right = min(x for x, _ in ringed), max(x for x, _ in ringed)
    top, bottom = min(y for _, y in ringed), max(y for _, y in ringed)
    assert abs((right - left) - (bottom - top)) <= 2
    assert 15 < right - left < 40


@pytest.mark.parametrize("at", [100.9, 101, 101.1])
def test_the_figure_of_a_line_never_covers_that_of_the_last_price(at: float) -> None:
    """An alert that has just fired lies right there: the two stand one above the other."""
    up = (34, 195, 154)
    picture = replace(PLAIN, bars=(), is_up=True, lines=(Mark(at, "101.1"),))
    alone = _of_colour(drawn(replace(picture, lines=())), up)
    both = drawn(picture)
    box = [(x, y) for x, y in alone if x > 690]
    assert len(set(box) & set(_of_colour(both, up))) > len(box) * 0.95
    assert sum(x > 690 for x, _ in _of_colour(both, AMBER)) > 500


def test_long_figures_have_room_beside_the_chart() -> None:
    """Nothing of them is cut off at the picture's right edge."""
    ground = (18, 22, 31)
    picture = replace(PLAIN, bars=(), last=Mark(101, "0.0000089000"))
    found = points(drawn(picture))
    assert set(found[798 * 500 :]) == {ground}
