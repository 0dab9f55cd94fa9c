"""Going back to a backup: refused with a reason, or done as a whole; and nobody who was erased comes back."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text, update

from mcm_core.domain.errors import McmError, Refused
from mcm_core.domain.round import RoundState
from mcm_core.services import audit, facilitators, members, restoring, retention, rounds, visitors
from mcm_core.services.backups import make
from mcm_core.services.restoring import restore
from mcm_core.store import archive, backups, erasures, replacing
from mcm_core.store import engine as store
from mcm_core.store.archive import BadArchive
from mcm_core.store.backups import BackupFailed
from mcm_core.store.engine import read, write
from mcm_core.store.migrate import migrate
from mcm_core.store.tables import (
    AnsweredRow,
    CohortRow,
    CohortSessionRow,
    FacilitationRow,
    FacilitatorRow,
    MemberRow,
    ReleaseRow,
    SignInRow,
)
from tests.services.people import NOW, a_facilitator, a_member
from tests.services.stories import Group, a_group, an_anonymous_round, close_and_reveal, drop, run_round

AT = datetime(2026, 1, 14, 9, tzinfo=UTC)


@pytest.fixture
def group(database: str) -> Iterator[Group]:
    """A cohort of six with one revealed round, on either database."""
    yield a_life()
    store.engine(database).dispose()


@pytest.fixture
def small(sqlite: str) -> Group:
    """The same where it matters not on which database."""
    return a_life()


def a_life() -> Group:
    with write() as db:
        made = a_group(db, 6)
        run_round(db, made.facilitator, made.cohort, made.members, 1, [(2, 3)] * 6)
    return made


def names() -> list[str]:
    with read() as db:
        return sorted(db.scalars(select(MemberRow.name)))


def state() -> list[object]:
    """What is looked at to see that nothing was changed."""
    with read() as db:
        tables = (CohortRow, MemberRow, SignInRow, ReleaseRow)
        return [sorted([*map(str, row)] for row in db.execute(select(kind.__table__))) for kind in tables]


def cohorts_but_their_phase() -> list[list[str]]:
    with read() as db:
        columns = [column for column in CohortRow.__table__.columns if column.name != "phase"]
        return sorted([*map(str, row)] for row in db.execute(select(*columns)))


def log_is_whole() -> bool:
    with read() as db:
        return audit.verified(db).wrong is None


# ------------------------------------------------------------------------------------ what comes back


def test_what_was_deleted_is_back_and_what_was_replaced_is_kept_aside(group: Group, home: Path) -> None:
    made = make(at=AT)
    before = names()
    with write() as db:
        a_member(db, group.facilitator, group.cohort, "Zoe")
        db.execute(text("DELETE FROM release"))

    done = restore(made, at=AT)

    assert names() == before
    with read() as db:
        assert len(db.scalars(select(ReleaseRow)).all()) == 6
    assert done.made_at == AT
    assert done.safety is not None
    assert done.safety.name.startswith("before-restore-")
    restore(done.safety, at=AT)
    assert "Zoe" in names(), "going back to a backup can be undone with another one"
    assert log_is_whole()


def test_the_database_goes_on_as_any_other(group: Group) -> None:
    restore(make(at=AT), at=AT)

    with write() as db:
        run_round(db, group.facilitator, group.cohort, group.members, 2, [(3, 4)] * 6)
    with read() as db:
        assert audit.of_cohort(db, group.facilitator, group.cohort.id)
    assert log_is_whole()
    migrate()


def test_a_backup_of_one_database_is_restored_on_the_other(
    group: Group, database: str, home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    made, before, cohorts = make(at=AT), state(), cohorts_but_their_phase()
    other = f"sqlite:///{home / 'other.sqlite3'}"
    if database.startswith("sqlite"):
        other = request.getfixturevalue("on_postgres")
    monkeypatch.setenv("MCM_DATABASE_URL", other)

    restore(made, at=AT)

    assert cohorts_but_their_phase() == cohorts
    assert state()[3] == before[3]
    assert log_is_whole()
    store.engine(other).dispose()


def test_an_open_anonymous_round_is_answered_anew_and_a_closed_one_is_revealed_whole(group: Group) -> None:
    with write() as db:
        closed = an_anonymous_round(db, group, 2)
        drop(db, closed, group.members, [(2, 3)] * 6)
        closed = rounds.close(db, group.facilitator, closed.id, version=closed.version, at=NOW)
    restore(make(at=AT), at=AT)
    with write() as db:
        rounds.reveal(db, group.facilitator, closed.id, version=closed.version, at=NOW)
        assert len(db.scalars(select(AnsweredRow)).all()) == 6
        opened = an_anonymous_round(db, group, 3)
        drop(db, opened, group.members[:3], [(2, 3)] * 3)

    restore(make(at=AT), at=AT)

    with write() as db:
        drop(db, opened, group.members, [(1, 2)] * 6)
        revealed = close_and_reveal(db, group.facilitator, opened, at=NOW)
        assert revealed.state is RoundState.REVEALED
        assert len(db.scalars(select(AnsweredRow).where(AnsweredRow.round_id == opened.id)).all()) == 6


# ------------------------------------------------------------------------------------ what must not come back


def test_nobody_who_was_erased_since_comes_back(group: Group, home: Path) -> None:
    """T24, second half: also when the list of erasures was lost, because the live database's log knows."""
    made = make(at=AT)
    with write() as db:
        members.erase(db, group.members[0], keep_notes=True)
        members.remove(db, group.facilitator, group.members[1].member_id or "", at=NOW)

    assert restore(made, at=AT).erased == 2
    assert names() == ["Cleo", "Dev", "Eve", "Finn"]
    (home / erasures.NAME).unlink()
    assert restore(made, at=AT).erased == 2
    assert names() == ["Cleo", "Dev", "Eve", "Finn"]
    beside = {file.name.removeprefix("test.sqlite3") for file in home.glob("test.sqlite3*")}
    assert beside <= {"", ".serving", ".changed", ".turn"}, "something of the copies is left"


def test_a_backup_remembers_who_was_erased_before_it_for_older_ones(group: Group, home: Path) -> None:
    """On a computer that has neither the list nor the old database."""
    older = make(at=AT)
    with write() as db:
        members.erase(db, group.members[0], keep_notes=True)
    newer = make(at=AT)
    (home / erasures.NAME).unlink()
    with write() as db:
        db.execute(text("DELETE FROM audit"))

    restore(newer, at=AT)
    restore(older, at=AT)

    assert names() == ["Ben", "Cleo", "Dev", "Eve", "Finn"]


def test_without_the_replay_they_would_be_back(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    made = make(at=AT)
    with write() as db:
        members.erase(db, group.members[0], keep_notes=False)
    monkeypatch.setattr(restoring.members, "replay", lambda _db: 0)

    restore(made, at=AT)

    assert "Ada" in names()


def test_a_cohort_whose_time_was_over_stays_deleted(group: Group) -> None:
    made = make(at=AT)
    with write() as db:
        db.execute(update(CohortRow).values(warned_at=datetime(2025, 1, 1, tzinfo=UTC)))
        db.execute(update(CohortSessionRow).values(starts_local=datetime(2025, 1, 1, 14)))  # noqa: DTZ001
    retention.keep_house(at=AT)
    assert names() == []

    restore(made, at=AT)

    assert names() == []


def test_what_opened_a_door_then_and_does_not_now_stays_shut(group: Group) -> None:
    ada, ben = group.members[:2]
    with write() as db:
        facilitator = db.get_one(FacilitatorRow, group.facilitator.facilitator_id)
        old_link = members.link_token(db, group.facilitator, ada.member_id or "", at=NOW)
        other = a_facilitator(db, "tom")
        db.add(FacilitationRow(facilitator_id=other.facilitator_id, cohort_id=group.cohort.id))
    made = make(at=AT)
    with write() as db:
        members.reissue(db, group.facilitator, ada.member_id or "", at=NOW)
        visitors.sign_out(db, group.facilitator.facilitator_id or "")
        facilitators.switch(db, "tom", on=False, at=AT)
        db.execute(update(FacilitatorRow).where(FacilitatorRow.id == facilitator.id).values(password_hash="new"))
        db.execute(text("DELETE FROM facilitation WHERE facilitator_id = :tom"), {"tom": other.facilitator_id})

    done = restore(made, at=AT)

    assert not done.signed_out
    with write() as db:
        phones = set(db.scalars(select(SignInRow.member_id)))
        assert ada.member_id not in phones
        assert ben.member_id in phones, "whose phone was let in stays in"
        assert db.scalars(select(SignInRow).where(SignInRow.facilitator_id.is_not(None))).all() == []
        assert db.get_one(FacilitatorRow, facilitator.id).password_hash == "new"
        assert not db.get_one(FacilitatorRow, other.facilitator_id).active
        assert db.scalars(select(FacilitationRow.facilitator_id)).all() == [facilitator.id]
        with pytest.raises(McmError, match="does not work any more"):
            members.join_by_link(db, old_link, browser_token=None, at=AT)


def test_a_phone_that_came_in_since_the_backup_is_told_to_its_member_all_the_same(group: Group) -> None:
    fay, ada = group.facilitator, group.members[0]
    with write() as db:
        link = members.link_token(db, fay, ada.member_id or "", at=NOW)
    made = make(at=AT)
    with write() as db:
        members.join_by_link(db, link, browser_token=None, at=NOW)
        (knock,) = members.at_the_door(db, fay, group.cohort.id, at=NOW)
        members.let_in(db, fay, knock.id, ada.member_id or "", at=NOW)

    restore(made, at=AT)

    with read() as db:
        assert [one.by for one in members.new_arrivals(db, ada)] == ["Fay"]


def emptied(database: str) -> None:
    """Take everything out of a PostgreSQL database."""
    with store.engine(database).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def test_with_nothing_to_compare_with_nobody_is_signed_in(group: Group, database: str, home: Path) -> None:
    made = make(at=AT)
    store.engine(database).dispose()
    if database.startswith("sqlite"):
        (home / "test.sqlite3").unlink()
    else:
        emptied(database)

    done = restore(made, at=AT)

    assert (done.safety, done.signed_out) == (None, True)
    with read() as db:
        assert db.scalars(select(SignInRow)).all() == []
    assert len(names()) == 6


# ------------------------------------------------------------------------------------ what is refused


def flipped(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def cut(path: Path, length: int) -> None:
    path.write_bytes(path.read_bytes()[:length])


BROKEN: dict[str, Callable[[Path], object]] = {
    "cut off at the end": lambda path: cut(path, path.stat().st_size - 1),
    "half of it": lambda path: cut(path, path.stat().st_size // 2),
    "empty": lambda path: cut(path, 0),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "a text": lambda path: path.write_text("PK is how a ZIP begins"),
    "another ZIP": lambda path: shutil.make_archive(str(path.with_suffix("")), "zip", path.parent),
    "a plain database": lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(4096)),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_damaged_or_foreign_file_is_refused_and_nothing_changes(small: Group, how: str, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    file = make(at=AT, to=tmp_path / "stick")
    BROKEN[how](file)
    before = state()

    with pytest.raises(BadArchive, match=r"(damaged|not a backup of this program).*Nothing was changed"):
        restore(file, at=AT)

    assert state() == before


def test_one_changed_byte_is_found_wherever_it_is(sqlite: str, tmp_path: Path) -> None:
    with write() as db:
        a_group(db, 3)
    whole = make(at=AT)
    size = whole.stat().st_size
    for number in range(200):
        file = shutil.copy(whole, tmp_path / "changed.zip")
        flipped(Path(file), number * (size - 1) // 199)
        with pytest.raises(BadArchive), archive.opened(Path(file)):
            pass


def test_sqlites_own_check_would_not_find_it(sqlite: str, tmp_path: Path) -> None:
    """The negative control: a byte inside a name, and the database calls itself sound."""
    with write() as db:
        a_group(db, 3)
    file = tmp_path / "copy.sqlite3"
    with archive.opened(make(at=AT)) as (_, database):
        shutil.copy(database, file)
    content = file.read_bytes()
    file.write_bytes(content.replace(b"Tuesday group", b"Tuesday grouq"))

    with closing(sqlite3.connect(file)) as found:
        assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert found.execute("SELECT name FROM cohort").fetchone() == ("Tuesday grouq",)


def test_a_file_of_a_newer_version_is_refused(small: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(at=AT)
    with monkeypatch.context() as patch:
        patch.setattr(archive, "knows", lambda _revision: False)
        with pytest.raises(BadArchive, match="newer version of this program"):
            restore(made, at=AT)

    restore(made, at=AT)


def test_a_backup_of_an_older_version_is_brought_up_to_date_in_the_copy(
    home: Path, on_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On both: the backup is of an old SQLite database, and is restored there and on PostgreSQL."""
    old = f"sqlite:///{home / 'old.sqlite3'}"
    monkeypatch.setenv("MCM_DATABASE_URL", old)
    migrate(old, to="0001")
    with write() as db:
        for statement in OLD.split(";\n"):
            db.execute(text(statement))
    made = backups.make(at=AT)
    for address in (old, on_postgres):
        monkeypatch.setenv("MCM_DATABASE_URL", address)

        restore(made, at=AT)

        assert names() == ["Ada"]
        with read() as db:
            assert db.scalars(select(FacilitationRow.standing)).all() == ["owner"]
    store.engine(old).dispose()


OLD = """
INSERT INTO facilitator (id, username, name, password_hash, created_at) VALUES ('f', 'fay', 'Fay', 'x', '2026-01-05');
INSERT INTO cohort (id, name, time_zone, code, threshold, phase, created_at)
  VALUES ('c', 'Tuesdays', 'Europe/London', 'ABCDEFGH', 5, 0, '2026-01-05');
INSERT INTO facilitation (facilitator_id, cohort_id) VALUES ('f', 'c');
INSERT INTO member (id, cohort_id, name, name_key, link_hash, link_version, created_at)
  VALUES ('m', 'c', 'Ada', 'ada', 'h', 1, '2026-01-05')"""


def test_before_an_upgrade_a_copy_is_laid_aside(home: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the old shape, and holds what the upgrade could spoil."""
    if database.startswith("sqlite"):
        database = f"sqlite:///{home / 'old.sqlite3'}"
        monkeypatch.setenv("MCM_DATABASE_URL", database)
    else:
        emptied(database)
    migrate(to="0001")
    with write() as db:
        for statement in OLD.split(";\n"):
            db.execute(text(statement))

    migrate(before=backups.before_upgrade)
    migrate(before=backups.before_upgrade)

    (made,) = (home / "backups").iterdir()
    assert made.name.startswith("before-upgrade-")
    with archive.opened(made) as (manifest, file), closing(sqlite3.connect(file)) as copy:
        assert (manifest.revision, manifest.rows["member"]) == ("0001", 1)
        assert copy.execute("SELECT name FROM cohort").fetchone() == ("Tuesdays",)
    store.engine(database).dispose()


def test_without_a_copy_there_is_no_upgrade(sqlite: str, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    old = f"sqlite:///{home / 'old.sqlite3'}"
    migrate(old, to="0001")
    (home / "backups").write_text("a file where the folder should be")
    monkeypatch.setenv("MCM_DATABASE_URL", old)

    with pytest.raises(BackupFailed, match="No backup was made"):
        migrate(before=backups.before_upgrade)

    with read() as db:
        assert db.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
    store.engine(old).dispose()


def test_while_a_server_is_running_nothing_is_restored(group: Group, database: str) -> None:
    made, before = make(at=AT), state()
    if database.startswith("sqlite"):
        with replacing.serving(), pytest.raises(Refused, match=r"A server is running on this database.*Ctrl-C"):
            restore(made, at=AT)
    else:
        elsewhere = create_engine(database)
        with elsewhere.connect() as connection:
            connection.execute(text("SELECT 1"))
            with pytest.raises(Refused, match=r"A server is running on this database.*systemctl stop"):
                restore(made, at=AT)
        elsewhere.dispose()

    assert state() == before
    assert [one.aside for one in backups.kept()] == [False]
    restore(made, at=AT)


def test_no_server_starts_while_a_backup_is_being_restored(sqlite: str) -> None:
    def start() -> None:
        with replacing.serving():
            pass

    with replacing.replacing(), pytest.raises(Refused, match="a backup is being restored there"):
        start()
    start()


def test_what_goes_wrong_in_the_middle_changes_nothing(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    made, before = make(at=AT), state()

    def fails(*_args: object, **_words: object) -> None:
        raise McmError("The lights went out.")

    monkeypatch.setattr(restoring.retention, "delete_again", fails)

    with pytest.raises(McmError, match="lights"):
        restore(made, at=AT)

    assert state() == before


def test_without_room_for_the_safety_copy_nothing_is_restored(small: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    made, before = make(at=AT), state()

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "take", full)

    with pytest.raises(BackupFailed, match="No space left on device"):
        restore(made, at=AT)

    assert state() == before


def test_a_live_file_that_nobody_can_read_is_kept_as_it_is(small: Group, sqlite: str, home: Path) -> None:
    made = make(at=AT)
    store.engine(sqlite).dispose()
    (home / "test.sqlite3").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)
    broken = (home / "test.sqlite3").read_bytes()

    done = restore(made, at=AT)

    assert done.signed_out
    assert done.safety is not None
    assert done.safety.read_bytes() == broken
    assert len(names()) == 6


def test_a_journal_of_the_old_file_is_not_rolled_back_into_the_new_one(sqlite: str, home: Path) -> None:
    """As after a kill in the middle of a commit: the journal lies beside the file and is hot."""
    with write() as db:
        a_group(db, 3)
    made = make(at=AT)
    store.engine(sqlite).dispose()
    writer = sqlite3.connect(home / "test.sqlite3", isolation_level=None)
    writer.execute("PRAGMA journal_mode=DELETE")
    writer.execute("PRAGMA cache_size=1")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE member SET name = name || ' changed'")
    writer.execute("CREATE TABLE filler (words)")
    writer.execute(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 500) "
        "INSERT INTO filler SELECT hex(randomblob(400)) FROM many"
    )
    for tail in ("", "-journal"):
        shutil.copy(home / f"test.sqlite3{tail}", home / f"killed{tail}")
    writer.execute("ROLLBACK")
    writer.close()
    for tail in ("", "-journal"):
        shutil.move(home / f"killed{tail}", home / f"test.sqlite3{tail}")
    assert (home / "test.sqlite3-journal").stat().st_size

    restore(made, at=AT)

    assert names() == ["Ada", "Ben", "Cleo"]
    with read() as db:
        assert db.scalar(text("PRAGMA integrity_check")) == "ok"
    assert (home / "test.sqlite3").stat().st_mode & 0o777 == 0o600


def test_making_and_going_back_are_written_down(group: Group) -> None:
    restore(make(at=AT), at=AT)

    with read() as db:
        deeds = db.scalars(text("SELECT deed FROM audit ORDER BY number DESC LIMIT 1")).all()
        assert deeds == ["backup restored"]
    make(at=AT)
    with read() as db:
        assert db.scalars(text("SELECT deed FROM audit ORDER BY number DESC LIMIT 1")).all() == ["backup made"]
