"""The participation document on the screen: to be read before anything else, to be filled in, and who has read it."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.document import Copy, Document, missing
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, documents
from mcm_core.store.engine import read, write
from mcm_core.ui.chrome import watch
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import named, plain, privacy_link, showing_errors, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import visit

LINES = "At most 8 lines of 160 characters. What stays empty reads as the line beneath it says."


def gate(visitor: Visitor) -> None:
    """In the place of every page, for a member who has yet to read it. On their other phones it opens by itself."""
    with read() as db:
        here = Here(visitor, cohorts.get(db, visitor, visitor.cohort_id or ""), now())
    document = of(here)
    st.title(plain(document.title), anchor=False)
    watch(visitor)
    show(document)
    answering(here, document)


def of(here: Here) -> Document:
    """The document of this cohort as it stands now."""
    with read() as db:
        return documents.of(db, here.visitor, here.cohort.id, at=here.at)


def show(document: Document) -> None:
    """All of it, in the order in which it is read aloud."""
    words(document.opening)
    for part in document.parts:
        st.header(plain(part.heading), anchor=False)
        for sentence in part.says:
            words(sentence)
        for point in part.points:
            words(point, kind="element")
    privacy_link()


def answering(here: Here, document: Document) -> None:
    """What somebody says who has it before them: read, or please talk me through it."""
    with read() as db:
        mine = documents.mine(db, here.visitor)
    if mine.is_current:
        words(f"You have {mine.state}.", kind="fact")
        return
    if mine.read_at:
        words(f"You have {mine.state}. Some of the words are new.", kind="fact")
    button(
        "I have read this document",
        lambda: _read(here, document),
        key=f"document.read.{document.version}",
        primary=True,
    )
    if mine.asked_at:
        words("Your facilitator knows that you would like to be talked through it. You can still read it yourself.")
    elif not mine.read_at:
        button("Please talk me through it", lambda: _ask(here, document), key=f"document.ask.{document.version}")
        words("Your facilitator sees your wish, and nobody else does. Nobody asks why.", kind="how-to")


def board(here: Here, copies: tuple[Copy, ...]) -> None:
    """Where everybody stands, in words, with the tap that records a talk."""
    for one in copies:
        with st.container(horizontal=True, vertical_alignment="center"):
            words(f"{one.name}: {one.state}")
            if not one.read_at:
                key = f"document.talked.{one.member_id}"
                button("We talked it through", lambda one=one: _talked(here, one), key=key)  # type: ignore[misc]
    if missing(copies):
        button("Write messages to those who have not read it", lambda: _write(here), key="document.messages")
        st.page_link(PAGES / "messages.py", label="Send the messages, or copy them", icon=":material/mail:")
    if any(not (one.sent_at or one.link_sent_at) for one in missing(copies)):
        button("I have sent it to everybody", lambda: _send(here), key="document.send")
        words(
            "Their own link leads to it: it is the first that they see. If you hand the links out in some other way, "
            "note it here.",
            kind="how-to",
        )


def gaps_form(here: Here, document: Document) -> None:
    """What the app cannot know, for a facilitator to fill in. A refused text stays in its box."""
    key = f"{here.cohort.id}.document.{document.version}"
    stored = [document.fillings.get(gap.key, "") for gap in document.gaps]
    with half_typed(here, f"{here.cohort.id}.document", stored=stored), st.form(key, border=False):
        words(LINES, kind="how-to")
        typed = {}
        for gap, own in zip(document.gaps, stored, strict=True):
            label = named(f"{gap.label}. {gap.hint}")
            typed[gap.key] = st.text_area(label, own, key=f"{key}.{gap.key}", height="content") or ""
            words(gap.until_then.replace("{cohort}", here.cohort.name), kind="how-to")
        pressed = st.form_submit_button("Keep these words")
    with showing_errors():
        if pressed:
            with write() as db:
                documents.fill_in(db, here.visitor, here.cohort.id, document.version, typed, at=now())
            visit().message = "Kept. Everybody sees it at once; who has read it before is asked to look again."
            st.rerun()


def _read(here: Here, document: Document) -> None:
    with write() as db:
        documents.have_read(db, here.visitor, document.version, at=now())


def _ask(here: Here, document: Document) -> None:
    with write() as db:
        documents.talk_me_through(db, here.visitor, document.version, at=now())


def _talked(here: Here, one: Copy) -> None:
    with write() as db:
        documents.talked_through(db, here.visitor, one.member_id, at=now())


def _write(here: Here) -> None:
    with write() as db:
        found = documents.write_messages(db, here.visitor, here.cohort.id, at=now())
    visit().message = "1 message stands ready." if found == 1 else f"{found} messages stand ready."


def _send(here: Here) -> None:
    with write() as db:
        documents.send(db, here.visitor, here.cohort.id, at=now())
