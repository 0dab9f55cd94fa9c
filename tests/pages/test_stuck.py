"""Whoever does not get in is told what to do next, in plain words."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import members
from mcm_core.store.engine import read, write
from mcm_core.store.tables import SignInRow
from tests.pages.cohort_desk import add, field, press, texts
from tests.pages.conftest import CLOCK, Open
from tests.services.people import NOW, the_code

NOT_LET_IN = "You were not let in"


def at_the_door(cohort: Cohort) -> Visitor:
    """Somebody who came with the code, for `open_page(…, halfway=True)`."""
    return Visitor("", Role.WAITING, "", cohort_id=cohort.id)


def test_a_forgotten_password_and_a_lost_phone_have_a_next_step(open_page: Open, fay: Visitor) -> None:
    for page in (open_page("today"), open_page("today", as_=fay, halfway=True)):
        assert "Ask whoever runs this server for a new way in" in texts(page)
        assert "mcm reset-link" in texts(page)


def test_who_was_turned_away_is_told_what_to_do(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    door = open_page("today", as_=at_the_door(ours), halfway=True)
    assert "Nobody answers? Tell them that you are here" in texts(door)
    with write() as db:
        (knock,) = members.at_the_door(db, fay, ours.id, at=CLOCK)
        members.turn_away(db, fay, knock.id)

    turned_away = door.run()

    assert NOT_LET_IN in texts(turned_away)
    assert 'href="/join"' in texts(turned_away)


def test_who_was_let_in_and_left_is_not_told_that(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    (ada,) = add(fay, ours, "Ada")
    door = open_page("today", as_=at_the_door(ours), halfway=True)
    with write() as db:
        (knock,) = members.at_the_door(db, fay, ours.id, at=CLOCK)
        members.let_in(db, fay, knock.id, ada.id, at=CLOCK)
    inside = door.run()
    assert "Ada" in [*inside.get("popover"), texts(inside)][-1]
    with write() as db:
        db.execute(delete(SignInRow).where(SignInRow.member_id == ada.id))

    assert NOT_LET_IN not in texts(inside.run())


def test_the_codes_page_says_when_it_works_and_makes_another(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    assert "It works from Tuesday 13 January 2026, 13:00 until 17:00 at the latest" in texts(app)
    with read() as db:
        before = members.room(db, fay, ours.id, at=CLOCK)

    app = press(app, "New room code")

    with read() as db:
        after = members.room(db, fay, ours.id, at=CLOCK)
    assert before
    assert after
    assert before.code != after.code
    assert f"{after.code[:4]} {after.code[4:]}" in texts(app)
    assert f"{before.code[:4]} {before.code[4:]}" not in texts(app)


@pytest.mark.parametrize("page", ["cohort", "facilitate"])
def test_a_crowd_is_turned_away_in_one_tap(open_page: Open, fay: Visitor, ours: Cohort, page: str) -> None:
    add(fay, ours, "Ada")
    with write() as db:
        code = the_code(db, fay, ours)
        for number in range(3):
            members.knock(db, code, f"Somebody {number}", network="n", at=NOW)
    app = open_page(page, as_=fay)
    assert "3 people wait with the room’s code" in texts(app)

    app = press(app, "Turn away all who came with the code")

    with read() as db:
        assert members.at_the_door(db, fay, ours.id, at=CLOCK) == ()
    assert not [found for found in app.button if found.label == "Let in"]


def test_for_one_at_the_door_there_is_no_tap_for_all(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    add(fay, ours, "Ada")
    with write() as db:
        members.knock(db, the_code(db, fay, ours), "Ada", network="n", at=NOW)

    app = open_page("cohort", as_=fay)

    assert "Turn away all who came with the code" not in [found.label for found in app.button]
    assert field(app, "button", "Not now")
