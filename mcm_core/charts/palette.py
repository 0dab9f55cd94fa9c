"""Every colour of the product, light and dark, in one place; CSS and `.streamlit/config.toml` use the same values.

Levels run from sand to teal by lightness, so that they stay apart for colour-blind eyes and on a weak projector.
Up and down are never green and red.
"""

from __future__ import annotations

from functools import cache

import plotly.graph_objects as go

FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", "Segoe UI", system-ui, sans-serif'
SIZE = 15
SMALL = 14

LIGHT = {
    "paper": "#FBF7F0",
    "surface": "#F3ECDF",
    "ink": "#1E2A2E",
    "muted": "#566166",
    "line": "#CFC6B5",
    "accent": "#0F5960",
    "on_accent": "#FFFFFF",
    "safety": "#6B2E63",
    "safety_soft": "#EFE1EC",
    "down": "#D9B98A",
    "same": "#DDD8CE",
    "up": "#8FBFBB",
}
DARK = {
    "paper": "#17191A",
    "surface": "#232627",
    "ink": "#F3EEE4",
    "muted": "#B4B0A6",
    "line": "#4A4B48",
    "accent": "#7CC9C4",
    "on_accent": "#17191A",
    "safety": "#D9A9D4",
    "safety_soft": "#3A2738",
    "down": "#6B5330",
    "same": "#45474A",
    "up": "#2C6A6B",
}

STOPS = {False: ("#F0DDB4", "#B9CDB0", "#5FA3A0", "#0F5960"), True: ("#5C4A2C", "#4F7163", "#63B3AE", "#B5ECE4")}
HUES = {
    False: ("#C3B8D2", "#D3BFA6", "#B2C3CC", "#C4C4A4", "#D4B7BB", "#B3C7BA"),
    True: ("#5F5771", "#6A573F", "#4B5F69", "#5D5E40", "#6C4E53", "#4A6154"),
}
TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0


def tokens(dark: bool) -> dict[str, str]:
    """The named colours of one appearance."""
    return DARK if dark else LIGHT


@cache
def ramp(n: int, dark: bool) -> tuple[str, ...]:
    """Colours of n ordered levels, the first sand and the last teal, each able to carry a printed count."""
    stops = STOPS[dark]
    places = [code * (len(stops) - 1) / max(n - 1, 1) for code in range(n)]
    return tuple(_carrying_text(_mix(stops[int(p)], stops[min(int(p) + 1, len(stops) - 1)], p % 1)) for p in places)


@cache
def outlines(n: int, dark: bool) -> tuple[str, ...]:
    """The hues of `ramp` for lines around what is hoped for, strong enough to be seen on paper (WCAG 1.4.11)."""
    names = tokens(dark)
    return tuple(_until(colour, names["ink"], names["paper"], SHAPE_CONTRAST) for colour in ramp(n, dark))


def categories(n: int, dark: bool) -> tuple[str, ...]:
    """Quiet hues of one lightness for n levels of which none is superior."""
    return tuple(HUES[dark][code % len(HUES[dark])] for code in range(n))


def text_on(colour: str) -> str:
    """The text colour that is read best on this colour."""
    return max("#FFFFFF", "#12191B", key=lambda text: contrast(text, colour))


@cache
def template(dark: bool) -> go.layout.Template:
    """What all pictures share: paper, ink, no grid, and nothing that is only shown on hover or moves under a thumb."""
    names = tokens(dark)
    axis = {"visible": False, "fixedrange": True, "showgrid": False, "zeroline": False}
    layout = go.Layout(
        font={"family": FONT, "size": SIZE, "color": names["ink"]},
        paper_bgcolor=names["paper"],
        plot_bgcolor=names["paper"],
        hovermode=False,
        dragmode=False,
        showlegend=False,
        barmode="overlay",
        margin={"l": 4, "r": 4, "t": 4, "b": 4, "pad": 0},
        xaxis=axis,
        yaxis=axis,
    )
    return go.layout.Template(layout=layout)


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, 1…21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """WCAG relative luminance, 0…1."""
    red, green, blue = (_linear(channel / 255) for channel in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_rgb(one), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _carrying_text(colour: str) -> str:
    """Lightened just enough for its text to be read; only mid tones need it."""
    return (
        _until(colour, "#FFFFFF", text_on(colour), TEXT_CONTRAST)
        if text_on(colour) != "#FFFFFF"
        else (_until(colour, "#000000", "#FFFFFF", TEXT_CONTRAST))
    )


def _until(colour: str, towards: str, against: str, wanted: float) -> str:
    while contrast(colour, against) < wanted:
        colour = _mix(colour, towards, 0.06)
    return colour
