"""The plan: the run-sheet of each session, to look at in advance and to change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from mcm_core.domain.block import MINUTES_MAX, TITLE_MAX, WORDS_MAX, Activity, Block
from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.run_sheet import RunSheet, lesson
from mcm_core.domain.told_apart import told_apart
from mcm_core.services import cohorts, guests, instruments, plans, run_sheets
from mcm_core.store.engine import read, write
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.live import follow
from mcm_core.ui.page import FACILITATORS, PAGES, Here, open_page
from mcm_core.ui.pieces import plain, showing_errors, words
from mcm_core.ui.press import button
from mcm_core.ui.run_sheet import changes, lines, meeting_to_run, moved_on, progress_of, session_name, sheet_of
from mcm_core.ui.visit import visit

#: What a block that is added here can do, in words.
KINDS: dict[str, str] = {
    Activity.PROMPT: "Words on the phones",
    Activity.BREAK: "A break",
    Activity.PRACTICE: "A vote to practise",
    Activity.TOPICS: "The board of topics",
    Activity.DOTS: "Dots for the topics",
    Activity.OFFERS: "Offers and needs",
    Activity.PAIRS: "Who meets whom",
    Activity.TRY_IT: "What we will try",
    Activity.NEWS: "News and views",
    Activity.CLOSING: "Looking back",
    Activity.AGREEMENT: "How we work together",
}
HOW_TO = "Tap a block to move, shorten or skip it, or to change its words. The rest gets its new times by itself."


def hindrances(here: Here, meeting: CohortSession) -> tuple[str, ...]:
    """What has to be done before this session can begin, if it is the next one or was cancelled."""
    if sheet.has_begun or (meeting != next_ and not meeting.cancelled):
        return ()
    with read() as db:
        return run_sheets.hindrances(db, here.visitor, meeting.id)


def before_now(here: Here) -> None:
    """What the sessions that were run teach for the next."""
    with read() as db:
        run = run_sheets.begun(db, here.visitor, here.cohort.id)
    for said in filter(None, map(lesson, run)):
        words(said, kind="how-to")


def the_words(here: Here, sheet: RunSheet, block: Block) -> None:
    """Title, length and texts of one block."""
    texts = (block.title, block.prompt, block.screen, block.note)
    # Anew when a colleague has changed them; what else they change in the plan takes nobody's words.
    key = f"words.{block.id}.{hash((*texts, block.minutes))}"
    with half_typed(here, f"block.{block.id}", stored=texts), st.form(key):
        title = st.text_input("Title", block.title, max_chars=TITLE_MAX)
        minutes = st.number_input("Minutes", 1, MINUTES_MAX, block.minutes)
        prompt = st.text_area("On the phones", block.prompt, max_chars=WORDS_MAX)
        screen = st.text_area("In the room", block.screen, max_chars=WORDS_MAX)
        note = st.text_area("For the facilitators alone", block.note, max_chars=WORDS_MAX)
        pressed = st.form_submit_button("Save these words")
    if pressed:
        with showing_errors():
            with write() as db:
                plans.write_block(
                    db, here.visitor, block.id, version=sheet.version, title=title, minutes=int(minutes),
                    prompt=prompt, screen=screen, note=note,
                )  # fmt: skip
            st.rerun()


def the_guest(here: Here, sheet: RunSheet, block: Block) -> None:
    """Which guest of this session helps with the block; their screen follows the session by itself."""
    with read() as db:
        invited = guests.of_cohort(db, here.visitor, here.cohort.id, at=here.at)
    names = {guest.id: guest.name for guest in invited if guest.session_number == sheet.session_number}
    if not names:
        words("Somebody from outside helps with this block? Invite them first, on the page Cohort.", kind="how-to")
        return
    helps = block.guest_id if block.guest_id in names else None
    for id_, name in names.items():
        label = f"{name} no longer helps with this" if id_ == helps else f"{name} helps with this"
        press = partial(_invite, here, sheet, block, None if id_ == helps else id_)
        button(plain(label), press, key=f"{block.id}.{sheet.version}.{id_}")


def _invite(here: Here, sheet: RunSheet, block: Block, guest_id: str | None) -> None:
    with write() as db:
        plans.invite_for(db, here.visitor, block.id, guest_id, version=sheet.version)


def another_block(here: Here, sheet: RunSheet) -> None:
    """One more block, behind the one that is chosen or last."""
    votes = {key: f"A vote: {one.title}" for key, one in instruments.offered().items()}
    kinds = [*KINDS, *votes]
    nth = {block.id: f"block {place}" for place, block in enumerate(sheet.blocks, 1)}
    behind = told_apart({block.id: block.title for block in sheet.blocks}, nth)
    with st.form(f"add.{sheet.session_id}.{sheet.version}", border=False):
        title = st.text_input("Title", "Open conversation", max_chars=TITLE_MAX, key=f"add.title.{sheet.version}")
        minutes = st.number_input("Minutes", 1, MINUTES_MAX, 10, key=f"add.minutes.{sheet.version}")
        kind = st.selectbox("What it opens", kinds, format_func=lambda one: KINDS.get(one) or votes[one])
        after = st.selectbox("Behind", list(behind), index=_usual(sheet), format_func=behind.__getitem__)
        pressed = st.form_submit_button("Add this block")
    if pressed:
        asked = kind if kind in votes else None
        with showing_errors():
            with write() as db:
                plans.add(
                    db, here.visitor, sheet.session_id, version=sheet.version, title=title, minutes=int(minutes),
                    activity=Activity.ROUND if asked else Activity(kind), instrument_key=asked, after=after,
                )  # fmt: skip
            st.rerun()


def _usual(sheet: RunSheet) -> int:
    """Behind what is on; before a session, before its closing block."""
    on = sheet.current
    return sheet.blocks.index(on) if on else max(len(sheet.blocks) - 2, 0)


def elsewhere(here: Here, sheet: RunSheet) -> None:
    """Back to the programme's own plan, and this plan for another cohort."""
    words("Back to the plan that comes with the app. Your own words for this session go.", kind="how-to")
    with read() as db:
        others = [one for one in cohorts.of_visitor(db, here.visitor) if one.id != here.cohort.id]
        ours = plans.lost(db, here.visitor, sheet.session_id)
        theirs = {one.id: plans.lost_there(db, here.visitor, sheet.session_id, one.id) for one in others}
    over = partial(_start_over, here, sheet)
    _once_asked("Start over from the programme", "Yes, start over", ours, over, f"over.{sheet.version}")
    for other in others:
        label, yes = f"Copy this plan to “{other.name}”", f"Yes, replace the plan of “{other.name}”"
        copies = partial(_copy, here, sheet, other.id, other.name)
        _once_asked(label, yes, theirs[other.id], copies, f"copy.{other.id}.{sheet.session_id}")


def _once_asked(label: str, yes: str, lost: tuple[str, ...], do: Callable[[], None], key: str) -> None:
    """A button, behind a question where something goes by it that is nowhere else."""
    if not lost:
        button(plain(label), do, key=key)
        return
    with st.popover(plain(label)):
        words(f"What was changed there goes, and that cannot be undone: {', '.join(lost)}.")
        button(plain(yes), do, key=key)


def _start_over(here: Here, sheet: RunSheet) -> None:
    with write() as db:
        plans.start_over(db, here.visitor, sheet.session_id, version=sheet.version)
    said.message = f"Session {sheet.session_number} has the programme’s plan again."


def _copy(here: Here, sheet: RunSheet, to_cohort: str, name: str) -> None:
    with write() as db:
        plans.copy(db, here.visitor, sheet.session_id, to_cohort)
    said.message = f"Session {sheet.session_number} of “{name}” has this plan now."


here = open_page(FACILITATORS)
said = visit()
st.title("The plan", anchor=False)
next_ = meeting_to_run(here, progress_of(here))
numbers = [meeting.number for meeting in here.cohort.sessions]
number = st.pills(
    "Session", numbers, default=next_.number, required=True, key="plan.session", format_func=partial(session_name, here)
)
meeting = here.cohort.session(number or next_.number)
sheet = sheet_of(here, meeting)
follow(here, f"door:{here.cohort.id}", draw=lambda: moved_on(here, sheet))
before_now(here)
for reason in hindrances(here, meeting):
    st.info(plain(reason))
with st.container(key="plan-desk"):
    left, right = st.columns([2, 3], gap="large")
with left:
    if sheet.following:
        words(HOW_TO, kind="how-to")
    chosen = lines(here, sheet, meeting)
with right:
    if chosen:
        changes(here, sheet, chosen)
    if chosen and chosen.is_ahead:
        the_words(here, sheet, chosen)
        the_guest(here, sheet, chosen)
    with st.expander("Add a block", key=f"plan.add.{sheet.session_id}"):
        another_block(here, sheet)
    with st.expander("Start over, or copy", key=f"plan.elsewhere.{sheet.session_id}"):
        elsewhere(here, sheet)
st.page_link(PAGES / "facilitate.py", label="Run the session", icon=":material/play_arrow:")
