"""What is asked for many times in a vote is answered before Streamlit's own layers, and behind all of our guards."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app import guards
from mcm_core.web import voting
from mcm_core.web.ahead import Ahead
from mcm_core.web.routes import often, routes
from tests.web.asking import Behind, Heard, ask, scope_of


def at(path: str, kind: str = "http", method: str = "GET") -> Heard:
    behind = Behind()
    ours = Route("/ours", lambda _request: PlainTextResponse("ours"), methods=["GET"])
    return ask(Ahead(behind, [ours]), behind, {**scope_of(kind, path), "method": method})


def test_its_own_addresses_are_answered_and_nothing_behind_it_is_asked() -> None:
    heard = at("/ours")

    assert (heard.status, heard.body, heard.scope) == (200, "ours", None)


def test_an_address_of_ours_takes_only_what_it_takes() -> None:
    assert at("/ours", method="PUT").status == 405


@pytest.mark.parametrize(
    ("path", "kind"), [("/", "http"), ("/ours/more", "http"), ("/OURS", "http"), ("/ours", "websocket")]
)
def test_everything_else_is_passed_on(path: str, kind: str) -> None:
    assert at(path, kind).scope is not None


def test_it_stands_behind_every_guard_and_has_nothing_that_has_no_address_elsewhere() -> None:
    classes = [guard.cls.__name__ for guard in guards]

    assert classes[classes.index("Ahead") :] in (["Ahead"], ["Ahead", "Runs"])
    assert voting.ADDRESS in {route.path for route in often}
    assert all(one in routes for one in often)
