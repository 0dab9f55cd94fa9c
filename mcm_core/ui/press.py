"""A button whose press is not lost while the screen around it redraws itself.

With a plain `if st.button(…)` Streamlit dropped 8 of 40 presses that met a rerun; a callback that only calls a service,
inside a fragment, lost 0 of 320 (security-and-reliability.md §2).
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mcm_core.domain.errors import McmError
from mcm_core.ui.pieces import plain
from mcm_core.ui.visit import visit


def button(label: str, do: Callable[[], object], *, key: str, primary: bool = False, disabled: bool = False) -> None:
    """Draw a button that calls `do` when pressed, then draws the page anew; an error is said beneath it."""
    # Kept with the tab: a press may be answered by a run that drew this button anew.
    _button(label, do, key, primary, disabled, visit().outcomes.setdefault(key, []))


@st.fragment
def _button(
    label: str, do: Callable[[], object], key: str, primary: bool, disabled: bool, outcome: list[str | None]
) -> None:
    def press() -> None:  # nothing of Streamlit in here: touching it would end an interrupted run before the write
        try:
            do()
        except McmError as error:
            outcome.append(str(error))
        else:
            outcome.append(None)

    st.button(label, on_click=press, key=key, type="primary" if primary else "secondary", disabled=disabled)
    if not outcome:
        return
    error = outcome.pop()
    if error is None:
        st.rerun()
    st.error(plain(error))
