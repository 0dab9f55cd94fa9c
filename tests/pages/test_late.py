"""What was missed is answered, and a slip put right, on the page Journey: for one's own line alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mcm_core.services import late
from mcm_core.store.engine import read, write
from tests.pages.conftest import CLOCK, Open
from tests.pages.test_closing import links, said
from tests.services.people import a_member
from tests.services.stories import Group, a_card, a_group, choose_focus, connections, run_round

ASKED = "Answer what you missed in session 1, for your own journey"


@pytest.fixture
def group(sqlite: str) -> Group:
    """Six people, of whom Ada was away in the first session, which was run half an hour ago; Ben tapped beside it."""
    with write() as db:
        group = a_group(db, 6)
        choose_focus(db, group.members[0], connections())
        run_round(db, group.facilitator, group.cohort, group.members[1:], 1, [(2, 3)] * 5,
                  card=a_card(themes=["tools"]), at=CLOCK - timedelta(minutes=20))  # fmt: skip
    return group


def test_whoever_missed_a_vote_is_asked_once_and_sees_their_line_at_once(open_page: Open, group: Group) -> None:
    ada = group.members[0]
    assert ASKED in links(open_page("today", as_=ada))

    app = open_page("journey", as_=ada)
    assert "You were not in when we voted" in said(app)
    assert "Open until Tuesday 20 January, 16:00 (Europe/London)." in said(app)
    next(one for one in app.radio if "Where is it now" in one.label).set_value(3).run()
    next(one for one in app.radio if "Where do you hope" in one.label).set_value(4).run()

    assert not app.exception
    assert "Maturing now, Embedded hoped for, answered afterwards" in said(app)
    assert ASKED not in links(open_page("today", as_=ada))


def test_whoever_never_chose_a_relationship_chooses_it_once_before_all_that_they_missed(
    open_page: Open, group: Group
) -> None:
    with write() as db:
        newcomer = a_member(db, group.facilitator, group.cohort, "Zoe")
        run_round(db, group.facilitator, group.cohort, group.members[1:], 1, [(2, 3)] * 5,
                  card=a_card(themes=["skills"]), at=CLOCK - timedelta(minutes=10))  # fmt: skip
    app = open_page("journey", as_=newcomer)
    assert [one.label for one in app.radio] == ["Who is it with?", "What shape has it?"]
    assert not [one for one in app.expander if "voted" in one.label]

    for one, wanted in zip(app.radio, (connections().parties[0], connections().constellations[1]), strict=True):
        one.set_value(str(wanted))
    next(one for one in app.text_input if "private name" in one.label).input("calls")
    next(one for one in app.button if one.label == "This is the one").click().run()

    app = open_page("journey", as_=newcomer)
    assert said(app).count("My relationship: calls") == 2
    assert len([one for one in app.radio if "Where is it now" in one.label]) == 2


def test_after_the_last_session_nothing_speaks_of_weeks_or_votes_to_come(
    open_page: Open, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly, next_vote = "You will rate the same one every week.", "keep that for the next vote"
    with write() as db:
        newcomer = a_member(db, group.facilitator, group.cohort, "Zoe")
        begins = group.cohort.session(6).starts_at
        run_round(db, group.facilitator, group.cohort, group.members[1:], 6, [(2, 3)] * 5,
                  card=a_card(themes=["tools"]), at=begins)  # fmt: skip
    assert weekly in said(open_page("journey", as_=newcomer))
    assert next_vote in slips_of(open_page, group)

    monkeypatch.setattr("tests.pages.conftest.CLOCK", begins + timedelta(days=1))

    for page in ("journey", "closing"):
        app = open_page(page, as_=newcomer)
        assert "Think of one relationship in your work. What you answer here is about that one." in said(app)
        assert weekly not in said(app)
    assert "For a slip of the finger." in slips_of(open_page, group)
    assert next_vote not in slips_of(open_page, group)


def slips_of(open_page: Open, group: Group) -> str:
    app = open_page("journey", as_=group.members[1])
    app.session_state["slips"] = True
    return said(app.run())


def test_whoever_was_in_is_asked_nothing(open_page: Open, group: Group) -> None:
    for who in (group.members[1], group.facilitator):
        assert ASKED not in links(open_page("today", as_=who))
        assert "You were not in when we voted" not in said(open_page("journey", as_=who))


def test_a_slip_is_put_right_and_the_line_says_so(open_page: Open, group: Group) -> None:
    ben = group.members[1]
    app = open_page("journey", as_=ben)
    (fold,) = [one for one in app.expander if one.label == "I tapped something else than I meant"]
    assert not app.radio, "what is folded is not drawn"
    app.session_state["slips"] = True
    app = app.run()
    assert fold.label
    next(one for one in app.radio if "Where is it now" in one.label).set_value(4).run()

    assert not app.exception
    assert "Embedded now" in said(app)
    assert "as you corrected it afterwards" in said(app)
    with read() as db:
        (card,) = late.given(db, ben, at=CLOCK)
    assert card.answers["tools"].current == 4
