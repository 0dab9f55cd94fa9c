"""One member: their link and QR code, and what can be changed about them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mcm_core.domain.cohort import Member
from mcm_core.services import members
from mcm_core.store.engine import write
from mcm_core.ui.addresses import public_url, qr_svg, warn_of_address
from mcm_core.ui.confirm import confirmed
from mcm_core.ui.erasing import DELETE, KEEP
from mcm_core.ui.page import Here, now
from mcm_core.ui.pieces import showing_errors, words
from mcm_core.ui.visit import visit


def one_member(here: Here, people: Sequence[Member]) -> None:
    """Choose a member; their link is drawn only when it is asked for, as others may see this screen."""
    by_id = {member.id: member for member in people}
    chosen = st.selectbox(
        "Choose a member",
        list(by_id),
        index=None,
        format_func=lambda one: by_id[one].name,
        placeholder="Link, another name, lost phone …",
        key=f"{here.cohort.id}.member",
    )
    if chosen not in by_id:
        return
    member = by_id[chosen]
    key = f"member.{member.id}"
    if st.toggle("Show the link and QR code", key=f"{key}.show"):
        with showing_errors():
            if confirmed(here.visitor, key=key):
                _link(here, member)
    with st.expander("Another name", key=f"{key}.rename.open"):
        _rename(here, member)
    with st.expander("E-mail address", key=f"{key}.email.open"):
        _email(here, member)
    with st.expander("A new link", key=f"{key}.link.open"):
        _new_link(here, member)
    if member.devices:
        with st.expander("Remove their phones", key=f"{key}.phones.open"):
            _remove_phones(here, member)
    with st.expander("Remove this member", key=f"{key}.leave.open"):
        _remove(here, member)


def hand_out(address: str, *, alt: str) -> None:
    """A link as a QR code and as text to copy."""
    st.html(qr_svg(address, alt=alt))
    st.code(address, language=None, wrap_lines=True)


def _link(here: Here, member: Member) -> None:
    with write() as db:
        token = members.link_token(db, here.visitor, member.id, at=now())
    words("For this member only: whoever opens it first is in as them.", kind="how-to")
    warn_of_address()
    hand_out(f"{public_url()}/j/{token}", alt="QR code of the member’s personal link")


def _rename(here: Here, member: Member) -> None:
    with st.form(f"member.{member.id}.name", border=False):
        name = st.text_input("Name", value=member.name, key=f"member.{member.id}.name.words")
        words("Their link, answers and notes stay theirs.", kind="how-to")
        pressed = st.form_submit_button("Keep this name")
    with showing_errors():
        if pressed:
            with write() as db:
                members.rename(db, here.visitor, member.id, name)
            _done(f"{member.name} has another name.")


def _email(here: Here, member: Member) -> None:
    with st.form(f"member.{member.id}.email", border=False):
        email = st.text_input("E-mail address", value=member.email or "", key=f"member.{member.id}.email.words")
        words("For messages about the sessions. Facilitators and the member see it, nobody else.", kind="how-to")
        pressed = st.form_submit_button("Keep this address")
    with showing_errors():
        if pressed:
            with write() as db:
                members.set_email(db, here.visitor, member.id, email, at=now())
            _done(f"{member.name} is written to at {email.strip()}." if email.strip() else "The address is gone.")


def _new_link(here: Here, member: Member) -> None:
    words(
        f"The link that {member.name} has now stops working, also on a printed card. Hand the new link out. Answers "
        "and notes stay."
    )
    out = st.checkbox("Sign their phones out, too", value=not member.devices, key=f"member.{member.id}.reissue.out")
    words(
        "The first phone that opens the new link is in."
        if out
        else "Their phones stay signed in, and a phone that opens the new link waits until you let it in.",
        kind="how-to",
    )
    with showing_errors():
        sure = confirmed(here.visitor, key=f"member.{member.id}.reissue.sure")
        if sure and _confirmed("reissue", "Make a new link", member):
            with write() as db:
                members.reissue(db, here.visitor, member.id, keep_phones=not out, at=now())
            _done(f"{member.name} has a new link. The old one no longer works.")


def _remove_phones(here: Here, member: Member) -> None:
    words(
        f"Every phone of {member.name} is signed out now. Their link stays good; the next phone that opens it waits "
        "until you let it in. Answers and notes stay."
    )
    with showing_errors():
        if _confirmed("forget", "Sign their phones out", member):
            with write() as db:
                members.forget_devices(db, here.visitor, member.id)
            _done(f"The phones of {member.name} are signed out.")


def _remove(here: Here, member: Member) -> None:
    words(
        f"{member.name} leaves this cohort. Their link, phones and answers and whatever they wrote for themselves are "
        "deleted, and that cannot be undone. Pictures that were already shown stay as they are: they hold totals and "
        "no names."
    )
    wrote = st.radio(
        "Notes and topics that others can read (ask them)", [KEEP, DELETE], key=f"member.{member.id}.wrote"
    )
    with showing_errors():
        sure = confirmed(here.visitor, key=f"member.{member.id}.leave")
        if sure and _confirmed("remove", "Remove member, delete their answers", member):
            with write() as db:
                members.remove(db, here.visitor, member.id, keep_notes=wrote == KEEP, at=now())
            _done(f"{member.name} is removed.")


def _confirmed(verb: str, label: str, member: Member) -> bool:
    return st.button(label, key=f"member.{member.id}.{verb}")


def _done(message: str) -> None:
    visit().message = message
    st.rerun()
