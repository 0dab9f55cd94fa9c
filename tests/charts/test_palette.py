from itertools import pairwise

import pytest

from mcm_core.charts import palette

APPEARANCES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
LEVELS = pytest.mark.parametrize("levels", [2, 3, 4, 5, 6])

APART = 5.0
"""How far neighbouring levels must lie apart in CIE lightness L* (0 black, 100 white).

One unit is about the smallest step that can be seen side by side. Five remain visible on a washed-out projector, and
for every kind of colour blindness, because lightness is what it leaves. Six levels are the most that an instrument has.
"""


def lightness(colour):
    y = palette.luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def test_contrast_is_that_of_wcag():
    assert palette.contrast("#000000", "#FFFFFF") == 21
    assert palette.contrast("#FFFFFF", "#FFFFFF") == 1
    assert round(palette.contrast("#777777", "#FFFFFF"), 2) == 4.48
    assert palette.contrast("#FF0000", "#FFFFFF") == palette.contrast("#FFFFFF", "#FF0000")


def test_four_levels_run_from_sand_to_teal():
    assert palette.ramp(4, False) == ("#F0DDB4", "#B9CDB0", "#5FA3A0", "#0F5960")
    assert palette.ramp(4, True) == ("#5C4A2C", "#4F7163", "#63B3AE", "#B5ECE4")


@APPEARANCES
@LEVELS
def test_however_many_levels_the_ends_of_the_ramp_are_the_same(levels, dark):
    ramp = palette.ramp(levels, dark)

    assert (len(ramp), ramp[0], ramp[-1]) == (levels, palette.STOPS[dark][0], palette.STOPS[dark][-1])


@APPEARANCES
@LEVELS
def test_neighbouring_levels_can_be_told_apart_by_lightness_alone(levels, dark):
    light = [lightness(colour) for colour in palette.ramp(levels, dark)]
    steps = [(b - a) * (1 if dark else -1) for a, b in pairwise(light)]

    assert [step for step in steps if step < APART] == []


@APPEARANCES
@LEVELS
def test_a_count_can_be_read_on_every_level(levels, dark):
    fills = [*palette.ramp(levels, dark), *palette.categories(levels, dark)]

    assert [fill for fill in fills if palette.contrast(palette.text_on(fill), fill) < 4.5] == []


@APPEARANCES
def test_a_count_can_be_read_on_every_named_fill(dark):
    names = palette.tokens(dark)
    fills = {name: names[name] for name in ("up", "same", "down", "safety", "accent")}

    assert [name for name, fill in fills.items() if palette.contrast(palette.text_on(fill), fill) < 4.5] == []
    assert palette.contrast(names["on_accent"], names["accent"]) >= 4.5


@APPEARANCES
@pytest.mark.parametrize("name", ["ink", "muted", "accent", "safety"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_words_can_be_read_on_paper(name, ground, dark):
    names = palette.tokens(dark)

    assert palette.contrast(names[name], names[ground]) >= 4.5


@APPEARANCES
@LEVELS
def test_the_outline_of_a_hope_can_be_seen_on_paper(levels, dark):
    paper = palette.tokens(dark)["paper"]

    assert [line for line in palette.outlines(levels, dark) if palette.contrast(line, paper) < 3] == []


@APPEARANCES
def test_choices_without_order_differ_in_hue_and_hardly_in_lightness(dark):
    hues = palette.categories(6, dark)
    light = [lightness(hue) for hue in hues]

    assert len(set(hues)) == 6
    assert max(light) - min(light) < APART


@APPEARANCES
def test_choices_without_order_wear_no_colour_of_the_ramp(dark):
    ramps = {colour for levels in range(1, 8) for colour in palette.ramp(levels, dark)}

    assert ramps & set(palette.categories(6, dark)) == set()


@APPEARANCES
@pytest.mark.parametrize("name", ["up", "down"])
def test_moving_up_or_down_is_neither_green_nor_red(name, dark):
    red, green, blue = (int(palette.tokens(dark)[name][at : at + 2], 16) for at in (1, 3, 5))

    assert not green > max(red, blue) * 1.1
    assert not red > max(green, blue) * 1.5


@APPEARANCES
def test_nothing_answers_to_a_pointer(dark):
    layout = palette.template(dark).layout

    assert (layout.hovermode, layout.dragmode, layout.showlegend) == (False, False, False)
    assert (layout.xaxis.fixedrange, layout.yaxis.fixedrange) == (True, True)


def test_both_appearances_name_the_same_colours():
    assert palette.LIGHT.keys() == palette.DARK.keys()
    assert palette.tokens(False) is palette.LIGHT
    assert palette.tokens(True) is palette.DARK
