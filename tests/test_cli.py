"""The command line: what a console shows when something is wrong, and what the README promises of it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mcm_core import cli, start
from mcm_core.services import instruments, resets, signing_in
from mcm_core.store import replacing
from mcm_core.store.content import folder
from mcm_core.store.engine import read, write
from tests.services.people import a_facilitator

ROOT = Path(__file__).resolve().parents[1]
LONG_AGO = datetime(2025, 1, 7, 14)  # noqa: DTZ001 -- a clock on the wall


@pytest.fixture(autouse=True)
def fresh_instruments() -> Iterator[None]:
    """The files are read once in the life of a process; these tests change them."""
    instruments.offered.cache_clear()
    yield
    instruments.offered.cache_clear()


def serve(monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Run `mcm serve` up to the point where it would start to listen."""
    monkeypatch.setattr(cli, "_serve", lambda _host, _port: None)
    result = CliRunner().invoke(cli.app, ["serve", "--port", "8599"])
    return result.exit_code, result.output


def test_the_first_start_prints_a_set_up_link_and_later_ones_too_until_somebody_used_it(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = serve(monkeypatch), serve(monkeypatch)

    for code, said in (first, again):
        assert code == 0
        assert "http://localhost:8599" in said
        assert re.search(r"http://localhost:8599/welcome/\S{40,}", said)
        assert "MCM_OPERATOR and MCM_CONTACT are not set: the page /privacy cannot say who runs this" in said


def test_a_broken_instrument_is_refused_with_file_line_and_reason(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (folder() / "participation.yaml").read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(words) if line.startswith("ordered:"))
    words[at] = "ordered: perhaps"
    content = tmp_path / "content"
    content.mkdir()
    (content / "participation.yaml").write_text("\n".join(words), encoding="utf-8")
    monkeypatch.setenv("MCM_CONTENT", str(content))

    code, said = serve(monkeypatch)

    assert code == 2
    assert f"participation.yaml, line {at + 1}:" in said
    assert "Traceback" not in said


def test_changed_words_with_an_old_version_are_refused(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start.prepare()
    content = tmp_path / "content"
    content.mkdir()
    for file in folder().glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        (content / file.name).write_text(text.replace("feel heard", "feel herd"), encoding="utf-8")
    monkeypatch.setenv("MCM_CONTENT", str(content))
    instruments.offered.cache_clear()

    code, said = serve(monkeypatch)

    assert code == 2
    assert "its version is still" in said


def test_a_database_that_cannot_be_opened_is_a_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "here").mkdir()
    monkeypatch.setenv("MCM_DATABASE_URL", f"sqlite:///{home / 'here'}")

    code, said = serve(monkeypatch)

    assert code == 2
    assert "The database cannot be opened" in said


def test_nor_is_a_folder_that_cannot_be_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("MCM_DATABASE_URL", f"sqlite:///{home / 'file' / 'mcm.sqlite3'}")

    code, said = serve(monkeypatch)

    assert code == 2
    assert "The database cannot be opened" in said


def test_a_second_server_on_the_embedded_database_is_refused(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would not hear what the first one changed."""
    with replacing.serving():
        code, said = serve(monkeypatch)

    assert code == 2
    assert "Another server is running on" in said
    assert "Stop that server" in said
    assert serve(monkeypatch)[0] == 0


@pytest.mark.parametrize("secret", ["x" * 31, "some_key" * 4])
def test_a_secret_that_is_short_or_known_ends_with_2(sqlite: str, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("MCM_SECRET", secret)

    code, said = serve(monkeypatch)

    assert code == 2
    assert "MCM_SECRET" in said
    assert secret not in said
    assert "Traceback" not in said


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, [*words])
    return result.exit_code, result.output


def test_the_console_gives_out_a_way_back_in_and_switches_accounts(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write() as db:
        a_facilitator(db, at=datetime.now(UTC))

    code, said = run("reset-link", "fay")
    (token,) = re.findall(r"http://localhost:8501/reset/(\S{43})\n", said)
    with read() as db:
        assert (code, resets.username_of(db, token, at=datetime.now(UTC))) == (0, "fay")
    monkeypatch.setenv("MCM_PUBLIC_URL", "https://session.example/")
    assert "  https://session.example/reset/" in run("reset-link", "fay")[1]

    assert run("disable", "fay")[0] == 0
    assert run("reset-link", "fay") == (2, "mcm: The account fay is switched off. First run: mcm enable fay\n")
    assert run("enable", "fay")[0] == 0
    assert run("reset-link", "fay")[0] == 0
    for words in (("reset-link", "nobody"), ("disable", "nobody")):
        code, said = run(*words)
        assert code == 2
        assert "no facilitator with the username" in said


def test_every_make_target_of_the_readme_exists() -> None:
    told = set(re.findall(r"(?:`|^)make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.M))
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert told <= set(re.findall(r"^([a-z]+)", listed, re.M))


def loose(lines: list[str]) -> list[str]:
    """The lines that leave it open what is installed, or from where."""
    return [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)]


def test_pinned_versions_name_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert lines
    assert loose(lines) == []


@pytest.mark.parametrize(
    "line", ["streamlit", "streamlit>=1.67", "streamlit @ https://example.org/s.whl", "-i https://x"]
)
def test_a_loose_version_would_be_noticed(line: str) -> None:
    """The negative control."""
    assert loose(["alembic==1.16.4", line]) == [line]


def test_what_is_due_is_said_and_only_done_when_asked(sqlite: str) -> None:
    from sqlalchemy import func, select, update

    from mcm_core.store.engine import read, write
    from mcm_core.store.tables import CohortRow, CohortSessionRow, MemberRow
    from tests.services.stories import a_group

    def run(*arguments: str) -> tuple[str, int]:
        result = CliRunner().invoke(cli.app, ["retention", *arguments])
        assert result.exit_code == 0, result.output
        with read() as db:
            return result.output, db.scalars(select(func.count()).select_from(MemberRow)).one()

    assert run() == ("Nothing is due.\n", 0)
    with write() as db:
        group = a_group(db, 3)
        db.execute(update(CohortRow).values(warned_at=LONG_AGO.replace(tzinfo=UTC)))
        db.execute(update(CohortSessionRow).values(starts_local=LONG_AGO))

    said, left = run()
    assert f"cohort {group.cohort.id}, kept until" in said
    assert left == 3
    said, left = run("--now")
    assert "did delete what is linked to people" in said
    assert left == 0


def test_the_log_is_verified_at_the_console(sqlite: str) -> None:
    from sqlalchemy import delete

    from mcm_core.store.engine import write
    from mcm_core.store.tables import AuditRow
    from tests.services.stories import a_group

    with write() as db:
        a_group(db, 2)

    whole = CliRunner().invoke(cli.app, ["audit", "--verify"])
    assert whole.exit_code == 0
    since = re.search(r"--since (\S+)", whole.output)
    assert since
    assert CliRunner().invoke(cli.app, ["audit", "--since", since[1]]).exit_code == 0
    with write() as db:
        db.execute(delete(AuditRow).where(AuditRow.number == 2))
    torn = CliRunner().invoke(cli.app, ["audit", "--verify"])
    assert torn.exit_code == 1
    assert "entries before it are missing" in torn.output


def test_the_operator_reads_the_newest_entries_also_those_that_stand_on_no_page(sqlite: str) -> None:
    with write() as db:
        a_facilitator(db)
        signing_in.check_password(db, "nobody", "whatever", network="n", at=datetime(2026, 1, 5, 9, tzinfo=UTC))

    looked = CliRunner().invoke(cli.app, ["audit", "--last", "2"])

    assert looked.exit_code == 0
    assert looked.output.splitlines()[:2] == [
        "05 January 2026, 09:00 UTC: A password was wrong, for the account of somebody who is not on the list.",
        "05 January 2026, 09:00 UTC: Fay signed in.",
    ]
    assert "none changed" in looked.output


def test_a_look_at_the_log_where_there_is_no_database_says_so_and_makes_none(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MCM_DATABASE_URL", raising=False)
    monkeypatch.setenv("MCM_LOCAL", str(home / "not" / "yet"))

    looked = CliRunner().invoke(cli.app, ["audit", "--verify"])

    assert looked.exit_code == 2
    assert "There is no database yet" in looked.output
    assert list(home.iterdir()) == []


def test_a_look_at_the_log_of_an_older_database_says_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_DATABASE_URL", f"sqlite:///{home / 'old.sqlite3'}")
    (home / "old.sqlite3").touch()

    looked = CliRunner().invoke(cli.app, ["audit", "--verify"])

    assert looked.exit_code == 2
    assert "Start the server once" in looked.output


def test_a_backup_is_made_and_restored_at_the_console(sqlite: str, home: Path) -> None:
    from tests.services.stories import a_group

    with write() as db:
        a_group(db, 2)

    code, said = run("backup")
    (made,) = re.findall(r"^(\S+\.zip), \S+ MB, verified\.", said, re.M)
    assert (code, Path(made).parent) == (0, home / "backups")
    code, said = run("restore", made)
    assert code == 0
    assert "The database is as it was on" in said
    assert "What it was until now is kept in" in said

    Path(made).write_text("something else")
    code, said = run("restore", made)
    assert code == 2
    assert "is not a backup of this program. Nothing was changed." in said


def test_a_cohort_is_taken_to_another_computer_at_the_console(
    sqlite: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.services.stories import a_group

    with write() as db:
        cohort = a_group(db, 2).cohort

    assert run("export-cohort") == (0, f"{cohort.id}  Tuesday group\n")
    assert run("export-cohort", "nothing")[0] == 2
    code, said = run("export-cohort", cohort.id, "--to", str(home / "stick"))
    assert code == 0, said
    (made,) = re.findall(r"^(\S+\.zip), ", said, re.M)

    assert run("import-cohort", made)[0] == 2, "it is here already"
    monkeypatch.setenv("MCM_LOCAL", str(home / "elsewhere"))
    monkeypatch.delenv("MCM_DATABASE_URL")
    code, said = run("import-cohort", made)
    assert code == 0
    assert "“Tuesday group” is here. Its members join again by new links" in said
    assert "mcm reset-link fay" in said
