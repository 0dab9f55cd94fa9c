"""Every statement of every migration fails once, on a database in use since the first version."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from sqlalchemy import make_url

from mcm_core.store import engine as store
from mcm_core.store.migrate import migrate
from tests.faults.calls import Tried, at_every_call
from tests.faults.row import row
from tests.store.test_upgrades import NOT_KNOWN_WHO_MADE_IT, counts, in_use


def fail(url: str, *, every: int = 1) -> tuple[Tried, dict[str, int]]:
    """What the failures left behind, and how many rows every table must have at the end."""
    whole, file = counts() | NOT_KNOWN_WHO_MADE_IT, Path(make_url(url).database or "")
    copy = file.read_bytes()

    def again() -> None:  # SQLAlchemy asks once more in other words when it reads what a table looks like
        assert counts() == whole
        store.engine(url).dispose()
        file.write_bytes(copy)

    return at_every_call(lambda: migrate(url), again=again, every=every), whole


def run() -> bool:
    """All of them."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="mcm-faults-") as folder:
        patch.setenv("MCM_LOCAL", folder)
        (url,) = in_use.__wrapped__(Path(folder), patch)  # type: ignore[attr-defined]
        tried, whole = fail(url)
        met = not tried.partial and counts() == whole
    measured = f"{tried.calls} calls, each failed once: {len(tried.partial)} left something behind; all rows there"
    return row("failed migration", "from the first version to the last, SQLite", measured, "not a byte changed", met)
