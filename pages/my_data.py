"""My data: everything that is stored about me, to look at, to take away, to say yes and no to, and to erase."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from mcm_core.services import my_data
from mcm_core.services.my_data import Answer, Everything
from mcm_core.store.engine import read
from mcm_core.ui.arrivals import every_phone
from mcm_core.ui.erasing import erasing
from mcm_core.ui.live import call_to_vote
from mcm_core.ui.my_choices import my_choices
from mcm_core.ui.my_phones import my_phones
from mcm_core.ui.page import MEMBERS, open_page
from mcm_core.ui.pieces import on_the_day, privacy_link, words


def about_me(mine: Everything) -> None:
    """Who I am here, and until when."""
    words(f"You are on the list as {mine.name}, in the group “{mine.cohort}”, since {on_the_day(mine.listed_at)}.")
    words(
        f"What is linked to you is deleted on {on_the_day(mine.keeping.until)} at the latest. "
        "You are told here 30 days before. Erasing it yourself works at any time."
    )


def my_answers(mine: Everything) -> None:
    """What I answered, a fold for each session, and the relationships that it was about."""
    if not (mine.answers or mine.took_part):
        words("You have not answered anything yet.")
    for one in mine.relationships:
        until = f" until {on_the_day(one.until)}" if one.until else ""
        words(
            f"{one.label} ({one.party}, {one.constellation}): since {on_the_day(one.since)}{until}. Only you see this."
        )
    for number, of_session in groupby(mine.answers, key=lambda answer: answer.session_number):
        with st.expander(f"Session {number}", key=f"answers.{number}"):
            for answer in of_session:
                words(in_words(answer))
    for title in mine.took_part:
        words(f"{title}: you took part, anonymously. What you answered is not linked to you.")


def in_words(answer: Answer) -> str:
    """Such as "Tools: now Forming, hoped for Maturing (outreach calls)"."""
    hoped = f", hoped for {answer.hoped}" if answer.hoped else ""
    about = f" ({answer.relationship})" if answer.relationship else ""
    vote = f", vote {answer.vote}" if answer.vote > 1 else ""
    return f"{answer.theme}: now {answer.now}{hoped}{about}{vote}"


def my_notes(mine: Everything) -> None:
    """What I wrote, and who may read it."""
    if not mine.notes:
        words("You have not written a note yet.")
        return
    with st.expander(f"Notes that you wrote: {len(mine.notes)}", key="my.notes"):
        for note in mine.notes:
            words(note.body)
            named = f"named: {note.attribution}" if note.attribution != "none" else "without a name"
            words(f"Session {note.session_number}, {note.kind}, for: {note.audience}, {named}", kind="how-to")
            for text in note.kept_texts:
                words(f"Another text of it, kept until you decide: {text}")


def the_log(mine: Everything) -> None:
    """What is written down about me, which is never what I answered or wrote."""
    with st.expander("What the log holds about you", key="my.log"):
        words("It says who did what and when, and never what you answered or wrote.", kind="how-to")
        for line in mine.log:
            words(f"{on_the_day(line.at)}: {line.sentence}")


here = open_page(MEMBERS)
st.title("My data", anchor=False)
call_to_vote(here)
privacy_link()
with read() as db:
    mine = my_data.everything(db, here.visitor, at=here.at)
about_me(mine)
st.link_button("Take a copy of everything", "/my-data.zip", icon=":material/download:")
words("One file that opens on any computer, without this program. Keep it where only you can open it.", kind="how-to")
st.header("What you said yes and no to", anchor=False)
my_choices(here, mine.choices, mine.said)
st.header("Your answers and notes", anchor=False)
my_answers(mine)
my_notes(mine)
st.header("Your phones", anchor=False)
my_phones(here, mine.phones)
every_phone(here, mine.came_in)
the_log(mine)
st.header("Erase what is yours", anchor=False)
erasing(here, mine)
