"""The cohort page: making one, its dates, its members, and who may see it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort, Member
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, members
from mcm_core.store.engine import read, write
from mcm_core.ui.cohort_form import zones
from tests.pages.conftest import CLOCK, Open
from tests.services.people import NOW, a_cohort, a_facilitator, a_member

TODAY = CLOCK.date()
HOSTILE = ["<b>Bo</b>", "*Cy* [x](http://y.example)", ":red[Di] $x$ `z`", "1\\. Eve_Ann #1", "&lt;Flo&gt; & Co"]


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


def cohorts_of(visitor: Visitor) -> tuple[Cohort, ...]:
    with read() as db:
        return cohorts.of_visitor(db, visitor)


def roster(visitor: Visitor, cohort: Cohort) -> tuple[Member, ...]:
    with read() as db:
        return members.roster(db, visitor, cohort.id)


def add(visitor: Visitor, cohort: Cohort, *names: str) -> tuple[Member, ...]:
    with write() as db:
        return members.add(db, visitor, cohort.id, "\n".join(names), at=NOW)


def rows(app: AppTest) -> list[tuple[str, str]]:
    """The members' table as a browser shows it: names and states."""
    cells = [unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", texts(app))]
    return list(zip(cells[::2], cells[1::2], strict=True))


def field(app: AppTest, kind: str, label: str, nth: int = 0):  # type: ignore[no-untyped-def]
    """The nth widget of a kind with this label."""
    return [found for found in app.get(kind) if found.label == label][nth]


def press(app: AppTest, label: str, nth: int = 0) -> AppTest:
    app = field(app, "button", label, nth).click().run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    """Everything that the page says in words of its own."""
    said = [found.proto.body for found in app.get("html")] + [found.value for found in app.get("code")]
    return "\n".join(
        [*said, *(found.value for kind in ("title", "success", "error", "info") for found in app.get(kind))]
    )


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
    assert [box.label for box in app.text_area] == ["Names to add, one on each line"]


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
    assert [words.replace("\\", "") for words in shown[:2]] == [
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


def test_two_cohorts_of_one_facilitator_do_not_mix(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    add(fay, ours, "Ada Okafor")
    with write() as db:
        later = a_cohort(db, fay, "Later")
    add(fay, later, "Bo Lindqvist")

    first, second = (open_page("cohort", as_=fay, cohort=cohort.id) for cohort in (ours, later))

    assert ([title.value for title in first.title], rows(first)) == (["Ours"], [("Ada Okafor", "Invited")])
    assert ([title.value for title in second.title], rows(second)) == (["Later"], [("Bo Lindqvist", "Invited")])
    assert (ours.code in texts(first), later.code in texts(first)) == (True, False)


def test_the_browsers_own_time_zone_is_offered_first() -> None:
    assert zones("Europe/Berlin")[0] == "Europe/Berlin"
    assert zones("Mars/Base")[0] == zones(None)[0] == "Europe/London"
    assert len(zones("Europe/Berlin")) == len(set(zones("Europe/Berlin")))


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
    assert "09:00, for 90 minutes" in app.success[0].value.replace("\\", "")
    assert "By date the sessions now come as 3, 1, 2, 4, 5, 6" in app.success[0].value.replace("\\", "")


def test_a_session_cannot_be_moved_into_the_past(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    field(app, "date_input", "Date").set_value(date(2025, 1, 1))

    app = press(app, "Move session 1")

    assert "01 January 2025 is in the past" in app.error[0].value
    assert cohorts_of(fay) == (ours,)
    assert field(app, "date_input", "Date").value == date(2025, 1, 1)


def test_a_list_of_members_is_pasted(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    app = app.text_area[0].input("1. Zoë van Dyk\n2. Ada Okafor, Bo Lindqvist").run()
    assert "3 of 20 with this list" in texts(app)

    app = press(app, "Add these members")

    assert [member.name for member in roster(fay, ours)] == ["Ada Okafor", "Bo Lindqvist", "Zoë van Dyk"]
    assert rows(app) == [("Ada Okafor", "Invited"), ("Bo Lindqvist", "Invited"), ("Zoë van Dyk", "Invited")]
    assert not app.text_area


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("New One\nNew Two", "There is room for 1 more and you added 2; nobody was added"),
        ("person 3", "“person 3” is already a member"),
        ("Same\nsame", "“same” is already a member"),
        ("x" * 81, "is too long for a name"),
        (" \n;", "The list is empty"),
    ],
)
def test_a_refused_list_stays_in_the_box(open_page: Open, fay: Visitor, ours: Cohort, pasted: str, says: str) -> None:
    before = add(fay, ours, *(f"Person {number}" for number in range(19)))
    app = press(open_page("cohort", as_=fay), "Add members")
    app.text_area[0].input(pasted)

    app = press(app, "Add these members")

    assert says in app.error[0].value.replace("\\", "")
    assert {member.name for member in roster(fay, ours)} == {member.name for member in before}
    assert app.text_area[0].value == pasted


def test_a_full_cohort_offers_no_more_places(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    add(fay, ours, *(f"Person {number}" for number in range(20)))

    app = open_page("cohort", as_=fay)

    assert "20 of 20 members, 0 joined" in texts(app)
    assert "Add members" not in [button.label for button in app.button]


def test_names_are_shown_as_they_were_typed(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    people = add(fay, ours, *"ABCDE")
    with write() as db:
        for member, name in zip(people, HOSTILE, strict=True):
            members.rename(db, fay, member.id, name)
        cohorts.rename(db, fay, ours.id, HOSTILE[1])

    app = open_page("cohort", as_=fay)

    assert sorted(name for name, _state in rows(app)) == sorted(HOSTILE)
    assert not any(mark in app.title[0].value.replace(f"\\{mark}", "") for mark in "<>*[]`$_")
    assert sorted(field(app, "selectbox", "Choose a member").options) == sorted(HOSTILE)


def test_a_link_is_drawn_only_when_it_is_asked_for(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    ada, _bo = add(fay, ours, "Ada", "Bo")
    with read() as db:
        links = members.link_tokens(db, fay, ours.id)
    app = field(open_page("cohort", as_=fay), "selectbox", "Choose a member").set_value(ada.id).run()
    assert "/j/" not in texts(app)

    app = app.toggle[0].set_value(True).run()

    assert f"/j/{links.pop(ada.id)}" in texts(app)
    assert not any(other in texts(app) for other in links.values())


def card_of(app: AppTest, member: Member) -> AppTest:
    """The page with this member chosen."""
    return field(app, "selectbox", "Choose a member").set_value(member.id).run()


def test_removing_says_what_goes_and_what_stays(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    ada, bo = add(fay, ours, "Ada", "Bo")

    app = card_of(open_page("cohort", as_=fay), ada)

    assert "Ada leaves this cohort. Their link, phones, answers and notes are deleted" in texts(app)
    assert "Pictures that were already shown stay" in texts(app)
    assert len(roster(fay, ours)) == 2
    app = press(app, "Remove member, delete their answers")
    assert [member.id for member in roster(fay, ours)] == [bo.id]
    assert "leaves this cohort" not in texts(app)


def test_a_new_link_makes_the_old_one_worthless(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    (ada,) = add(fay, ours, "Ada")
    with read() as db:
        before = members.link_token(db, fay, ada.id)

    press(card_of(open_page("cohort", as_=fay), ada), "Make a new link")

    with read() as db:
        assert members.link_token(db, fay, ada.id) != before


def test_a_member_gets_another_name_but_not_somebody_elses(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    ada, _bo = add(fay, ours, "Ada", "Bo")
    app = card_of(open_page("cohort", as_=fay), ada)
    field(app, "text_input", "Name").input("bo")
    app = press(app, "Keep this name")
    assert "“bo” is already a member" in app.error[0].value
    assert field(app, "text_input", "Name").value == "bo"

    field(app, "text_input", "Name").input("Ada Okafor")
    press(app, "Keep this name")

    assert [member.name for member in roster(fay, ours)] == ["Ada Okafor", "Bo"]


def test_the_phones_of_a_member_are_removed(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        a_member(db, fay, ours, "Ada")
    (ada,) = roster(fay, ours)
    app = open_page("cohort", as_=fay)
    assert rows(app) == [("Ada", "Joined")]

    app = press(card_of(app, ada), "Sign their phones out")

    assert roster(fay, ours)[0].devices == 0
    assert rows(app) == [("Ada", "Joined, no phone signed in")]


def test_somebody_at_the_door_is_let_in(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    (ada,) = add(fay, ours, "Ada")
    with write() as db:
        members.knock(db, ours.code, "Ada", network="n", at=NOW)

    press(open_page("cohort", as_=fay), "Let in")

    assert roster(fay, ours)[0].devices == 1
    assert roster(fay, ours)[0].id == ada.id


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
    assert ours.code not in texts(app)


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
