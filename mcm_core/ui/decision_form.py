"""The record of the decision: a form for facilitators, words for everybody."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.decision import ASKED, WORDS_MAX, Decision
from mcm_core.domain.errors import Conflict
from mcm_core.services import decisions
from mcm_core.store.engine import read, write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pictures import one_vote
from mcm_core.ui.pieces import on_the_day, plain, showing_errors, words
from mcm_core.ui.visit import Draft, is_drawn, visit

NAMES = "Write roles rather than names where you can: this stays when everything that is linked to people is deleted."
NOTHING = "Nothing is written down yet about how we go on."


def quick_checks(here: Here) -> None:
    """How far everybody could go with it, as it was counted before the decision."""
    with read() as db:
        found = decisions.checks(db, here.visitor, here.cohort.id)
    for check, shown in found:
        words(": ".join(dict.fromkeys(("Quick check", str(check.card.instrument.title)))), kind="need")
        one_vote(here, check, shown, narrow=True)


def decided(here: Here) -> None:
    """What was decided, for everybody to read, beside the quick check before it."""
    quick_checks(here)
    record = _stored(here)
    if record is None:
        words(NOTHING)
        return
    _parts(record)
    words(f"Written down on {on_the_day(record.changed_at)}.", kind="fact")


def decision_form(here: Here) -> None:
    """Five boxes. What is typed outlives a refusal and another facilitator's change."""
    quick_checks(here)
    place = f"decision.{here.cohort.id}"
    draft = visit().drafts.setdefault(place, Draft())
    key = f"{place}.{draft.generation}"
    if not is_drawn(f"{key}.decided"):
        draft.upon, draft.said = _stored(here), None
    stored = {name: getattr(draft.upon, name, "") for name in ASKED}
    words(NAMES, kind="how-to")
    with half_typed(here, f"{here.cohort.id}.decision", stored=[*stored.values()]), st.form(place, border=False):
        said = {
            name: st.text_area(asked, stored[name], max_chars=WORDS_MAX, key=f"{key}.{name}", height="content")
            for name, asked in ASKED.items()
        }
        pressed = st.form_submit_button("Keep what we decided", type="primary")
    if pressed:
        draft.said = None
        with showing_errors():
            _keep(here, draft, said)
            st.rerun()
    if draft.said:
        st.error(plain(draft.said))
        if isinstance(draft.upon, Decision):
            _parts(draft.upon)


def _keep(here: Here, draft: Draft, said: dict[str, str]) -> None:
    version = draft.upon.version if isinstance(draft.upon, Decision) else 0
    try:
        with write() as db:
            decisions.write_down(db, here.visitor, here.cohort.id, **said, version=version, at=now())
    except Conflict as conflict:
        draft.upon, draft.said = _stored(here), str(conflict)  # seen now: the next press knows what it replaces
        return
    draft.generation += 1
    visit().message = "Kept. Everybody in the cohort reads it here, on Review and in the report."


def _parts(record: Decision) -> None:
    for heading, text in record.parts():
        words(heading, kind="need")
        words(text, kind="note-body")


def _stored(here: Here) -> Decision | None:
    with read() as db:
        return decisions.of(db, here.visitor, here.cohort.id)
