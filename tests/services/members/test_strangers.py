"""Who may not: everybody but the facilitators of this very cohort."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import members
from mcm_core.store.tables import MemberRow
from tests.services.members.words import HALL, named
from tests.services.people import NOW, a_member, signed_in, the_code


def test_nobody_but_its_facilitators_touches_a_cohort(db: Session, fay: Visitor, cohort: Cohort, gil: Visitor) -> None:
    ada = a_member(db, fay, cohort, "Ada")
    member_id = ada.member_id or ""
    waiting = signed_in(db, members.knock(db, the_code(db, fay, cohort), "Bo", network=HALL, at=NOW) or "")
    knock_id = members.at_the_door(db, fay, cohort.id, at=NOW)[0].id
    verbs: list[Callable[[Visitor], object]] = [
        lambda who: members.roster(db, who, cohort.id),
        lambda who: members.add(db, who, cohort.id, "Cy", at=NOW),
        lambda who: members.rename(db, who, member_id, "Cy"),
        lambda who: members.remove(db, who, member_id, at=NOW),
        lambda who: members.link_token(db, who, member_id, at=NOW),
        lambda who: members.link_tokens(db, who, cohort.id, at=NOW),
        lambda who: members.reissue(db, who, member_id, at=NOW),
        lambda who: members.at_the_door(db, who, cohort.id, at=NOW),
        lambda who: members.let_in(db, who, knock_id, member_id, at=NOW),
        lambda who: members.turn_away(db, who, knock_id),
        lambda who: members.forget_devices(db, who, member_id),
        lambda who: members.renew_code(db, who, cohort.id),
        lambda who: members.turn_all_away(db, who, cohort.id),
    ]

    for who in (gil, ada, waiting, Visitor("made up", Role.FACILITATOR, "Fay", fay.facilitator_id)):
        for verb in verbs:
            with pytest.raises(NotAllowed):
                verb(who)

    assert named(members.roster(db, fay, cohort.id)) == ["Ada"]
    assert named(members.at_the_door(db, fay, cohort.id, at=NOW)) == ["Bo"]


def test_what_does_not_exist_looks_like_what_is_foreign(db: Session, fay: Visitor, cohort: Cohort) -> None:
    foreign = db.scalars(select(MemberRow.id)).first() or ""
    ada = members.add(db, fay, cohort.id, "Ada", at=NOW)[0]
    members.knock(db, the_code(db, fay, cohort), "Ada", network=HALL, at=NOW)
    (knock,) = members.at_the_door(db, fay, cohort.id, at=NOW)
    sentences = set()

    for attempt in (
        lambda: members.rename(db, fay, "unknown", "Bo"),
        lambda: members.rename(db, fay, foreign, "Bo"),
        lambda: members.let_in(db, fay, "unknown", ada.id, at=NOW),
        lambda: members.let_in(db, fay, knock.id, foreign, at=NOW),
        lambda: members.let_in(db, fay, knock.id, "unknown", at=NOW),
    ):
        with pytest.raises(NotAllowed) as refused:
            attempt()
        sentences.add(str(refused.value))

    assert len(sentences) == 1
