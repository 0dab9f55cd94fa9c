"""What a round asks: for members before they answer, and for whoever is about to open it."""

from __future__ import annotations

import streamlit as st

from mcm_core.domain.mode import promise
from mcm_core.domain.round import LaunchCard, Round
from mcm_core.ui.modes import say_mode
from mcm_core.ui.pieces import plain, privacy_link, words


def launch_card(round_: Round) -> None:
    """What this round asks and why, before anybody answers."""
    card = round_.card
    st.title(plain(round_.title), anchor=False)
    words(str(card.instrument.how_to), kind="how-to")
    words(whose_and_why(card), kind="fact")
    if card.instrument.always_shown:
        words(str(card.instrument.always_shown), kind="fact")
    say_mode(round_)
    privacy_link()


def prepared(round_: Round) -> None:
    """What will be opened, for a facilitator who comes back to it."""
    card = round_.card
    words(f"Prepared: {round_.title}", kind="question")
    if len(card.asked) > 1:
        words(f"Themes: {', '.join(theme.label.words for theme in card.asked)}", kind="fact")
    if said := whose_and_why(card):
        words(said, kind="fact")
    words(promise(card.mode, round_.threshold), kind="fact")
    words(f"Time guide: {card.minutes} {'minute' if card.minutes == 1 else 'minutes'}", kind="fact")


def prompt(round_: Round) -> None:
    """What a facilitator is reminded of while this round is on the stage, whatever was answered."""
    if round_.card.instrument.prompt:
        st.info(plain(str(round_.card.instrument.prompt)))


def whose_and_why(card: LaunchCard) -> str:
    """Such as "I · as team member · Why we ask: Demonstrating progress"."""
    whose = f"as {card.perspective}" if card.perspective else None
    why = f"Why we ask: {card.purpose}" if card.purpose else None
    return " · ".join(part for part in (card.lens, whose, why) if part)
