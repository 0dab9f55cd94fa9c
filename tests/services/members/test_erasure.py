"""Erasing what is one's own: no file holds anything of it afterwards, and an older copy brings nothing back."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.visitor import Visitor
from mcm_core.services import focuses, instruments, members, notes, visitors
from mcm_core.store import engine as store
from mcm_core.store import erasures
from mcm_core.store.engine import engine, read, write
from mcm_core.store.migrate import migrate
from mcm_core.store.tables import ConsentRow, FocusRow, KeptTextRow, MemberRow, NoteRow, ReadingRow, SignInRow
from tests.services.people import NOW
from tests.services.stories import Group, a_group, connections, run_round

MARK = "zqxmarker"  # in every text of Ada's; her words are also searched for, so they are small letters throughout
LONG = f"{MARK} " * 300


@pytest.fixture
def temporary(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs of this test put temporary files."""
    folder = home / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture(params=["TRUNCATE", "WAL"])
def sqlite_in_both_modes(
    request: pytest.FixtureRequest, home: Path, temporary: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The product's database, with a journal and with a write-ahead log."""
    monkeypatch.setattr(store, "journal_mode", lambda *_version: request.param)
    monkeypatch.setattr("mcm_core.store.scrub.journal_mode", lambda *_version: request.param)
    url = f"sqlite:///{home / 'test.sqlite3'}"
    monkeypatch.setenv("MCM_DATABASE_URL", url)
    shutil.copy(migrated, home / "test.sqlite3")
    yield url
    engine(url).dispose()


def a_life(group: Group, ada: Visitor) -> None:
    """Answers, relationships, notes of every kind, changed and doubled, among those of others."""
    with write() as db:
        members.rename(db, group.facilitator, ada.member_id or "", f"Ada {MARK}")
        run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * len(group.members))
        for label in (f"calls {MARK}", f"food bank {MARK}"):
            focuses.choose(
                db, ada, connections(), label=label, at=NOW,
                party=str(connections().parties[0]), constellation=str(connections().constellations[0]),
            )  # fmt: skip
    for number in range(12):
        for who in group.members[:3]:
            with write() as db:
                body = f"{LONG} {number}" if who is ada else f"something else, {number} " * 60
                made = a_note(db, who, group, body, list(Audience)[number % 4], at=NOW + number * timedelta(minutes=1))
            for version in (1, 1, 2):
                with write() as db:
                    notes.edit(
                        db, who, made.id, body=f"{body} again {version}", kind=made.kind, audience=made.audience,
                        attribution=made.attribution, version=version, at=NOW,
                    )  # fmt: skip


def a_note(db, who: Visitor, group: Group, body: str, audience: Audience, at: datetime = NOW) -> notes.Note:
    return notes.add(
        db, who, group.cohort.id, session_number=1, theme=None, instrument=None, kind=Kind.STORY,
        audience=audience, attribution=Attribution.NAME, body=body, at=at,
    )  # fmt: skip


def holding(folder: Path) -> list[str]:
    """The files below this folder that hold the mark, in whatever case."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if MARK.encode() in path.read_bytes().lower())


@pytest.fixture
def group(sqlite_in_both_modes: str) -> Group:
    with write() as db:
        made = a_group(db, 6)
    a_life(made, made.members[0])
    return made


def test_not_one_byte_of_somebody_erased_is_left(group: Group, home: Path) -> None:
    assert holding(home)

    with write() as db:
        members.erase(db, group.members[0], keep_notes=False)

    assert holding(home) == []
    with read() as db:
        assert db.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert len(members.roster(db, group.facilitator, group.cohort.id)) == 5
        assert {note.mine for note in notes.wall(db, group.members[1], group.cohort.id)} == {True, False}


def test_without_overwriting_it_would_be_left(home: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: with secure_delete off the same erasure leaves her words in the file."""
    url = f"sqlite:///{home / 'careless.sqlite3'}"
    monkeypatch.setenv("MCM_DATABASE_URL", url)
    event.listen(engine(url), "connect", lambda raw, _record: raw.execute("PRAGMA secure_delete=OFF"))
    migrate(url)
    with write() as db:
        made = a_group(db, 6)
    a_life(made, made.members[0])

    with write() as db:
        members.erase(db, made.members[0], keep_notes=False)

    assert holding(home) == ["careless.sqlite3"]
    engine(url).dispose()


def test_an_older_copy_brings_nobody_back(group: Group, home: Path, tmp_path: Path) -> None:
    ada, ben = group.members[:2]
    copy = tmp_path.parent / f"{tmp_path.name}-backup.sqlite3"
    with sqlite3.connect(home / "test.sqlite3") as raw:
        raw.execute("VACUUM INTO ?", [str(copy)])
    raw.close()
    with write() as db:
        members.erase(db, ada, keep_notes=False)
        members.remove(db, group.facilitator, ben.member_id or "", at=NOW)
    engine(store.database_url()).dispose()
    for tail in ("", "-wal", "-shm"):
        (home / f"test.sqlite3{tail}").unlink(missing_ok=True)
    shutil.move(copy, home / "test.sqlite3")
    assert holding(home) == ["test.sqlite3"]  # the copy does hold her

    with write() as db:
        assert members.replay(db) == 2
    with write() as db:
        assert members.replay(db) == 0

    assert holding(home) == []
    with read() as db:
        assert [one.name for one in members.roster(db, group.facilitator, group.cohort.id)] == [
            "Cleo", "Dev", "Eve", "Finn",
        ]  # fmt: skip


def test_what_is_remembered_of_an_erasure_is_an_id_and_what_became_of_the_notes(group: Group, home: Path) -> None:
    with write() as db:
        members.erase(db, group.members[0], keep_notes=True)

    assert (home / "erasures.log").read_text() == f"{group.members[0].member_id} kept\n"
    assert (home / "erasures.log").stat().st_mode & 0o777 == 0o600
    assert erasures.remembered() == {group.members[0].member_id: True}


def test_an_erasure_that_failed_is_not_remembered(group: Group, home: Path) -> None:
    def break_off() -> None:
        with write() as db:
            members.erase(db, group.members[0], keep_notes=False)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()

    assert erasures.remembered() == {}
    with read() as db:
        assert db.get(MemberRow, group.members[0].member_id)


def test_every_table_forgets_somebody_erased(db) -> None:
    group = a_group(db, 6)
    ada = group.members[0]
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 6)
    a_note(db, ada, group, "hers", Audience.COHORT)

    members.erase(db, ada, keep_notes=False)

    for table in (ReadingRow, FocusRow, NoteRow, SignInRow, ConsentRow):
        assert ada.member_id not in set(db.scalars(select(table.member_id)))
    assert visitors.recognise(db, "whatever", at=NOW) is None
    with pytest.raises(NotAllowed):
        focuses.mine(db, ada)


def test_notes_may_stay_and_then_name_nobody(db) -> None:
    group = a_group(db, 6)
    ada, ben = group.members[:2]
    for body, audience in zip(("mine", "theirs", "for us", "for all"), Audience, strict=True):
        a_note(db, ada, group, body, audience)
    kept = a_note(db, ada, group, "first", Audience.COHORT)
    for body in ("second", "third"):
        notes.edit(db, ada, kept.id, body=body, kind=kept.kind, audience=kept.audience, attribution=kept.attribution,
                   version=1, at=NOW)  # fmt: skip
    assert db.scalars(select(KeptTextRow.body)).all() == ["third"]

    members.erase(db, ada, keep_notes=True)

    wall = notes.wall(db, ben, group.cohort.id)
    assert {(note.body, note.by, note.mine) for note in wall} == {
        ("for us", "", False), ("for all", "", False), ("second", "", False),
    }  # fmt: skip
    assert sorted(db.scalars(select(NoteRow.body))) == ["for all", "for us", "second"]
    assert db.scalars(select(KeptTextRow.body)).all() == []


def test_only_the_member_can_erase_themselves(db) -> None:
    group = a_group(db, 2)

    with pytest.raises(NotAllowed):
        members.erase(db, group.facilitator, keep_notes=False)

    assert len(members.roster(db, group.facilitator, group.cohort.id)) == 2


def test_the_place_of_somebody_erased_is_free(db) -> None:
    group = a_group(db, 20)

    members.erase(db, group.members[0], keep_notes=False)
    members.add(db, group.facilitator, group.cohort.id, "Ada", at=NOW)

    assert len(members.roster(db, group.facilitator, group.cohort.id)) == 20


def test_an_instrument_and_what_others_wrote_stay(db) -> None:
    group = a_group(db, 6)
    a_note(db, group.members[1], group, "not hers", Audience.COHORT)

    members.erase(db, group.members[0], keep_notes=False)

    assert [note.body for note in notes.wall(db, group.facilitator, group.cohort.id)] == ["not hers"]
    assert instruments.stored_id(db, connections())


def test_on_postgres_her_words_leave_the_tables_files(on_postgres: str, postgres: str) -> None:
    """Its write-ahead log is another matter: that is in the hands of whoever runs the server."""
    files = Path(postgres.partition("host=")[2]) / "data" / "base"
    with write() as db:
        group = a_group(db, 6)
    a_life(group, group.members[0])
    checkpoint(on_postgres)
    assert holding(files)

    with write() as db:
        members.erase(db, group.members[0], keep_notes=False)

    checkpoint(on_postgres)
    assert holding(files) == []


def test_nor_are_they_among_what_postgres_knows_of_its_tables(on_postgres: str, postgres: str) -> None:
    """ANALYZE, which it also does by itself, notes values of columns in a table of its own."""
    files = Path(postgres.partition("host=")[2]) / "data" / "base"
    analysed_and_erased(on_postgres)

    assert holding(files) == []


def test_with_statistics_of_names_they_would_be(on_postgres: str, postgres: str) -> None:
    """The negative control: the column as PostgreSQL treats any other."""
    files = Path(postgres.partition("host=")[2]) / "data" / "base"
    with write() as db:
        db.execute(text("ALTER TABLE member ALTER COLUMN name SET STATISTICS 100"))
    try:
        analysed_and_erased(on_postgres)
        assert holding(files)
    finally:
        with write() as db:
            db.execute(text("ALTER TABLE member ALTER COLUMN name SET STATISTICS 0"))
            db.execute(text("ALTER TABLE member ALTER COLUMN name TYPE varchar(80)"))
        with engine(on_postgres).execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM FULL pg_statistic"))


def analysed_and_erased(url: str) -> None:
    """A member lives, PostgreSQL looks at its tables, and the member is erased."""
    with write() as db:
        group = a_group(db, 6)
    a_life(group, group.members[0])
    with engine(url).execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))
    with write() as db:
        members.erase(db, group.members[0], keep_notes=False)
    checkpoint(url)


def test_without_the_cleaning_up_postgres_would_keep_them(
    on_postgres: str, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr("mcm_core.services.members.erasure.scrub", lambda: None)
    files = Path(postgres.partition("host=")[2]) / "data" / "base"
    with write() as db:
        group = a_group(db, 6)
    a_life(group, group.members[0])

    with write() as db:
        members.erase(db, group.members[0], keep_notes=False)

    checkpoint(on_postgres)
    assert holding(files)


def checkpoint(url: str) -> None:
    """Have the server write its pages to its files."""
    with engine(url).execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CHECKPOINT"))
