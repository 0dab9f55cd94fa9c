"""What a tap costs the database, and that the one query that asks who acts asks all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import ballots, visitors
from mcm_core.store import secret
from mcm_core.store.tables import SignInRow
from tests.services.people import NOW
from tests.services.racing import statements
from tests.services.stories import Group, a_card, a_group_with_focus, an_open_round

MINUTE = timedelta(minutes=1)


@pytest.fixture
def group(db: Session) -> Group:
    return a_group_with_focus(db, 2)


@pytest.fixture
def round_(db: Session, group: Group) -> Round:
    return an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=NOW)


@pytest.fixture
def phone(db: Session, group: Group) -> Visitor:
    """A phone as `web/browser.unproven` sees it: it has a token, and nobody has looked at it yet."""
    ada = group.members[0]
    token = visitors.admit(db, member_id=ada.member_id, cohort_id=ada.cohort_id, at=NOW)
    return Visitor(sign_in=secret.digest(token), role=Role.MEMBER, name="")


def test_a_tap_costs_two_statements_and_one_that_completes_the_ballot_four(
    db: Session, phone: Visitor, round_: Round
) -> None:
    ballots.answer(db, phone, round_.id, "tools", Reading(1, 2), at=NOW)  # an instrument is read once and kept

    with statements(db) as first:
        ballots.answer(db, phone, round_.id, "tools", Reading(1), at=NOW)
    with statements(db) as last:
        ballot = ballots.answer(db, phone, round_.id, "tools", Reading(1, 2), at=NOW)

    assert (len(first), len(last)) == (2, 4)
    assert ballot.turnout is not None


def test_a_sign_in_that_has_ended_votes_no_more(db: Session, phone: Visitor, round_: Round) -> None:
    ends = db.scalars(select(SignInRow.expires_at).where(SignInRow.token_hash == phone.sign_in)).one()
    ballots.answer(db, phone, round_.id, "tools", Reading(1), at=ends - MINUTE)

    for verb in (
        lambda: ballots.answer(db, phone, round_.id, "tools", Reading(2), at=ends),
        lambda: ballots.mine(db, phone, round_.id, at=ends),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert ballots.mine(db, phone, round_.id, at=ends - MINUTE).readings["tools"].current == 1


def test_a_tap_counts_as_being_here_once_a_minute(db: Session, phone: Visitor, round_: Round) -> None:
    def seen(after: timedelta) -> timedelta:
        ballots.answer(db, phone, round_.id, "tools", Reading(1), at=NOW + after)
        db.flush()
        return db.scalars(select(SignInRow.seen_at).where(SignInRow.token_hash == phone.sign_in)).one() - NOW

    assert [seen(MINUTE), seen(2 * MINUTE), seen(2.5 * MINUTE)] == [timedelta(0), 2 * MINUTE, 2 * MINUTE]
