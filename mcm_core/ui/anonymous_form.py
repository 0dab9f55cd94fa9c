"""An anonymous ballot: answered whole and sent once. Nothing is stored before Send, nothing can be changed after it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from mcm_core.domain.bag import COMMENT_MAX, COMMENTS_FROM
from mcm_core.domain.instrument import Theme
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.round import Round
from mcm_core.services import bags
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import plain, showing_errors, words

ONCE = "Answer everything, then press Send. After that nobody can see or change your answers, not even you."
COMMENT = (
    f"In your own words, if you like. It is read only if {COMMENTS_FROM} or more of us answer, mixed with the other "
    "comments; a facilitator chooses which are shared. People may know you by how you write."
)


def anonymous_form(here: Here, round_: Round) -> None:
    """The whole ballot and one button; or thanks, when it has been sent."""
    with read() as db:
        sent = bags.sent(db, here.visitor, round_.id)
    if sent:
        st.success(
            "Thank you. Your answers are in, and not linked to you. The picture comes after the vote has closed."
        )
        return
    words(ONCE, kind="promise")
    with st.form(f"anonymous.{round_.id}", border=False):
        answers = {theme.key: _theme(round_, theme) for theme in round_.card.asked}
        comment = st.text_area("A comment", max_chars=COMMENT_MAX, key=f"{round_.id}.comment")
        words(COMMENT, kind="how-to")
        if st.form_submit_button("Send", type="primary"):
            with showing_errors():
                _send(here, round_, answers, comment)
                st.rerun()


def _send(here: Here, round_: Round, answers: Mapping[str, Reading], comment: str) -> None:
    with write() as db:
        bags.drop(db, here.visitor, round_.id, answers, comment)


def _theme(round_: Round, theme: Theme) -> Reading:
    instrument = round_.card.instrument
    with st.container(key=f"card-{theme.key}"):
        st.header(plain(theme.label.words), anchor=False)
        words(f"{theme.need}", kind="need")
        for element in theme.elements:
            words(f"{element}", kind="element")
        current = _pick(round_, theme, str(instrument.current_question), "current")
        if not instrument.desired_question:
            return Reading(current)
        return Reading(current, _pick(round_, theme, str(instrument.desired_question), "desired"))


def _pick(round_: Round, theme: Theme, question: str, asked: str) -> int | None:
    instrument = round_.card.instrument
    labels = {level.code: level.label.words for level in instrument.levels}
    labels |= {int(other): other.label for other in NonAnswer}
    return st.radio(
        plain(question),
        list(labels),
        index=None,
        format_func=lambda code: plain(labels[code]),
        captions=[plain(str(theme.anchors.get(code, ""))) for code in labels],
        key=f"{round_.id}.{theme.key}.{asked}",
    )
