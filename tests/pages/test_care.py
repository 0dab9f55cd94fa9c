"""A pause on the pages, and the contacts that a facilitator checks and writes down."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.services import pauses, signposting
from mcm_core.store.engine import read, write
from tests.pages.cohort_desk import field, press, texts
from tests.pages.conftest import CLOCK, Open
from tests.services.stories import Group, a_group

CALM = "A short pause"


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 3)


def said(app: AppTest) -> str:
    return texts(app)


def paused(group: Group) -> bool:
    with read() as db:
        return pauses.is_on(db, group.facilitator, group.cohort.id, at=CLOCK)


def test_one_tap_begins_a_pause_and_one_ends_it(open_page: Open, group: Group) -> None:
    app = press(open_page("facilitate", as_=group.facilitator), "Pause for everybody")
    assert paused(group)
    assert "Listen. Do not ask for details." in said(app)

    app = press(app, "Go on")

    assert not paused(group)
    assert "Listen." not in said(app)


@pytest.mark.parametrize("page", ["today", "vote", "journey", "notes", "review"])
def test_every_page_of_a_member_is_covered_and_still_there(open_page: Open, group: Group, page: str) -> None:
    with write() as db:
        pauses.begin(db, group.facilitator, group.cohort.id, at=CLOCK)

    app = open_page(page, as_=group.members[0])

    assert CALM in said(app)
    assert app.title, "what stands beneath is kept"


def test_the_room_is_covered_and_the_facilitators_pages_are_not(open_page: Open, group: Group) -> None:
    with write() as db:
        pauses.begin(db, group.facilitator, group.cohort.id, at=CLOCK)

    assert CALM in said(open_page("room", as_=group.facilitator))
    assert CALM not in said(open_page("cohort", as_=group.facilitator))


def test_nobody_is_covered_without_a_pause(open_page: Open, group: Group) -> None:
    assert CALM not in said(open_page("notes", as_=group.members[0]))


@pytest.mark.parametrize("page", ["today", "cohort"])
def test_a_facilitator_is_reminded_until_the_contacts_are_checked(open_page: Open, group: Group, page: str) -> None:
    assert "only general words" in said(open_page(page, as_=group.facilitator))
    with write() as db:
        signposting.write_down(
            db, group.facilitator, group.cohort.id, danger="Call 999", contact="Ann", lines="", at=CLOCK
        )

    assert "only general words" not in said(open_page(page, as_=group.facilitator))


def test_the_template_must_be_made_ones_own(open_page: Open, group: Group) -> None:
    app = press(open_page("cohort", as_=group.facilitator), "I have checked these. Keep them")
    assert "There is still a gap" in said(app)

    field(app, "text_area", "Whom to tell").input("Ann Lee, 020 7946 0000")
    field(app, "text_area", "Helplines").input("")
    app = press(app, "I have checked these. Keep them")

    assert "Numbers to tap: 999, 020 7946 0000." in said(app).replace("\u2060", "").replace("\\", "")
    with read() as db:
        kept = signposting.of(db, group.members[0], group.cohort.id)
    assert kept is not None
    assert kept.contact == "Ann Lee, 020 7946 0000"
