"""My data: what a member sees of what is stored about them, and what they can do about it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mcm_core.domain.consent import Purpose
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.services import consents, members, notes
from mcm_core.store.engine import read, write
from mcm_core.store.notice import notice
from mcm_core.store.tables import MemberRow, NoteRow, SignInRow
from tests.pages.cohort_desk import press, texts
from tests.pages.conftest import CLOCK, Open
from tests.services.owned import a_full_life
from tests.services.people import NOW
from tests.services.stories import Group, a_group, connections, run_round

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://t/p.png) =1+1"


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        made = a_group(db, 6)
        run_round(db, made.facilitator, made.cohort, made.members, 1, [(2, 3), *[(4, 4)] * 5])
        for who, body in zip(made.members, (HOSTILE, "what Ben wrote"), strict=False):
            notes.add(
                db, who, made.cohort.id, session_number=1, theme="tools", instrument=connections(), kind=Kind.STORY,
                audience=Audience.COHORT, attribution=Attribution.NAME, body=body, at=NOW,
            )  # fmt: skip
        return made


def test_a_member_sees_what_is_stored_and_nothing_of_others(open_page: Open, group: Group) -> None:
    app = open_page("my_data", as_=group.members[0])

    said = texts(app)
    assert not app.exception
    for words in ("You are on the list as Ada", "Tools: now Forming, hoped for Maturing (outreach calls)", "=1+1"):
        assert words in said
    assert "<img" not in said
    assert "Embedded" not in said
    assert "what Ben wrote" not in said
    assert "17 August 2026 at the latest" in said


def test_facilitators_have_no_such_page(open_page: Open, group: Group) -> None:
    app = open_page("my_data", as_=group.facilitator)

    assert "This page is for members." in texts(app)
    assert "Ada" not in texts(app)


def test_the_notice_is_one_tap_and_does_not_come_back(open_page: Open, group: Group) -> None:
    app = open_page("today", as_=group.members[0])
    assert "We keep your answers linked to you" in texts(app)

    app = press(app, "I have read what is kept")

    assert "We keep your answers linked to you" not in texts(app)
    with read() as db:
        told = consents.mine(db, group.members[0])[0]
    assert (told.yes, told.version, told.said_at) == (True, notice().version, CLOCK)


def test_every_switch_is_off_until_the_member_says_yes(open_page: Open, group: Group) -> None:
    app = open_page("my_data", as_=group.members[4])
    assert len(app.toggle) == 4
    assert not any(switch.value for switch in app.toggle)
    assert texts(app).count("You have not said yes or no, so this is off.") == 4

    app = next(switch for switch in app.toggle if switch.label == "Our totals outside this group").set_value(True).run()

    assert "You said yes on 5 January 2026." in texts(app)
    assert [switch.value for switch in app.toggle] == [False, False, True, False]


def test_a_no_takes_the_name_off_the_notes(open_page: Open, group: Group) -> None:
    app = open_page("my_data", as_=group.members[0])

    app = next(switch for switch in app.toggle if switch.label == "My name with my notes").set_value(False).run()

    assert "You said no on 5 January 2026." in texts(app)
    with read() as db:
        assert {note.by for note in notes.wall(db, group.members[2], group.cohort.id)} == {"", "Ben"}
        assert [c.yes for c in consents.mine(db, group.members[0]) if c.wording.purpose is Purpose.NAME_WITH_NOTES] == [
            False
        ]


def test_what_is_kept_besides_answers_and_notes_is_there_too(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_full_life(db)

    said = texts(open_page("my_data", as_=group.members[0]))

    for words in (
        "Session 2: The Meaningful Connections Model: you took part, anonymously. What you answered is not",
        "Session 3: Skills: you took part, anonymously.",
        "Session 1: Tools: you said yes on 5 January 2026, so your name may show with your answers.",
        "5 January 2026: yes to “My name with my answers”, Session 1: Tools (words of version 4)",
        "5 January 2026: yes to “Our totals outside this group” (words of version 4)",
        "Another text of it, kept until you decide: third",
        "It waits and sees nothing.",
        "Ada came in with their link.",
    ):
        assert words in said, words


def test_ones_name_is_taken_away_here_too_and_the_history_says_so(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_full_life(db)
    app = open_page("my_data", as_=group.members[0])

    app = press(app, "Take my name away")

    assert "Your name shows with none of your answers." in texts(app)
    assert not [button for button in app.button if button.label == "Take my name away"]
    assert texts(app).index("no to “My name with my answers”") < texts(app).index("yes to “My name with my answers”")


def test_a_lost_phone_is_signed_out_and_the_one_in_the_hand_is_not(open_page: Open, group: Group) -> None:
    ada = group.members[0]
    app = open_page("my_data", as_=ada)

    app = press(app, "Sign this phone out")

    assert not [button for button in app.button if button.label == "Sign this phone out"]
    with read() as db:
        left = db.scalars(select(SignInRow.token_hash).where(SignInRow.member_id == ada.member_id)).all()
    assert len(left) == 1
    assert ada.sign_in not in left


def test_erasing_asks_once_and_does_it(open_page: Open, group: Group) -> None:
    ada = group.members[0]
    app = open_page("my_data", as_=ada)
    now = next(button for button in app.button if button.label == "Erase what is mine")
    assert now.disabled

    app = app.radio[0].set_value("Keep them, without any name").run()
    app = next(box for box in app.checkbox if box.label.startswith("I understand")).check().run()
    app = press(app, "Erase what is mine")

    assert "Session" in app.title[0].value  # the door: nobody is signed in here any more
    with read() as db:
        assert db.get(MemberRow, ada.member_id) is None
        assert db.scalars(select(NoteRow.member_id).where(NoteRow.body == HOSTILE)).all() == [None]
        assert len(members.roster(db, group.facilitator, group.cohort.id)) == 5
