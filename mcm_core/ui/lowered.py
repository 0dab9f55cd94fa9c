"""Where one's own line went down: one tap that says how it is, if one likes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from mcm_core.domain.errors import McmError
from mcm_core.domain.instrument import Theme
from mcm_core.domain.journey import Lowered, Point, Series, went_down
from mcm_core.services import lowered
from mcm_core.store.engine import write
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import named, plain
from mcm_core.ui.visit import typed, visit


def seen_in(here: Here, theme: Theme, series: Sequence[Series], *, key: str) -> None:
    """The two words beside each reading of the line that runs now which is lower than the one before."""
    for point in went_down(series):
        name = f"{key}.lowered.{point.round_id}"
        st.pills(
            named(f"Session {point.session_number}: lower than before. Seeing more, or harder now? Only you see this."),
            [str(each) for each in Lowered], default=point.why, key=name, format_func=str.capitalize,
            on_change=partial(_say, here, point, theme, name),
        )  # fmt: skip
        if refused := visit().late_refused:
            visit().late_refused = None
            st.error(plain(refused))


def _say(here: Here, point: Point, theme: Theme, name: str) -> None:
    try:
        with write() as db:
            lowered.say(db, here.visitor, point.round_id, theme.key, typed(name) or None)
    except McmError as error:
        visit().late_refused = str(error)
