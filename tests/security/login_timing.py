"""Does the time of a wrong sign-in tell whether the username exists? (T15; ASVS 6.3.8.)

The same steps as at the door, at full cost, on a database of its own: known and unknown names in turn, so that a busy
machine slows both alike.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import fmean

from mcm_core import start
from mcm_core.services import signing_in
from mcm_core.services.throttle import MONTH
from mcm_core.store.engine import database_url, engine, write
from tests.services.people import a_facilitator

TRIES = 200  # of either kind
BAR = 0.05  # of the mean
WRONG = "not the password at all"


def run() -> str:
    """One line with the figures. Raises AssertionError when the gap is 5 % of the mean or more."""
    with _a_database():
        with write() as db:
            a_facilitator(db, "fay", at=datetime.now(UTC))
        _seconds("fay", -1), _seconds("nobody", -2)  # what is loaded once
        took: dict[str, list[float]] = {"fay": [], "nobody": []}
        for number in range(TRIES):
            for username in random.sample(sorted(took), 2):
                took[username].append(_seconds(username, number))
    known, unknown = fmean(took["fay"]), fmean(took["nobody"])
    gap = abs(known - unknown) / fmean((known, unknown))
    line = (
        f"login timing: known {known * 1000:.1f} ms, unknown {unknown * 1000:.1f} ms, "
        f"gap {gap:.1%} of the mean (bar: below {BAR:.0%}), n = {TRIES} each"
    )
    assert gap < BAR, line
    return line


def _seconds(username: str, number: int) -> float:
    """How long one wrong sign-in takes, at a moment when earlier ones do not count any more."""
    at = datetime.now(UTC) + number * 2 * MONTH
    began = time.perf_counter()
    with write() as db:
        asked = signing_in.challenge(db, username, network="here", at=at)
    assert not asked.is_met_by(WRONG)
    with write() as db:
        signing_in.turn_down(db, asked, at=datetime.now(UTC))
    return time.perf_counter() - began


@contextmanager
def _a_database() -> Iterator[None]:
    folder, before = tempfile.mkdtemp(prefix="mcm-timing-"), dict(os.environ)
    os.environ["MCM_LOCAL"] = folder
    os.environ.pop("MCM_DATABASE_URL", None)
    try:
        start.prepare()
        yield
        engine(database_url()).dispose()
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    print(run())
