"""Two cohorts at the same hours: said where one is made, where a session is moved, and where a member is in both."""

from __future__ import annotations

from datetime import time

from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, members
from mcm_core.store.engine import write
from tests.pages.cohort_desk import field, press
from tests.pages.conftest import CLOCK, Open


def warned(app: AppTest) -> list[str]:
    return [one.value.replace("\\", "").replace("\u2060", "") for one in app.warning]


def test_another_cohort_at_the_same_hours_is_warned_of_before_it_is_made(
    open_page: Open, fay: Visitor, ours: Cohort
) -> None:
    app = open_page("cohort", as_=fay)
    field(app, "date_input", "First day").set_value(ours.session(1).starts_local.date())
    app = field(app, "time_input", "Time", 6).set_value(time(15)).run()

    assert len([said for said in warned(app) if said.endswith("is at the same time as a session of “Ours”.")]) == 6

    app = field(app, "time_input", "Time", 6).set_value(time(16)).run()
    assert warned(app) == []


def test_and_where_a_session_is_moved_into_another_cohorts_time(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        cohorts.create(
            db, fay, name="Evenings", time_zone="Europe/London", first=ours.session(1).starts_local.date(), weekday=1,
            at_time=time(18), at=CLOCK,
        )  # fmt: skip
    app = open_page("cohort", as_=fay)
    assert not [said for said in warned(app) if "“Evenings”" in said]

    field(app, "time_input", "Time", 1).set_value(time(17, 30))
    app = press(app, "Move session 2")

    (said,) = (said for said in warned(app) if "“Evenings”" in said)
    assert said == "Session 2, Tuesday 20 January 2026, is at the same time as a session of “Evenings”."


def test_a_member_who_is_in_two_cohorts_at_once_is_said_plainly(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    at_three(fay, ours, "Also Tuesdays")
    app = open_page("cohort", as_=fay)

    field(app, "text_area", "Names to add, one on each line").input("Ada O. Ada@example.org\nBen ben@example.org")
    app = press(app, "Add these members")

    (said,) = (said for said in warned(app) if "by their e-mail address" in said)
    assert said.startswith(
        "Ada O., by their e-mail address, is in “Also Tuesdays”, too. Sessions 1, 2, 3, 4, 5 and 6 are"
    )


def at_three(fay: Visitor, ours: Cohort, name: str) -> None:
    """Another cohort that begins an hour into each session of ours, with Ada in it."""
    with write() as db:
        first = ours.session(1).starts_local
        other = cohorts.create(
            db, fay, name=name, time_zone="Europe/London", first=first.date(), weekday=1, at_time=time(15), at=CLOCK
        )
        members.add(db, fay, other.id, "Ada Okafor ada@example.org", at=CLOCK)
