"""The log: what a line holds, and what it never does."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.config import get_config_options
from streamlit.error_util import handle_user_script_exception

from mcm_core.store.engine import DatabaseFull, DatabaseUnavailable, write
from mcm_core.web import joining, logs
from mcm_core.web.logs import Lines
from mcm_core.web.routes import routes
from mcm_core.web.watch import Watch

NAME = "Mirembe Nakato"


def record(name: str, words: str, *given: object, error: BaseException | None = None) -> logging.LogRecord:
    kind = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.WARNING, __file__, 1, words, given, kind)


def failed(do) -> BaseException:  # type: ignore[no-untyped-def]
    try:
        do()
    except Exception:
        found = sys.exc_info()[1]
        assert found
        return found
    raise AssertionError("it should have failed")


def both(one: logging.LogRecord) -> str:
    return Lines(as_json=True).format(one) + "\n" + Lines(as_json=False).format(one)


def test_a_line_is_one_object_or_one_row_of_words() -> None:
    one = record("mcm_core.web.x", "Error %s", "ab12")
    told = json.loads(Lines(as_json=True).format(one))

    assert told["event"] == "Error ab12"
    assert told["level"] == "warning"
    assert told["at"].endswith("+00:00")
    assert "\n" not in Lines(as_json=False).format(record("mcm_core", "two\nlines"))


def test_an_error_says_its_kind_and_its_places_and_not_its_words() -> None:
    def fails() -> None:
        try:
            {}[NAME]
        except KeyError as error:
            raise ValueError(f"{NAME} wrote this") from error

    said = both(record("mcm_core.x", "Error 1", error=failed(fails)))

    assert "ValueError at tests/web/test_logs.py" in said
    assert "because of KeyError" in said
    assert NAME not in said


def test_what_the_database_quotes_of_somebodys_words_stays_out(database: str) -> None:
    def twice() -> None:
        with write() as db:
            for _ in range(2):
                db.execute(
                    text("INSERT INTO facilitator (id, username_key, username, name, password_hash, epoch, active) "
                         "VALUES ('x', :name, :name, :name, '', 0, true)"),
                    {"name": NAME},
                )  # fmt: skip

    assert NAME not in both(record("mcm_core.x", "Error 1", error=failed(twice)))


def test_what_the_system_says_of_itself_stays_in() -> None:
    def full() -> None:
        raise OSError(28, "No space left on device", f"/home/{NAME}")

    said = both(record("mcm_core.x", "Error 1", error=failed(full)))

    assert "(No space left on device)" in said
    assert NAME not in said


def test_of_other_libraries_the_words_are_kept_and_what_they_fill_in_is_not() -> None:
    said = both(record("streamlit.runtime", "Session with id %s is already connected", "a secret"))

    assert "Session with id %s is already connected" in said
    assert "a secret" not in said


def test_the_control_an_ordinary_formatter_writes_all_of_it() -> None:
    def fails() -> None:
        raise ValueError(NAME)

    said = logging.Formatter().format(record("streamlit", "%s", "a secret", error=failed(fails)))

    assert NAME in said
    assert "a secret" in said


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """What has been written since, after `set_up` with this setting."""
    root, ours = logging.getLogger(), logging.getLogger("mcm_core")
    before = root.handlers[:], root.level, ours.level

    get_config_options()  # Streamlit sets up its loggers when it first reads its settings; a server has by then

    def begin(setting: str) -> None:
        monkeypatch.setenv(logs.VARIABLE, setting)
        logs.set_up()

    yield begin, lambda: capsys.readouterr().err
    root.handlers[:], ours.level = before[0], before[2]
    root.setLevel(before[1])


def test_every_request_is_a_line_with_the_template_of_its_address(written, sqlite, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    begin, said = written
    begin("json")

    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError(f"what {NAME} sent")

    monkeypatch.setattr(joining.members, "join_by_link", broken)
    app = Starlette(routes=routes, middleware=[Middleware(Watch)])
    browser = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    browser.get("/j/the-link?with=words", headers={"Cookie": "mcm=the-token"})
    browser.post("/j/the-link", data={"name": NAME})
    lines = [json.loads(line) for line in said().splitlines()]

    requests = [line for line in lines if line["event"] == "answered"]
    assert [(one["method"], one["route"], one["status"]) for one in requests] == [
        ("GET", "/j/{token}", 200), ("POST", "/j/{token}", 500),
    ]  # fmt: skip
    assert all(set(one) == {"at", "level", "logger", "event", "request", "method", "route", "status", "ms"}
               for one in requests)  # fmt: skip
    (error,) = [line for line in lines if line["level"] == "error"]
    assert error["request"] == requests[1]["request"], "an error is found by its request"
    for secret in (NAME, "the-link", "words", "the-token"):
        assert secret not in json.dumps(lines), secret


def test_unless_it_is_asked_for_only_trouble_is_written(written, sqlite) -> None:  # type: ignore[no-untyped-def]
    begin, said = written
    begin("")
    TestClient(Starlette(routes=routes, middleware=[Middleware(Watch)]), base_url="http://localhost").get("/join")
    logging.getLogger("mcm_core.x").warning("trouble")

    assert [line.split(" ", 1)[1] for line in said().splitlines()] == ["warning mcm_core.x trouble"]


def outage() -> DatabaseUnavailable:
    def away() -> None:
        try:
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))
        except OperationalError as error:
            raise DatabaseUnavailable from error

    found = failed(away)
    assert isinstance(found, DatabaseUnavailable)
    return found


def test_while_the_database_is_away_one_line_says_it_and_not_a_list_of_places_for_every_page(written) -> None:  # type: ignore[no-untyped-def]
    begin, said = written
    begin("json")
    for _ in range(20):
        handle_user_script_exception(outage(), lambda _error: True)

    (line,) = [json.loads(line) for line in said().splitlines()]
    kinds = line["error"].split("; because of ")
    assert kinds == ["DatabaseUnavailable", "OperationalError (connection refused)"]


def test_the_control_what_nobody_expected_is_written_each_time_with_its_places(written) -> None:  # type: ignore[no-untyped-def]
    begin, said = written
    begin("json")
    for _ in range(20):
        handle_user_script_exception(failed(lambda: {}["x"]), lambda _error: True)

    lines = [json.loads(line) for line in said().splitlines()]
    assert len(lines) == 20
    assert all("KeyError at tests/web/test_logs.py" in line["error"] for line in lines)


def test_an_outage_that_lasts_is_said_again_and_another_trouble_at_once() -> None:
    moment = 0.0
    calm = logs.OnceInAWhile(lambda: moment)
    away, full = record("x", "Error", error=outage()), record("x", "Error", error=DatabaseFull())

    assert [calm.filter(away), calm.filter(away), calm.filter(full)] == [True, False, True]
    moment = logs.QUIET
    assert calm.filter(away)


def test_a_format_that_does_not_exist_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(logs.VARIABLE, "xml")

    with pytest.raises(logs.BadSetting, match="MCM_LOG"):
        logs.wanted()
