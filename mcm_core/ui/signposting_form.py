"""Where this cohort's people can turn, for a facilitator to check and write down; and the reminder until it is done."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.signposting import Signposting, parted
from mcm_core.services import signposting
from mcm_core.store import texts
from mcm_core.store.engine import read, write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.visit import visit


def reminder(here: Here) -> None:
    """Until a facilitator has checked it: members see general words only."""
    if _stored(here) is None:
        st.info(
            "Your members see only general words under “Help and support” so far. "
            "Check and write down your own contacts: on the Cohort page, under “Help and support”."
        )


def signposting_form(here: Here) -> None:
    """Three fields, one contact a line. They begin as a template with gaps, which must be filled before it is kept."""
    stored, template = _stored(here), texts.help_()
    words(
        "This stands under “Help and support” on every page. Check each line before use: "
        "call the number, and make sure that it is right for where your members live.",
        kind="how-to",
    )
    key = f"{here.cohort.id}.signs.{stored.checked_at.isoformat() if stored else 'new'}"
    start = stored or template
    in_danger = stored.danger if stored else texts.country().danger
    begins = [in_danger, start.contact, start.lines]
    with half_typed(here, f"{here.cohort.id}.signs", stored=begins), st.form(key, border=False):
        danger = st.text_area("In danger now", in_danger, key=f"{key}.danger", height="content")
        contact = st.text_area("Whom to tell", start.contact, key=f"{key}.contact", height="content")
        lines = st.text_area("Helplines", start.lines, key=f"{key}.lines", height="content")
        words("One contact on a line, its number at the end: then a tap on the number calls it.", kind="how-to")
        pressed = st.form_submit_button("I have checked these. Keep them")
    with showing_errors():
        if pressed:
            with write() as db:
                kept = signposting.write_down(
                    db, here.visitor, here.cohort.id, danger=danger, contact=contact, lines=lines, at=now()
                )
            visit().message = f"Kept. Everybody sees it under “Help and support”. {_dialled(kept)}"
            st.rerun()
    if stored:
        st.caption(plain(f"Checked on {stored.checked_at:%d %B %Y}. {_dialled(stored)}"))


def _stored(here: Here) -> Signposting | None:
    with read() as db:
        return signposting.of(db, here.visitor, here.cohort.id)


def _dialled(signs: Signposting) -> str:
    """Which numbers can be tapped, for the facilitator to compare."""
    lines = "\n".join((signs.danger, signs.contact, signs.lines)).splitlines()
    numbers = [part.number for line in lines if (part := parted(line)).dial]
    return f"Numbers to tap: {', '.join(numbers)}." if numbers else "No line ends in a number to tap."
