"""Review: two doors. My journey is for its member alone; our journey is a walk for the room, one theme at a step."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mcm_core.domain.instrument import Theme
from mcm_core.domain.journey import OurJourney, last_shift
from mcm_core.domain.note import Audience, Kind, Note
from mcm_core.domain.talk import to_talk_about
from mcm_core.services import reports
from mcm_core.services.reports import OurReport
from mcm_core.store.engine import read
from mcm_core.ui import looking_back
from mcm_core.ui.call import call_back
from mcm_core.ui.decision_form import decided
from mcm_core.ui.page import PAGES, Here, open_page
from mcm_core.ui.pieces import plain, words

LEARNED = {Kind.PRACTICE, Kind.NUGGET}
NOTHING = "There is nothing to look back on yet. The walk begins when a first round has been revealed."


@dataclass(frozen=True)
class Step:
    """One theme of the walk."""

    journey: OurJourney
    theme: Theme


def steps(report: OurReport) -> list[Step]:
    """The walk: every theme that was revealed, the core of each instrument last, where the talk may take its time."""
    return [
        Step(journey, theme)
        for journey in report.journeys
        for theme in sorted(journey.question.instrument.themes, key=lambda theme: theme.core)
        if journey.releases.get(theme.key)
    ]


def doors(here: Here) -> None:
    """Where to go: a member chooses, a facilitator has one door."""
    words("Look back over the sessions so far. Take your time with each picture.", kind="need")
    if not here.visitor.facilitates:
        with st.container(border=True):
            words("What you said, session by session. Only you see it.")
            if st.button("My journey", width="stretch", key="review.mine"):
                st.query_params["door"] = "mine"
                st.rerun()
    with st.container(border=True):
        words("What we said, for the room: one theme after the other, and at the end what is next.")
        if st.button("Our journey", type="primary", width="stretch", key="review.ours"):
            go_to(1)


def go_to(step: int) -> None:
    """Keep the place in the address, so that a refresh finds it again."""
    st.query_params["door"] = "ours"
    st.query_params["step"] = str(step)
    st.rerun()


def leave() -> None:
    """Back to the doors."""
    for name in ("door", "step"):
        st.query_params.pop(name, None)
    st.rerun()


def mine(here: Here) -> None:
    """The member's own journey as one page, to read or to print."""
    own = looking_back.mine_of(here)
    st.title("My journey", anchor=False)
    words("Only you see this.", kind="promise")
    if own.journeys:
        prints({"Print my journey": "/report/mine", "My readings as a table": "/report/mine.csv"})
        looking_back.mine(here, own)
    else:
        st.info("You have no reading yet. It appears here when you have voted in a session.")
    if st.button("Back to the two doors", key="review.back"):
        leave()


def ours(here: Here) -> None:
    """One step of the walk: the one that the address names."""
    with read() as db:
        report = reports.ours(db, here.visitor, here.cohort.id)
    walk = steps(report)
    if not walk:
        st.title("Our journey", anchor=False)
        st.info(NOTHING)
        if st.button("Back", key="review.back"):
            leave()
        return
    asked = st.query_params.get("step", "1")
    place = min(max(int(asked) if asked.isascii() and asked.isdigit() else 1, 1), len(walk) + 1)
    if place <= len(walk):
        theme_step(here, walk[place - 1], report.notes, place, len(walk))
    else:
        last_step(here, report)
    buttons(place, len(walk))


def theme_step(here: Here, step: Step, notes: tuple[Note, ...], place: int, of: int) -> None:
    """First and last picture, then the shift, then the notes behind it, then one question to talk about."""
    theme, of_theme = step.theme, step.journey.releases[step.theme.key]
    instrument = step.journey.question.instrument
    words(f"Theme {place} of {of}", kind="fact")
    st.title(plain(theme.label.words), anchor=False)
    words(theme.need.words, kind="need")
    key = f"review.{place}"
    looking_back.first_and_last(step.journey, theme, key=key)
    looking_back.our_shift(here, instrument, theme, of_theme, key=key)
    looking_back.our_start(step.journey, theme, key=key)
    about = [note for note in notes if note.theme == theme.key]
    st.subheader("What we wrote", anchor=False)
    if not about:
        words(f"Nobody has written about {theme.said} for all of us to read.")
    for note in about:
        looking_back.quote(note)
    st.subheader("To talk about", anchor=False)
    words(to_talk_about(instrument, theme, last_shift(of_theme)), kind="talk-first")


def last_step(here: Here, report: OurReport) -> None:
    """What we learned, what we share, what is next."""
    st.title("Where this leaves us", anchor=False)
    listed(
        "What we learned",
        [note for note in report.notes if note.kind in LEARNED],
        "No promising practice or nugget is written down yet. What is the one thing you would tell the next group?",
    )
    listed(
        "What we share",
        [note for note in report.notes if note.audience is Audience.NETWORK and note.kind not in LEARNED],
        "No note is meant for the network yet. Its author can open one to the network on the Notes page.",
    )
    st.subheader("What is next", anchor=False)
    words("What will each of us keep doing? Who needs to hear about this? When do we meet again?", kind="talk-first")
    decided(here)
    st.page_link(PAGES / "notes.py", label="Write it down", icon=":material/edit_note:", query_params={"session": "6"})
    st.page_link(PAGES / "closing.py", label="Looking back and on", icon=":material/history_edu:")
    st.subheader("To print", anchor=False)
    address = f"/report/ours/{here.cohort.id}"
    prints({"Print for us": address, "Print to share": f"{address}?share", "The numbers as a table": f"{address}.csv"})


def listed(heading: str, found: list[Note], nothing: str) -> None:
    """Notes under a heading, or what to do while there are none."""
    st.subheader(heading, anchor=False)
    if not found:
        words(nothing)
    for note in found:
        looking_back.quote(note)


def prints(addresses: dict[str, str]) -> None:
    """Buttons to the printable reports, which open in a tab of their own."""
    with st.container(horizontal=True):
        for label, address in addresses.items():
            st.link_button(label, address, icon=":material/print:" if label.startswith("Print") else ":material/table:")


def buttons(place: int, of: int) -> None:
    """Back and Next, always at the foot and always at the same place."""
    back, on = st.columns(2)
    if back.button("Back", width="stretch", key="review.back"):
        leave() if place == 1 else go_to(place - 1)
    if place <= of and on.button("Next", type="primary", width="stretch", key="review.next"):
        go_to(place + 1)


here = open_page()
call_back(here, f"notes:{here.cohort.id}")
door = st.query_params.get("door")
if door == "ours":
    ours(here)
elif door == "mine" and not here.visitor.facilitates:
    mine(here)
else:
    st.title("Review", anchor=False)
    doors(here)
