"""Who may move a round, who may look at it, and what everybody else finds: nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from mcm_core.domain.errors import NotAllowed
from mcm_core.services import readings, releases, rounds
from mcm_core.services import visitors as visitor_service
from mcm_core.store.tables import RoundRow
from tests.services.people import NOW, a_facilitator, signed_in
from tests.services.stories import (
    Group,
    a_card,
    a_group,
    an_open_round,
    close_and_reveal,
    run_round,
)


@pytest.fixture
def group(db):
    return a_group(db)


@pytest.fixture(autouse=True)
def noise(request):
    """Another cohort, whose facilitator and members are nobody here. It has one picture and one open round."""
    if "db" not in request.fixturenames:
        return None
    db = request.getfixturevalue("db")
    other = a_group(db, username="olga", name="Other group")
    run_round(db, other.facilitator, other.cohort, other.members, 1, [(4, 4)] * 5)
    an_open_round(db, other.facilitator, other.cohort, 2)
    return other


MOVES: dict[str, Callable] = {
    "draft": lambda db, who, group, of: rounds.draft(db, who, group.cohort.session(1).id, a_card(), at=NOW),
    "discard": lambda db, who, group, of: rounds.discard(db, who, of.id),
    "open": lambda db, who, group, of: rounds.open_(db, who, of.id, version=of.version, at=NOW),
    "close": lambda db, who, group, of: rounds.close(db, who, of.id, version=of.version, at=NOW),
    "reveal": lambda db, who, group, of: rounds.reveal(db, who, of.id, version=of.version, at=NOW),
    "vote again": lambda db, who, group, of: rounds.vote_again(db, who, of.id, at=NOW),
    "drafts": lambda db, who, group, of: rounds.drafts(db, who, group.cohort.id),
}
LOOKS: dict[str, Callable] = {
    "get": lambda db, who, group, of: rounds.get(db, who, of.id),
    "on stage": lambda db, who, group, of: rounds.on_stage(db, who, group.cohort.id, at=NOW),
    "votes": lambda db, who, group, of: rounds.votes_of(db, who, of),
    "pictures": lambda db, who, group, of: releases.of_round(db, who, of),
    "turnout": lambda db, who, group, of: readings.turnout(db, who, of.id, at=NOW),
    "last time": lambda db, who, group, of: readings.last_time(db, who, of.id),
}


@pytest.mark.parametrize("move", MOVES)
def test_members_do_not_move_rounds(db, group, move):
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(NotAllowed):
        MOVES[move](db, group.members[0], group, opened)


@pytest.mark.parametrize("verb", [*MOVES, *LOOKS])
def test_another_cohorts_people_find_nothing(db, group, noise, verb):
    opened = an_open_round(db, group.facilitator, group.cohort)
    stranger = a_facilitator(db, "nobody")
    waiting = signed_in(db, visitor_service.admit(db, cohort_id=group.cohort.id, waiting=True, knock_name="X", at=NOW))

    for who in (noise.facilitator, noise.members[0], stranger, waiting):
        with pytest.raises(NotAllowed):
            (MOVES | LOOKS)[verb](db, who, group, opened)


def test_a_made_up_round_opens_no_other_cohorts_votes(db, group, noise):
    """Whoever holds a round of another cohort and writes their own cohort on it gets nothing."""
    foreign = run_round(db, noise_done(db, noise), noise.cohort, noise.members, 3, [(2, 2)] * 5)

    assert rounds.votes_of(db, group.members[0], replace(foreign, cohort_id=group.cohort.id)) == ()
    assert releases.of_round(db, group.members[0], replace(foreign, cohort_id=group.cohort.id)) == {}


def noise_done(db, noise: Group):
    """The other cohort's facilitator, after their open round is out of the way."""
    row = db.scalars(select(RoundRow).where(RoundRow.cohort_id == noise.cohort.id, RoundRow.state == "open")).one()
    close_and_reveal(db, noise.facilitator, rounds.get(db, noise.facilitator, row.id), at=NOW)
    return noise.facilitator
