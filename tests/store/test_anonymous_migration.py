"""Databases from before anonymous rounds were sealed by their close: what was kept too much goes, on both databases."""

from __future__ import annotations

from importlib import import_module

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mcm_core.services import rounds
from mcm_core.store import bag as store_bag
from mcm_core.store.engine import read, write
from mcm_core.store.tables import AnsweredRow, BagRow, ReleaseRow
from tests.intruders.test_looked_up import pairs
from tests.intruders.test_raw_files import files
from tests.services.people import NOW
from tests.services.stories import Group, a_group, an_anonymous_round, close_and_reveal, drop

NUMBER = 4_711_081_542  # to look for in files: too long to stand in a time or an id by chance
OLD = {"current": [0, 3, 0, 0, 0, 0, 0], "desired": [0, 0, NUMBER, 0, 0, 0, 0]}  # as of three people


def revealed_as_it_was(db: Session, group: Group, theme: str, people: int, counts: dict[str, list[int]]) -> str:
    """A revealed round, with every count and who answered, as the version before kept it."""
    round_ = an_anonymous_round(db, group, themes=[theme])
    drop(db, round_, group.members[:people], [(2, 3)] * people)
    close_and_reveal(db, group.facilitator, round_, at=NOW)
    db.execute(update(ReleaseRow).where(ReleaseRow.round_id == round_.id).values(counts=counts))
    db.execute(delete(AnsweredRow).where(AnsweredRow.round_id == round_.id))
    for who in group.members[:people]:
        db.add(AnsweredRow(round_id=round_.id, member_id=who.member_id, cohort_id=group.cohort.id))
    db.flush()
    return round_.id


def closed_as_it_was(db: Session, group: Group, people: int) -> str:
    """A closed round whose bag still holds everything."""
    round_ = an_anonymous_round(db, group, themes=["feelings"])
    drop(db, round_, group.members[:people], [(2, 3)] * people, comment="words of few")
    held = dict(store_bag.look(db, round_.id) or {})
    rounds.close(db, group.facilitator, round_.id, version=round_.version, at=NOW)
    db.execute(delete(ReleaseRow).where(ReleaseRow.round_id == round_.id))
    store_bag.hold(db, round_.id)
    store_bag.replace(db, round_.id, held)
    return round_.id


def upgrade() -> None:
    migration = import_module("mcm_core.store.migrations.versions.0013_kept_of_anonymous")
    with write() as db, Operations.context(MigrationContext.configure(db.connection())):
        migration.upgrade()


def test_what_was_kept_too_much_is_gone_and_not_a_byte_of_it_is_left(database: str) -> None:
    with write() as db:
        group = a_group(db, 9)
        alike = revealed_as_it_was(db, group, "tools", 8, {"current": [0, 8, 0, 0, 0, 0, 0]})
        apart = revealed_as_it_was(db, group, "skills", 9, {"current": [2, 3, 2, 1, 0, 0, 1]})
        few = revealed_as_it_was(db, group, "safety", 3, OLD)
        closed = closed_as_it_was(db, group, 2)
    with read() as db:
        assert len(pairs(db.connection())) == 8 + 3 * 2 + 2 * 2, "the control: before, it was all there"
    assert any(str(NUMBER).encode() in content for content in files(database))

    upgrade()

    with read() as db:
        assert pairs(db.connection()) == set()
        kept = {row.round_id: row.counts for row in db.scalars(select(ReleaseRow))}
        assert kept == {alike: {"chose": [8]}, apart: {"current": [2, 3, 2, 1, 1]}, few: None}
        assert set(db.scalars(select(AnsweredRow.round_id))) == {alike, apart}
        assert db.get_one(BagRow, closed).comments == []
    assert not any(str(NUMBER).encode() in content or b"words of few" in content for content in files(database))


def test_a_round_that_was_closed_before_the_upgrade_is_revealed_as_it_should(database: str) -> None:
    with write() as db:
        group = a_group(db, 9)
        closed = closed_as_it_was(db, group, 8)

    upgrade()

    with write() as db:
        rounds.reveal(db, group.facilitator, closed, version=rounds.get(db, group.facilitator, closed).version, at=NOW)
        assert pairs(db.connection()) == set()
        assert [row.picture["answered"] for row in db.scalars(select(ReleaseRow))] == [8]
