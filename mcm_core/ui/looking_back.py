"""What the journey and the review draw alike: one's own journey, a theme of ours, and the notes behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from mcm_core.charts.bars import bars
from mcm_core.charts.categories import categories
from mcm_core.charts.multiples import multiples
from mcm_core.charts.petals import petals
from mcm_core.charts.picture import Picture
from mcm_core.charts.shifts import shifts
from mcm_core.charts.slope_words import reading_of
from mcm_core.charts.slopes import slopes
from mcm_core.charts.three_marks import three_marks
from mcm_core.domain import looking_back as start
from mcm_core.domain import median
from mcm_core.domain.ahead import may_vote_again
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.journey import MyJourney, OurJourney, hopes_moved, kept_closed, last_shift, new_lines, we_moved
from mcm_core.domain.note import Note
from mcm_core.domain.release import MOVES_CLOSED, Release
from mcm_core.services import journeys, notes
from mcm_core.store.engine import read
from mcm_core.ui.lowered import seen_in
from mcm_core.ui.page import PAGES, Here
from mcm_core.ui.pieces import is_dark, plain, project, table, words

FIRST_SHIFT = "Who moved is shown here once we have voted on this theme in a second session."
ONLY_SHIFT = "We voted on this theme in one session only, so nothing can be said here of who moved."
CLOSED_SHIFT = f"Who moved stays closed. {MOVES_CLOSED}"
Counts = Mapping[tuple[int, str], int]


@dataclass(frozen=True)
class Mine:
    """What a member looks back on: their own journeys and notes, and what the cohort was shown of the same."""

    journeys: tuple[MyJourney, ...]
    ours: tuple[OurJourney, ...]
    notes: tuple[Note, ...]


def mine_of(here: Here) -> Mine:
    """Everything of the visitor's own, oldest note first. Raises NotAllowed for anybody but a member."""
    with read() as db:
        return Mine(
            journeys=journeys.mine(db, here.visitor),
            ours=journeys.ours(db, here.visitor, here.cohort.id),
            notes=tuple(note for note in reversed(notes.wall(db, here.visitor, here.cohort.id)) if note.mine),
        )


def mine(here: Here, all_mine: Mine, *, first: str | None = None) -> None:
    """A member's own journeys: petals of the latest readings, then a line a theme. `first` is a theme to begin with.

    What was asked once, beside what is asked again and again, is said in words: it is no journey.
    """
    for number, journey in enumerate(all_mine.journeys):
        if len(all_mine.journeys) > 1:
            st.header(plain(journey.question.title), anchor=False)
        once = number > 0 and journey.is_of_one_session
        if not once:
            _petals(journey, key=f"mine.{number}.petals")
            for sentence in _breaks_of_all(journey):
                words(sentence, kind="question")
        elif always := journey.question.instrument.always_shown:
            words(always.words, kind="fact")
        for theme in themes(journey.question.instrument, journey.series, first):
            if once:
                _my_words(journey, theme)
            else:
                _my_theme(journey, theme, _group(journey, theme, all_mine.ours), key=f"mine.{number}.{theme.key}")
                seen_in(here, theme, journey.series[theme.key], key=f"mine.{number}.{theme.key}")
            for note in all_mine.notes:
                if note.theme == theme.key:
                    quote(note, by="you")


def themes(instrument: Instrument, present: Mapping[str, object], first: str | None = None) -> list[Theme]:
    """The themes that have something to show: the one asked for, then Safety, then the instrument's order."""
    found = [theme for theme in instrument.themes if present.get(theme.key)]
    return sorted(found, key=lambda theme: (theme.key != first, not theme.core))


def our_theme(here: Here, journey: OurJourney, theme: Theme, *, key: str) -> None:
    """One theme of ours: who stood where in each session, then who moved, now and hopes apart."""
    instrument, of_theme = journey.question.instrument, journey.releases[theme.key]
    fold(multiples(instrument, of_theme, narrow=True, dark=is_dark()), key=f"{key}.multiples")
    for sentence in kept_closed(of_theme):
        words(sentence)
    our_shift(here, instrument, theme, of_theme, key=key)
    our_start(journey, theme, key=key)


def our_start(journey: OurJourney, theme: Theme, *, key: str) -> None:
    """How we saw the start then and see it now, where we looked back together."""
    instrument, then = journey.question.instrument, journey.looking_back.get(theme.key)
    _marks(instrument, theme, start.ours(instrument, journey.releases[theme.key], then), key=key, of_us=True)
    if then and then.withheld:
        words(then.withheld)


def _marks(instrument: Instrument, theme: Theme, marks: start.Marks | None, *, key: str, of_us: bool = False) -> None:
    if marks is None:
        return
    picture = three_marks(instrument, [(theme, marks)], of_us=of_us, narrow=True, dark=is_dark())
    fold(picture, key=f"{key}.start")
    words(marks.sentence, kind="question")


def our_shift(here: Here, instrument: Instrument, theme: Theme, of_theme: Mapping[int, Release], *, key: str) -> None:
    """Who moved: two sentences and their picture. Nothing where levels have no order."""
    if not instrument.ordered:
        return
    shift = last_shift(of_theme)
    if shift is None:
        first = FIRST_SHIFT if may_vote_again(here.cohort, of_theme, here.at) else ONLY_SHIFT
        words(first if len(of_theme) < 2 else CLOSED_SHIFT)
        return
    fold(shifts(instrument, [(theme, shift)], narrow=True, dark=is_dark()), key=f"{key}.shifts")
    words(we_moved(shift), kind="question")
    if instrument.asks_desired:
        words(hopes_moved(shift), kind="question")


def in_short(instrument: Instrument, of_theme: Mapping[int, Release]) -> str:
    """Where the middle of our answers was at first and is now, short enough for a label."""
    shown = [of_theme[number].current for number in sorted(of_theme)]
    tallies = [tally for tally in shown if tally]
    if not tallies:
        return "closed"
    if not instrument.ordered:
        return ""
    before, now = (median.in_words(instrument, tally) for tally in (tallies[0], tallies[-1]))
    return now if before == now else f"{before}, then {now}"


def note_links(theme: Theme, counts: Counts, *, session_number: int) -> None:
    """A link to the notes of each session about this theme, or one to write the first."""
    found = sorted(number for number, key in counts if key == theme.key)
    for number in found:
        many = counts[number, theme.key]
        label = f"{many} {'note' if many == 1 else 'notes'} from session {number} about {theme.said}"
        _to_notes(label, number, theme, icon=":material/sticky_note_2:")
    if not found:
        _to_notes(f"Write the first note about {theme.said}", session_number, theme, icon=":material/edit_note:")


def _to_notes(label: str, number: int, theme: Theme, *, icon: str) -> None:
    query = {"session": str(number), "theme": theme.key}
    st.page_link(PAGES / "notes.py", label=plain(label), icon=icon, query_params=query)


def _petals(journey: MyJourney, *, key: str) -> None:
    """The latest reading of each theme around Safety; only levels with an order make rings."""
    if journey.question.instrument.ordered:
        fold(petals(journey.question.instrument, journey.latest(), dark=is_dark()), key=key)


def _group(journey: MyJourney, theme: Theme, ours: tuple[OurJourney, ...]) -> Mapping[int, Release]:
    """What the cohort was shown of the same question and theme."""
    same = (one.releases.get(theme.key, {}) for one in ours if one.question == journey.question)
    return next(same, {})


def _my_theme(journey: MyJourney, theme: Theme, group: Mapping[int, Release], *, key: str) -> None:
    instrument, series = journey.question.instrument, journey.series[theme.key]
    st.header(plain(theme.label.words), anchor=False, divider="gray")
    if not _breaks_of_all(journey):
        for sentence in new_lines(series):
            words(sentence)
    fold(slopes(instrument, theme, series, group=group, narrow=True, dark=is_dark()), key=key)
    _marks(instrument, theme, start.mine(instrument, series, journey.looking_back.get(theme.key, {})), key=key)


def _my_words(journey: MyJourney, theme: Theme) -> None:
    words(theme.label.words, kind="question")
    words(reading_of(journey.question.instrument, journey.series[theme.key]))


def _breaks_of_all(journey: MyJourney) -> tuple[str, ...]:
    """The sentences about new lines when they are the same for all themes, so that they are said once."""
    several = {new_lines(series) for series in journey.series.values()}
    return several.pop() if len(several) == 1 else ()


def fold(picture: Picture, *, key: str) -> None:
    """A picture of several on a page: what it says stands above it, the long reading and the table fold away."""
    project(picture, key=key)
    with st.expander("In words and as a table"):
        words(picture.reading, kind="reading")
        table(picture)
        words(picture.what)


def first_and_last(journey: OurJourney, theme: Theme, *, key: str) -> None:
    """The picture of the first session that has one beside that of the last."""
    instrument, of_theme = journey.question.instrument, journey.releases[theme.key]
    shown = [number for number in sorted(of_theme) if of_theme[number].current] or [max(of_theme)]
    two = sorted({shown[0], shown[-1]})
    for number, column in zip(two, st.columns(len(two)), strict=True):
        release = of_theme[number]
        draw = bars if instrument.ordered else categories
        of = max(release.of, release.answered)
        with column:
            words(f"Session {number}", kind="question")
            fold(draw(instrument, [release], of=of, narrow=True, dark=is_dark()), key=f"{key}.session{number}")


def quote(note: Note, *, by: str | None = None) -> None:
    """A note as it may be read aloud: its words, and its author as they chose to be named, whoever looks at it."""
    author = note.by if by is None else by
    with st.container(border=True):
        words(note.body, kind="note-body")
        paused = "paused by a facilitator" if note.paused_at else None
        facts = [author, f"session {note.session_number}", note.kind.value, paused]
        words(", ".join(filter(None, facts)), kind="fact")
