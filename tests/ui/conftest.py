"""Streamlit as it comes, whoever imported the app before."""

from __future__ import annotations

import inspect
from unittest.mock import MagicMock

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests

MENDED = {
    AppSession: ("_create_scriptrunner", "request_rerun", "_clear_queue"),
    ScriptRunner: ("_run_script",),
    ScriptRequests: ("_request_rerun_locked",),
}


@pytest.fixture
def streamlit_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it mended, until a test calls `runs.lose_nothing`, and nobody else's runtime."""
    monkeypatch.setattr(Runtime, "_instance", MagicMock())
    for class_, names in MENDED.items():
        for name in names:
            monkeypatch.setattr(class_, name, inspect.unwrap(getattr(class_, name)))
