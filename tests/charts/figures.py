"""Ways to read a figure without looking at it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape

from mcm_core.charts.picture import Picture
from mcm_core.domain.instrument import Instrument


def layout(picture: Picture) -> dict:
    return {"annotations": [], "shapes": [], **json.loads(picture.figure.to_json())["layout"]}


def traces(picture: Picture, *, but: str = "closed") -> list[dict]:
    """The traces in the order of drawing, without the hatched ones."""
    return [trace for trace in every_trace(picture) if trace["name"] != but]


def every_trace(picture: Picture) -> list[dict]:
    return json.loads(picture.figure.to_json())["data"]


def named(picture: Picture, name: str) -> list[dict]:
    return [trace for trace in every_trace(picture) if trace["name"] == name]


def texts(picture: Picture) -> list[str]:
    """What is written on the sheet, as a person reads it."""
    return [read(note["text"]) for note in layout(picture)["annotations"]]


def read(markup: str) -> str:
    """What Plotly draws for this markup: its own tags become looks, entities become letters."""
    return unescape(re.sub(r"</?b>", "", markup.replace("<br>", " ")))


def strings(picture: Picture) -> list[str]:
    """Every string of the figure, whatever it is for, but those of the shared template."""
    whole = json.loads(picture.figure.to_json())
    del whole["layout"]["template"]
    return list(_strings(whole))


def cells(picture: Picture) -> list[str]:
    """Every cell of the table, and the names of its columns."""
    return [str(part) for row in picture.table for pair in row.items() for part in pair]


def said(picture: Picture) -> list[str]:
    """Every word of the picture: beside the figure and in it."""
    in_blocks = [read(str(part)) for trace in every_trace(picture) for part in (trace["name"], *trace.get("text", []))]
    beside = [picture.title, picture.reading, picture.note, picture.what]
    return [*beside, *cells(picture), *texts(picture), *in_blocks]


def everything(picture: Picture) -> str:
    """All that leaves the server of a picture."""
    parts = (picture.title, picture.reading, picture.table, picture.note, picture.what, picture.figure.to_json())
    return json.dumps(parts)


def drawn_counts(picture: Picture) -> list[dict[str, int]]:
    """The printed count of each block, by name of the level, row by row from the top."""
    rows: dict[float, dict[str, int]] = {}
    for trace in traces(picture):
        level = unescape(trace["name"].split(": ", 1)[-1])
        (y,), (text,) = trace["y"], trace["text"]
        rows.setdefault(y, {})[level] = int(re.match(r"\d+", text)[0])
    return [rows[y] for y in sorted(rows)]


def table_counts(instrument: Instrument, row: dict) -> dict[str, int]:
    """The levels of a table row that somebody chose; none where it says a word instead of a count."""
    counts = {label: row[label] for label in map(instrument.label, instrument.codes)}
    return {label: count for label, count in counts.items() if count not in (0, "closed", "–")}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
