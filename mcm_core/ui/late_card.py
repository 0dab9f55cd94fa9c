"""After a reveal, for one's own journey alone: the same questions for whoever missed a vote, and a slip put right."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mcm_core.domain.ahead import meets_again
from mcm_core.domain.errors import McmError
from mcm_core.domain.instrument import Asked, Theme
from mcm_core.domain.reading import NonAnswer, Reading, unfolds_desired
from mcm_core.services import focuses, late
from mcm_core.services.focuses import Focus
from mcm_core.services.late import LateCard
from mcm_core.store.engine import read, write
from mcm_core.ui import asked as today
from mcm_core.ui.clocks import on_their_clocks
from mcm_core.ui.focus_form import focus_form
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import named, plain, words
from mcm_core.ui.visit import chosen, visit

MISSED = (
    "You were not in when we voted. You can still answer, for your own journey: nobody else sees it, and the pictures "
    "of that session stay as they are. Each answer is kept as you tap it."
)
SLIP = (
    "For a slip of the finger. Only your own line changes, and says that you corrected it; the picture that everybody "
    "saw stays as it is."
)
BY_NOW = "If you see it differently by now, keep that for the next vote."
Keep = Callable[[str, str, Reading], None]


def late_asked(here: Here) -> list[today.Asked]:
    """What a member missed and has not begun to answer, while its week lasts."""
    with read() as db:
        cards = late.cards(db, here.visitor, at=here.at)
    waits = sorted({card.round.session_number for card in cards if not card.answers})
    label = "Answer what you missed in session {}, for your own journey"
    return [today.Asked("journey.py", label.format(number), "edit") for number in waits]


def late_cards(here: Here) -> None:
    """Every vote that the visitor missed less than a week ago, folded; nothing for whoever was there."""
    with read() as db:
        cards = late.cards(db, here.visitor, at=here.at)
        focus = focuses.mine(db, here.visitor)
    if not cards:
        return
    words(MISSED, kind="promise")
    _refused()
    about_one = [card for card in cards if card.round.card.instrument.focus]
    if about_one and focus is None:  # once for all of them, and where nobody has to unfold it
        focus_form(here, about_one[0].round.card.instrument, None)
    for card in cards:
        if focus or card not in about_one:
            _missed(here, card, focus if card in about_one else None)


def _missed(here: Here, card: LateCard, focus: Focus | None) -> None:
    with st.expander(plain(card.round.title), key=f"late.{card.round.id}"):
        words(f"Open until {on_their_clocks(here.cohort, card.closes)}.", kind="fact")
        if focus:
            words(f"My relationship: {focus.label}", kind="focus")
        words(str(card.round.card.instrument.how_to), kind="how-to")
        for theme in card.round.card.asked:
            _theme(card, theme, lambda *said: _answer(here, *said))


late_cards_alone = st.fragment(late_cards)


def slips(here: Here) -> None:
    """A fold in which a member says what they meant to tap; nothing once the week after their last vote is over."""
    with read() as db:
        cards = late.given(db, here.visitor, at=here.at)
    if not cards:
        return
    with st.expander("I tapped something else than I meant", key="slips", on_change="rerun") as fold:
        if not fold.open:
            return
        words(f"{SLIP} {BY_NOW}" if meets_again(here.cohort, here.at) else SLIP, kind="promise")
        _refused()
        for card in cards:
            words(f"{card.round.title}. Until {on_their_clocks(here.cohort, card.closes)}.", kind="question")
            for theme in card.round.card.asked:
                if theme.key in card.answers:
                    _theme(card, theme, lambda *said: _correct(here, *said))


def _refused() -> None:
    if refused := visit().late_refused:
        visit().late_refused = None
        st.error(plain(refused))


def _theme(card: LateCard, theme: Theme, keep: Keep) -> None:
    instrument, mine = card.round.card.instrument, card.answers.get(theme.key, Reading())
    st.subheader(plain(theme.label.words), anchor=False)
    words(theme.need.words, kind="need")
    _pick(card, theme, mine, "current", str(instrument.current_question), keep)
    if instrument.desired_question and unfolds_desired(mine.current):
        _pick(card, theme, mine, "desired", str(instrument.desired_question), keep)


def _pick(card: LateCard, theme: Theme, mine: Reading, asked: Asked, question: str, keep: Keep) -> None:
    instrument = card.round.card.instrument
    labels = {level.code: level.label.words for level in instrument.levels}
    labels |= {int(other): other.label for other in NonAnswer}
    codes, now_said = list(labels), getattr(mine, asked)
    key = f"late.{card.round.id}.{theme.key}.{asked}"

    def changed() -> None:
        now_, hoped = (chosen(key), mine.desired) if asked == "current" else (mine.current, chosen(key))
        try:
            keep(card.round.id, theme.key, Reading(now_, hoped))
        except McmError as error:
            visit().late_refused = str(error)

    st.radio(
        named(question), codes, index=codes.index(now_said) if now_said in codes else None,
        format_func=lambda code: plain(labels[code]),
        captions=[plain(str(theme.anchors.get(code, ""))) for code in codes] if theme.anchors else None,
        key=key, on_change=changed,
    )  # fmt: skip


def _answer(here: Here, round_id: str, theme: str, reading: Reading) -> None:
    with write() as db:
        late.answer(db, here.visitor, round_id, theme, reading, at=now())


def _correct(here: Here, round_id: str, theme: str, reading: Reading) -> None:
    with write() as db:
        late.correct(db, here.visitor, round_id, theme, reading, at=now())
