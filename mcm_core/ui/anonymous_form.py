"""An anonymous ballot: answered whole and sent once. Nothing is stored before Send, nothing can be changed after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from sqlalchemy.orm import Session

from mcm_core.domain.bag import COMMENT_MAX, COMMENTS_FROM
from mcm_core.domain.errors import McmError
from mcm_core.domain.instrument import Theme
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Visitor
from mcm_core.services import bags
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import named, plain, words
from mcm_core.ui.visit import chosen, typed, visit

ONCE = "Answer everything, then press Send. After that nobody can see or change your answers, not even you."
COMMENT = (
    f"In your own words, if you like. It is read only if {COMMENTS_FROM} or more of us answer, mixed with the other "
    "comments; a facilitator chooses which are shared. People may know you by how you write."
)
NO_COMMENT = (
    f"What we write is read only if {COMMENTS_FROM} or more of us answer. We are fewer now, so nothing is asked in "
    "words. You can write a note instead, also for the facilitators alone."
)
NOT_A_REPORT = (
    "This is not a way to report that somebody is at risk: nobody reads it today, and nobody can find out who wrote. "
    "“Help and support”, above, says whom to call."
)
Send = Callable[[Session, Visitor, str, Mapping[str, Reading], str, Mapping[str, str]], None]


def anonymous_form(here: Here, round_: Round, send_it: Send = bags.drop) -> None:
    """The whole ballot and one button; or thanks, when it has been sent. `send_it` is the verb that sends it."""
    with read() as db:
        sent = bags.sent(db, here.visitor, round_.id)
        comments = bags.may_comment(db, here.visitor, round_.cohort_id)
    if sent:
        st.success(
            "Thank you. Your answers are in, and not linked to you. The picture comes after the vote has closed."
        )
        return
    words(ONCE, kind="promise")
    _form(here, round_, send_it, comments)


@st.fragment
def _form(here: Here, round_: Round, send_it: Send, comments: bool) -> None:
    """The questions and the button. What it sends is read in its callback, which no redrawing of the page can lose."""

    def send() -> None:
        try:
            with write() as db:
                send_it(db, here.visitor, round_.id, _answers(round_), typed(_key(round_, "comment")), _texts(round_))
        except McmError as error:
            visit().refused = str(error)

    with st.form(f"anonymous.{round_.id}", border=False):
        for theme in round_.card.asked:
            _theme(round_, theme)
        _in_words(round_, comments)
        pressed = st.form_submit_button("Send", type="primary", on_click=send)
        if error := visit().refused:
            visit().refused = None
            st.error(plain(error))
        elif pressed:
            st.rerun()


def _in_words(round_: Round, comments: bool) -> None:
    """A box for each question that is answered in words; the comment, where the instrument says nothing of it. None in
    a group so small that nobody could ever read them."""
    texts = round_.card.instrument.texts
    if not comments:
        if texts is None or texts:
            words(NO_COMMENT, kind="how-to")
        return
    if texts is None:
        st.text_area("A comment", max_chars=COMMENT_MAX, key=_key(round_, "comment"))
    for asked in texts or ():
        st.text_area(named(str(asked.question)), max_chars=COMMENT_MAX, key=_key(round_, "texts", asked.key))
    if texts is None or texts:
        words(COMMENT, kind="how-to")
    if texts:
        words(NOT_A_REPORT, kind="how-to")


def _texts(round_: Round) -> dict[str, str]:
    return {asked.key: typed(_key(round_, "texts", asked.key)) for asked in round_.card.instrument.texts or ()}


def _answers(round_: Round) -> dict[str, Reading]:
    asks = round_.card.instrument.desired_question
    return {
        theme.key: Reading(
            chosen(_key(round_, theme.key, "current")), chosen(_key(round_, theme.key, "desired")) if asks else None
        )
        for theme in round_.card.asked
    }


def _key(round_: Round, *what: str) -> str:
    return ".".join((round_.id, *what))


def _theme(round_: Round, theme: Theme) -> None:
    instrument = round_.card.instrument
    with st.container(key=f"card-{theme.key}-{round_.id}"):
        st.header(plain(theme.label.words), anchor=False)
        words(f"{theme.need}", kind="need")
        for element in theme.elements:
            words(f"{element}", kind="element")
        _pick(round_, theme, str(instrument.current_question), "current")
        if instrument.desired_question:
            _pick(round_, theme, str(instrument.desired_question), "desired")


def _pick(round_: Round, theme: Theme, question: str, asked: str) -> None:
    instrument = round_.card.instrument.as_asked(theme)
    labels = {level.code: level.label.words for level in instrument.levels}
    labels |= {code: NonAnswer(code).label for code in instrument.non_answers}
    st.radio(
        named(question),
        list(labels),
        index=None,
        format_func=lambda code: plain(labels[code]),
        captions=[plain(str(theme.anchors.get(code, ""))) for code in labels],
        key=_key(round_, theme.key, asked),
    )
