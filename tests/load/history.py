"""A thousand cohorts in the database: is any page slower for who is in one of them?

Two servers run side by side: one whose database holds a single full cohort, one whose database holds the same cohort
and 999 more. The same browsers open the same pages on both in turn, so that the machine's moods meet both alike.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from mcm_core.domain.cohort import MEMBERS_MAX
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.visitor import Visitor
from mcm_core.services import notes, visitors
from mcm_core.store.engine import database_url, engine, write
from mcm_core.ui.sitemap import ENTRIES
from tests.load import copies
from tests.load.bars import Bars
from tests.load.client import Tab
from tests.load.servers import Server, serving
from tests.load.stages import Ours, use
from tests.services.people import a_cohort, a_facilitator, a_member
from tests.services.stories import NAMES, a_card, an_open_round, answer, climbing, connections, during, run_round

COHORTS, TIMES, BAR = 1000, 15, 1.3
SESSIONS_OVER = 5
FOR_FACILITATORS = {"vote", "my_data"}  # pages that are not for them
FOR_MEMBERS = {"facilitate", "plan", "room", "cohort", "account"}
HEAD = "| page | who | one cohort | {cohorts:,} cohorts | ratio |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class People:
    """The tokens of a facilitator of one cohort and of a member of it."""

    facilitator: str
    member: str

    def visits(self) -> list[tuple[str, str, str]]:
        """Every page that each of them may open: page, who, token."""
        paths = [entry.path for entry in ENTRIES]
        theirs = [(path, "facilitator", self.facilitator) for path in paths if path not in FOR_FACILITATORS]
        return theirs + [(path, "member", self.member) for path in paths if path not in FOR_MEMBERS]


def report(bars: Bars, cohorts: int = COHORTS, times: int = TIMES) -> None:
    """Print every page's milliseconds with one cohort and with many, and judge the ratios."""
    with TemporaryDirectory(prefix="mcm-bench-") as name:
        one, many = Path(name) / "one", Path(name) / "many"
        people = a_finished_cohort(one)
        began = time.monotonic()
        rows = multiplied(one, many, cohorts)
        took = time.monotonic() - began
        settings = {"MCM_LIMIT_GETS": "100", "MCM_LIMIT_MESSAGES": "100"}  # one browser opens page after page
        with serving([*Ours.command], one, **settings) as few, serving([*Ours.command], many, **settings) as full:
            found = asyncio.run(_both(few, full, people, times))
        size = (many / "mcm.sqlite3").stat().st_size / 1e6
    print(
        f"\nHistory: {rows:,} rows, {size:.0f} MB, copied in {took:.0f} s; medians of {times} openings in turn.\n\n"
        f"{HEAD.format(cohorts=cohorts)}"
    )
    for (page, who), (alone, among) in found.items():
        print(f"| /{page} | {who} | {alone:.0f} ms | {among:.0f} ms | {among / alone:.2f} |")
    (page, who), (alone, among) = max(found.items(), key=lambda one: one[1][1] / one[1][0])
    bars.at_most(f"{cohorts} cohorts: the slowest page (/{page}, {who}), one cohort = 1", among / alone, BAR)


def a_finished_cohort(folder: Path) -> People:
    """Twenty members: five revealed rounds of six themes, an open one today, a note of everybody in each session."""
    folder.mkdir()
    use(folder)
    now = datetime.now(UTC)
    began = now - timedelta(days=7 * SESSIONS_OVER + 7)
    with write() as db:
        facilitator = a_facilitator(db, "fay-of-tuesdays", at=began)  # as long as an id: copies get random ones
        cohort = a_cohort(db, facilitator, at=began)
        members = [a_member(db, facilitator, cohort, called, at=began) for called in NAMES[:MEMBERS_MAX]]
    for number in range(1, SESSIONS_OVER + 1):
        with write() as db:
            ballots = [climbing(place, number) for place in range(len(members))]
            run_round(db, facilitator, cohort, members, number, ballots)
            for member in members:
                _write(db, member, number, during(cohort, number))
    with write() as db:
        opened = an_open_round(db, facilitator, cohort, SESSIONS_OVER + 1, card=a_card(), at=now)
        half = len(members) // 2
        answer(db, opened, members[:half], [climbing(place, SESSIONS_OVER + 1) for place in range(half)], at=now)
        return People(_token(db, facilitator, now), _token(db, members[-1], now))


def multiplied(one: Path, many: Path, cohorts: int) -> int:
    """Copy the folder of a server, and its cohort so often that there are so many; how many rows there are then."""
    engine(database_url()).dispose()
    shutil.copytree(one, many)
    use(many)
    rows = copies.multiply(cohorts - 1)
    engine(database_url()).dispose()
    return rows


def _write(db: Session, member: Visitor, number: int, at: datetime) -> None:
    """A note of this member's that the cohort reads."""
    instrument = connections()
    notes.add(
        db,
        member,
        member.cohort_id or "",
        session_number=number,
        theme=instrument.themes[number % len(instrument.themes)].key,
        instrument=instrument,
        kind=Kind.EXPERIENCE,
        audience=Audience.COHORT,
        attribution=Attribution.FIRST_NAME,
        body=f"In session {number} we tried to listen for longer before we offered anything.",
        at=at,
    )


def _token(db: Session, visitor: Visitor, at: datetime) -> str:
    """A sign-in of today for somebody whose story began weeks ago."""
    return visitors.admit(
        db,
        facilitator_id=visitor.facilitator_id,
        member_id=visitor.member_id,
        cohort_id=visitor.cohort_id,
        at=at,
    )


async def _both(few: Server, full: Server, people: People, times: int) -> Mapping[tuple[str, str], tuple[float, float]]:
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for page, who, token in people.visits():
        waits: tuple[list[float], list[float]] = ([], [])
        for number in range(times + 1):  # the first one also imports the page
            sides = [(few, waits[0]), (full, waits[1])]
            for server, seconds in sides if number % 2 else sides[::-1]:
                seconds.append(await _opened(server, token, page))
        alone, among = (1000 * statistics.median(seconds[1:]) for seconds in waits)
        found[page, who] = alone, among
    return found


async def _opened(server: Server, token: str, page: str) -> float:
    tab = Tab(server.address, token, page)
    seconds = await tab.open()
    await tab.close()
    return seconds
