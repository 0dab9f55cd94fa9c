"""The form after the last session: each answer is kept when its box is left, so that it can be finished later."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mcm_core.domain.errors import McmError
from mcm_core.domain.evaluation import YES, Answer, Question
from mcm_core.domain.reading import NonAnswer
from mcm_core.services import aspirations, evaluations
from mcm_core.services.aspirations import Aspiration
from mcm_core.store.engine import read, write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import named, plain, words
from mcm_core.ui.visit import chosen, typed, visit

KEPT = (
    "Each answer is kept when you leave its box; you can stop and come back. What you choose from a list is only ever "
    "counted, after the form has closed, and shown if enough of us answered. Your words are read by nobody but you, "
    "unless you share them: answer by answer, and you can take that back."
)
SHARE = "The facilitators may read this, with my name"


@st.fragment
def evaluation_form(here: Here) -> None:
    """Every question with what the visitor has said to it."""
    words(KEPT, kind="promise")
    with read() as db:
        mine, said = evaluations.mine(db, here.visitor), aspirations.mine(db, here.visitor)
    for part in evaluations.form().parts:
        asked = [question for question in part.questions if is_asked(question, said)]
        if asked:
            st.subheader(plain(str(part.title)), anchor=False)
        for place, question in enumerate(asked):
            if question.again and (place == 0 or asked[place - 1].again != question.again):
                at_start = said.is_of_the_start(question.again, here.cohort.start_ends)
                wrote = "At the start you wrote" if at_start else "You wrote"
                words(f"{wrote}: {said.words(question.again)}", kind="focus")
            _question(here, question, mine.get(question.key))


def is_finished(here: Here) -> bool:
    """Whether the visitor has answered all that they are asked. A yes to an interview is offered, not asked for."""
    with read() as db:
        mine, said = evaluations.mine(db, here.visitor), aspirations.mine(db, here.visitor)
    asked = [one for one in evaluations.form().questions if is_asked(one, said) and not one.yes]
    return all(one.key in mine for one in asked)


def is_asked(question: Question, said: Aspiration) -> bool:
    """Whether this is a question for somebody who said this: what became of it is asked of those who said something."""
    return question.again is None or said.words(question.again) != ""


def _question(here: Here, question: Question, mine: Answer | None) -> None:
    key = f"closing.{here.cohort.id}.{question.key}"
    if question.levels:
        _levels(here, question, mine, key)
    elif question.yes:
        st.markdown(plain(str(question.ask)))
        keep = _keeping(here, question, key, lambda: (YES if chosen(key) else None, ""))
        st.checkbox(f"{question.yes}", value=mine is not None, key=key, on_change=keep)
        words("A yes shows the facilitators your name here, and nothing else.", kind="how-to")
    else:
        keep = _keeping(here, question, key, lambda: (None, typed(key)))
        body = mine.body if mine else ""
        with half_typed(here, key, stored=[body]):
            st.text_area(named(str(question.ask)), body, key=key, height="content", on_change=keep)
    if refused := visit().unkept.get(key):
        st.error(plain(refused))
    if mine and question.takes_words:
        _share(here, question, mine, f"{key}.share")
    if mine and not refused:
        words("Kept.", kind="fact")


def _levels(here: Here, question: Question, mine: Answer | None, key: str) -> None:
    labels = {code: str(label) for code, label in enumerate(question.levels, start=1)}
    labels[NonAnswer.PASS] = NonAnswer.PASS.label
    codes = list(labels)
    st.radio(
        named(str(question.ask)),
        codes,
        index=codes.index(mine.level) if mine and mine.level in codes else None,
        format_func=lambda code: plain(labels[code]),
        key=key,
        on_change=_keeping(here, question, key, lambda: (chosen(key), "")),
    )


def _share(here: Here, question: Question, mine: Answer, key: str) -> None:
    def share() -> None:
        with write() as db:
            evaluations.share(db, here.visitor, question.key, bool(chosen(key)), at=now())

    st.checkbox(SHARE, value=mine.shared_at is not None, key=key, on_change=_or_say(key, share))
    if refused := visit().unkept.get(key):
        st.error(plain(refused))


def _keeping(
    here: Here, question: Question, key: str, said: Callable[[], tuple[int | None, str]]
) -> Callable[[], None]:
    """A callback that keeps an answer, read from its widget when it runs."""

    def keep() -> None:
        level, body = said()
        with write() as db:
            evaluations.answer(db, here.visitor, question.key, level=level, body=body, at=now())

    return _or_say(key, keep)


def _or_say(key: str, do: Callable[[], None]) -> Callable[[], None]:
    """The same, with an error said beneath this box until it takes something. What stands in the box stays there."""

    def done() -> None:
        try:
            do()
            visit().unkept.pop(key, None)
        except McmError as error:
            visit().unkept[key] = str(error)

    return done
