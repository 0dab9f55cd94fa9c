"""The line about phones that are connected: what one server knows when there are several."""

from __future__ import annotations

import pytest

from mcm_core.services.members import Present
from mcm_core.ui import connected

ALL, SOME = Present(here=3, connected=3, away=()), Present(here=3, connected=2, away=("Ada",))


@pytest.mark.parametrize(
    ("url", "all_", "some"),
    [
        ("sqlite:///x", "All 3 phones connected", "2 of 3 phones connected"),
        ("postgresql://x", "3 of 3 phones connected on this server", "2 of 3 phones connected on this server"),
    ],
)
def test_on_several_servers_the_line_is_about_one(
    monkeypatch: pytest.MonkeyPatch, url: str, all_: str, some: str
) -> None:
    monkeypatch.setenv("MCM_DATABASE_URL", url)

    assert [connected.said(ALL), connected.said(SOME)] == [all_, some]


@pytest.mark.parametrize(("url", "named"), [("sqlite:///x", True), ("postgresql://x", False)])
def test_nobody_is_called_away_who_may_be_at_another_server(
    monkeypatch: pytest.MonkeyPatch, url: str, named: bool
) -> None:
    monkeypatch.setenv("MCM_DATABASE_URL", url)

    assert connected.names(SOME) == (("Ada",) if named else ())
