"""This week in the group: what was shared since the last session, to read in a minute."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.digest import Digest
from mcm_core.domain.errors import Refused
from mcm_core.domain.topic import FROM_THE_GROUP
from mcm_core.services import digest
from mcm_core.store.engine import read, write
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import plain, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import Draft, visit

AT_FIRST = 10


def this_week(here: Here) -> None:
    """What the facilitators answered, new topics, lines about catch-ups, then notes for the group, the newest first."""
    with read() as db:
        found = digest.of_week(db, here.visitor, here.cohort.id, at=here.at)
    since = f"Since session {found.since.number}." if found.since else "Before we meet for the first time."
    words(since, kind="how-to")
    if found.is_empty:
        words("Nothing is shared yet this week. A note, or one line about a catch-up, is a good beginning.")
    for answer in found.answers:
        words(f"You said: {answer.you_said}", kind="note-body")
        words(answer.answer, kind="note-body")
        words(f"From News and views, about session {answer.session_number}", kind="fact")
    for topic in found.topics:
        words(topic.text, kind="note-body")
        words(f"New on the board of topics, {topic.by or FROM_THE_GROUP}", kind="fact")
    for line in found.lines:
        words(line, kind="note-body")
        words("From a catch-up", kind="fact")
    for note in found.notes[:AT_FIRST]:
        words(note.body, kind="note-body")
        words(" · ".join(filter(None, [note.kind.capitalize(), note.by])), kind="fact")
    if len(found.notes) > AT_FIRST:
        words(f"And {len(found.notes) - AT_FIRST} more notes.", kind="how-to")
    st.page_link(PAGES / "notes.py", label="Write or read notes")
    if here.visitor.facilitates:
        _message(here, found)


def _message(here: Here, found: Digest) -> None:
    """A press that drafts the message of the week; a second one drafts nothing."""
    said = f"A message to everybody who has an address would say: “{found.summary}” Nobody’s words leave this page."
    words(said, kind="how-to")
    # Said beneath the button, as far down as it stands.
    draft = visit().drafts.setdefault(f"digest.{here.cohort.id}.{found.summary}", Draft())
    button("Write it to everybody", lambda: _write(here, draft), key="digest.write", disabled=found.is_empty)
    if draft.said:
        st.success(plain(draft.said))
    st.page_link(PAGES / "messages.py", label="To the messages", icon=":material/mail:")


def _write(here: Here, draft: Draft) -> None:
    with write() as db:
        people = digest.write_messages(db, here.visitor, here.cohort.id, at=now())
    if not people:
        raise Refused("Nobody who has come in has an e-mail address. Write addresses down on the page Cohort.")
    draft.said = f"Written for {'1 person' if people == 1 else f'{people} people'}. You find it under Messages."
