"""Today: when the next meeting is, also for who is not where the cohort is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import streamlit as st

from mcm_core.domain.visitor import Visitor
from mcm_core.services import members
from mcm_core.store.engine import write
from tests.pages.cohort_desk import texts
from tests.pages.conftest import CLOCK, Open
from tests.services.people import a_cohort
from tests.services.sheets import go_to
from tests.services.stories import a_group

THERE = {
    "Europe/London": "Tuesday 13 January, 14:00 (Europe/London), in 8 days",
    "Europe/Athens": "Tuesday 13 January, 14:00 (Europe/London; for you 16:00), in 8 days",
    "Pacific/Auckland": "14:00 (Europe/London; for you Wednesday 14 January, 03:00), in 8 days",
    "nowhere/at all": "14:00 (Europe/London), in 8 days",
}


@pytest.mark.parametrize("zone", THERE)
def test_who_is_in_another_zone_reads_both_times(
    zone: str, open_page: Open, fay: Visitor, ours: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(st.context), "timezone", property(lambda _: zone))

    assert THERE[zone] in texts(open_page("today", as_=fay)).replace("\\", "")


def test_how_ready_we_are_is_said_by_what_is_missing_and_counts_one_as_one(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 1)
        members.add(db, group.facilitator, group.cohort.id, "Vic\nWim", at=CLOCK)

    app = open_page("today", as_=group.facilitator)

    assert "3 members, 1 has joined. 0 rounds prepared." in texts(app)
    (told,) = [one.value for one in app.warning if "document is missing" in one.value]
    assert "1 of 3 has read it" in told
    assert told.splitlines()[-1].replace("\u2060", "").replace("\\", "") == "- Not sent yet: Vic, Wim"


@pytest.mark.parametrize(("size", "said"), [(1, "1 of 1 has read it, or was"), (2, "all 2 have read it, or were")])
def test_a_document_that_all_have_read_counts_one_as_one(size: int, said: str, open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, size)

    assert f"The participation document: {said}" in texts(open_page("today", as_=group.facilitator))


def test_after_the_last_date_nothing_is_claimed_of_sessions_that_were_never_run(open_page: Open, fay: Visitor) -> None:
    with write() as db:
        a_cohort(db, fay, at=CLOCK - timedelta(days=90))

    said = texts(open_page("today", as_=fay))

    assert "No more sessions lie ahead." in said
    assert "taken place" not in said


def test_a_session_that_was_begun_early_is_on_and_not_some_days_ahead(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 5)
    before = texts(open_page("facilitate", as_=group.facilitator)).replace("\\", "")
    assert "This session is planned for Tuesday 13 January, 14:00, in 8 days. Begin it now only if" in before
    with write() as db:
        go_to(db, group, "How we want to be together", at=CLOCK)

    for who in (group.facilitator, group.members[0]):
        app = open_page("today", as_=who)
        assert "Session 1 is on now, planned for Tuesday 13 January" in texts(app).replace("\\", "")
        assert "in 8 days" not in texts(app)
    assert "facilitate" in [one.proto.page for one in open_page("today", as_=group.facilitator).get("page_link")]


def test_a_session_that_nobody_ended_is_in_nobodys_way_the_next_week(open_page: Open, sqlite: str) -> None:
    """The ballot that it left open pulls no phone away from Today, and the facilitators read what is left to do."""
    begun = CLOCK - timedelta(days=1)
    with write() as db:
        group = a_group(db, 5)
        go_to(db, group, "Stories of meaningful connection", at=begun)

    app = open_page("today", as_=group.members[0])
    assert "vote" in [one.proto.page for one in app.get("page_link")], "it stands there to be answered"
    assert "Our group" in [one.value for one in app.header]
    assert "Session 1 was begun and never ended" in texts(open_page("today", as_=group.facilitator))

    desk = open_page("facilitate", as_=group.facilitator)
    ends = [one.label for one in desk.button if "End session 1" in one.label.replace("\\", "")]
    assert len(ends) == 1
    assert "Session 1 was begun and never ended" in texts(desk)
    assert [one.label for one in desk.toggle] == ["Who came"], "the page is drawn to its end"


def test_on_its_day_an_open_vote_opens_by_itself_on_a_phone(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 5)
        go_to(db, group, "Stories of meaningful connection", at=CLOCK)

    app = open_page("today", as_=group.members[0])

    assert "Our group" not in [one.value for one in app.header]
