"""What a member brings and looks back on, what the facilitators may see of it, and what Today asks of it."""

from __future__ import annotations

import streamlit as st

from mcm_core.charts.bars import bars
from mcm_core.domain.evaluation import WORDS_MAX, Window, as_instrument
from mcm_core.services import agreements, aspirations, evaluations, journeys
from mcm_core.store.engine import read, write
from mcm_core.ui.asked import Asked
from mcm_core.ui.clocks import on_their_clocks
from mcm_core.ui.evaluation_form import evaluation_form, is_finished
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.late_card import late_cards_alone
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import is_dark, plain, show, showing_errors, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import visit

ALONE = "Only you read this."
FROM_APPLICATION = (
    "What stands here from your application, the facilitators have read there. What you change here, only you read."
)
ASKED_LATER = "After the last session you are asked what became of it."
STANDS = "What you have written stays as it is: the form to look back with asks what became of it."
HOPE = "What do you hope to achieve?"
BRINGS = "A question or challenge that I bring (it may be rough)"


def closing_asked(here: Here) -> list[Asked]:
    """What a member can say at the start, of the agreement, and after the last session."""
    open_ = _open(here)
    with read() as db:
        said, stands = aspirations.mine(db, here.visitor), agreements.of(db, here.visitor, here.cohort.id)
    asks = []
    if not said.hope and here.at < here.cohort.start_ends:
        asks.append(Asked("closing.py", "Say what you hope for, and the question you bring", "history_edu"))
    if stands.number and stands.mine != stands.number and here.at < open_.closes:
        asks.append(Asked("agreement.py", "Read how we work together, and say whether you agree", "handshake"))
    if open_.is_open(here.at) and not is_finished(here):
        asks.append(Asked("closing.py", _until(here, open_), "history_edu"))
    return asks


def closing_link(here: Here) -> None:
    """The way to the page once it has something for everybody: from the last session on."""
    if here.at >= _open(here).opens:
        st.page_link(PAGES / "closing.py", label="Look back and on", icon=":material/history_edu:")


def what_i_bring(here: Here) -> None:
    """The hope and the question, which are shown back at the end."""
    with read() as db:
        said = aspirations.mine(db, here.visitor)
    stands = here.at >= _open(here).opens
    words(f"{FROM_APPLICATION if said.applied else ALONE} {STANDS if stands else ASKED_LATER}", kind="promise")
    free = [body for body in (said.hope, said.brings) if not (stands and body)]
    if not free:
        for label, body in ((HOPE, said.hope), (BRINGS, said.brings)):
            _box(label, body, "", stands=True)
        return
    key = f"bring.{here.cohort.id}.{said.changed_at}"
    alone = "" if len(free) > 1 else ".alone"  # half-typed words know their box by its place among the others
    place = f"bring.{here.cohort.id}{alone}"
    with half_typed(here, place, stored=free), st.form(key, border=False):
        hope = _box(HOPE, said.hope, f"{key}.hope", stands=stands)
        brings = _box(BRINGS, said.brings, f"{key}.brings", stands=stands)
        pressed = st.form_submit_button("Keep this")
    with showing_errors():
        if pressed:
            with write() as db:
                aspirations.bring(db, here.visitor, hope=hope, brings=brings, at=now())
            visit().message = "Kept. What you changed, only you read." if said.applied else "Kept, for you alone."
            st.rerun()


def _box(label: str, body: str, key: str, *, stands: bool) -> str:
    """The words as they stand once they are asked about; before, and for the first words, a box for them."""
    if not (stands and body):
        return st.text_area(label, body, max_chars=WORDS_MAX, key=key)
    words(label, kind="fact")
    words(body, kind="note-body")
    return body


def my_look_back(here: Here) -> None:
    """The form while it is open, after what was missed; before and after, when it is or was."""
    open_ = _open(here)
    if open_.is_open(here.at):
        late_cards_alone(here)
        words(f"Open until {on_their_clocks(here.cohort, open_.closes)}.", kind="fact")
        evaluation_form(here)
    elif here.at < open_.opens:
        words(f"A form to look back with opens with the last session, on {on_their_clocks(here.cohort, open_.opens)}.")
    else:
        words(f"The form closed on {on_their_clocks(here.cohort, open_.closes)}. What you said is under My data.")


def start_seen_twice(here: Here) -> None:
    """The way to the three marks, where we looked back at the start."""
    with read() as db:
        ours = journeys.ours(db, here.visitor, here.cohort.id)
    if any(journey.looking_back for journey in ours):
        who = "we" if here.visitor.facilitates else "you"
        label = f"How {who} saw the start then and see it now: Journey"
        st.page_link(PAGES / "journey.py", label=plain(label), icon=":material/timeline:")


def counted(here: Here) -> None:
    """The pictures of the form, for everybody; nothing before they were made."""
    form = evaluations.form()
    with read() as db:
        pictures = evaluations.pictures(db, here.visitor, here.cohort.id)
    for key, release in pictures.items():
        instrument = as_instrument(form, form.question(key))
        st.subheader(plain(str(instrument.current_question)), anchor=False)
        show(bars(instrument, [release], of=max(release.of, release.answered), narrow=True, dark=is_dark()), key=key)


def for_facilitators(here: Here) -> None:
    """How many have begun, the one press that counts, and what was shared on purpose."""
    open_ = _open(here)
    with read() as db:
        begun = evaluations.begun(db, here.visitor, here.cohort.id)
        done = evaluations.pictures(db, here.visitor, here.cohort.id)
        shared = evaluations.shared(db, here.visitor, here.cohort.id)
    if here.at < open_.opens:
        words(f"The form opens for everybody with the last session, on {on_their_clocks(here.cohort, open_.opens)}.")
        return
    who = "Beyond what is shared with you below, who they are" if shared else "Who they are"
    words(f"{begun.people} of {begun.of} {'has' if begun.people == 1 else 'have'} begun the form. {who} is not shown.")
    if not done:
        words(
            f"It {'closed' if open_.is_over(here.at) else 'closes'} on {on_their_clocks(here.cohort, open_.closes)}. "
            "After that the answers can be counted, once: two counts a day apart would tell the answer that came "
            "between. "
            f"A question on which fewer than {here.cohort.threshold} have answered gets no picture, then or later.",
            kind="how-to",
        )
        button("Count the answers", lambda: _count(here), key="closing.count", disabled=not open_.is_over(here.at))
    st.subheader("Shared with you", anchor=False)
    if not shared:
        words("Nobody has shared words from the form with the facilitators.")
    for one in shared:
        with st.container(border=True):
            words(one.ask, kind="need")
            words(one.words, kind="note-body")
            words(one.name, kind="fact")


def _count(here: Here) -> None:
    with write() as db:
        evaluations.count(db, here.visitor, here.cohort.id, at=now())


def _open(here: Here) -> Window:
    with read() as db:
        return evaluations.opening(db, here.visitor, here.cohort.id)


def _until(here: Here, open_: Window) -> str:
    return f"Look back on the six sessions, until {on_their_clocks(here.cohort, open_.closes)}"
