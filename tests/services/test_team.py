"""The facilitators of a cohort: who owns it, who has the lead, and who comes and goes."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, facilitators, notes, rounds, team
from tests.services.note_world import a_note
from tests.services.people import NOW, a_facilitator
from tests.services.stories import Group, a_group, an_open_round


@pytest.fixture
def group(db: Session) -> Group:
    """Fay's cohort, beside another one."""
    a_group(db, 1, username="olga", name="Other group")
    return a_group(db, 2)


@pytest.fixture
def tom(db: Session, group: Group) -> Visitor:
    """A co-facilitator of hers."""
    return a_co_facilitator(db, group, "tom")


def a_co_facilitator(db: Session, group: Group, name: str) -> Visitor:
    visitor = a_facilitator(db, name)
    facilitators.accept_as(db, visitor, facilitators.invite(db, group.facilitator, group.cohort.id, at=NOW), at=NOW)
    return visitor


def people(db: Session, group: Group) -> list[tuple[str, bool, bool]]:
    """Everybody's name, whether they own the cohort, and whether they have the lead."""
    return [(one.name, one.owns, one.leads) for one in team.of_cohort(db, group.facilitator, group.cohort.id)]


def id_(visitor: Visitor) -> str:
    return visitor.facilitator_id or ""


def announced(db: Session) -> set[str]:
    topics: set[str] = db.info["topics"]
    return topics


def test_who_makes_a_cohort_owns_it_and_has_the_lead(db: Session, group: Group, tom: Visitor) -> None:
    assert people(db, group) == [("Fay", True, True), ("Tom", False, False)]


def test_a_co_facilitator_runs_everything_and_decides_nothing_about_the_team(
    db: Session, group: Group, tom: Visitor
) -> None:
    opened = an_open_round(db, tom, group.cohort)
    cohorts.rename(db, tom, group.cohort.id, "Another name")

    assert rounds.close(db, tom, opened.id, version=opened.version, at=NOW).state == "closed"
    for verb in (
        lambda: facilitators.invite(db, tom, group.cohort.id, at=NOW),
        lambda: team.remove(db, tom, group.cohort.id, id_(group.facilitator), at=NOW),
        lambda: team.hand_over(db, tom, group.cohort.id, id_(tom), at=NOW),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_the_lead_is_handed_over_and_taken_with_one_tap(db: Session, group: Group, tom: Visitor) -> None:
    team.pass_lead(db, group.facilitator, group.cohort.id, id_(tom), before=id_(group.facilitator))
    assert people(db, group) == [("Fay", True, False), ("Tom", False, True)]
    assert f"door:{group.cohort.id}" in announced(db)

    team.pass_lead(db, group.facilitator, group.cohort.id, id_(group.facilitator), before=id_(tom))
    assert people(db, group) == [("Fay", True, True), ("Tom", False, False)]


def test_the_lead_is_not_taken_from_an_old_screen(db: Session, group: Group, tom: Visitor) -> None:
    una = a_co_facilitator(db, group, "una")
    fay = group.facilitator
    team.pass_lead(db, tom, group.cohort.id, id_(tom), before=id_(fay))

    team.pass_lead(db, tom, group.cohort.id, id_(tom), before=id_(fay))  # a double tap
    with pytest.raises(Conflict, match="Tom has the lead now"):
        team.pass_lead(db, una, group.cohort.id, id_(una), before=id_(fay))
    with pytest.raises(Conflict, match="Tom has the lead now"):
        team.pass_lead(db, una, group.cohort.id, id_(una), before=None)

    assert [name for name, _, leads in people(db, group) if leads] == ["Tom"]


def test_the_lead_stays_in_the_team(db: Session, group: Group, tom: Visitor) -> None:
    for outsider in (id_(a_facilitator(db, "gil")), "nobody"):
        with pytest.raises(NotAllowed):
            team.pass_lead(db, tom, group.cohort.id, outsider, before=id_(group.facilitator))


def test_a_cohort_changes_hands_and_the_old_owner_stays(db: Session, group: Group, tom: Visitor) -> None:
    team.hand_over(db, group.facilitator, group.cohort.id, id_(tom), at=NOW)

    assert people(db, group) == [("Tom", True, False), ("Fay", False, True)]
    with pytest.raises(NotAllowed):
        team.hand_over(db, group.facilitator, group.cohort.id, id_(group.facilitator), at=NOW)


def test_the_owner_cannot_leave_before_handing_over(db: Session, group: Group, tom: Visitor) -> None:
    for verb in (
        lambda: team.leave(db, group.facilitator, group.cohort.id, at=NOW),
        lambda: team.remove(db, group.facilitator, group.cohort.id, id_(group.facilitator), at=NOW),
    ):
        with pytest.raises(Refused, match="Hand it over"):
            verb()

    team.hand_over(db, group.facilitator, group.cohort.id, id_(tom), at=NOW)
    team.leave(db, group.facilitator, group.cohort.id, at=NOW)

    assert [one.name for one in team.of_cohort(db, tom, group.cohort.id)] == ["Tom"]
    assert [one.leads for one in team.of_cohort(db, tom, group.cohort.id)] == [True]


def test_whoever_is_removed_is_out_at_once_and_their_screens_are_told(db: Session, group: Group, tom: Visitor) -> None:
    note = a_note(db, tom, group.cohort, "Tom's note")
    team.pass_lead(db, tom, group.cohort.id, id_(tom), before=id_(group.facilitator))

    team.remove(db, group.facilitator, group.cohort.id, id_(tom), at=NOW)

    assert people(db, group) == [("Fay", True, True)]
    assert f"visitor:{tom.sign_in}" in announced(db)
    assert cohorts.of_visitor(db, tom) == ()
    with pytest.raises(NotAllowed):
        cohorts.phase(db, tom, group.cohort.id)
    assert [one.id for one in notes.wall(db, group.facilitator, group.cohort.id)] == [note.id]
