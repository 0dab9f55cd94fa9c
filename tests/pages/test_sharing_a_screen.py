"""What a shared screen or a recording shows: of the page for the room no word of anybody, and that it is recorded."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.services import notes, topics
from mcm_core.store.engine import write
from tests.pages.conftest import CLOCK, Open
from tests.pages.test_journey import said
from tests.services.sheets import begin
from tests.services.stories import (
    Group,
    a_card,
    a_group,
    an_open_round,
    answer,
    choose_focus,
    close_and_reveal,
    connections,
)

LINE = "This session is being recorded, as you agreed."
OURS = ("Grey elephant of Elm Street", "Blue elephant of Oak Street", "Red elephant of Ash Street")


@pytest.fixture
def group(sqlite: str) -> Group:
    """Six people who have written wherever members write what others read, or nobody does."""
    with write() as db:
        group = a_group(db, 6)
        ada, ben, eve = group.members[:3]
        notes.add(db, ada, group.cohort.id, session_number=1, theme="tools", instrument=connections(), kind="story",
                  audience="network", attribution="name", body=OURS[0], at=CLOCK)  # fmt: skip
        topics.propose(db, ben, group.cohort.id, kind="question", text=OURS[1], named=True, at=CLOCK)
        choose_focus(db, eve, connections(), OURS[2], at=CLOCK)
    return group


def press(app: AppTest, label: str) -> AppTest:
    app = next(one for one in app.button if one.label == label).click().run()
    assert not app.exception
    return app


def test_the_room_shows_no_word_of_anybody_whatever_is_on(open_page: Open, group: Group) -> None:
    def shown() -> str:
        room = open_page("room", as_=group.facilitator)
        assert not room.exception
        return said(room)

    seen = [shown()]
    with write() as db:
        opened = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=CLOCK)
        answer(db, opened, group.members, [(2, 3)] * 6, at=CLOCK)
    seen.append(shown())
    with write() as db:
        close_and_reveal(db, group.facilitator, opened, at=CLOCK)
    seen.append(shown())
    with write() as db:
        begin(db, group, at=CLOCK)
    seen.append(shown())

    assert len(set(seen)) == 4
    theirs = (*OURS, *(member.name for member in group.members))
    assert [one for one in theirs if any(re.search(rf"\b{re.escape(one)}\b", page) for page in seen)] == []


def test_phones_and_room_say_that_it_is_recorded_until_it_is_not(open_page: Open, group: Group) -> None:
    with write() as db:
        begin(db, group, at=CLOCK)
    screens = (("room", group.facilitator), ("today", group.members[0]), ("vote", group.members[1]))
    assert not any(LINE in said(open_page(page, as_=who)) for page, who in screens)

    press(open_page("facilitate", as_=group.facilitator), "Everybody agreed: we record")
    assert all(LINE in said(open_page(page, as_=who)) for page, who in screens)

    press(open_page("facilitate", as_=group.facilitator), "The recording has ended")
    assert not any(LINE in said(open_page(page, as_=who)) for page, who in screens)


def test_before_the_session_there_is_nothing_to_note(open_page: Open, group: Group) -> None:
    labels = [one.label for one in open_page("facilitate", as_=group.facilitator).button]
    assert "Everybody agreed: we record" not in labels
