"""The address of the event stream: who may follow what, and what it says while nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from mcm_core.domain.errors import McmError
from mcm_core.live.bus import Bus
from mcm_core.live.stream import stream_route


def nobody_knows(_request: Request) -> Iterable[str]:
    raise McmError("The database did not answer.")


def own(_request: Request) -> Iterable[str]:
    return {"phase:ours"}


@pytest.mark.parametrize(
    ("allowed", "asked", "status"),
    [(own, "?follow=phase:theirs", 403), (own, "", 403), (nobody_knows, "?follow=phase:ours", 503)],
)
def test_a_stream_that_cannot_be_given_is_refused_in_a_word(allowed, asked: str, status: int) -> None:
    client = TestClient(Starlette(routes=[stream_route(Bus(), allowed)]))

    assert client.get(f"/live{asked}").status_code == status
