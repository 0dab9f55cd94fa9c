"""T20 to T22 at length: the third intruder's attacks and their controls, once, and fifty times in `make soak`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.security.world import longer

ATTACKS = Path(__file__).resolve().parents[1] / "intruders" / "test_raw_files.py"
TIMES = 50 if longer() else 1
ANSWERS = 12  # after each of them the files are read


def run() -> str:
    """How often it was tried. Raises AssertionError when one attack succeeds, or a control fails."""
    for _ in range(TIMES):
        tried = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(ATTACKS)],
            cwd=ATTACKS.parents[2], capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert tried.returncode == 0, tried.stdout[-1000:]
    last = tried.stdout.strip().splitlines()[-1]
    return f"T20 to T22: the files read after each of {ANSWERS} answers, {TIMES} times; 0 orders, 0 pairs ({last})"
