"""How every page begins: who is here, in which cohort, at what moment."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from mcm_core.domain.cohort import Cohort, nearest
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import cohorts, visitors
from mcm_core.store.engine import DatabaseUnavailable, read, write
from mcm_core.store.secret import keyed
from mcm_core.ui.visit import visit
from mcm_core.web import cookie
from mcm_core.web.connection import facilitators_may, told

#: Streamlit looks for pages from the folder of the frame, so links to them start from the root of the disk.
PAGES = Path(__file__).resolve().parents[2] / "pages"
EVERYBODY = frozenset({Role.FACILITATOR, Role.MEMBER})
FACILITATORS = frozenset({Role.FACILITATOR})
MEMBERS = frozenset({Role.MEMBER})
ARRIVED = MEMBERS | {Role.UNREAD}  # for what is theirs, also before they have read the participation document


class Enough(Exception):
    """This page ends here. With st.stop() Streamlit would go on to run parts of the page before, and break this one."""


class NotTheirs(Enough):
    """This page is for others, and says so."""


@dataclass(frozen=True)
class Here:
    """The visitor, their cohort, and when this page was drawn."""

    visitor: Visitor
    cohort: Cohort
    at: datetime


def now() -> datetime:
    """The moment, in UTC: the one clock of the screens."""
    return datetime.now(UTC)


def recognise() -> Visitor | None:
    """The person whose cookie this browser sent, or None. An open page counts as being here.

    A facilitator is nobody where the connection is in the clear.
    """
    token = cookie.read(st.context.cookies)
    if not token:
        return None
    at = now()
    with read() as db:
        visitor = visitors.recognise(db, token, at=at)
    if visitor and visitor.facilitator_id and not facilitators_may(told(st.context.headers)):
        return None
    if visitor and visitor.touch_is_due(at):
        with suppress(DatabaseUnavailable), write() as db:  # who only reads may go on when nothing can be written
            visitors.touch(db, visitor, at=at)
    return visitor


def open_page(roles: Collection[Role] = EVERYBODY) -> Here:
    """The first statement of every page: who is here, or a sentence and the end of the page.

    A facilitator without a cohort is sent to the page that makes one, which begins with `open_to` instead.
    """
    visitor = open_to(roles)
    with read() as db:
        mine = cohorts.of_visitor(db, visitor)
    if not mine:
        st.switch_page(PAGES / "cohort.py")
    return Here(visitor, chosen(mine), now())


def open_to(roles: Collection[Role]) -> Visitor:
    """The visitor, whether or not they have a cohort yet; or a sentence and the end of the page.

    The frame has signed the visitor in; this asks for the role. Services ask again.
    """
    visitor = recognise()
    if visitor is None or visitor.role not in roles:
        st.info("This page is for facilitators." if Role.MEMBER not in roles else "This page is for members.")
        st.page_link(PAGES / "today.py", label="Go to Today")
        raise NotTheirs
    return visitor


def chosen(mine: tuple[Cohort, ...]) -> Cohort:
    """The cohort that this tab works with: as chosen, as addressed, or the one that meets today or nearest to it."""
    wanted = visit().cohort_id or st.query_params.get("cohort")
    cohort = next((one for one in mine if one.id == wanted), None) or nearest(mine, now())
    if len(mine) > 1:
        visit().cohort_id = st.query_params["cohort"] = cohort.id
    return cohort


def browsers_name(visitor: Visitor) -> str:
    """The person, under a name that tells the browser nothing: what it keeps of theirs is never taken for another's."""
    return keyed(f"draft {visitor.member_id or visitor.facilitator_id}")[:16]
