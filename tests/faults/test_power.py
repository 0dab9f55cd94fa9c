"""The power fails: what was said to be saved is on the disk."""

from __future__ import annotations

import os
import shutil

import pytest
from sqlalchemy import text

from mcm_core.store import engine as store
from tests.faults import power

traced = pytest.mark.skipif(
    not (shutil.which("strace") or os.environ.get("CI")), reason="strace is not installed; .ci/run installs it"
)


@traced
def test_after_a_failure_of_power_every_acknowledged_answer_is_there() -> None:
    found = power.traced(12)

    assert found.answers == 12
    assert (found.lost, found.damaged) == (0, 0), found


@traced
def test_without_waiting_for_the_disk_answers_would_be_lost() -> None:
    """The negative control."""
    assert power.traced(12, without="synchronous").lost


def test_every_connection_waits_for_the_disk(sqlite: str) -> None:
    with store.read() as one, store.read() as other:
        assert {db.scalar(text("PRAGMA synchronous")) for db in (one, other)} == {2}  # FULL
