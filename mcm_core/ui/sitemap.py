"""Every page, in the order of the navigation. Roles decide which links are drawn; services decide what is allowed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

from mcm_core.domain.visitor import Role
from mcm_core.ui.page import EVERYBODY, FACILITATORS, MEMBERS, PAGES


@dataclass(frozen=True)
class Entry:
    """One page. `links` are the roles that see it in the navigation; `wide` and `bare` are how it is laid out.

    `unread`: open to a member who has yet to read the participation document, too.
    """

    file: str
    title: str
    links: Collection[Role]
    wide: bool = False
    bare: bool = False
    unread: bool = False

    @property
    def path(self) -> str:
        """Its address without the first slash; "" for the page that comes first."""
        return "" if self.file == "today.py" else self.file.removesuffix(".py")

    def page(self) -> st.Page:
        """The page as st.navigation wants it."""
        return st.Page(PAGES / self.file, title=self.title, url_path=self.path, default=not self.path)


ENTRIES = (
    Entry("today.py", "Today", EVERYBODY),
    Entry("vote.py", "Vote", MEMBERS),
    Entry("facilitate.py", "Facilitate", FACILITATORS, wide=True),
    Entry("room.py", "Room", FACILITATORS, wide=True, bare=True),
    Entry("journey.py", "Journey", EVERYBODY),
    Entry("notes.py", "Notes", EVERYBODY),
    Entry("review.py", "Review", EVERYBODY),
    Entry("agreement.py", "How we work together", ()),  # from Today
    Entry("closing.py", "Looking back and on", ()),  # from Today, and from the end of Review
    Entry("cohort.py", "Cohort", FACILITATORS),
    Entry("applicants.py", "Applicants", frozenset()),  # from Cohort, and from Today while people apply
    Entry("messages.py", "Messages", ()),  # from Cohort, and from Today while some wait
    Entry("between.py", "Between sessions", ()),  # from Today
    Entry("news.py", "News", ()),  # from Today
    Entry("plan.py", "Plan", (), wide=True),  # from Facilitate and Today
    Entry("account.py", "My account", frozenset()),  # reached from one's own name
    Entry("topics.py", "Topics", ()),  # from Today
    Entry("prepare.py", "Prepare", (), unread=True),  # from Today
    Entry("my_data.py", "My data", (), unread=True),  # from the name at the top, and from Today
)
