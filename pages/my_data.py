"""My data: everything that is stored about me, to look at, to take away, to say yes and no to, and to erase."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from mcm_core.domain.offer import Side
from mcm_core.domain.topic import Topic
from mcm_core.domain.visitor import Role
from mcm_core.services import my_data
from mcm_core.services.my_answers import CORRECTED, LATE, Answer
from mcm_core.services.my_data import Everything
from mcm_core.store import prepare_texts
from mcm_core.store.engine import read
from mcm_core.ui.arrivals import every_phone
from mcm_core.ui.call import call_back
from mcm_core.ui.chrome import watch
from mcm_core.ui.closing import FROM_APPLICATION
from mcm_core.ui.erasing import erasing
from mcm_core.ui.my_application import my_application
from mcm_core.ui.my_between import between_sessions
from mcm_core.ui.my_calendar import my_calendar
from mcm_core.ui.my_choices import my_choices
from mcm_core.ui.my_phones import my_phones
from mcm_core.ui.page import ARRIVED, open_page
from mcm_core.ui.pieces import on_the_day, privacy_link, words


def about_me(mine: Everything) -> None:
    """Who I am here, and until when."""
    words(f"You are on the list as {mine.name}, in the group “{mine.cohort}”, since {on_the_day(mine.listed_at)}.")
    words(
        f"What is linked to you is deleted on {on_the_day(mine.keeping.until)} at the latest. "
        "You are told here 30 days before. Erasing it yourself works at any time."
    )


def my_messages(mine: Everything) -> None:
    """Where I am written to, and every message."""
    words(f"Your e-mail address here: {mine.email}." if mine.email else "No e-mail address of yours is kept.")
    if not mine.messages:
        return
    with st.expander(f"Messages to you: {len(mine.messages)}", key="my.messages"):
        for message in mine.messages:
            words(f"{message.subject} ({message.state}, {on_the_day(message.settled_at or message.created_at)})")
            words(message.body, kind="letter")


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
    after = "".join(f", {how}" for how in (LATE, CORRECTED) if answer.question.endswith(how))
    why = f", lower than before: {answer.why_lower}" if answer.why_lower else ""
    return f"{answer.theme}: now {answer.now}{hoped}{about}{vote}{after}{why}"


def my_sessions(mine: Everything) -> None:
    """Which sessions I came to, as it is noted, and a practice answer while it lasts."""
    for one in mine.came_to:
        said = "you came" if one.here else "you were not here"
        words(f"Session {one.session_number}: {said}{', as a facilitator said' if one.by_hand else ''}.")
    for vote in mine.practised:
        words(f"A vote to practise, kept until it is over: {vote.question} {vote.choice}")


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
            if note.paused_at:
                words(f"A facilitator paused it on {on_the_day(note.paused_at)}.", kind="how-to")
            for text in note.kept_texts:
                words(f"Another text of it, kept until you decide: {text}")


def my_topics(mine: Everything) -> None:
    """What I put on the board of topics, what I said I can offer or would like, and where my dots went."""
    if not (mine.topics or mine.dots or mine.offers):
        return
    with st.expander(f"Topics that you brought: {len(mine.topics)}", key="my.topics"):
        for topic in mine.topics:
            words(topic.text)
            words(about_topic(topic), kind="how-to")
        for said in mine.offers:
            what = {Side.OFFER: "you can offer something", Side.NEED: "you would like something"}[said.side]
            words(f"{on_the_day(said.said_at)}: {what} on “{said.topic}”. Your name shows with it.")
        for given in mine.dots:
            dots = "1 dot" if given.count == 1 else f"{given.count} dots"
            when = f"Session {given.session_number}, {on_the_day(given.asked_at)}"
            words(f"{when}: {dots} on “{given.topic}”. Only you see this.")


def about_topic(topic: Topic) -> str:
    """Everything that is kept of a topic beside its words."""
    parts = [
        topic.kind,
        f"since {on_the_day(topic.created_at)}",
        "with your name" if topic.named else "without your name",
        f"planned for session {topic.planned_for}" if topic.planned_for else "",
        "merged with another topic" if topic.head_id else "",
        "you suggested to merge it with another topic" if topic.wish_id else "",
        "set aside by a facilitator" if topic.aside else "",
    ]
    return ", ".join(filter(None, parts)).capitalize()


def looking_back(mine: Everything) -> None:
    """What I hoped for, the question I brought, and what I said when it was over."""
    if mine.aspiration.hope:
        words(f"What you hope for: {mine.aspiration.hope}")
    if mine.aspiration.brings:
        words(f"The question you bring: {mine.aspiration.brings}")
    if mine.aspiration.applied:
        words(FROM_APPLICATION, kind="how-to")
    if mine.agreed:
        words(f"You agreed to version {mine.agreed.version} of how we work together, on {on_the_day(mine.agreed.at)}.")
    if mine.evaluation:
        with st.expander(f"Looking back on the six sessions: {len(mine.evaluation)}", key="my.evaluation"):
            for one in mine.evaluation:
                shared = f" Shared with the facilitators since {on_the_day(one.shared_at)}." if one.shared_at else ""
                words(f"{one.ask} {one.said}")
                words(f"Kept on {on_the_day(one.saved_at)}.{shared}", kind="how-to")


def what_i_read(mine: Everything) -> None:
    """The participation document: what is kept of my reading it."""
    with st.expander("What you read before you came in", key="my.documents"):
        for one in mine.documents:
            moments = {"sent": one.sent_at, "asked for a talk": one.asked_at}
            moments["talked through" if one.spoken else "read"] = one.read_at
            said = ", ".join(f"{what} on {on_the_day(at)}" for what, at in moments.items() if at)
            words(f"The participation document, version {one.version}: {said}.")


def what_i_can(mine: Everything) -> None:
    """What I said of my digital skills."""
    if mine.skills is None:
        return
    asked = prepare_texts.skills()
    with st.expander("What you said about tools", key="my.skills"):
        for key, level in mine.skills.levels.items():
            words(f"{asked.tools[key].label if key in asked.tools else key}: {asked.can[level - 1]}")
        if mine.skills.practise:
            words(f"{asked.practise} {mine.skills.practise}")
        words(f"{asked.help}: {'yes' if mine.skills.wants_help else 'no'} ({on_the_day(mine.skills.changed_at)})")


def my_plan(mine: Everything) -> None:
    """The one answer of my plan that I share."""
    if mine.plan:
        words(f"You share with your facilitator, since {on_the_day(mine.plan.shared_at)}: {mine.plan.words}")


def the_log(mine: Everything) -> None:
    """What is written down about me, which is never what I answered or wrote."""
    with st.expander("What the log holds about you", key="my.log"):
        words("It says who did what and when, and never what you answered or wrote.", kind="how-to")
        for line in mine.log:
            words(f"{on_the_day(line.at)}: {line.sentence}")


here = open_page(ARRIVED)
st.title("My data", anchor=False)
if here.visitor.role is Role.UNREAD:
    watch(here.visitor)
else:
    call_back(here)
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
st.header("Messages and calendar", anchor=False)
my_messages(mine)
my_calendar(here)
my_application(mine.application, mine.fits)
st.header("Between sessions", anchor=False)
between_sessions(mine)
my_topics(mine)
looking_back(mine)
my_sessions(mine)
st.header("Your phones", anchor=False)
my_phones(here, mine.phones)
every_phone(here, mine.came_in)
what_i_read(mine)
what_i_can(mine)
my_plan(mine)
the_log(mine)
st.header("Erase what is yours", anchor=False)
erasing(here, mine)
