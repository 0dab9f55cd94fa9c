"""The cohort page: making one, its dates, its settings, and who may see it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import instruments, members, run_sheets
from mcm_core.store.engine import read, write
from mcm_core.ui.cohort_form import zones
from tests.pages.cohort_desk import add, cohorts_of, field, press, roster, rows, texts
from tests.pages.conftest import CLOCK, Open
from tests.services.people import a_cohort, a_facilitator, a_member

TODAY = CLOCK.date()


@pytest.fixture
def fay(sqlite: str) -> Visitor:
    """A facilitator without a cohort, in a database where somebody else has one."""
    with write() as db:
        stranger = a_facilitator(db, "noise")
        a_member(db, stranger, a_cohort(db, stranger, "Not yours"), "Nobody Known")
        return a_facilitator(db, "fay")


@pytest.fixture
def ours(fay: Visitor) -> Cohort:
    with write() as db:
        return a_cohort(db, fay, "Ours")


def start(app: AppTest, name: str = "Tuesdays", first: date = TODAY + timedelta(days=30)) -> AppTest:
    """Fill in the form for a cohort and send it."""
    field(app, "text_input", "Name of the cohort").input(name)
    field(app, "date_input", "First day").set_value(first)
    field(app, "time_input", "Time").set_value(time(10, 30))
    return press(app.run(), "Create this cohort")


def test_a_facilitator_without_a_cohort_makes_the_first(open_page: Open, fay: Visitor) -> None:
    app = open_page("cohort", as_=fay)
    assert [title.value for title in app.title] == ["Your first cohort"]

    app = start(app)

    (made,) = cohorts_of(fay)
    day = TODAY + timedelta(days=30)
    assert [meeting.starts_local for meeting in made.sessions] == [
        datetime.combine(day + timedelta(weeks=week), time(10, 30)) for week in range(6)
    ]
    assert [title.value for title in app.title] == ["Tuesdays"]
    assert app.text_area[0].label == "Names to add, one on each line"


def test_a_facilitator_without_a_cohort_is_sent_here(open_page: Open, fay: Visitor) -> None:
    app = open_page("today", as_=fay)

    assert not app.exception
    assert [title.value for title in app.title] == ["Your first cohort"]


def test_the_six_dates_are_shown_before_they_are_made(open_page: Open, fay: Visitor) -> None:
    app = open_page("cohort", as_=fay)
    app = field(app, "date_input", "First day").set_value(date(2031, 9, 29)).run()
    assert app.table[0].value["Begins"].iloc[0].startswith("Monday 29 September")

    app = field(app, "selectbox", "Weekday").set_value(1).run()

    shown = list(app.table[0].value["Begins"])
    assert [words.replace("\\", "").replace("\u2060", "") for words in shown[:2]] == [
        "Tuesday 30 September 2031, 14:00",
        "Tuesday 7 October 2031, 14:00",
    ]
    assert len(shown) == 6
    assert cohorts_of(fay) == ()


def test_a_start_in_the_past_is_refused_and_nothing_typed_is_lost(open_page: Open, fay: Visitor) -> None:
    yesterday = TODAY - timedelta(days=2)

    app = start(open_page("cohort", as_=fay), first=yesterday)

    assert "is in the past" in app.error[0].value
    assert cohorts_of(fay) == ()
    assert field(app, "text_input", "Name of the cohort").value == "Tuesdays"
    assert field(app, "date_input", "First day").value == yesterday


def test_a_cohort_needs_a_name(open_page: Open, fay: Visitor) -> None:
    app = start(open_page("cohort", as_=fay), name="  ")

    assert app.error[0].value.startswith("The cohort name is empty")
    assert cohorts_of(fay) == ()


def test_a_second_cohort_is_the_one_then_worked_with(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    field(app, "text_input", "Name of the cohort", 1).input("Second")

    app = press(app.run(), "Create this cohort")

    assert [title.value for title in app.title] == ["Second"]
    assert {cohort.name for cohort in cohorts_of(fay)} == {"Ours", "Second"}
    assert roster(fay, cohorts_of(fay)[0]) == ()


def test_a_second_cohort_of_one_name_is_warned_of_before_and_after(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    assert not any("of this name" in said for said in warned(app))
    app = field(app, "text_input", "Name of the cohort", 1).input(" ours ").run()
    assert any("You have another cohort of this name." in said for said in warned(app))

    app = press(app, "Create this cohort")

    assert [cohort.name for cohort in cohorts_of(fay)] == ["ours", "Ours"]
    assert "You have another cohort of this name" in texts(app)


def test_a_list_with_addresses_is_counted_by_its_people(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    pasted = "Ada Okafor, ada@example.org\nBo Lind <bo@example.org>\nCy\tcy@example.org"

    app = field(app, "text_area", "Names to add, one on each line").input(pasted).run()

    assert "0 of 20 so far, 3 of 20 with this list." in texts(app)
    app = press(app, "Add these members")
    assert [(one.name, one.email) for one in roster(fay, ours)] == [
        ("Ada Okafor", "ada@example.org"),
        ("Bo Lind", "bo@example.org"),
        ("Cy", "cy@example.org"),
    ]


def test_two_cohorts_of_one_facilitator_do_not_mix(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    add(fay, ours, "Ada Okafor")
    with write() as db:
        later = a_cohort(db, fay, "Later")
    add(fay, later, "Bo Lindqvist")

    first, second = (open_page("cohort", as_=fay, cohort=cohort.id) for cohort in (ours, later))

    assert ([title.value for title in first.title], rows(first)) == (["Ours"], [("Ada Okafor", "Invited")])
    assert ([title.value for title in second.title], rows(second)) == (["Later"], [("Bo Lindqvist", "Invited")])
    with read() as db:
        codes = [members.room(db, fay, cohort.id, at=CLOCK) for cohort in (ours, later)]
    assert [room is not None and f"{room.code[:4]} {room.code[4:]}" in texts(first) for room in codes] == [True, False]


def test_the_browsers_own_time_zone_is_offered_first() -> None:
    assert zones("Europe/Berlin")[0] == "Europe/Berlin"
    assert zones("Mars/Base")[0] == zones(None)[0] == "Europe/London"
    assert len(zones("Europe/Berlin")) == len(set(zones("Europe/Berlin")))


def test_a_session_that_was_run_is_not_offered_to_be_moved(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        instruments.register(db)
        run_by_its_sheet(db, fay, ours.session(1).id)

    app = open_page("cohort", as_=fay)

    offered = [found.label for found in app.get("button") if found.label.startswith("Move session")]
    assert offered == [f"Move session {number}" for number in range(2, 7)]
    assert "This session has begun, so its date stays" in texts(app)


def run_by_its_sheet(db: Session, fay: Visitor, session_id: str) -> None:
    for step in (run_sheets.begin, run_sheets.end):
        version = run_sheets.make(db, fay, session_id).version
        step(db, fay, session_id, version=version, at=CLOCK, is_connected=lambda _: False)


def test_a_session_is_moved(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    field(app, "date_input", "Date", 2).set_value(TODAY + timedelta(days=1))
    field(app, "time_input", "Time", 2).set_value(time(9))
    field(app, "number_input", "Minutes", 2).set_value(90)

    app = press(app, "Move session 3")

    (moved,) = cohorts_of(fay)
    assert moved.session(3).starts_local == datetime.combine(TODAY + timedelta(days=1), time(9))
    assert moved.session(3).minutes == 90
    assert moved.session(2) == ours.session(2)
    assert "09:00, for 90 minutes" in app.success[0].value.replace("\\", "").replace("\u2060", "")
    assert "By date the sessions now come as 3, 1, 2, 4, 5, 6" in app.success[0].value.replace("\\", "").replace(
        "\u2060", ""
    )


def warned(app: AppTest) -> list[str]:
    return [one.value.replace("\\", "").replace("\u2060", "") for one in app.warning]


def test_a_bank_holiday_is_warned_of_where_a_cohort_is_made(open_page: Open, fay: Visitor) -> None:
    app = open_page("cohort", as_=fay)
    assert warned(app) == []

    app = field(app, "date_input", "First day").set_value(date(2026, 4, 27)).run()

    may_day, spring = warned(app)
    assert "Session 2, Monday 4 May 2026, is a bank holiday: May Day" in may_day
    assert "Session 5, Monday 25 May 2026" in spring


def test_and_where_a_session_is_moved_to_one_which_stays_there(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    assert not [said for said in warned(app) if "bank holiday" in said]

    field(app, "date_input", "Date", 2).set_value(date(2026, 5, 4))
    app = press(app, "Move session 3")

    assert cohorts_of(fay)[0].session(3).starts_local.date() == date(2026, 5, 4)
    (said,) = (said for said in warned(app) if "bank holiday" in said)
    assert "Session 3, Monday 4 May 2026, is a bank holiday: May Day" in said


def test_a_session_cannot_be_moved_into_the_past(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    field(app, "date_input", "Date").set_value(date(2025, 1, 1))

    app = press(app, "Move session 1")

    assert "01 January 2025 is in the past" in app.error[0].value
    assert cohorts_of(fay) == (ours,)
    assert field(app, "date_input", "Date").value == date(2025, 1, 1)


def test_the_link_for_a_co_facilitator_is_shown_once(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = press(open_page("cohort", as_=fay), "Make a link for a co-facilitator")
    assert "/welcome/" in texts(app)

    assert "/welcome/" not in texts(app.run())


def test_the_threshold_says_what_it_does(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    assert "Below five answers nothing is shown" in texts(app)
    app = field(app, "selectbox", "Smallest group for a picture").set_value(8).run()
    assert "Below eight answers nothing is shown" in texts(app)

    press(app, "Keep this number")

    assert cohorts_of(fay)[0].threshold == 8


def test_the_cohort_gets_another_name(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    field(app, "text_input", "Name of the cohort").input("Thursdays")

    app = press(app, "Rename the cohort")

    assert [title.value for title in app.title] == ["Thursdays"]


def test_a_member_is_told_that_the_page_is_for_facilitators(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        ada = a_member(db, fay, ours, "Ada Okafor")

    app = open_page("cohort", as_=ada)

    assert [info.value for info in app.info] == ["This page is for facilitators."]
    assert not rows(app)
    assert "For somebody without their link" not in texts(app)


def test_a_stranger_sees_the_sign_in_and_nothing_else(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort")

    assert not app.exception
    assert not rows(app)
    assert "Ours" not in texts(app)


def test_another_facilitators_cohort_is_nowhere_on_the_page(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        foreign = a_cohort(db, a_facilitator(db, "other"), "Foreign")

    app = open_page("cohort", as_=fay, cohort=foreign.id)

    assert [title.value for title in app.title] == ["Ours"]
    assert "Foreign" not in texts(app)
    assert "Not yours" not in texts(app)


def test_a_time_zone_is_found_by_either_of_its_names_and_said_before_the_cohort_is_made(
    open_page: Open, fay: Visitor
) -> None:
    """Whoever types one that is not known keeps the one before, so the dates say on whose clocks they are."""
    app = open_page("cohort", as_=fay)
    box = field(app, "selectbox", "Time zone")
    assert "America/Sao_Paulo (Sao Paulo)" in box.options

    app = box.set_value("America/Sao_Paulo").run()

    assert "The six dates that follow, on the clocks of America/Sao Paulo." in texts(app)
