"""The figures: what they say, to whom, and what they never tell."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, Counter, generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from mcm_core.store.engine import DatabaseUnavailable
from mcm_core.web import metrics, watch
from mcm_core.web.routes import routes
from mcm_core.web.watch import Runs, Watch
from tests.web.asking import Behind, ask, scope_of

TOKEN = "a token that is long enough"


def value(name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


@pytest.fixture
def browser(sqlite: str) -> TestClient:
    return TestClient(
        Starlette(routes=[*routes, *metrics.routes()], middleware=[Middleware(Watch)]),
        base_url="http://localhost",
        raise_server_exceptions=False,
    )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(metrics.TOKEN, TOKEN)


def a_pair(may_come: list[bool]) -> tuple[Counter, Counter, CollectorRegistry]:
    """A figure that anonymous answers move, one that they do not, and both as they are shown."""
    inside, shown = CollectorRegistry(), CollectorRegistry()
    moved = Counter("mcm_db_statements", "moved", registry=inside)
    other = Counter("mcm_votes", "not moved", registry=inside)
    shown.register(metrics.Held(inside, lambda: may_come[0]))
    return moved, other, shown


def test_what_an_anonymous_answer_moves_stands_still_while_one_may_come_and_is_made_up_for_afterwards() -> None:
    may_come = [False]
    moved, other, shown = a_pair(may_come)
    moved.inc(5)
    assert shown.get_sample_value("mcm_db_statements_total") == 5

    may_come[0] = True
    for number in range(1, 4):
        moved.inc()
        other.inc()
        assert shown.get_sample_value("mcm_db_statements_total") == 5
        assert shown.get_sample_value("mcm_votes_total") == number
    assert shown.get_sample_value("mcm_figures_held") == 1

    may_come[0] = False
    assert shown.get_sample_value("mcm_db_statements_total") == 8
    assert shown.get_sample_value("mcm_figures_held") == 0


def test_the_control_without_holding_each_answer_shows() -> None:
    moved, _, shown = a_pair([False])
    before = shown.get_sample_value("mcm_db_statements_total")
    moved.inc()

    assert shown.get_sample_value("mcm_db_statements_total") != before


def test_a_server_that_starts_in_the_middle_of_an_anonymous_round_shows_nothing_of_it() -> None:
    moved, _, shown = a_pair([True])
    moved.inc()

    assert shown.get_sample_value("mcm_db_statements_total") is None


def test_where_the_database_does_not_answer_they_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise DatabaseUnavailable("gone")

    monkeypatch.setattr(metrics, "read", gone)

    assert metrics.may_come()


def test_figures_are_shown_for_the_token_alone(opened: None, browser: TestClient) -> None:
    answer = browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert "process_resident_memory_bytes" in answer.text
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN[:-1]}):
        refused = browser.get("/metrics", headers=headers)
        assert refused.status_code == 404
        assert "process_" not in refused.text


def test_without_a_token_there_is_no_such_address(browser: TestClient) -> None:
    assert metrics.routes() == []
    assert not metrics.is_wanted()
    assert browser.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    ("name", "text"), [(metrics.TOKEN, "short"), (metrics.PORT, "none"), (metrics.PORT, "0"), (metrics.PORT, "70000")]
)
def test_a_setting_that_cannot_be_meant_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(name, text)

    with pytest.raises(metrics.BadSetting, match=name):
        metrics.is_wanted()


def test_a_request_counts_under_the_template_of_its_address(browser: TestClient) -> None:
    labels = {"method": "GET", "route": "/j/{token}", "code": "200"}
    before = value("http_request_duration_seconds_count", **labels)

    browser.get("/j/a-link-that-is-somebodys?with=words")

    assert value("http_request_duration_seconds_count", **labels) == before + 1
    said = generate_latest(metrics.registry).decode()
    assert "somebodys" not in said
    assert "words" not in said


def test_no_label_can_name_anybody() -> None:
    names = {label for one in metrics.registry.collect() for sample in one.samples for label in sample.labels}

    assert names <= {"method", "route", "code", "what", "le", "generation", "implementation", "major", "minor",
                     "patchlevel", "version"}  # fmt: skip
    said = generate_latest(metrics.registry).decode()
    assert not re.search(r'route="[^"]*(\d|%|=)', said)


def test_a_port_that_is_taken_stops_no_session(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv(metrics.PORT, str(taken.getsockname()[1]))
        with metrics.shown_on_a_port():
            pass

    assert "is taken by another program" in caplog.text


def test_the_port_of_their_own_answers_until_it_is_stopped(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv(metrics.PORT, str(port))
    with metrics.shown_on_a_port(), urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert b"mcm_figures_held 0.0" in answer.read()
    with pytest.raises(URLError):
        urlopen(f"http://127.0.0.1:{port}/metrics")


@pytest.mark.parametrize("path", ["/static/js/Alert.js", "/healthz", "/readyz", "/metrics"])
def test_files_and_whoever_only_watches_do_not_count(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    noted: list[watch.Answered] = []
    monkeypatch.setattr(watch, "note", noted.append)
    behind = Behind()

    ask(Watch(behind), behind, scope_of(path=path))
    assert noted == []
    ask(Watch(behind), behind, scope_of(path="/vote"))
    assert len(noted) == 1


def test_who_comes_too_often_is_counted() -> None:
    before = value("mcm_throttled_total", what="request")
    watch.note(watch.Answered("POST", "/join", 429, 0.001))
    watch.note(watch.Answered("POST", "/join", 200, 0.001))

    assert value("mcm_throttled_total", what="request") == before + 1


class Page:
    """Streamlit behind the guards: says these messages when it is asked for a run."""

    def __init__(self, *said: ForwardMsg) -> None:
        self.said = said

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await send({"type": "websocket.accept"})
        await receive()
        for message in self.said:
            await send({"type": "websocket.send", "bytes": message.SerializeToString()})


def finished(how: int) -> ForwardMsg:
    message = ForwardMsg()
    message.script_finished = how  # type: ignore[assignment]
    return message


def asked_for_a_run(*said: ForwardMsg, frame: BackMsg | None = None) -> float:
    """How many runs were counted."""
    message = frame or BackMsg()
    if frame is None:
        message.rerun_script.query_string = ""
    before = value("mcm_script_run_duration_seconds_count")

    async def receive() -> dict[str, object]:
        return {"type": "websocket.receive", "bytes": message.SerializeToString()}

    async def send(_message: object) -> None: ...

    import asyncio

    asyncio.run(Watch(Runs(Page(*said)))(scope_of("websocket"), receive, send))  # type: ignore[arg-type]
    return value("mcm_script_run_duration_seconds_count") - before


def test_a_run_counts_when_it_has_ended_for_good() -> None:
    early, done = ForwardMsg.FINISHED_EARLY_FOR_RERUN, ForwardMsg.FINISHED_SUCCESSFULLY
    beat = BackMsg()
    beat.app_heartbeat = True

    assert asked_for_a_run(finished(done)) == 1
    assert asked_for_a_run(finished(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)) == 1
    assert asked_for_a_run(finished(early), finished(done)) == 1
    assert asked_for_a_run(finished(early)) == 0
    assert asked_for_a_run() == 0
    assert asked_for_a_run(finished(done), frame=beat) == 0


def test_an_open_page_counts_as_long_as_it_is_open() -> None:
    asked_for_a_run()

    assert value("mcm_open_websockets") == 0


@pytest.fixture
def timed(sqlite: str) -> Iterator[None]:
    from sqlalchemy import Engine, event
    from sqlalchemy.pool import Pool

    watch._the_database()
    yield
    for target, name, heard in (
        (Engine, "before_cursor_execute", watch._before), (Engine, "after_cursor_execute", watch._after),
        (Pool, "checkout", watch._out), (Pool, "checkin", watch._in),
    ):  # fmt: skip
        event.remove(target, name, heard)


def test_statements_and_transactions_are_timed(timed: None) -> None:
    from sqlalchemy import text

    from mcm_core.store.engine import read

    names = ("mcm_db_statement_duration_seconds_count", "mcm_db_transaction_duration_seconds_count")
    before = [value(name) for name in names]
    with read() as db:
        db.execute(text("SELECT 1"))
        db.execute(text("SELECT 2"))
    statements, transactions = (value(name) - old for name, old in zip(names, before, strict=True))

    assert statements >= 2
    assert transactions == 1
