"""A member's phones: leaving the one in the hand, and removing one that was lost."""

from __future__ import annotations

from collections.abc import Sequence

from mcm_core.services import members
from mcm_core.services.members import Phone
from mcm_core.store.engine import write
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import on_the_day, words
from mcm_core.ui.press import button
from mcm_core.ui.sign_in import sign_out_button


def my_phones(here: Here, phones: Sequence[Phone]) -> None:
    """Every phone on a line of its own; the others can be removed."""
    for phone in phones:
        words(_line(phone))
        if not phone.is_this:
            label = "Do not let this phone in" if phone.waiting else "Sign this phone out"
            button(label, lambda phone=phone: _remove(here, phone), key=f"phone.{phone.id}")  # type: ignore[misc]
    sign_out_button("Leave this phone", key="leave-this-phone")
    words(
        "Then nobody can open this on the phone in your hand. To come back, open your own link; a facilitator lets you "
        "in.",
        kind="how-to",
    )


def _line(phone: Phone) -> str:
    if phone.is_this:
        return f"The phone in your hand, since {on_the_day(phone.since)}."
    if phone.waiting:
        return f"A phone that came with your link on {on_the_day(phone.since)}. It waits and sees nothing."
    return f"Another phone, since {on_the_day(phone.since)}, last used on {on_the_day(phone.seen_at)}."


def _remove(here: Here, phone: Phone) -> None:
    with write() as db:
        members.remove_phone(db, here.visitor, phone.id)
