"""A help list of those who ask for help, and a sentence for the group that is about nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.skills import Asks
from mcm_core.domain.visitor import Visitor
from mcm_core.services import members, skills
from mcm_core.store.tables import SkillsRow
from tests.services.people import NOW, an_unread_member
from tests.services.stories import Group, a_group

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def group(db: Session) -> Group:
    """Nine people, beside another cohort that has answered and shared."""
    other = a_group(db, 5, username="olga", name="Other group")
    for one in other.members:
        say(db, one, {"scams": 1}, wants_help=True)
    skills.share(db, other.facilitator, other.cohort.id, at=NOW)
    return a_group(db, 9)


def say(db: Session, who: Visitor, levels: dict[str, int], *, wants_help: bool = False, at: datetime = NOW) -> None:
    skills.say(db, who, levels, practise="Miro  board" if wants_help else "", wants_help=wants_help, at=at)


def test_a_facilitator_sees_only_those_who_asked_for_help(db: Session, group: Group) -> None:
    ada, ben, cleo = group.members[:3]
    say(db, ada, {"whiteboard": 1, "video": 2, "secrets": 4}, wants_help=True)
    say(db, ben, {"whiteboard": 1})
    say(db, cleo, {"whiteboard": 4})

    found = skills.help_list(db, group.facilitator, group.cohort.id)

    wanted = ("Join a video session by link or phone", "Use a shared online whiteboard (for example Miro)")
    assert found.people == (Asks("Ada", wanted, "Miro board"),)
    assert found.answered == 3


def test_taking_the_tick_away_takes_the_name_off_the_list(db: Session, group: Group) -> None:
    ada = group.members[0]
    say(db, ada, {"whiteboard": 1}, wants_help=True)
    say(db, ada, {"whiteboard": 1})

    assert skills.help_list(db, group.facilitator, group.cohort.id).people == ()


def test_the_group_is_told_nothing_below_the_threshold(db: Session, group: Group) -> None:
    for one in group.members[:4]:
        say(db, one, {"whiteboard": 1})

    with pytest.raises(Refused, match="people could guess"):
        skills.share(db, group.facilitator, group.cohort.id, at=NOW)
    assert skills.shared(db, group.members[0], group.cohort.id) is None


def test_what_was_told_stands_still_while_others_answer(db: Session, group: Group) -> None:
    for one in group.members[:5]:
        say(db, one, {"whiteboard": 1})
    skills.share(db, group.facilitator, group.cohort.id, at=NOW)
    say(db, group.members[5], {"whiteboard": 4}, at=LATER)
    members.erase(db, group.members[0], keep_notes=False)

    told = skills.shared(db, group.members[1], group.cohort.id)

    assert told is not None
    assert (told.answered, told.by_tool["whiteboard"]) == (5, (5, 0))


def test_it_is_told_again_once_three_answers_are_new_and_the_same_again_is_not_new(db: Session, group: Group) -> None:
    for one in group.members[:5]:
        say(db, one, {"whiteboard": 1})
    skills.share(db, group.facilitator, group.cohort.id, at=NOW)
    say(db, group.members[5], {"whiteboard": 4}, at=LATER)
    for one in group.members[:2]:
        say(db, one, {"whiteboard": 1}, wants_help=True, at=LATER)
    with pytest.raises(Refused, match="would tell whose"):
        skills.share(db, group.facilitator, group.cohort.id, at=LATER)

    for one in group.members[6:8]:
        say(db, one, {"whiteboard": 2}, at=LATER)
    skills.share(db, group.facilitator, group.cohort.id, at=LATER)

    told = skills.shared(db, group.members[1], group.cohort.id)
    assert told is not None
    assert (told.answered, told.by_tool["whiteboard"]) == (8, (7, 1))


def test_it_is_ones_own_to_delete(db: Session, group: Group) -> None:
    ada, ben = group.members[:2]
    say(db, ada, {"whiteboard": 1})
    say(db, ben, {"whiteboard": 2})
    skills.forget(db, ada)
    members.erase(db, ben, keep_notes=False)

    assert skills.mine(db, ada) is None
    assert db.query(SkillsRow).filter_by(cohort_id=group.cohort.id).count() == 0


def test_the_document_comes_first_here_too(db: Session, group: Group) -> None:
    una = an_unread_member(db, group.facilitator, group.cohort)
    with pytest.raises(NotAllowed):
        say(db, una, {"whiteboard": 1})


def test_members_do_not_see_the_help_list(db: Session, group: Group) -> None:
    with pytest.raises(NotAllowed):
        skills.help_list(db, group.members[0], group.cohort.id)
