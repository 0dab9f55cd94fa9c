"""What one browser tab remembers. The only module that names `st.session_state`; nothing that matters lives here."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from mcm_core.domain.reading import Reading


@dataclass
class Drawn:
    """What this tab last drew of an answer. `generation` renews the widgets when another device changed it."""

    reading: Reading
    generation: int = 0
    last_time: Reading | None = None
    asked_last_time: bool = False


@dataclass
class Visit:
    """The memory of one tab."""

    cohort_id: str | None = None
    drawn: dict[tuple[str, str], Drawn] = field(default_factory=dict)
    editing: str | None = None
    message: str | None = None


def visit() -> Visit:
    """This tab's memory; empty when the tab is new."""
    remembered: Visit = st.session_state.setdefault("visit", Visit())
    return remembered


def forget() -> None:
    """Empty the tab's memory, so that the next person at this browser starts clean."""
    st.session_state.clear()
