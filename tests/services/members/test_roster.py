"""Who is a member, seen and changed by facilitators."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import members
from mcm_core.store.engine import read, write
from mcm_core.store.tables import InstrumentRow, ReadingRow, ReleaseRow, RoundRow, SignInRow
from tests.services.members.words import named, topics
from tests.services.people import NOW, a_cohort, a_facilitator, a_member
from tests.services.racing import race, statements


def test_members_are_added_in_the_order_of_the_list_and_shown_by_name(
    db: Session, fay: Visitor, cohort: Cohort
) -> None:
    added = members.add(db, fay, cohort.id, "1. Zoë\n- bob, Ada", at=NOW)

    assert named(added) == ["Zoë", "bob", "Ada"]
    assert named(members.roster(db, fay, cohort.id)) == ["Ada", "bob", "Zoë"]


def test_it_takes_two_queries_however_many_members_there_are(db: Session, fay: Visitor, cohort: Cohort) -> None:
    counts = []
    for names in ("Ada", "Bo, Cy, Di, Ed"):
        members.add(db, fay, cohort.id, names, at=NOW)
        with statements(db) as seen:
            members.roster(db, fay, cohort.id)
        counts.append(len(seen))

    assert counts == [2, 2]


def test_it_counts_browsers_that_are_in_and_not_those_that_wait(db: Session, fay: Visitor, cohort: Cohort) -> None:
    a_member(db, fay, cohort, "Ada")
    ada = members.roster(db, fay, cohort.id)[0]
    members.add(db, fay, cohort.id, "Bo", at=NOW)
    link = members.link_token(db, fay, ada.id, at=NOW)
    for _ in range(2):
        members.join_by_link(db, link, browser_token=None, at=NOW)

    ada, bo = members.roster(db, fay, cohort.id)

    assert (ada.devices, ada.joined_at) == (1, NOW)
    assert (bo.devices, bo.joined_at) == (0, None)


@pytest.mark.parametrize("names", ["", " \n , ;", "Ada, ada ", "Ada\nBo\nÁda", "x" * 81])
def test_a_list_with_one_fault_adds_nobody(db: Session, fay: Visitor, cohort: Cohort, names: str) -> None:
    with pytest.raises(Refused):
        members.add(db, fay, cohort.id, names, at=NOW)

    assert members.roster(db, fay, cohort.id) == ()


def test_the_twenty_first_is_refused_with_the_whole_list(db: Session, fay: Visitor, cohort: Cohort) -> None:
    members.add(db, fay, cohort.id, ",".join(f"Name {number}" for number in range(19)), at=NOW)

    with pytest.raises(Refused, match="room for 1 more"):
        members.add(db, fay, cohort.id, "Ada, Bo", at=NOW)

    assert len(members.roster(db, fay, cohort.id)) == 19


def test_names_that_grow_when_folded_are_kept_on_both_databases(db: Session, fay: Visitor, cohort: Cohort) -> None:
    assert named(members.add(db, fay, cohort.id, "ﷺ" * 80, at=NOW)) == ["ﷺ" * 80]


@pytest.mark.parametrize(("first", "second"), [("Ada", "Ada"), ("Ada", "Bo")])
def test_two_facilitators_adding_at_once_never_make_twenty_one_or_two_of_one_name(
    database: str, first: str, second: str
) -> None:
    with write() as db:
        fay = a_facilitator(db)
        cohort = a_cohort(db, fay)
        members.add(db, fay, cohort.id, ",".join(f"Name {number}" for number in range(19)), at=NOW)

    def adding(name: str) -> Callable[[], object]:
        def action() -> object:
            with write() as db:
                return members.add(db, fay, cohort.id, name, at=NOW)

        return action

    results = race(adding(first), adding(second))

    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    with read() as db:
        assert len(members.roster(db, fay, cohort.id)) == 20


def test_a_member_is_renamed_but_not_to_somebody_elses_name(db: Session, fay: Visitor, cohort: Cohort) -> None:
    ada, bo = members.add(db, fay, cohort.id, "Ada, Bo", at=NOW)

    members.rename(db, fay, ada.id, "ADA")
    with pytest.raises(Refused, match="already a member"):
        members.rename(db, fay, bo.id, "ada")

    assert named(members.roster(db, fay, cohort.id)) == ["ADA", "Bo"]


def test_removing_a_member_takes_their_readings_and_leaves_what_was_revealed(
    db: Session, fay: Visitor, cohort: Cohort
) -> None:
    ada = a_member(db, fay, cohort, "Ada")
    bo = a_member(db, fay, cohort, "Bo")
    round_id = a_revealed_round(db, cohort, ada, bo)

    members.remove(db, fay, ada.member_id or "", at=NOW)

    assert db.scalars(select(ReadingRow.member_id)).all() == [bo.member_id]
    assert db.scalars(select(ReleaseRow.picture)).all() == [{"n": 2}]
    assert db.get(RoundRow, round_id) is not None
    assert db.get(SignInRow, ada.sign_in) is None
    assert f"visitor:{ada.sign_in}" in topics(db)


def a_revealed_round(db: Session, cohort: Cohort, *people: Visitor) -> str:
    """A round that these members answered and that was revealed, as rows."""
    instrument = InstrumentRow(key="test", version="1", content="{}")
    db.add(instrument)
    db.flush()
    belongs = {"cohort_id": cohort.id, "instrument_id": instrument.id}
    row = RoundRow(
        **belongs,
        session_id=cohort.sessions[0].id,
        first_id="first",
        attempt=1,
        themes=["safety"],
        minutes=5,
        threshold=5,
        state="revealed",
        created_at=NOW,
    )
    db.add(row)
    db.flush()
    db.add_all(
        ReadingRow(**belongs, round_id=row.id, member_id=one.member_id, theme="safety", current=1, saved_at=NOW)
        for one in people
    )
    db.add(ReleaseRow(round_id=row.id, theme="safety", cohort_id=cohort.id, picture={"n": len(people)}))
    db.flush()
    assert db.scalar(select(func.count()).select_from(ReadingRow)) == len(people)
    return row.id
