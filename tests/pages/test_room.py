"""The room's screen and the facilitator's: a count until the reveal, then the same picture for everybody."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.mode import Mode
from mcm_core.domain.round import Round, RoundState
from mcm_core.services import rounds
from mcm_core.store.engine import read, write
from mcm_core.ui.pieces import plain
from tests.pages.cohort_desk import texts
from tests.pages.conftest import CLOCK, Open
from tests.pages.test_vote import now, words
from tests.services.people import the_code
from tests.services.sheets import begin
from tests.services.stories import Group, a_card, a_group, an_open_round, answer, close_and_reveal

FEW = "Fewer than 5 of us chose a level, so no picture is shown. Talk it through instead."
ANSWERS = [(2, 3), (1, 3), (4, 4), (2, 3), (2, 4)]


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 5)


@pytest.fixture
def round_(group: Group) -> Round:
    with write() as db:
        opened = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=now())
        answer(db, opened, group.members, ANSWERS, at=now())
        return opened


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def state(group: Group, round_: Round) -> RoundState:
    with read() as db:
        return rounds.get(db, group.facilitator, round_.id).state


def test_the_room_counts_and_shows_no_level_name_or_control(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("room", as_=group.facilitator)

    said = words(app)
    assert "5 of 5 here are in" in said
    assert not app.button
    assert not app.get("plotly_chart")
    for hidden in ("Forming", "Maturing", *[member.name for member in group.members]):
        assert hidden not in said


def test_the_room_shows_the_way_in_while_nothing_is_on(open_page: Open, group: Group) -> None:
    with write() as db:
        code = the_code(db, group.facilitator, group.cohort, at=CLOCK)

    said = words(open_page("room", as_=group.facilitator))

    assert f"{code[:4]} {code[4:]}" in said
    assert "It works from" not in said


def test_before_the_door_opens_the_room_says_when(open_page: Open, group: Group) -> None:
    said = words(open_page("room", as_=group.facilitator))

    assert "It works from Tuesday 13 January 2026, 13:00 on." in said


def test_in_a_session_begun_on_another_day_the_room_says_no_other_hours(open_page: Open, group: Group) -> None:
    with write() as db:
        begin(db, group, at=CLOCK)

    said = words(open_page("room", as_=group.facilitator))

    assert "Scan to join" in said
    assert "It works from" not in said


def test_the_room_shows_the_picture_after_the_reveal(open_page: Open, group: Group, round_: Round) -> None:
    with write() as db:
        close_and_reveal(db, group.facilitator, round_, at=now())

    app = open_page("room", as_=group.facilitator)

    assert "Talk about Tools first" in words(app)
    assert len(app.get("plotly_chart")) == 2


def test_a_facilitator_prepares_opens_closes_and_reveals(open_page: Open, group: Group) -> None:
    app = open_page("facilitate", as_=group.facilitator)
    press(app, "Prepare this round")
    press(app, "Open the vote")
    with read() as db:
        stage = rounds.on_stage(db, group.facilitator, group.cohort.id, at=now())
    assert stage is not None
    assert len(stage.card.asked) == 6

    press(app, "Close the vote")
    assert state(group, stage) is RoundState.CLOSED
    press(app, "Reveal to everybody")

    assert state(group, stage) is RoundState.REVEALED
    assert not app.exception


def test_a_vote_again_is_one_press_and_keeps_both(open_page: Open, group: Group, round_: Round) -> None:
    with write() as db:
        close_and_reveal(db, group.facilitator, round_, at=now())
    app = open_page("facilitate", as_=group.facilitator)

    press(app, "Vote again after talking")

    with read() as db:
        again = rounds.on_stage(db, group.facilitator, group.cohort.id, at=now())
    assert again is not None
    assert (again.attempt, again.state) == (2, RoundState.OPEN)
    assert state(group, round_) is RoundState.REVEALED


def test_a_stale_press_is_told_and_changes_nothing(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("facilitate", as_=group.facilitator)
    with write() as db:
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=now())

    press(app, "Close the vote")

    assert state(group, round_) is RoundState.CLOSED


def test_a_prepared_round_says_what_will_be_opened(open_page: Open, group: Group) -> None:
    card = a_card(themes=["tools", "safety"], mode=Mode.NAMED, lens="We", perspective="organisation")
    with write() as db:
        rounds.draft(db, group.facilitator, group.cohort.session(1).id, card, at=now())

    said = texts(open_page("facilitate", as_=group.facilitator))

    assert "We · as organisation · Why we ask: " in said
    for part in ("Prepared: Session 1", "Themes: Tools, Safety", "only if you say yes", "Time guide: 5 minutes"):
        assert part in said


def test_a_draft_can_be_thrown_away(open_page: Open, group: Group) -> None:
    app = open_page("facilitate", as_=group.facilitator)
    press(app, "Prepare this round")

    press(app, "Throw away")

    with read() as db:
        assert rounds.drafts(db, group.facilitator, group.cohort.id) == ()


@pytest.mark.parametrize("page", ["facilitate", "cohort"])
def test_members_are_sent_away_from_the_facilitators_pages(page: str, open_page: Open, group: Group) -> None:
    app = open_page(page, as_=group.members[0])

    assert "for facilitators" in app.info[0].value
    assert not [button for button in app.button if button.label != "Leave this phone"]


@pytest.mark.parametrize("page", ["today", "room", "facilitate", "journey", "notes", "review", "cohort"])
def test_a_stranger_sees_the_door_on_every_page(page: str, open_page: Open, group: Group, round_: Round) -> None:
    app = open_page(page)

    assert "write the code of the room" in words(app)
    assert group.cohort.name not in words(app)


def test_an_open_round_leads_from_today_to_the_ballot(open_page: Open, group: Group) -> None:
    with write() as db:
        an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=now())

    app = open_page("today", as_=group.members[0])

    assert "My relationship" in words(app) or app.radio(key="focus.party")


def test_today_leads_back_to_a_ballot_that_was_begun(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("today", as_=group.members[0])

    assert group.cohort.name in app.title[0].value
    assert not app.exception


def test_below_five_answers_the_room_says_so_once_and_today_leads_to_why(open_page: Open, group: Group) -> None:
    with write() as db:
        opened = an_open_round(db, group.facilitator, group.cohort, card=a_card(), at=now())
        answer(db, opened, group.members[:4], ANSWERS[:4], at=now())
        close_and_reveal(db, group.facilitator, opened, at=now())

    app = open_page("room", as_=group.facilitator)
    links = [one.proto.label for one in open_page("today", as_=group.members[0]).get("page_link")]

    drawn = [one.proto.spec for one in app.get("plotly_chart")]
    assert [one.value for one in app.header].count(plain(FEW)) == 1
    assert len(drawn) == 1
    assert "Fewer than" not in drawn[0]
    assert "See why there is no picture this time" in links
    assert "See the picture that we have just made" not in links


def test_after_a_reveal_with_a_picture_today_leads_to_it(open_page: Open, group: Group, round_: Round) -> None:
    with write() as db:
        close_and_reveal(db, group.facilitator, round_, at=now())

    links = [one.proto.label for one in open_page("today", as_=group.members[0]).get("page_link")]

    assert "See the picture that we have just made" in links
