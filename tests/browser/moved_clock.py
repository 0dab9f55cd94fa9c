"""The product with a clock that a test can set: six weeks pass in a minute.

`python -m tests.browser.moved_clock serve …` runs the command line with it. The clock goes on by itself, as clocks do;
only how many seconds it is ahead of the computer's comes from the file `clock` in MCM_LOCAL.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

FILE = "clock"


class Clock:
    """The clock of a server with this folder, for the test beside it."""

    def __init__(self, local: Path) -> None:
        self._file = local / FILE

    def set(self, moment: datetime) -> None:
        """From now on it is `moment`, and later."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str((moment - datetime.now(UTC)).total_seconds()), encoding="utf-8")
        fresh.replace(self._file)

    @property
    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC) + self.ahead

    @property
    def ahead(self) -> timedelta:
        return timedelta(seconds=float(self._file.read_text(encoding="utf-8")))


def move_the_servers(clock: Clock) -> None:
    """Have whatever asks for the moment in this process ask this clock."""
    from mcm_core import cli, start
    from mcm_core.services import audit
    from mcm_core.ui import page
    from mcm_core.web import browser, callers, metrics

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + clock.ahead

    for module in (cli, start, audit, page, browser, callers, metrics):
        module.datetime = Moved  # type: ignore[attr-defined]


if __name__ == "__main__":
    clock = Clock(Path(os.environ["MCM_LOCAL"]))
    clock.set(datetime.fromisoformat(os.environ["MCM_CLOCK"]))
    move_the_servers(clock)
    from mcm_core import cli

    cli.main()
