"""The run-sheet on a facilitator's screen: a line for each block, and what can be done to the one that was chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from mcm_core.domain.block import Block
from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.run_sheet import Line, RunSheet, fits, lateness, timetable, to_run
from mcm_core.services import plans, run_sheets
from mcm_core.services.run_sheets import Progress
from mcm_core.store.engine import DatabaseUnavailable, read, write
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import choose, is_drawn, typed, visit

STEP = 5  # minutes


def progress_of(here: Here) -> Progress:
    """Which session is being run, and which are over."""
    with read() as db:
        return run_sheets.progress(db, here.visitor, here.cohort.id)


def meeting_to_run(here: Here, progress: Progress) -> CohortSession:
    """The session that the facilitators stand before."""
    return to_run(here.cohort.sessions, progress.on, progress.over, here.at)


def sheet_of(here: Here, meeting: CohortSession) -> RunSheet:
    """The cohort's own run-sheet of this session, made now if nobody has looked at it before."""
    with read() as db:
        found = run_sheets.of_session(db, here.visitor, meeting.id)
    if found:
        return found
    try:
        with write() as db:
            return run_sheets.make(db, here.visitor, meeting.id)
    except DatabaseUnavailable:  # who only reads may go on when nothing can be written
        with read() as db:
            return run_sheets.unsaved(db, here.visitor, meeting.id)


def session_name(here: Here, number: int) -> str:
    """Such as "3", or "3 (cancelled)"."""
    return f"{number} (cancelled)" if here.cohort.session(number).cancelled else str(number)


def lines(here: Here, sheet: RunSheet, meeting: CohortSession) -> Block | None:
    """What is on and what is ahead, each on a line with its time; what is over is folded. Returns what was tapped."""
    table = {line.block.id: line for line in timetable(sheet, meeting.starts_at, here.at)}
    over = [line for line in table.values() if line.block.ended_at]
    open_ = [id_ for id_, line in table.items() if line not in over]
    title = f"The plan of session {session_name(here, sheet.session_number)}"
    chosen = None
    if open_:
        labels = {id_: plain(_label(table[id_], sheet, meeting)) for id_ in open_}
        chosen = _chosen(title, labels, f"sheet.{sheet.session_id}")
    if over:
        folded = f"What is over: {len(over)} of {len(table)}" if open_ else title
        with st.expander(folded, expanded=not open_, key=f"sheet.{sheet.session_id}.over"):
            for line in over:
                words(_label(line, sheet, meeting))
    words(fits(sheet), kind="fact")
    if late := lateness(sheet, list(table.values()), meeting.ends_at, lambda moment: _clock(moment, meeting)):
        words(late, kind="need")
    return table[chosen].block if chosen in table else None


def _chosen(title: str, labels: dict[str, str], key: str) -> str | None:
    """The block that was tapped. It stays chosen while its line changes.

    A browser knows what was tapped by the words of its line alone, so it is told when these are others now.
    """
    seen = visit()
    if not is_drawn(key):
        seen.block = None

    def tapped() -> None:
        # Not when the words are those of a line as it was: the browser has yet to hear of the change.
        if (block := typed(key)) in labels:
            seen.block = block, labels[block]

    if seen.block and (stays := seen.block[0]) in labels:
        if seen.block != (stays, labels[stays]) or typed(key) != stays:
            choose(key, stays)
        seen.block = stays, labels[stays]
    return st.radio(title, list(labels), index=None, format_func=labels.__getitem__, key=key, on_change=tapped)


def changes(here: Here, sheet: RunSheet, block: Block) -> None:
    """What can be done to a block in one tap. The rest gets its new times by itself.

    On a phone it stays at the lower edge of the screen while the plan above it goes on below that (style.css).
    """
    with st.container(key="block-changes", gap="xsmall"):
        if block.is_ahead:
            words(f"“{block.title}”", kind="question")
            _in_one_tap(here, sheet, block)
        else:
            words(f"“{block.title}” has begun, so it stays as it is.", kind="fact")


def _in_one_tap(here: Here, sheet: RunSheet, block: Block) -> None:
    with st.container(horizontal=True, gap="small"):
        _change(here, sheet, block, "Earlier", partial(plans.move, places=-1))
        _change(here, sheet, block, "Later", partial(plans.move, places=1))
        _change(here, sheet, block, f"{STEP} minutes less", partial(plans.lengthen, minutes=-STEP))
        _change(here, sheet, block, f"{STEP} minutes more", partial(plans.lengthen, minutes=STEP))
        _change(here, sheet, block, "Take it up again" if block.skipped else "Skip it", plans.skip)


def _change(here: Here, sheet: RunSheet, block: Block, label: str, verb: Callable[..., object]) -> None:
    def press() -> None:
        with write() as db:
            verb(db, here.visitor, block.id, version=sheet.version)

    button(label, press, key=f"{block.id}.{sheet.version}.{label}")


def _label(line: Line, sheet: RunSheet, meeting: CohortSession) -> str:
    """Such as "14:10 Stories of meaningful connection, 20 min"."""
    said = f"{_clock(line.begins, meeting)} {line.block.title}, {_minutes(line.block)}"
    return f"Now: {said}" if line.block == sheet.current else said


def _minutes(block: Block) -> str:
    """Planned and actual."""
    if block.skipped:
        return "skipped"
    planned = f"{block.minutes} min" + (f" and {block.extra} more" if block.extra else "")
    return f"{planned}, took {block.took}" if block.took is not None else planned


def _clock(moment: datetime, meeting: CohortSession) -> str:
    return f"{moment.astimezone(ZoneInfo(meeting.time_zone)):%H:%M}"


def moved_on(here: Here, drawn: RunSheet) -> None:
    """Draw the page anew when a colleague has changed the plan since it was drawn."""
    with read() as db:
        found = run_sheets.of_session(db, here.visitor, drawn.session_id)
    if found and found.version != drawn.version:
        st.rerun()
