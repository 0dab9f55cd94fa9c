"""What the tests of openings ask for by name."""

from __future__ import annotations

import pytest


@pytest.fixture
def with_a_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_SMTP_URL", "smtp://localhost:2525")
    monkeypatch.setenv("MCM_SMTP_FROM", "group@example.org")
    monkeypatch.setenv("MCM_PUBLIC_URL", "https://meet.example.org")
