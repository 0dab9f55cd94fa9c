"""What whatever watches over this server may ask, and that nobody learns anything from it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from mcm_core.store.engine import DatabaseUnavailable, engine, write
from mcm_core.web import health
from mcm_core.web.doors import Names
from mcm_core.web.headers import SafeHeaders
from mcm_core.web.health import Health, Ready, what_is_missing
from tests.web.asking import Behind, Heard, ask, scope_of


def asked(path: str, look: health.Look = lambda: None, *, host: str = "app-1.internal", method: str = "GET") -> Heard:
    behind = Behind()
    return ask(SafeHeaders(Health(Names(behind), look)), behind, scope_of(path=path, host=host, method=method))


def broken() -> str | None:
    raise AssertionError("being alive must not depend on the database")


def test_being_alive_asks_nothing_of_the_database() -> None:
    heard = asked("/healthz", broken)

    assert (heard.status, heard.body) == (200, "ok")


def test_ready_says_what_is_missing_in_one_word() -> None:
    assert asked("/readyz").body == "ok"
    heard = asked("/readyz", lambda: "database")

    assert (heard.status, heard.body) == (503, "not ready: database")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_balancer_may_call_this_machine_what_it_likes_and_learns_nothing(path: str) -> None:
    heard = asked(path, host="whatever.example")
    names = {name.decode().lower() for name, _ in heard.sent[0]["headers"]}

    assert (heard.status, heard.body) == (200, "ok")
    assert not names & {"set-cookie", "location", "server"}
    assert asked(path, host="whatever.example", method="POST").status == 421


def test_by_a_name_that_is_not_ours_nothing_else_is_answered() -> None:
    assert asked("/", host="whatever.example").status == 421
    assert asked("/healthz/x", host="whatever.example").status == 421


def test_a_crowd_that_asks_at_once_and_again_has_us_look_once_a_second() -> None:
    looks: list[int] = []
    at = [100.0]

    async def crowd() -> None:
        ready = Ready(lambda: looks.append(1), lambda: at[0])  # type: ignore[func-returns-value]
        for _ in range(5):
            await asyncio.gather(*(ready.missing() for _ in range(50)))
        assert len(looks) == 1
        at[0] += health.KEPT
        await ready.missing()

    asyncio.run(crowd())

    assert len(looks) == 2


def test_a_database_that_hangs_is_said_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    answers = threading.Event()

    async def ask_twice() -> list[str | None]:
        ready = Ready(lambda: None if answers.wait(20) else "never")
        hanging = await ready.missing()
        answers.set()
        monkeypatch.setattr(health, "PATIENCE", 20)
        return [hanging, await ready.missing()]

    assert asyncio.run(ask_twice()) == ["database", None]


def test_a_database_at_the_newest_shape_is_ready_and_an_older_or_newer_one_is_not(database: str) -> None:
    assert what_is_missing() is None
    with write() as db:
        newest = db.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        assert what_is_missing() == "schema"
    finally:
        with write() as db:
            db.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})


def test_a_database_that_is_gone_or_is_none_is_not_ready(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> bool:
        raise DatabaseUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(health.migrate, "is_current", gone)
        assert what_is_missing() == "database"
    engine(sqlite).dispose()
    Path(sqlite.removeprefix("sqlite:///")).write_bytes(b"no database at all, but a file of that name" * 100)
    assert what_is_missing() == "database"


def test_a_folder_that_cannot_be_written_is_not_ready(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MCM_LOCAL", str(tmp_path / "file" / "folder"))
    assert what_is_missing() == "folder"

    monkeypatch.setenv("MCM_LOCAL", str(tmp_path / "not" / "yet"))
    assert what_is_missing() is None
