"""What Today asks of somebody: the one thing to do next in a box of its own, whatever else is open beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from mcm_core.ui.page import PAGES
from mcm_core.ui.pieces import plain, words


@dataclass(frozen=True)
class Asked:
    """One thing to do: the page on which it is done, the words of its link, and a sentence above it if one helps.

    `fold` names what is to stand open there.
    """

    file: str
    label: str
    icon: str
    said: str = ""
    fold: str = ""


def asked_of_me(asks: Sequence[Asked], *, beside: bool) -> None:
    """The first of these large, the others small. `beside` something that is on just now all are small."""
    first, rest = (None, asks) if beside or not asks else (asks[0], asks[1:])
    if first:
        with st.container(border=True, key="next"):
            draw_all([first])
    if rest:
        words("Also open", kind="question")
        draw_all(rest)


def draw_all(asks: Sequence[Asked]) -> None:
    """Their links, each with its sentence above it."""
    for one in asks:
        if one.said:
            words(one.said)
        there = {"open": one.fold} if one.fold else None
        st.page_link(PAGES / one.file, label=plain(one.label), icon=f":material/{one.icon}:", query_params=there)
