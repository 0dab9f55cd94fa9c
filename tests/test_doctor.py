"""`mcm doctor`: each thing that can go wrong is named with what to do, and nothing is changed by looking."""

from __future__ import annotations

import subprocess
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from mcm_core import cli, doctor, doctor_database
from mcm_core.domain.health import Line
from mcm_core.services import backups, instruments
from mcm_core.store import backups as copies
from mcm_core.store import engine as store
from mcm_core.store import secret
from mcm_core.store.engine import write
from mcm_core.store.migrate import migrate
from tests.services.a_mail_server import a_mail_server
from tests.services.people import NOW
from tests.services.stories import a_group

LATER = NOW + timedelta(hours=5)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def well(database: str, home: Path) -> str:
    """A database in use, with a backup of this morning."""
    home.chmod(0o700)
    with write() as db:
        a_group(db, 3)
    with write() as db:
        db.execute(text("UPDATE audit SET at = :now"), {"now": "2026-01-05 09:00:00"})
        db.execute(text("UPDATE sign_in SET seen_at = :now"), {"now": "2026-01-05 09:00:00"})
    copies.make(at=NOW)
    return database


def said(about: str, at: datetime = LATER) -> list[Line]:
    return [line for line in doctor.examine(at=at) if line.about == about]


def test_when_all_is_well_every_line_says_so(well: str) -> None:
    found = doctor.examine(at=LATER)

    # the PostgreSQL of the tests runs with fsync off, and that is found
    assert [line.about for line in found if line.state != "ok"] == ["database"] * well.startswith("postgresql")
    looked_at = {"secret", "database", "shape", "disk", "clock", "proxy", "backup", "content"}
    assert looked_at <= {line.about for line in found}
    assert all(line.says.endswith(".") for line in found)


def test_looking_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MCM_SECRET")
    monkeypatch.delenv("MCM_DATABASE_URL", raising=False)
    monkeypatch.setenv("MCM_LOCAL", str(home / "not" / "yet"))

    found = doctor.examine(at=LATER)

    assert list(home.iterdir()) == []
    assert {line.state for line in found} == {"ok", "look"}


def test_it_ends_with_1_when_something_is_broken(sqlite: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(cli.app, ["doctor"]).exit_code == 0
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")

    result = CliRunner().invoke(cli.app, ["doctor"])

    assert result.exit_code == 1
    assert "broken  proxy: Anybody is believed" in result.output


@pytest.mark.parametrize(
    ("name", "value", "about", "state", "says"),
    [
        ("MCM_SECRET", "short", "secret", "broken", "shorter than 32"),
        ("MCM_SECRET", "changeme" * 5, "secret", "broken", "others know or guess"),
        ("MCM_PUBLIC_URL", "group.example.org", "addresses", "broken", "is not an address"),
        ("MCM_PUBLIC_URL", "https://group.example.org", "proxy", "look", "Only a proxy on this computer"),
        ("MCM_LIMIT_SOCKETS", "many", "addresses", "broken", "not a whole number"),
        ("MCM_INSECURE_LAN", "1", "address", "look", "without encryption"),
        ("MCM_SECOND_FACTOR", "off", "sign-in", "look", "password alone"),
    ],
)
def test_a_setting_that_is_wrong_or_daring_is_named(
    sqlite: str, monkeypatch: pytest.MonkeyPatch, name: str, value: str, about: str, state: str, says: str
) -> None:
    monkeypatch.setenv(name, value)

    assert [line.state for line in said(about) if says in line.says] == [state]


def test_the_mail_server_is_asked_whether_it_lets_us_in(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("mail")[0].says.startswith("No mail server is named")
    with a_mail_server() as mail:
        monkeypatch.setenv("MCM_SMTP_URL", mail.url)
        monkeypatch.setenv("MCM_SMTP_FROM", "group@example.org")
        monkeypatch.setenv("MCM_PUBLIC_URL", "https://meet.example.org")
        assert [line.state for line in said("mail")] == ["ok"]
        mail.broken = "deaf"
        (line,) = said("mail")

    assert (line.state, "does not let us send" in line.says, "secret" in line.says) == ("broken", True, False)
    assert mail.arrived == []


def test_a_secret_that_others_can_read_is_broken(sqlite: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MCM_SECRET")
    secret.secret()
    (home / "secret").chmod(0o644)
    secret._kept.cache_clear()

    assert "chmod 600" in said("secret")[0].says


def test_an_old_backup_and_a_damaged_one_are_broken_and_none_is_for_somebody_to_see(well: str, home: Path) -> None:
    assert said("backup")[0].state == "ok"
    assert said("backup", NOW + timedelta(days=3))[0].state == "broken"
    (made,) = (home / "backups").iterdir()
    made.write_bytes(made.read_bytes()[:-1])
    assert said("backup")[0].state == "broken"
    made.unlink()
    assert said("backup")[0].state == "look"


def test_a_clock_that_is_behind_is_told_from_what_the_database_knows(well: str) -> None:
    assert said("clock")[0].state == "ok"
    assert said("clock", NOW - timedelta(days=1))[0].state == "broken"


def test_little_room_and_a_slow_disk_are_told(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _folder: Usage(10**9, 0, 150_000_000))
    monkeypatch.setattr(doctor, "_time_to_keep", lambda _folder: 0.5)

    assert [(line.state, line.says) for line in said("disk")] == [
        ("look", "150 MB are free."),
        ("look", "It takes 500 ms until a write is kept."),
    ]


def test_a_damaged_database_is_broken_and_the_rest_is_looked_at_all_the_same(sqlite: str, home: Path) -> None:
    store.engine(sqlite).dispose()
    (home / "test.sqlite3").write_bytes(b"no database at all" * 500)

    assert "mcm restore" in said("database")[0].do
    assert said("content")[0].state == "ok"


def test_an_older_and_a_newer_shape_are_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"sqlite:///{home / 'old.sqlite3'}"
    monkeypatch.setenv("MCM_DATABASE_URL", address)
    migrate(to="0001")
    assert said("shape")[0].state == "look"
    with write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert said("shape")[0].state == "broken"
    store.engine(address).dispose()


@pytest.mark.parametrize(("kind", "state"), [("ext4", "ok"), ("nfs4", "broken"), ("fuse.sshfs", "broken")])
def test_a_database_across_the_network_is_broken(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, state: str
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"root / btrfs rw 0 0\nserver:/x {tmp_path} {kind} rw 0 0\n")
    monkeypatch.setattr(doctor_database, "MOUNTS", mounts)

    assert said("file system")[0].state == state


def test_a_folder_that_others_can_look_into_is_told(sqlite: str, home: Path) -> None:
    (home / "secret").touch(mode=0o644)
    home.chmod(0o755)
    (told,) = said("private")
    assert told.state == "look"
    assert "secret" in told.says
    assert "test.sqlite3" not in told.says

    subprocess.run(told.do.removeprefix("Run: "), shell=True, check=True)

    assert [line.state for line in said("private")] == ["ok"]
    assert (home / "secret").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_we_make_is_for_its_owner_alone_and_so_are_those_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`mcm demo` lives below the folder of the product, and may be the first to need it."""
    monkeypatch.setenv("MCM_LOCAL", str(tmp_path / "local" / "demo"))
    monkeypatch.delenv("MCM_SECRET", raising=False)
    monkeypatch.delenv("MCM_DATABASE_URL", raising=False)

    secret.secret()

    made = [tmp_path / "local", tmp_path / "local" / "demo"]
    assert [one.stat().st_mode & 0o777 for one in made] == [0o700, 0o700]


def test_a_postgresql_that_is_away_or_forgetful_is_broken(on_postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one of the tests runs with fsync off."""
    assert "may forget what it said was saved" in said("database")[0].says
    monkeypatch.setenv("MCM_DATABASE_URL", "postgresql+psycopg://mcm@/postgres?host=/nowhere")
    assert "did not answer" in said("database")[0].says


def test_a_broken_content_file_is_told(sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "x.yaml").write_text("ordered: perhaps")
    monkeypatch.setenv("MCM_CONTENT", str(tmp_path / "content"))
    instruments.offered.cache_clear()
    try:
        assert said("content")[0].state == "broken"
    finally:
        monkeypatch.undo()
        instruments.offered.cache_clear()


def test_the_server_makes_a_backup_a_day_and_old_ones_go(sqlite: str, home: Path) -> None:
    with write() as db:
        a_group(db, 2)
    start = datetime(2026, 1, 5, 12, tzinfo=UTC)
    made = [backups.daily(at=start + timedelta(hours=hour)) for hour in range(0, 24 * 12, 8)]

    assert len([one for one in made if one]) == 12
    left = sorted(path.name[7:15] for path in (home / "backups").iterdir())
    assert left == [f"202601{day}" for day in range(10, 17)]
