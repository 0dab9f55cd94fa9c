"""The page Applicants: written and published, read and decided, the time chosen knowingly, the group confirmed."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.application import as_read
from mcm_core.domain.opening import Opening, Stage
from mcm_core.domain.visitor import Visitor
from mcm_core.services import applicants, applying, facilitators, mailing, members, openings, slots
from mcm_core.store import opening_texts
from mcm_core.store.engine import read, write
from tests.pages.cohort_desk import field, press, texts
from tests.pages.conftest import CLOCK, Open
from tests.services.openings.applying_people import ANSWERS, IN_TIME, Opened, an_opening, applies, the_id
from tests.services.people import NOW, a_cohort, a_facilitator, a_member


@pytest.fixture
def opened(sqlite: str) -> Opened:
    """Three have applied; Ben cannot on Tuesday afternoons."""
    with write() as db:
        made = an_opening(db)
        applies(db, made, "Ada", {"Tuesday afternoon": "prefer", "access": "Captions <b>please</b>"})
        applies(db, made, "Ben", {"Tuesday afternoon": "can't"})
        applies(db, made, "Cleo", {"Tuesday afternoon": "prefer"})
        return made


def said(app: AppTest) -> str:
    """All of it, without what disarms Markdown."""
    return re.sub(r"[\\\u2060]", "", texts(app) + "\n".join(one.value for one in app.warning))


def choose(app: AppTest, name: str) -> AppTest:
    box = field(app, "selectbox", "Application to read")
    return box.select(next(option for option in box.options if option.startswith(name))).run()


def test_a_page_is_written_and_published_on_purpose(open_page: Open, sqlite: str) -> None:
    with write() as db:
        fay = a_facilitator(db, "fay")
        cohort = a_cohort(db, fay)
    app = open_page("applicants", as_=fay)
    assert field(app, "date_input", "Applications close").value > CLOCK.date()
    day = field(app, "date_input", "Applications close")
    day.set_value(CLOCK.date().replace(day=9))
    app = press(app, "Keep the page")
    app = press(app, "Publish the page")
    assert "does not say whom to ask" in app.error[0].value

    field(app, "text_area", "Any questions").set_value("Fay, fay@example.org")
    app = press(app, "Publish the page")
    assert "The page is published." in said(app)

    with read() as db:
        found = openings.of_cohort(db, fay, cohort.id)
    assert found
    assert found.stage(CLOCK) in {Stage.OPEN, Stage.DROP_IN}
    assert f"/open/{found.slug}" in texts(app)


def test_what_is_typed_about_a_drop_in_is_kept(open_page: Open, opened: Opened) -> None:
    """Its fields are there only while there is one, so nothing is typed that is not kept."""
    app = open_page("applicants", as_=opened.fay)
    field(app, "checkbox", "There is a drop-in to find out more").uncheck().run()
    app = press(app, "Keep the page")
    assert "Link to the drop-in" not in [one.label for one in app.text_input]

    field(app, "checkbox", "There is a drop-in to find out more").check().run()
    field(app, "date_input", "The drop-in begins").set_value(CLOCK.date().replace(day=6))
    field(app, "text_input", "Link to the drop-in").set_value("https://meet.example/new")
    press(app, "Keep the page")

    with read() as db:
        found = openings.of_cohort(db, opened.fay, opened.cohort.id)
    assert found
    assert found.plan.drop_in_link == "https://meet.example/new"
    assert found.plan.drop_in
    assert found.plan.drop_in.day == 6


def test_the_drop_in_that_the_form_suggests_is_one_that_it_takes(open_page: Open, opened: Opened) -> None:
    """Of a page that was kept without one: a week before it closes, or the day before where that is over."""
    app = open_page("applicants", as_=opened.fay)
    field(app, "checkbox", "There is a drop-in to find out more").uncheck().run()
    for closes, suggested in (((2026, 2, 20), (2026, 2, 13)), ((2026, 1, 10), (2026, 1, 9))):
        field(app, "date_input", "Applications close").set_value(date(*closes))
        app = press(app, "Keep the page")
        field(app, "checkbox", "There is a drop-in to find out more").check().run()
        assert field(app, "date_input", "The drop-in begins").value == date(*suggested)
        app = press(app, "Keep the page")
        assert not app.error
        field(app, "checkbox", "There is a drop-in to find out more").uncheck().run()

    with read() as db:
        found = openings.of_cohort(db, opened.fay, opened.cohort.id)
    assert found
    assert found.plan.drop_in == datetime.fromisoformat("2026-01-09 15:00")


def test_what_is_published_is_what_stands_in_the_form_or_nothing(open_page: Open, opened: Opened) -> None:
    def kept() -> Opening:
        with read() as db:
            found = openings.of_cohort(db, opened.fay, opened.cohort.id)
        assert found
        return found

    with write() as db:
        openings.take_down(db, opened.fay, opened.cohort.id, at=NOW)
    app = open_page("applicants", as_=opened.fay)
    field(app, "date_input", "The drop-in begins").set_value(date(2026, 2, 25))
    field(app, "date_input", "Applications close").set_value(date(2026, 2, 20))
    field(app, "text_area", "Any questions").set_value("Gus, gus@example.org")
    for label in ("Keep the page", "Publish the page"):
        app = press(app, label)
        assert "comes after applications have closed" in app.error[0].value
        assert "is published" not in said(app)
        assert kept().stage(CLOCK) is Stage.DRAFT

    field(app, "date_input", "The drop-in begins").set_value(date(2026, 2, 13))
    app = press(app, "Publish the page")
    assert "The page is published." in said(app)
    assert kept().words["contact"] == "Gus, gus@example.org"
    assert kept().stage(CLOCK) is Stage.OPEN


def test_who_was_added_by_name_has_a_place_and_what_is_decided_shows_in_the_list_at_once(
    open_page: Open, opened: Opened
) -> None:
    with write() as db:
        members.add(db, opened.fay, opened.cohort.id, "\n".join(f"Person {n}" for n in range(20)), at=NOW)
    app = choose(open_page("applicants", as_=opened.fay), "Cleo")
    assert "20 of 20 places given, 20 by name" in texts(app)

    app = press(app, "Give a place")

    assert "All 20 places are taken, so Cleo is on the waiting list" in said(app)
    box = field(app, "selectbox", "Application to read")
    assert box.options[box.index] == "Cleo: on the waiting list, number 1"
    assert not [option for option in box.options if option.startswith("Cleo: not decided")]


def test_one_is_read_judged_and_given_a_place(open_page: Open, opened: Opened) -> None:
    app = choose(open_page("applicants", as_=opened.fay), "Ada")
    assert "3 applications · 0 of 20 places given" in texts(app)
    assert "Captions &lt;b&gt;please&lt;/b&gt;" in texts(app)

    field(app, "radio", "What I think").set_value("yes")
    field(app, "text_area", "My note").set_value("Brings chat")
    app = press(app, "Keep what I think")
    assert "What you think is kept." in said(app)
    app = press(app, "Give a place")

    assert "Ada: has a place." in said(app)
    with read() as db:
        assert [one.name for one in members.roster(db, opened.fay, opened.cohort.id)] == ["Ada"]


def test_after_one_is_judged_the_next_that_was_not_read_is_a_tap_away(open_page: Open, opened: Opened) -> None:
    app, read_so_far = open_page("applicants", as_=opened.fay), []
    for _ in range(3):
        name = field(app, "selectbox", "Application to read").value
        read_so_far.append(name)
        assert not following(app)
        field(app, "radio", "What I think").set_value("yes")
        app = press(app, "Keep what I think")
        assert "What you think is kept." in said(app)
        app = press(app, following(app)[0]) if len(read_so_far) < 3 else app

    assert len(set(read_so_far)) == 3
    assert not following(app)
    assert "There is none left that you have not read." in said(app)


def test_whom_one_was_reading_is_found_again_after_a_reload_by_an_address_without_a_name(
    open_page: Open, opened: Opened
) -> None:
    with read() as db:
        ids = {name: the_id(db, opened, name) for name in ("Ada", "Ben", "Cleo")}
    for name, id_ in ids.items():
        app = choose(open_page("applicants", as_=opened.fay), name)
        assert app.query_params["application"] == id_
        assert name not in str(app.query_params)

        again = open_page("applicants", as_=opened.fay, application=id_)
        assert field(again, "selectbox", "Application to read").value == id_

    gone = open_page("applicants", as_=opened.fay, application="taken-back")
    assert field(gone, "selectbox", "Application to read").value in ids.values()


def following(app: AppTest) -> list[str]:
    """The button to the next application, if there is one."""
    return [one.label for one in app.button if one.label.startswith("Next")]


def test_the_twenty_first_after_the_group_is_confirmed_is_told_by_a_message_that_is_there(
    open_page: Open, opened: Opened
) -> None:
    decided(opened, "declined", "declined", "declined")
    with write() as db:
        members.add(db, opened.fay, opened.cohort.id, "\n".join(f"Person {n}" for n in range(20)), at=NOW)
        slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=NOW)
        openings.confirm(db, opened.fay, opened.cohort.id, at=NOW)

    app = press(choose(open_page("applicants", as_=opened.fay), "Cleo"), "Give a place")

    assert "Cleo is on the waiting list. A kind message to them is drafted." in said(app)


def test_a_co_facilitator_does_not_see_what_is_for_the_coordinator(open_page: Open, opened: Opened) -> None:
    with write() as db:
        co = a_facilitator(db, "co")
        facilitators.accept_as(db, co, facilitators.invite(db, opened.fay, opened.cohort.id, at=NOW), at=NOW)

    app = choose(open_page("applicants", as_=co), "Ada")

    assert "To feel less alone" in texts(app)
    assert "Captions" not in texts(app)


def test_a_choice_of_time_says_whom_it_shuts_out_before_it_is_made(open_page: Open, opened: Opened) -> None:
    app = open_page("applicants", as_=opened.fay)

    assert "The times that the most people say they can make come first" in said(app)
    assert field(app, "selectbox", "Weekly time").value == "Tuesday afternoon"  # what the cohort has
    assert "Fixing them moves nothing." in said(app)
    app = field(app, "selectbox", "Weekly time").select("Wednesday evening").run()
    assert "Fixing them moves sessions 1, 2, 3, 4, 5 and 6." in said(app)
    app = field(app, "selectbox", "Weekly time").select("Tuesday afternoon").run()
    assert "This time would shut out Ben" in said(app)
    app = press(app, "Fix these six dates")

    with read() as db:
        found = openings.of_cohort(db, opened.fay, opened.cohort.id)
    assert found
    assert found.dates_fixed_at == CLOCK
    assert "The six dates are fixed, from Tuesday 13 January 2026, 14:00 on." in said(app)


def test_the_group_is_confirmed_once_everybody_is_decided(open_page: Open, opened: Opened) -> None:
    app = open_page("applicants", as_=opened.fay)
    assert "Confirming closes the page for applications now. 20 places stay free." in said(app)
    assert field(app, "button", "Confirm the group").disabled
    field(app, "checkbox", "I understand that this cannot be undone").check().run()
    app = press(app, "Confirm the group")
    assert "3 applications wait for a decision" in app.error[0].value

    with write() as db:
        for line in applicants.of_cohort(db, opened.fay, opened.cohort.id):
            applicants.decide(db, opened.fay, line.id, decision="accepted", at=NOW)
    app = press(press(app.run(), "Fix these six dates"), "Confirm the group")

    assert (
        "The group is confirmed. Messages drafted: 3 with an answer, and 3 with the document to read before we meet."
        in said(app)
    )
    with read() as db:
        assert mailing.to_do(db, opened.fay, opened.cohort.id, at=CLOCK) == 3 + 3


def test_today_says_that_people_apply(open_page: Open, opened: Opened) -> None:
    assert "Published. Applications are open." in texts(open_page("today", as_=opened.fay))


def test_members_get_no_applications(open_page: Open, opened: Opened) -> None:
    with write() as db:
        dev: Visitor = a_member(db, opened.fay, opened.cohort, "Dev")

    app = open_page("applicants", as_=dev)

    assert "This page is for facilitators." in texts(app)
    assert "Ada" not in texts(app)


def decided(opened: Opened, *decisions: str) -> None:
    """What becomes of Ada, Ben and Cleo, in this order."""
    with write() as db:
        lines = sorted(applicants.of_cohort(db, opened.fay, opened.cohort.id), key=lambda one: one.name)
        for line, decision in zip(lines, decisions, strict=True):
            applicants.decide(db, opened.fay, line.id, decision=decision, at=NOW)


def test_while_a_place_is_free_it_says_who_waits_longest(open_page: Open, opened: Opened) -> None:
    decided(opened, "accepted", "waiting", "waiting")

    desk = said(open_page("applicants", as_=opened.fay))
    assert "19 places are free. First on the waiting list: " in desk
    assert "19 places stay free. 2 people wait for one." in desk
    with write() as db:
        slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=NOW)
        openings.confirm(db, opened.fay, opened.cohort.id, at=NOW)
    today = said(open_page("today", as_=opened.fay))
    assert re.search("19 places are free, and (Ben|Cleo) is first on the waiting list.", today)


def test_whom_somebody_asked_not_to_be_put_with_is_before_the_coordinator_where_pairs_are_made(
    open_page: Open, opened: Opened
) -> None:
    with write() as db:
        applies(db, opened, "Dev", {"apart": "Ada, we <b>worked</b> together"})
        co = a_facilitator(db, "co")
        facilitators.accept_as(db, co, facilitators.invite(db, opened.fay, opened.cohort.id, at=NOW), at=NOW)
    decided(opened, "accepted", "waiting", "waiting", "accepted")

    app = open_page("between", as_=opened.fay)
    assert "Dev: Ada, we &lt;b&gt;worked&lt;/b&gt; together" in said(app)
    assert "worked" not in said(open_page("between", as_=co))
    # Neither has come in yet. (The pair itself: tests/services/openings/test_inside.py.)
    assert sorted(field(app, "multiselect", "Two people").options) == ["Ada", "Dev"]


def test_when_applications_close_is_said_until_the_group_is_confirmed(open_page: Open, opened: Opened) -> None:
    assert "Applications are open. Applications close: Wednesday 7 January" in said(
        open_page("applicants", as_=opened.fay)
    )
    decided(opened, "accepted", "accepted", "accepted")
    with write() as db:
        slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=NOW)
        openings.confirm(db, opened.fay, opened.cohort.id, at=NOW)

    desk = said(open_page("applicants", as_=opened.fay))
    assert "close: Wednesday" not in desk
    assert "Give this address" not in desk
    assert "Whoever opens this address reads that the group is complete." in desk


def test_a_box_left_unticked_is_called_so_and_is_not_read_as_a_no(open_page: Open, opened: Opened) -> None:
    with write() as db:
        applies(db, opened, "Zoe Unticked", {"support": "", "space": "on"})

    app = choose(open_page("applicants", as_=opened.fay), "Zoe Unticked")
    with read() as db:
        asked = applicants.one(db, opened.fay, the_id(db, opened, "Zoe Unticked")).application
    shown = dict(as_read(opening_texts.form(), asked))
    assert shown["I have support from my organisation to attend"] == "Not ticked"
    assert shown["I can make some space between sessions to think, talk with my team and try things out"] == "Yes"
    assert "**I have support from my organisation to attend**" in [one.value for one in app.markdown]
    assert ">Not ticked</p>" in said(app)
    assert ">No</p>" not in said(app)


def applies_as(opened: Opened, name: str, email: str, organisation: str, why: str, *, at: datetime = IN_TIME) -> str:
    """Somebody applies under this name; the id of their application."""
    with write() as db:
        token = applying.begin(
            db, opened.slug, name=name, email=email, organisation=organisation, network=why, at=at
        )  # fmt: skip
        applying.keep(db, token, {**ANSWERS, "why": why}, at=at)
        return applying.send(db, token, at=at).application.id


def test_of_two_with_the_same_name_each_can_be_opened_and_is_told_apart_in_words(
    open_page: Open, opened: Opened
) -> None:
    applies_as(opened, "John Smith", "john@north.example", "North", "First reason")
    applies_as(opened, "John Smith", "smith@south.example", "South", "Second reason", at=IN_TIME + timedelta(minutes=5))

    app = open_page("applicants", as_=opened.fay)
    options = field(app, "selectbox", "Application to read").options
    assert [one for one in options if one.startswith("John")] == [
        "John Smith, North: not decided, not read by me",
        "John Smith, South: not decided, not read by me",
    ]
    assert "Ada: not decided, not read by me" in options
    assert "First reason" in texts(choose(app, "John Smith, North"))
    assert "Second reason" in texts(choose(app, "John Smith, South"))
    assert "has applied" not in texts(app)


def test_where_one_address_applied_twice_it_says_so_and_both_can_be_read(open_page: Open, opened: Opened) -> None:
    later = IN_TIME + timedelta(minutes=5)
    applies_as(opened, "John Smith", "john@north.example", "North", "First reason")
    applies_as(opened, "John Smith", "John@north.example", "North", "Second reason", at=later)

    app = open_page("applicants", as_=opened.fay)
    johns = [one for one in field(app, "selectbox", "Application to read").options if one.startswith("John")]
    assert len(set(johns)) == 2
    for john, reason in zip(johns, ("First reason", "Second reason"), strict=True):
        app = choose(app, john)
        assert reason in texts(app)
        assert "This address has applied twice" in texts(app)
    assert "has applied" not in texts(choose(app, "Ada"))
