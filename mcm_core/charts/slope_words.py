"""What one's own line over the sessions says: curious and plain, without praise or alarm."""

from __future__ import annotations

from collections.abc import Sequence

from mcm_core.charts.words import listed, number
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.journey import Point, Series, went_down
from mcm_core.domain.reading import NonAnswer, Reading

ABSENT = "–"
LATE, CORRECTED = ", answered afterwards", ", as you corrected it afterwards"
TIMES = {1: "once", 2: "twice"}


def is_level(answer: int | None) -> bool:
    return answer is not None and answer > 0


def said(instrument: Instrument, answer: int | None) -> str:
    """An answer in words: a level, one of the three ways of not choosing one, or a dash."""
    if answer is None:
        return ABSENT
    return instrument.label(answer) if answer > 0 else NonAnswer(answer).label


def title(instrument: Instrument, series: Sequence[Series]) -> str:
    """The sentence of the line that runs now, from its first level to its last."""
    points = series[-1].points if series else ()
    levels = [point for point in points if is_level(point.reading.current)]
    if not points:
        return "You have no reading of this theme yet."
    if not instrument.ordered:
        return _chosen(instrument, series)
    if not levels:
        return f"Your answer: {said(instrument, points[-1].reading.current)}."
    last = said(instrument, levels[-1].reading.current)
    if points[-1].reading.current != levels[-1].reading.current:
        return f"You last answered “{said(instrument, points[-1].reading.current)}”; before that, {last}."
    if len(levels) == 1:
        return f"Your first reading{' of the new line' * (len(series) > 1)}: {last}."
    return _moved(instrument, levels[0].reading, levels[-1].reading)


def answers(instrument: Instrument, reading: Reading) -> str:
    """Both answers of one reading: "Forming now, Maturing hoped for"."""
    now = said(instrument, reading.current)
    if not instrument.asks_desired:
        return now
    return f"{now} now" + (f", {said(instrument, reading.desired)} hoped for" if reading.desired is not None else "")


def reading_of(instrument: Instrument, series: Sequence[Series]) -> str:
    """Every reading in order, and where a new line starts."""
    sentences = []
    for line in series:
        down = went_down([line])
        if line is not series[0]:
            sentences.append(_new_line(line))
        sentences += [
            f"Session {point.session_number}: {answers(instrument, point.reading)}{_afterwards(point)}"
            f"{f', {point.why}' if point.why and point in down else ''}."
            for point in line.points
        ]
    return " ".join(sentences) or "You have no reading of this theme yet."


def _afterwards(point: Point) -> str:
    return CORRECTED if point.corrected else LATE * point.late


def note(series: Sequence[Series], sessions: range) -> str:
    """Of how many sessions there is a reading."""
    given = {point.session_number for line in series for point in line.points}
    return f"{len(given)} of {len(sessions)} sessions have a reading of yours"


def _new_line(line: Series) -> str:
    return f"A new line starts in session {line.points[0].session_number}, with another relationship."


def _moved(instrument: Instrument, first: Reading, last: Reading) -> str:
    moved = (last.current or 0) - (first.current or 0)
    here = f"You moved {_way(moved)}" if moved else "You are where you began"
    return f"{here}{_hope(instrument, first, last, moved)}."


def _hope(instrument: Instrument, first: Reading, last: Reading, moved: int) -> str:
    """What the hope did meanwhile; nothing when it was not given both times or nothing moved at all."""
    if not (is_level(first.desired) and is_level(last.desired)):
        return ""
    raised = (last.desired or 0) - (first.desired or 0)
    if raised == moved:
        return "; so did your hope" if moved else ""
    return f"; your hope moved {_way(raised)}" if raised else f"; your hope stays at {said(instrument, last.desired)}"


def _way(steps: int) -> str:
    return f"{'up' if steps > 0 else 'down'} {number(abs(steps))}"


def _chosen(instrument: Instrument, series: Sequence[Series]) -> str:
    """How often each level was chosen, in the instrument's order: none of them is superior."""
    points: list[Point] = [point for line in series for point in line.points]
    counted = [(code, sum(point.reading.current == code for point in points)) for code in instrument.codes]
    chosen = [f"{instrument.label(code)} {TIMES.get(n, f'{number(n)} times')}" for code, n in counted if n]
    return f"You chose {listed(chosen)}." if chosen else f"Your answer: {said(instrument, points[-1].reading.current)}."
