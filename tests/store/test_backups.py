"""Copies of a database in use: of one moment, whole, private, and found out when a byte of them changes."""

from __future__ import annotations

import os
import sqlite3
import threading
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from mcm_core.store import archive, backups, copying
from mcm_core.store import engine as store
from mcm_core.store.tables import Base, MemberRow
from tests.services.stories import a_group, an_anonymous_round, drop, run_round, six_sessions

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def in_use(database: str) -> str:
    """A database with a cohort that has lived through six sessions."""
    with store.write() as db:
        group = a_group(db, 6)
        run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 6)
    return database


def everything(connection) -> dict[str, list[tuple[object, ...]]]:  # type: ignore[no-untyped-def]
    """Every row of every table."""
    return {
        table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


def test_a_backup_holds_every_row_of_either_database(in_use: str) -> None:
    with store.read() as db:
        before = everything(db.connection())

    made = backups.make(at=NOW)

    with archive.opened(made) as (manifest, file), copying.connected(file) as copy:
        assert everything(copy) == before
        assert manifest.rows["reading"] == len(before["reading"]) == 36


def test_a_backup_is_private_and_its_name_tells_when_and_nothing_else(in_use: str, home: Path) -> None:
    made = backups.make(at=NOW)

    assert made.parent == home / "backups"
    assert made.name.startswith("backup-20260105T120000Z-")
    assert "uesday" not in made.name
    assert made.stat().st_mode & 0o777 == 0o600
    assert made.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in made.parent.iterdir()] == [made.name], "nothing unfinished is left"


def test_any_zip_program_opens_it(in_use: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(backups.make(at=NOW)) as packed:
        packed.extractall(tmp_path / "opened")
        comment = packed.comment.decode()

    assert len(comment) == 64
    with closing(sqlite3.connect(tmp_path / "opened" / archive.DATABASE)) as found:
        assert found.execute("SELECT count(*) FROM member").fetchone() == (6,)


def test_it_may_go_to_another_folder(in_use: str, tmp_path: Path) -> None:
    assert backups.make(at=NOW, to=tmp_path / "stick").parent == tmp_path / "stick"
    assert backups.kept() == []


# ------------------------------------------------------------------------------------ under load


def test_every_copy_taken_while_others_write_is_of_one_moment(in_use: str) -> None:
    with store.read() as db:
        ids = list(db.scalars(select(MemberRow.id).order_by(MemberRow.id).limit(2)))
    stop = threading.Event()
    written = [0]

    def write() -> None:
        while not stop.is_set():
            written[0] += 1
            with store.write() as db:
                for id_ in ids:  # two statements, one transaction
                    db.execute(update(MemberRow).where(MemberRow.id == id_).values(link_version=written[0]))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        made = [backups.make(at=NOW + timedelta(seconds=number)) for number in range(3)]
    finally:
        stop.set()
        thread.join()

    assert written[0] > 3
    for path in made:
        with archive.opened(path) as (_, file), closing(sqlite3.connect(file)) as copy:
            found = copy.execute("SELECT DISTINCT link_version FROM member WHERE id IN (?, ?)", ids).fetchall()
            assert len(found) == 1, path


def test_a_copy_that_takes_long_leaves_no_transaction_idle_for_postgresql_to_end(
    on_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours may be idle for ten seconds, and copying a large database takes longer."""
    with store.write() as db:
        a_group(db, 6)
    ended: list[int] = []
    pour = copying.pour

    def after_a_long_time(source, target, wanted):  # type: ignore[no-untyped-def]
        ours = source.scalar(text("SELECT pg_backend_pid()"))
        ended.append(source.scalar(IDLE, {"ours": ours}))
        return pour(source, target, wanted)

    monkeypatch.setattr(copying, "pour", after_a_long_time)

    assert backups.make(at=NOW).exists()
    assert ended == [0]


IDLE = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> :ours"
)


def test_a_plain_copy_of_the_file_is_of_no_moment(sqlite: str, home: Path) -> None:
    """The negative control: half of the file is read before others write, half of it after."""
    with store.write() as db:
        six_sessions(db, a_group(db, 6))
    live, copy = home / "test.sqlite3", home / "plain.copy"
    half = live.stat().st_size // 2 // 4096 * 4096
    with live.open("rb") as file, copy.open("wb") as to:
        to.write(file.read(half))
        with store.write() as db:
            db.execute(text("DELETE FROM reading"))
            db.execute(text("DELETE FROM focus"))
        to.write(live.read_bytes()[half:])

    with closing(sqlite3.connect(copy)) as found:
        try:
            sound = found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            counted = found.execute("SELECT count(*) FROM reading").fetchone()[0]
        except sqlite3.DatabaseError:
            sound, counted = False, None
    assert not sound or counted not in {0, 216}


# ------------------------------------------------------------------------------------ open bags


def bags_of(path: Path) -> list[tuple[object, ...]]:
    with archive.opened(path) as (_, file), closing(sqlite3.connect(file)) as copy:
        return copy.execute("SELECT * FROM bag ORDER BY round_id").fetchall()


def test_two_backups_around_one_answer_have_the_same_bags(database: str) -> None:
    """T22."""
    with store.write() as db:
        group = a_group(db, 6)
        round_ = an_anonymous_round(db, group)
    made = []
    for place in range(2):
        with store.write() as db:
            drop(db, round_, [group.members[place]], [(2, 3)], comment="words")
        made.append(backups.make(at=NOW + timedelta(minutes=place)))

    assert bags_of(made[0]) == bags_of(made[1]) == []
    with store.read() as db:
        assert db.scalar(text("SELECT count(*) FROM bag")) == 1, "the round goes on with what it has"


def test_the_control_a_backup_with_open_bags_tells_the_answer_between(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "without_open_bags", lambda _copy: None)
    monkeypatch.setattr(
        copying,
        "_closed_bags",
        lambda connection, tables: [dict(row) for row in connection.execute(select(tables.tables["bag"])).mappings()],
    )
    with store.write() as db:
        group = a_group(db, 6)
        round_ = an_anonymous_round(db, group)
    made = []
    for place in range(2):
        with store.write() as db:
            drop(db, round_, [group.members[place]], [(2, 3)])
        made.append(backups.make(at=NOW + timedelta(minutes=place)))

    assert bags_of(made[0]) != bags_of(made[1])


def test_a_bag_that_is_closed_changes_no_more_and_its_comments_are_kept(database: str) -> None:
    from mcm_core.services import rounds

    with store.write() as db:
        group = a_group(db, 8)
        round_ = an_anonymous_round(db, group)
        drop(db, round_, group.members, [(2, 3)] * 8, comment="words")
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=NOW)

    assert len(bags_of(backups.make(at=NOW))) == 1


def test_what_a_computer_that_went_down_left_half_written_goes_a_day_later(in_use: str, home: Path) -> None:
    for name, age in (("left", timedelta(days=2)), ("being-made", timedelta(minutes=5))):
        scratch = home / "backups" / f"{backups.UNFINISHED}{name}"
        scratch.mkdir(parents=True)
        (scratch / archive.DATABASE).write_bytes(b"half")
        os.utime(scratch, ((NOW - age).timestamp(),) * 2)

    assert backups.daily(at=NOW)

    assert [path.name for path in (home / "backups").glob(".*")] == [f"{backups.UNFINISHED}being-made"]
