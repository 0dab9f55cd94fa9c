"""The cohort's picture of one theme over the sessions: who stood where in each, now above hoped for.

Sources: domain.md §2.1 (small multiples of stacked bars), §2.22 (counts, a middle in words, n each time) and §2.23.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import plotly.graph_objects as go

from mcm_core.charts import palette, segments
from mcm_core.charts.bars import asked
from mcm_core.charts.marks import mark_key, session_numbers
from mcm_core.charts.picture import Picture, Row
from mcm_core.charts.sheet import Sheet
from mcm_core.charts.words import HOPED, esc, fits, listed, of_all
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.median import in_words
from mcm_core.domain.release import Release
from mcm_core.domain.tally import Tally

ROW = 28
BETWEEN = 4
AFTER = 16
HEADING = 24
BLANK = 28
LEFT = 150
CLOSED = "kept closed"
NONE = "–"

WHAT = (
    "Each block is a level and the number in it counts people; sessions follow each other from top to bottom. "
    "A session without blocks has no picture of this theme. Hatched means that a picture is kept closed."
)
HOPES = "The filled row is now; the outlined row beneath is what we hoped for."
MIDDLE = (
    "If all of us stood in a row in order of level, the middle is where the person half way along would stand. "
    "Not the same people need have answered each time."
)


def multiples(
    instrument: Instrument, releases: Mapping[int, Release], *, narrow: bool = False, dark: bool = False
) -> Picture:
    """The released pictures of one theme by session number. One that is withheld shows none of its numbers."""
    sessions = session_numbers(releases)
    shown = {number: releases[number] for number in sorted(releases) if releases[number].current}
    return Picture(
        figure=_draw(instrument, releases, sessions, narrow=narrow, dark=dark),
        title=_title(instrument, shown) if shown else _without_now(releases),
        reading=_reading(instrument, releases),
        table=tuple(row for number in sessions for row in _rows(instrument, number, releases.get(number))),
        note=_note(releases, sessions),
        what=" ".join(_what(instrument)),
    )


def is_closed(release: Release) -> bool:
    return release.current is None and release.desired is None


def _draw(
    instrument: Instrument, releases: Mapping[int, Release], sessions: range, *, narrow: bool, dark: bool
) -> go.Figure:
    most = max((tally.n for release in releases.values() for tally in _tallies(instrument, release)), default=1)
    sheet = Sheet(dark, narrow, (0, max(most, 1)), left=0 if narrow else LEFT)
    y = sheet.level_key(instrument, 0)
    if instrument.asks_desired:
        y += mark_key(sheet, [("box", "now"), ("frame", "hoped for")], y, sheet.colour["muted"])
    y += 8
    for number in sessions:
        y = _draw_session(sheet, instrument, number, releases.get(number), y) + AFTER
    return sheet.figure(y - AFTER + 4)


def _tallies(instrument: Instrument, release: Release) -> Iterable[Tally]:
    return (tally for _, tally in asked(instrument, release) if tally)


def _draw_session(sheet: Sheet, instrument: Instrument, number: int, release: Release | None, y: float) -> float:
    words = _answered(release)
    if sheet.narrow:
        sheet.write(f"<b>Session {number}</b>", y + HEADING / 2)
        sheet.write(words, y + HEADING / 2, x=1, anchor="right", size=palette.SMALL, colour=sheet.colour["muted"])
        y += HEADING
    else:
        sheet.margin_note(f"<b>Session {number}</b>", y + ROW / 2)
        sheet.margin_note(words, y + ROW / 2 + 22, size=palette.SMALL, colour=sheet.colour["muted"])
    if release is None:
        return y if sheet.narrow else y + BLANK
    return _draw_release(sheet, instrument, release, y)


def _draw_release(sheet: Sheet, instrument: Instrument, release: Release, y: float) -> float:
    rows = asked(instrument, release)
    if is_closed(release):
        height = len(rows) * (ROW + BETWEEN) - BETWEEN
        sheet.hatch(y + height / 2, height, CLOSED)
        return y + height
    for name, tally in rows:
        if tally is None:
            sheet.hatch(y + ROW / 2, ROW, CLOSED)
        else:
            sheet.traces += _stack(sheet, instrument, tally, y + ROW / 2, hoped=name == HOPED)
        y += ROW + BETWEEN
    return y - BETWEEN


def _stack(sheet: Sheet, instrument: Instrument, tally: Tally, y: float, *, hoped: bool) -> list[go.Bar]:
    """One row of blocks from the left; a level that nobody chose has none."""
    gap = segments.GAP / sheet.pixels_for(1)
    bars = []
    for code, start, count in zip(instrument.codes, segments.starts(tally), tally.levels, strict=True):
        if not count:
            continue
        label = f"{count} {instrument.label(code)}"
        bars.append(
            go.Bar(
                name=f"{'hoped for' if hoped else 'now'}: {esc(instrument.label(code))}", orientation="h",
                x=[count - 2 * gap], base=[start + gap], y=[y], width=[ROW], customdata=[count],
                text=[esc(label) if fits(label, sheet.pixels_for(count) - 8) else str(count)],
                **_style(instrument, code, hoped=hoped, dark=sheet.dark),
            )
        )  # fmt: skip
    return bars


def _style(instrument: Instrument, code: int, *, hoped: bool, dark: bool) -> dict[str, object]:
    if instrument.ordered:
        return segments.style(len(instrument.levels), code, hoped=hoped, dark=dark)
    hue = palette.categories(len(instrument.levels), dark)[code - 1]
    return {"marker": {"color": hue, "line": {"width": 0}}, **segments.printed(palette.text_on(hue))}


def _answered(release: Release | None) -> str:
    if release is None:
        return "no picture"
    return CLOSED if is_closed(release) else f"{release.answered} answered"


def _title(instrument: Instrument, shown: Mapping[int, Release]) -> str:
    if not instrument.ordered:
        return _chosen(instrument, shown.values())
    first, last = min(shown), max(shown)
    before, now = (_middle(instrument, shown[number].current) for number in (first, last))
    if first == last:
        return f"In session {first} the middle was {now}."
    if before == now:
        return f"In session {last} the middle is {now}, as it was in session {first}."
    return f"In session {first} the middle was {before}; in session {last} it is {now}."


def _without_now(releases: Mapping[int, Release]) -> str:
    if all(is_closed(release) for release in releases.values()):
        return "There is no picture of this theme yet."
    return "So far only what we hoped for is shown."


def _middle(instrument: Instrument, tally: Tally | None) -> str:
    return in_words(instrument, tally) if tally else CLOSED


def _chosen(instrument: Instrument, shown: Iterable[Release]) -> str:
    """Which levels were chosen at all, in the instrument's order: none of them is superior."""
    levels = [release.current.levels for release in shown if release.current]
    counts = [sum(column) for column in zip(*levels, strict=True)]
    names = [instrument.label(code) for code, count in zip(instrument.codes, counts, strict=True) if count]
    return f"Between us we chose {listed(names)}." if names else "Nobody chose a level."


def _reading(instrument: Instrument, releases: Mapping[int, Release]) -> str:
    sentences = [_sentence(instrument, number, releases[number]) for number in sorted(releases)]
    return " ".join(sentences) or "Nothing has been revealed yet."


def _sentence(instrument: Instrument, number: int, release: Release) -> str:
    if is_closed(release):
        return f"Session {number} is {CLOSED}."
    rows = asked(instrument, release)
    told = [_told(instrument, tally) for _, tally in rows]
    parts = [f"{name} {said}" for (name, _), said in zip(rows, told, strict=True)] if len(rows) > 1 else told
    return f"Session {number}, {release.answered} answered: {'; '.join(parts)}."


def _told(instrument: Instrument, tally: Tally | None) -> str:
    """A row in words: its middle where levels have an order, otherwise its counts."""
    if tally is None or instrument.ordered:
        return _middle(instrument, tally)
    counts = zip(instrument.codes, tally.levels, strict=True)
    return listed([f"{count} {instrument.label(code)}" for code, count in counts if count]) or "nobody chose a level"


def _rows(instrument: Instrument, number: int, release: Release | None) -> list[Row]:
    """Now, and hoped for where it is asked; a session without a picture is one row of dashes."""
    if release is None:
        return [{"Session": number, "Question": NONE, **dict.fromkeys(segments.counts(instrument, None), NONE)}]
    return [
        {"Session": number, "Question": name, **segments.counts(instrument, tally)}
        for name, tally in asked(instrument, release)
    ]


def _note(releases: Mapping[int, Release], sessions: range) -> str:
    shown = [release for release in releases.values() if not is_closed(release)]
    if not shown:
        return f"no picture in {len(sessions)} sessions"
    answered = of_all((release.answered for release in shown), max(release.of for release in shown))
    return f"{len(shown)} of {len(sessions)} sessions have a picture; {answered}"


def _what(instrument: Instrument) -> list[str]:
    extra = [MIDDLE] if instrument.ordered else [str(instrument.always_shown or "")]
    return [WHAT, *([HOPES] if instrument.asks_desired else []), *filter(None, extra)]
