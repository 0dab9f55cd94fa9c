"""One theme of a ballot: the question, the answers, and "Saved" once it is.

The stored reading is the truth. A tap is seen as a difference between the widget and what this tab drew last, and is
saved before anything else happens, so that a quick second tap or a lost connection loses nothing (style.md, F2).
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.reading import NonAnswer, Reading, is_complete, unfolds_desired
from mcm_core.domain.round import Round
from mcm_core.services import readings
from mcm_core.store.engine import read, write
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.visit import Drawn, chosen, visit


@dataclass
class _Card:
    """What happened on a card since the page was drawn."""

    finished: bool = False  # its answer was the last that the ballot lacked


def theme_card(here: Here, round_: Round, theme: Theme, place: str, stored: Reading) -> None:
    """The theme's need and elements to read, and beneath them the part that runs again with every tap."""
    with st.container(key=f"card-{theme.key}"):
        st.header(plain(theme.label.words), anchor=False)
        words(f"{place} · {theme.need}", kind="need")
        if theme.elements:
            with st.expander(
                plain(theme.stem_for(round_.card.lens) or "What to think of"),
                expanded=not _any(stored),
                key=f"{round_.id}.{theme.key}.elements",
            ):
                for element in theme.elements:
                    words(f"{element}", kind="element")
        visit().drawn.setdefault((round_.id, theme.key), Drawn(stored))
        _answers(here, round_, theme, _Card())


@st.fragment
def _answers(here: Here, round_: Round, theme: Theme, card: _Card) -> None:
    instrument = round_.card.instrument
    with read() as db:
        mine = readings.mine(db, here.visitor, round_.id)
    stored = mine.get(theme.key, Reading())
    drawn = visit().drawn.setdefault((round_.id, theme.key), Drawn(stored))
    key = _key(round_, theme, drawn)
    untouched = _same(Reading(chosen(f"{key}.current"), chosen(f"{key}.desired")), drawn.reading)
    if untouched and not _same(stored, drawn.reading):
        drawn.generation += 1  # another device changed the answer: new widgets show what is stored
        key = _key(round_, theme, drawn)
    current = _pick(instrument, theme, str(instrument.current_question), stored.current, f"{key}.current")
    desired = stored.desired
    if instrument.asks_desired and instrument.desired_question and unfolds_desired(current):
        desired = _pick(instrument, theme, str(instrument.desired_question), stored.desired, f"{key}.desired")
    picked = Reading(current, desired if unfolds_desired(current) else None)
    if not _same(picked, stored) and current is not None and _means_it(picked, stored, key):
        with showing_errors():
            with write() as db:
                stored = readings.cast(db, here.visitor, round_.id, theme.key, picked, at=now())
            card.finished |= is_done(round_, {**mine, theme.key: stored}) and not is_done(round_, mine)
    drawn.reading = stored
    if _same(picked, stored):  # not beneath an error, nor while a question is open
        _say_saved(here, round_, theme, drawn)
    if card.finished:
        thank(here, round_)


def thank(here: Here, round_: Round) -> None:
    """Thanks for a whole ballot: beneath the answer that finished it, as drawing the page anew costs five votes."""
    with read() as db:
        turnout = readings.turnout(db, here.visitor, round_.id, at=now())
    st.success(f"Thank you. {turnout.complete} of {turnout.here} are in. You can change your mind until it closes.")


def _pick(instrument: Instrument, theme: Theme, question: str, saved: int | None, key: str) -> int | None:
    options = [*instrument.codes, *(int(other) for other in NonAnswer)]
    labels = {level.code: level.label.words for level in instrument.levels}
    labels |= {int(other): other.label for other in NonAnswer}
    return st.radio(
        plain(question),
        options,
        index=options.index(saved) if saved in options else None,
        format_func=lambda code: plain(labels[code]),
        captions=[plain(str(theme.anchors.get(code, ""))) for code in options],
        key=key,
    )


def _means_it(picked: Reading, stored: Reading, key: str) -> bool:
    """A hope below now is allowed after one plain question, asked when it is chosen."""
    if not picked.eases_back or picked.desired == stored.desired:
        return True
    slot = st.empty()
    with slot.container():
        words("You hope for less than there is now. Are you easing back on purpose?", kind="question")
        meant = st.button("Yes, on purpose", key=f"{key}.eases-back")
        words("Your hope is not saved yet.", kind="fact")
    if meant:
        slot.empty()
    return meant


def _key(round_: Round, theme: Theme, drawn: Drawn) -> str:
    return f"{round_.id}.{theme.key}.{drawn.generation}"


def _say_saved(here: Here, round_: Round, theme: Theme, drawn: Drawn) -> None:
    saved = drawn.reading
    if saved.saved_at is None:
        return
    local = saved.saved_at.astimezone(here.cohort.sessions[0].starts_at.tzinfo)
    words(f"Saved {local:%H:%M}", kind="saved")
    if is_complete(round_.card.instrument, saved) and (before := _last_time(here, round_, theme, drawn)):
        words(f"Last time: {_in_words(round_.card.instrument, before)}", kind="last-time")


def _last_time(here: Here, round_: Round, theme: Theme, drawn: Drawn) -> Reading | None:
    if not drawn.asked_last_time:
        with read() as db:
            drawn.last_time = readings.last_time(db, here.visitor, round_.id, theme.key)
        drawn.asked_last_time = True
    return drawn.last_time


def _in_words(instrument: Instrument, reading: Reading) -> str:
    parts = [code for code in (reading.current, reading.desired) if code is not None]
    return " → ".join(instrument.label(code) if code > 0 else NonAnswer(code).label for code in parts)


def _same(one: Reading, other: Reading) -> bool:
    return (one.current, one.desired) == (other.current, other.desired)


def _any(reading: Reading) -> bool:
    return reading.current is not None


def is_done(round_: Round, mine: dict[str, Reading]) -> bool:
    """Whether every theme of the round has all its answers."""
    instrument = round_.card.instrument
    return all(is_complete(instrument, mine.get(theme.key, Reading())) for theme in round_.card.asked)
