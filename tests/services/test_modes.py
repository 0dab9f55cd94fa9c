"""What members were told before they answered stays true: mode, threshold and audience are fixed by the opening."""

from __future__ import annotations

import pytest
from sqlalchemy import Integer, text, update
from sqlalchemy.exc import DatabaseError

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.mode import Mode
from mcm_core.services import members, names, releases, rounds
from mcm_core.store.tables import BagRow, ReadingRow, RoundRow
from tests.services.people import NOW
from tests.services.stories import (
    a_card,
    a_group,
    an_anonymous_round,
    an_open_round,
    answer,
    close_and_reveal,
)

FIXED = {
    "mode": "confidential",
    "threshold": 3,
    "cohort_id": "another",
    "session_id": "another",
    "instrument_id": "another",
    "themes": ["feelings"],
    "lens": "We",
    "state": "draft",
}


@pytest.fixture
def group(db):
    return a_group(db, 8)


@pytest.mark.parametrize(("column", "value"), FIXED.items())
def test_the_database_refuses_to_change_an_opened_round(db, group, column, value):
    opened = an_anonymous_round(db, group)

    with pytest.raises(DatabaseError, match="an opened round is fixed"), db.begin_nested():
        db.execute(update(RoundRow).where(RoundRow.id == opened.id).values({column: value}))


def test_the_negative_control_a_draft_may_be_changed(db, group):
    drafted = rounds.draft(db, group.facilitator, group.cohort.session(1).id, a_card(), at=NOW)

    db.execute(update(RoundRow).where(RoundRow.id == drafted.id).values(mode="named", threshold=3))

    changed = rounds.open_(db, group.facilitator, drafted.id, version=drafted.version, at=NOW)
    assert (changed.card.mode, changed.threshold) == (Mode.NAMED, 5)


def test_a_round_is_confidential_unless_somebody_chose_otherwise(db, group):
    assert an_open_round(db, group.facilitator, group.cohort).card.mode is Mode.CONFIDENTIAL


def test_an_anonymous_table_names_no_member_beside_an_answer_and_no_moment(db):
    """T21: no foreign key to a member, no time, no serial, and on SQLite no rowid."""
    table = BagRow.__table__

    assert tells_of_people(table) == set()
    assert {column.name for column in table.columns} == {"round_id", "cohort_id", "answered", "counts", "comments"}
    if db.get_bind().dialect.name == "sqlite":
        with pytest.raises(DatabaseError, match="rowid"), db.begin_nested():
            db.execute(text("SELECT rowid FROM bag"))
        db.execute(text("SELECT rowid FROM reading"))  # the control: other tables have one


def test_the_negative_control_a_table_with_members_and_moments_would_be_noticed():
    assert tells_of_people(ReadingRow.__table__) == {"member_id", "focus_id", "instrument_id", "saved_at"}


def tells_of_people(table):
    """The columns that lead to somebody, to a moment, or to a place in an order."""
    leads = {key.parent.name for key in table.foreign_keys if key.column.table.name not in {"round", "cohort"}}
    counted = {column.name for column in table.primary_key if isinstance(column.type, Integer)}
    return leads | counted | {column.name for column in table.columns if str(column.type).startswith(("DATE", "TIME"))}


# ------------------------------------------------------------------------------------- named by consent


@pytest.fixture
def named(db, group):
    return an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"], mode=Mode.NAMED))


def revealed(db, group, round_, *, yes):
    for member in group.members[:yes]:
        names.consent(db, member, round_.id, True, at=NOW)
    answer(db, round_, group.members, [(2, 3)] * 8, at=NOW)
    return close_and_reveal(db, group.facilitator, round_, at=NOW)


def beside(db, group, round_):
    return [one.name for one in names.beside(db, group.members[7], round_).get("tools", ())]


def test_a_name_stands_with_its_answer_only_after_a_yes_and_the_reveal(db, group, named):
    names.consent(db, group.members[0], named.id, True, at=NOW)
    answer(db, named, group.members, [(2, 3)] * 8, at=NOW)
    before = names.beside(db, group.facilitator, named)
    shown = close_and_reveal(db, group.facilitator, named, at=NOW)

    assert before == {}
    (ada,) = names.beside(db, group.members[7], shown)["tools"]
    assert (ada.name, ada.reading.current, ada.reading.desired) == ("Ada", 2, 3)


def test_nobody_is_named_by_default(db, group, named):
    assert not names.consented(db, group.members[0], named.id)
    assert beside(db, group, revealed(db, group, named, yes=0)) == []


@pytest.mark.parametrize(("yes", "named_then"), [(3, 3), (4, 0), (7, 0), (8, 8)])
def test_names_that_would_tell_the_rest_are_not_shown(db, group, named, yes, named_then):
    """Of eight, four named leave four: fewer than a picture needs."""
    assert len(beside(db, group, revealed(db, group, named, yes=yes))) == named_then


def test_a_yes_can_be_taken_back_at_any_time_and_given_only_while_open(db, group, named):
    shown = revealed(db, group, named, yes=3)
    names.consent(db, group.members[0], named.id, False, at=NOW)

    assert beside(db, group, shown) == ["Ben", "Cleo"]
    with pytest.raises(Refused, match="only while"):
        names.consent(db, group.members[0], named.id, True, at=NOW)


def test_a_round_of_another_mode_takes_no_names(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(Refused, match="only while"):
        names.consent(db, group.members[0], opened.id, True, at=NOW)


def test_a_name_goes_with_its_member(db, group, named):
    shown = revealed(db, group, named, yes=3)
    members.remove(db, group.facilitator, group.members[0].member_id, at=NOW)

    assert beside(db, group, shown) == ["Ben", "Cleo"]


def test_only_members_of_the_cohort_say_yes_or_read_names(db, group, named):
    stranger = a_group(db, 5, username="olga", name="Other group")
    shown = revealed(db, group, named, yes=3)

    for visitor in (stranger.members[0], stranger.facilitator, group.facilitator):
        with pytest.raises(NotAllowed):
            names.consented(db, visitor, named.id)
    for visitor in (stranger.members[0], stranger.facilitator):
        with pytest.raises(NotAllowed):
            names.beside(db, visitor, shown)


def test_a_named_round_is_compared_with_no_other_session(db, group, named):
    shown = revealed(db, group, named, yes=8)
    later = an_open_round(db, group.facilitator, group.cohort, 2, card=a_card(themes=["tools"]))
    answer(db, later, group.members, [(3, 3)] * 8, at=NOW)
    close_and_reveal(db, group.facilitator, later, at=NOW)

    assert releases.of_round(db, group.facilitator, shown)["tools"].shifts == ()
    assert releases.of_round(db, group.facilitator, later)["tools"].shifts == ()
