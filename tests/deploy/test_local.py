"""The whole topology on this machine, as compose.yaml describes it: Caddy, two processes, PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def programs() -> None:
    """Skips, and says so, where Caddy or PostgreSQL is not installed."""
    postgres = shutil.which("initdb") or [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if shutil.which("caddy") and postgres:
        return
    if os.environ.get("CI"):
        pytest.fail("CI must install Caddy and PostgreSQL: .ci/run does.")
    pytest.skip("Debian's packages caddy and postgresql are not both installed")


@pytest.mark.usefixtures("programs")
def test_two_processes_show_one_room_one_may_die_and_so_may_the_database() -> None:
    command = [sys.executable, "-m", "deploy.local", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400)

    assert done.returncode == 0, done.stderr[-3000:]
    assert "both rooms counted them" in done.stdout
    assert "counts those of its own process, and says so" in done.stdout
    assert "saved" in done.stdout
    assert not [line for line in done.stderr.splitlines() if "Traceback" in line]
