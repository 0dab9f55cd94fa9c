"""What somebody types is kept in their own tab until it is saved: no lost line and no ended sign-in takes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from mcm_core.domain.visitor import Visitor
from mcm_core.ui.component import ASSETS, component
from mcm_core.ui.page import Here, browsers_name
from mcm_core.ui.pieces import key_of
from mcm_core.ui.visit import visit

_draft = component(ASSETS / "draft.js")


@contextmanager
def half_typed(here: Here, place: str, *, stored: Sequence[str] = ("",), generation: int = 0) -> Iterator[None]:
    """Keep what is typed into the boxes that are drawn in this block, for this person alone.

    `place` names the block, and stays the same after a reload. `stored` is what the database has of each box, in their
    order: what stands there is kept no longer. `generation` counts what was saved of a box that begins empty again.
    """
    with st.container(key=f"draft-{place}-{generation}"):
        yield
        data = {"who": browsers_name(here.visitor), "place": place, "generation": generation, "stored": [*stored]}
        _draft(data=data, height=1, key=key_of("half-typed", place, generation))


def forget_all_but(here: Here, kind: str, ids: Collection[str]) -> None:
    """Keep no longer what was typed about something that is not there any more, such as an application that was taken
    back. The place of each is the kind, a point, and its id."""
    data = {"who": browsers_name(here.visitor), "kind": kind, "ids": [*ids]}
    _draft(data=data, height=1, key=key_of("half-typed", kind))


def forget_what_is_over(visitor: Visitor) -> None:
    """Keep no longer what was saved or given up in this tab, also where its box is not drawn any more.

    A `Draft` counts for the place that is its key in the tab's memory, and for those whose names go on after it with a
    point: they take their generation from it. For the end of a page.
    """
    if over := {place: draft.generation for place, draft in visit().drafts.items() if draft.generation}:
        _draft(data={"who": browsers_name(visitor), "over": over}, height=1, key="half-typed.over")
