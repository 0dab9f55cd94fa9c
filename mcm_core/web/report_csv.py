"""The reports as tables for a spreadsheet: labels beside order codes, counts as they were released."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from unicodedata import category

from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.journey import MyJourney, OurJourney
from mcm_core.domain.looking_back import SEES
from mcm_core.domain.reading import NonAnswer
from mcm_core.domain.release import Release
from mcm_core.domain.shift import Movement

Cell = str | int | None
BOM = "\ufeff"  # tells Excel that this is UTF-8
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

OURS = (
    "question", "theme", "session", "vote", "compared with session", "asked", "order code", "answer",
    "people", "answered", "members", "closed because",
)  # fmt: skip
MINE = (
    "question", "relationship", "theme", "session",
    "now order code", "now", "hoped for order code", "hoped for",
)  # fmt: skip


def ours(journeys: Iterable[OurJourney]) -> str:
    """Every released count of the cohort: the levels of each session, then who moved since which session."""
    return written(OURS, (row for journey in journeys for row in _our_rows(journey)))


def mine(journeys: Iterable[MyJourney]) -> str:
    """One's own readings, a row each."""
    return written(MINE, (row for journey in journeys for row in _my_rows(journey)))


def disarmed(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula, however much that nobody sees stands before its first sign."""
    if not isinstance(cell, str):
        return cell
    first = next((sign for sign in cell if category(sign)[0] not in "ZC"), "")
    return f"'{cell}" if first in FORMULA or cell.lstrip(" ").startswith(FORMULA) else cell


def written(head: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> str:
    """A table as text for a spreadsheet, every cell disarmed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([disarmed(cell) for cell in row] for row in rows)
    return BOM + text.getvalue()


def _our_rows(journey: OurJourney) -> Iterator[tuple[Cell, ...]]:
    instrument = journey.question.instrument
    for theme in instrument.themes:
        of_theme = journey.releases.get(theme.key, {})
        for number in sorted(of_theme):
            start = (journey.question.title, theme.label.words, number, of_theme[number].attempt)
            for row in _release_rows(instrument, of_theme[number]):
                yield start + row
        if then := journey.looking_back.get(theme.key):
            start = (journey.question.title, theme.label.words, then.session_number, then.attempt)
            for row in _release_rows(instrument, then, now=SEES):
                yield start + row


def _release_rows(instrument: Instrument, release: Release, *, now: str = "now") -> Iterator[tuple[Cell, ...]]:
    turnout = (release.answered, max(release.of, release.answered))
    for asked, tally in ((now, release.current), ("hoped for", release.desired)):
        if asked == "hoped for" and (now == SEES or not instrument.asks_desired):
            continue
        if tally is None:
            yield (None, asked, None, "closed", None, *turnout, release.withheld or "")
            continue
        for level, people in zip(instrument.levels, tally.levels, strict=True):
            yield (None, asked, level.code, level.label.words, people, *turnout, "")
        others = (tally.not_sure, tally.does_not_apply, tally.passed)
        for answer, people in zip(NonAnswer, others, strict=True):
            yield (None, asked, None, answer.label, people, *turnout, "")
    for shift in release.shifts if now != SEES else ():
        for asked, moved in (("now", shift.current), ("hoped for", shift.desired)):
            for word, people in _directions(moved):
                yield (shift.from_session, asked, None, word, people, *turnout, "")


def _directions(moved: Movement | None) -> list[tuple[str, int]]:
    """The directions counted; nothing where the comparison stays closed."""
    if moved is None:
        return []
    counts = {"up": moved.up, "same": moved.same, "down": moved.down, "same, at the top already": moved.at_top}
    return list(counts.items())


def _my_rows(journey: MyJourney) -> Iterator[tuple[Cell, ...]]:
    instrument = journey.question.instrument
    for theme in instrument.themes:
        for line in journey.series.get(theme.key, ()):
            for point in line.points:
                yield (
                    journey.question.title,
                    line.focus_label or "",
                    theme.label.words,
                    point.session_number,
                    *_coded(instrument, point.reading.current),
                    *_coded(instrument, point.reading.desired),
                )
        yield from _my_start(journey, theme)


def _my_start(journey: MyJourney, theme: Theme) -> Iterator[tuple[Cell, ...]]:
    """How one sees the start from today: rows of a question of their own, so that they take nothing's place."""
    labels = {line.points[0].reading.focus: line.focus_label for line in journey.series.get(theme.key, ())}
    for focus, reading in journey.looking_back.get(theme.key, {}).items():
        coded = _coded(journey.question.instrument, reading.current)
        yield (f"{journey.question.title}: {SEES}", labels.get(focus) or "", theme.label.words, None, *coded, None, "")


def _coded(instrument: Instrument, answer: int | None) -> tuple[Cell, Cell]:
    """Order code and label; only levels have a code."""
    if answer is None:
        return None, ""
    if answer < 0:
        return None, NonAnswer(answer).label
    return answer, instrument.label(answer)
