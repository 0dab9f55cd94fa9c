"""The line at the top of a journey's picture that names its marks, and the sessions along its side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mcm_core.charts import palette
from mcm_core.charts.sheet import Sheet
from mcm_core.charts.words import LETTER

SESSIONS = 6
KEY_LINE = 30
MARK = 30
AFTER = 16
DASH = "6px,4px"


def session_numbers(known: Iterable[int]) -> range:
    """The six sessions, and any later one that is known."""
    return range(1, max((SESSIONS, *known)) + 1)


def mark_key(sheet: Sheet, entries: Sequence[tuple[str, str]], y: float, hue: str) -> float:
    """Draw "mark, word" pairs in one row; returns the height used.

    Marks are "line", "dashes", "dot", "band", "box" and "frame".
    """
    x = -float(sheet.left)
    for mark, word in entries:
        sheet.shapes += [_at(shape, x, y + KEY_LINE / 2) for shape in _shapes(mark, sheet, hue)]
        x += MARK + 6
        sheet.write(word, y + KEY_LINE / 2, xshift=x, size=palette.SMALL)
        x += len(word) * LETTER + AFTER
    return KEY_LINE


def _at(shape: dict[str, Any], x: float, y: float) -> dict[str, Any]:
    """The shape, so many pixels right of the drawing's left side, around the height `y`."""
    here = {"xref": "paper", "xsizemode": "pixel", "xanchor": 0, "yref": "y", "ysizemode": "pixel", "yanchor": y}
    return {**shape, **here, "x0": shape["x0"] + x, "x1": shape["x1"] + x}


def _shapes(mark: str, sheet: Sheet, hue: str) -> list[dict[str, Any]]:
    names = sheet.colour
    if mark == "dot":
        return [{"type": "circle", **_box(15, 6), "fillcolor": hue, "line": {"color": hue, "width": 3}}]
    if mark in ("line", "dashes"):
        pen = {"color": hue, "width": 3, "dash": "solid" if mark == "line" else DASH}
        dot = {"type": "circle", **_box(15, 6 if mark == "line" else 8)}
        fill = hue if mark == "line" else names["paper"]
        line = {"type": "line", "x0": 0, "x1": MARK, "y0": 0, "y1": 0, "line": pen}
        return [line, {**dot, "fillcolor": fill, "line": {"color": hue, "width": 3}}]
    fill = {"band": names["same"], "box": names["muted"], "frame": names["paper"]}[mark]
    pen = {"color": names["muted"], "width": 0 if mark == "band" else 2.5}
    return [{"type": "rect", **_box(15, 10), "fillcolor": fill, "line": pen}]


def _box(middle: float, half: float) -> dict[str, float]:
    return {"x0": middle - half, "x1": middle + half, "y0": -half, "y1": half}
