"""One answer of a plan, shared by a yes of its own, sealed, and gone with the no."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.consent import Purpose
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.services import consents, members, own_plans
from mcm_core.services.own_plans import ELSEWHERE, WORDS_MAX
from mcm_core.store import secret
from mcm_core.store.tables import ConsentRow, SharedPlanRow
from tests.services.people import NOW, an_unread_member
from tests.services.stories import Group, a_group

WORDS = "Breaks help me.\nPlease do not call on me first."
LATER = NOW + timedelta(days=1)


@pytest.fixture
def group(db: Session) -> Group:
    other = a_group(db, 2, username="olga", name="Other group")
    own_plans.share(db, other.members[0], "Of another cohort", at=NOW)
    return a_group(db, 3)


def kept(db: Session, group: Group) -> list[str]:
    return list(db.scalars(select(SharedPlanRow.sealed_words).where(SharedPlanRow.cohort_id == group.cohort.id)))


def read_by_facilitators(db: Session, group: Group) -> list[tuple[str, str]]:
    return [(one.name, one.words) for one in own_plans.of_cohort(db, group.facilitator, group.cohort.id)]


def test_facilitators_read_it_and_nobody_else_does(db: Session, group: Group) -> None:
    ada, ben = group.members[:2]
    own_plans.share(db, ada, WORDS, at=NOW)

    assert read_by_facilitators(db, group) == [("Ada", WORDS)]
    assert own_plans.mine(db, ben) is None
    with pytest.raises(NotAllowed):
        own_plans.of_cohort(db, ben, group.cohort.id)


def test_sharing_it_is_a_dated_yes_of_its_own(db: Session, group: Group) -> None:
    ada = group.members[0]
    own_plans.share(db, ada, WORDS, at=NOW)
    own_plans.share(db, ada, "Breaks.", at=LATER)  # other words are the same yes

    said = [(one.purpose, one.yes, one.said_at) for one in consents.history(db, ada)]
    assert said == [(Purpose.PLAN_SHARED, True, NOW)]
    assert read_by_facilitators(db, group) == [("Ada", "Breaks.")]


def test_with_the_no_the_words_are_deleted_and_the_yes_stays_in_the_history(db: Session, group: Group) -> None:
    ada = group.members[0]
    own_plans.share(db, ada, WORDS, at=NOW)
    consents.say(db, ada, Purpose.PLAN_SHARED, yes=False, at=LATER)

    assert kept(db, group) == []
    assert read_by_facilitators(db, group) == []
    rows = db.scalars(select(ConsentRow.yes).where(ConsentRow.member_id == ada.member_id).order_by(ConsentRow.number))
    assert list(rows) == [True, False]


def test_what_the_database_holds_cannot_be_read_without_the_servers_secret(
    db: Session, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_plans.share(db, group.members[0], WORDS, at=NOW)
    (sealed,) = kept(db, group)
    assert "Breaks" not in sealed
    assert secret.opened(sealed) == WORDS

    monkeypatch.setenv("MCM_SECRET", "another secret, as of a thief of the file")

    assert read_by_facilitators(db, group) == [("Ada", ELSEWHERE)]


@pytest.mark.parametrize("words", ["", " \n ", "a" * (WORDS_MAX + 1)])
def test_nothing_and_too_much_are_refused_and_are_no_yes(db: Session, group: Group, words: str) -> None:
    with pytest.raises(Refused):
        own_plans.share(db, group.members[0], words, at=NOW)

    assert consents.history(db, group.members[0]) == ()


def test_it_goes_with_its_member(db: Session, group: Group) -> None:
    own_plans.share(db, group.members[0], WORDS, at=NOW)
    members.erase(db, group.members[0], keep_notes=True)

    assert kept(db, group) == []


def test_the_document_comes_first_here_too(db: Session, group: Group) -> None:
    una = an_unread_member(db, group.facilitator, group.cohort)
    with pytest.raises(NotAllowed):
        own_plans.share(db, una, WORDS, at=NOW)
