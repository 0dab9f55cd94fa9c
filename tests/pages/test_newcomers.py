"""What the group wrote before somebody came: hidden and said so, until a facilitator writes down the group's yes."""

from __future__ import annotations

from datetime import timedelta

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import instruments
from mcm_core.store.engine import write
from tests.pages.cohort_desk import press, texts
from tests.pages.conftest import Open
from tests.services.note_world import a_note
from tests.services.people import NOW, a_member


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
