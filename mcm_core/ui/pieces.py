"""Small things that every page draws the same way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html import escape

import streamlit as st

from mcm_core.charts.picture import Picture
from mcm_core.domain.errors import McmError

#: A word, perhaps in brackets, with a comma or a full stop behind it; and what at the beginning of a line makes a list.
PROSE = re.compile(r"[(“‘]?[^\W_]+([-'’][^\W_]+)*[)”’]?[.,:;!?…]?[)”’]?")
LISTED = re.compile(r"\d+[.)]")


@contextmanager
def showing_errors() -> Iterator[None]:
    """Print an error that the person can act on; let anything unexpected reach the log."""
    try:
        yield
    except McmError as error:
        st.error(plain(str(error)))


def words(text: str, *, kind: str = "words") -> None:
    """Draw people's own words: never as Markdown or HTML. `kind` names a class of style.css."""
    st.html(f'<p class="{kind}">{escape(text)}</p>')


def privacy_link() -> None:
    """The way to the page in plain words, from wherever something is promised."""
    st.html('<p><a href="/privacy" target="_self">What is kept, and who can see it</a></p>')


def plain(text: str) -> str:
    """Words for a place that reads Markdown (labels, captions), with every mark of it disarmed.

    A word joiner stands where Streamlit would make a bare address into a link or two signs into a typographic one.
    """
    disarmed = re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:<>@&])", r"\\\1", text)
    return re.sub(r"(?<=\S)(?=\\[-.~:<>@])|(?<=[-<>~])(?==)", "\u2060", disarmed)


def named(text: str) -> str:
    """The name of a field: drawn as Markdown, and read aloud letter by letter as it is sent. So words with their usual
    marks stay as they are, and only what Markdown would read is disarmed."""
    return " ".join(
        part if PROSE.fullmatch(part) and not (at == 0 and LISTED.match(part)) else plain(part)
        for at, part in enumerate(text.split(" "))
    )


def key_of(*parts: str | int) -> str:
    """The key of a component of ours. Streamlit refuses two underscores in a row, which a random id may have."""
    return ".".join(map(str, parts)).replace("__", "_.")


def on_the_day(moment: date) -> str:
    """A day as a sentence has it: 13 January 2026."""
    return f"{moment.day} {moment:%B %Y}"


def is_dark() -> bool:
    """Whether this browser shows the dark theme."""
    return st.context.theme.type == "dark"


def show(picture: Picture, *, key: str) -> None:
    """A picture with the sentence that it says, its reading in words, and the same numbers as a table."""
    project(picture, key=key)
    words(picture.reading, kind="reading")
    with st.expander("Table", key=f"{key}.table"):
        table(picture)
    with st.expander("What am I looking at?", key=f"{key}.what"):
        words(picture.what)


def table(picture: Picture) -> None:
    """The numbers of a picture. All as text: a column that mixes counts and words cannot be sent otherwise."""
    st.table([{name: str(value) for name, value in row.items()} for row in picture.table])


def project(picture: Picture, *, key: str) -> None:
    """A picture for a screen that nobody touches: the sentence, the figure, and how many answered."""
    st.header(plain(picture.title), anchor=False)
    st.plotly_chart(
        picture.figure, key=key, theme=None, config={"displayModeBar": False, "staticPlot": True, "responsive": True}
    )
    if picture.note:
        st.caption(plain(picture.note))
