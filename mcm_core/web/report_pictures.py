"""What the cohort's report draws: bars of counts as plain boxes, which every printer understands, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mcm_core.charts import palette
from mcm_core.charts.words import of_all
from mcm_core.domain import looking_back, median
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.journey import OurJourney, hopes_moved, last_shift, we_moved
from mcm_core.domain.reading import NonAnswer
from mcm_core.domain.release import Release
from mcm_core.domain.shift import Movement, Shift
from mcm_core.domain.tally import Tally

CLOSED = "closed"
WHITE = "#FFFFFF"
ROOMY = 0.25  # of the longest bar: wide enough on paper for the name of a level


@dataclass(frozen=True)
class Box:
    """One segment of a bar: how many, of what, what is printed in it, and how it is painted."""

    count: int
    label: str
    text: str
    fill: str
    line: str
    ink: str


@dataclass(frozen=True)
class Bar:
    """The answers to one question. `rest` is the space left of the longest bar; `closed` says why there is none."""

    name: str
    boxes: tuple[Box, ...] = ()
    rest: int = 0
    middle: str = ""
    counts: tuple[str, ...] = ()
    closed: str = ""


@dataclass(frozen=True)
class SessionPicture:
    """One session of a theme."""

    number: int
    answered: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class ThemePage:
    """Everything that the report says of one theme."""

    theme: Theme
    sentence: str
    sessions: tuple[SessionPicture, ...]
    moves: tuple[Bar, ...]
    moved: tuple[str, ...]
    glance: tuple[str, ...]
    start: looking_back.Marks | None


def theme_pages(journey: OurJourney) -> list[ThemePage]:
    """The themes of a journey that have been revealed at least once, Safety first."""
    instrument = journey.question.instrument
    themes = sorted(instrument.themes, key=lambda theme: not theme.core)
    return [
        _theme_page(instrument, theme, journey.releases[theme.key], journey.looking_back.get(theme.key))
        for theme in themes
        if journey.releases.get(theme.key)
    ]


def columns(instrument: Instrument) -> tuple[str, ...]:
    """The heads of the counts in a table."""
    return (*(level.label.words for level in instrument.levels), *(answer.label for answer in NonAnswer))


def key(instrument: Instrument) -> tuple[Box, ...]:
    """The levels in their colours."""
    return tuple(_box(instrument, level.code, 0, hoped=False, roomy=True) for level in instrument.levels)


def _theme_page(
    instrument: Instrument, theme: Theme, of_theme: Mapping[int, Release], then: Release | None
) -> ThemePage:
    in_order = [of_theme[number] for number in sorted(of_theme)]
    longest = max((tally.n for one in in_order for tally in (one.current, one.desired) if tally), default=1)
    shift = last_shift(of_theme)
    return ThemePage(
        theme=theme,
        sentence=_sentence(instrument, in_order),
        sessions=tuple(_session(instrument, release, longest) for release in in_order),
        moves=_moves(shift) if shift else (),
        moved=(we_moved(shift), hopes_moved(shift)) if shift else (),
        glance=_glance(instrument, in_order, shift),
        start=looking_back.ours(instrument, of_theme, then),
    )


def _session(instrument: Instrument, release: Release, longest: int) -> SessionPicture:
    asked: list[tuple[str, Tally | None]] = [("now", release.current)]
    if instrument.asks_desired:
        asked.append(("hoped for", release.desired))
    bars = tuple(_bar(instrument, name, tally, longest, release.withheld or CLOSED) for name, tally in asked)
    return SessionPicture(release.session_number, _answered(release), bars)


def _answered(release: Release) -> str:
    vote = {1: "", 2: ", second vote", 3: ", third vote"}[release.attempt]
    return f"{of_all([release.answered], max(release.of, release.answered))}{vote}"


def _bar(instrument: Instrument, name: str, tally: Tally | None, longest: int, why: str) -> Bar:
    if tally is None:
        return Bar(name, closed=why, counts=(CLOSED,) * len(columns(instrument)))
    boxes = tuple(
        _box(instrument, code, count, hoped=name != "now", roomy=count >= ROOMY * longest)
        for code, count in zip(instrument.codes, tally.levels, strict=True)
        if count
    )
    counts = (*tally.levels, tally.not_sure, tally.does_not_apply, tally.passed)
    middle = median.in_words(instrument, tally) if instrument.ordered else ""
    return Bar(name, boxes, longest - tally.n, middle, tuple(map(str, counts)))


def _box(instrument: Instrument, code: int, count: int, *, hoped: bool, roomy: bool) -> Box:
    n, label = len(instrument.levels), instrument.label(code)
    text = f"{count} {label}" if roomy else str(count)
    if not instrument.ordered:
        fill = palette.categories(n, False)[code - 1]
        return Box(count, label, text, fill, fill, palette.text_on(fill))
    fill = WHITE if hoped else palette.ramp(n, False)[code - 1]
    return Box(count, label, text, fill, palette.outlines(n, False)[code - 1], palette.text_on(fill))


def _moves(shift: Shift) -> tuple[Bar, ...]:
    several = [("we", shift.current), ("our hopes", shift.desired)]
    longest = max((moved.n for _, moved in several if moved), default=1)
    return tuple(_move(name, moved, longest) for name, moved in several)


def _move(name: str, moved: Movement | None, longest: int) -> Bar:
    if moved is None:
        return Bar(name, closed=CLOSED)
    names = palette.tokens(False)
    boxes = tuple(
        Box(count, word, f"{count} {word}", names[word], names["muted"], palette.text_on(names[word]))
        for word, count in (("down", moved.down), ("same", moved.same), ("up", moved.up))
        if count
    )
    return Bar(name, boxes, longest - moved.n)


def _sentence(instrument: Instrument, in_order: list[Release]) -> str:
    """Where the middle was at first and where it is now; levels without an order have no middle."""
    shown = [release for release in in_order if release.current]
    if not shown:
        return "There is no picture of this theme. " + (in_order[-1].withheld or "")
    if not instrument.ordered:
        return instrument.always_shown.words if instrument.always_shown else ""
    first, last = shown[0], shown[-1]
    now = _middle(instrument, last.current)
    if first is last:
        return f"In session {last.session_number} the middle of our answers is {now}."
    before = _middle(instrument, first.current)
    if before == now:
        return f"The middle of our answers is {now}, in session {last.session_number} as in {first.session_number}."
    return (
        f"The middle of our answers was {before} in session {first.session_number} "
        f"and is {now} in session {last.session_number}."
    )


def _middle(instrument: Instrument, tally: Tally | None) -> str:
    return median.in_words(instrument, tally) if tally else CLOSED


def _glance(instrument: Instrument, in_order: list[Release], shift: Shift | None) -> tuple[str, ...]:
    """A row of the table on the first page: the middle at first and last, and both movements."""
    first, last = in_order[0], in_order[-1]
    if not instrument.ordered:
        return ()
    return (
        f"{_middle(instrument, first.current)}, session {first.session_number}",
        f"{_middle(instrument, last.current)}, session {last.session_number}" if last is not first else "–",
        _counts(shift.current if shift else None, shift),
        _counts(shift.desired if shift else None, shift),
    )


def _counts(moved: Movement | None, shift: Shift | None) -> str:
    if shift is None:
        return "–"
    return f"{moved.up} up, {moved.same} same, {moved.down} down" if moved else CLOSED
