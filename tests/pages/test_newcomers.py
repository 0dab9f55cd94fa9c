"""What the group wrote before somebody came: hidden and said so, until a facilitator writes down the group's yes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import instruments, members
from mcm_core.store.engine import write
from tests.pages.cohort_desk import press, texts
from tests.pages.conftest import Open
from tests.services.note_world import a_note
from tests.services.people import NOW, a_member


@pytest.fixture
def zed(fay: Visitor, ours: Cohort) -> Visitor:
    """Who came after the group had written something for itself."""
    with write() as db:
        instruments.register(db)
        a_note(db, a_member(db, fay, ours, "Ada"), ours, "Among us")
        return a_member(db, fay, ours, "Zed", at=NOW + timedelta(minutes=5))


LATE = "Zed came later and does not read what the group wrote for itself before. Ask the group"


@pytest.mark.parametrize("answer", ["The group says yes: newcomers may read it", "The group says no"])
def test_facilitators_are_reminded_to_ask_until_they_wrote_the_answer_down(
    open_page: Open, fay: Visitor, zed: Visitor, answer: str
) -> None:
    for page in ("today", "facilitate"):
        app = open_page(page, as_=fay)
        assert LATE in texts(app)
        (link,) = [one.proto for one in app.get("page_link") if "newcomers may read" in one.proto.label]
        assert (link.page, link.query_string) == ("cohort", "open=settings")
    assert LATE not in texts(open_page("today", as_=zed))

    app = press(open_page("cohort", as_=fay, open="settings"), answer)

    assert "The group says no" not in [one.label for one in app.button]
    assert not [page for page in ("today", "facilitate") if LATE in texts(open_page(page, as_=fay))]
    assert "It is asked first" not in texts(open_page("notes", as_=zed))


def test_nobody_is_asked_about_who_was_there_before_the_first_note(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        instruments.register(db)
        a_note(db, a_member(db, fay, ours, "Ada"), ours, "For all", audience="network")
        ben = a_member(db, fay, ours, "Ben", at=NOW + timedelta(minutes=1))
        a_note(db, ben, ours, "Among us", minutes=2)
        members.add(db, fay, ours.id, "Yan", at=NOW + timedelta(minutes=3))  # who has not come in yet

    assert "came later" not in texts(open_page("today", as_=fay))


def test_a_facilitator_writes_down_the_groups_yes(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        instruments.register(db)
        a_note(db, a_member(db, fay, ours, "Ada"), ours, "Among us")
        zed = a_member(db, fay, ours, "Zed", at=NOW + timedelta(minutes=5))
    before = texts(open_page("notes", as_=zed))
    assert "before you came is not shown" in before
    assert "Among us" not in before

    press(open_page("cohort", as_=fay), "The group says yes: newcomers may read it")

    after = texts(open_page("notes", as_=zed))
    assert "Among us" in after
    assert "before you came is not shown" not in after
    assert "Newcomers read it no more" in [one.label for one in open_page("cohort", as_=fay).button]
