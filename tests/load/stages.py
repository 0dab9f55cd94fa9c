"""The three apps that play the same load: how each is started, who is in it, and what it has stored afterwards."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import ClassVar

from sqlalchemy.orm import Session

from mcm_core import start
from mcm_core.domain.cohort import MEMBERS_MAX, Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, members, passwords, readings, visitors
from mcm_core.store.engine import read, write
from mcm_core.web.limits import Limits
from tests.load.phones import Person
from tests.services.people import a_facilitator, read_document, signed_in
from tests.services.stories import a_card, an_open_round, choose_focus, connections

Answers = tuple[int | None, int | None]
#: As `mcm serve` starts Streamlit.
UVICORN = "import uvicorn; uvicorn.run({app!r}, host='127.0.0.1', port={port}, ws='websockets-sansio', \
ws_per_message_deflate=False, access_log=False, log_level='warning', timeout_graceful_shutdown=2)"


class Ours:
    """The product, with one open round of one theme in every cohort."""

    name = "mcm"
    command = (sys.executable, "-m", "mcm_core.cli", "serve", "--host", "127.0.0.1", "--port", "{port}")

    def __init__(self, folder: Path, phones: int, rooms: int = 1) -> None:
        use(folder)
        self._round_of: dict[str, str] = {}
        self.rooms: list[str] = []
        #: A server guards itself at 1,000 open pages unless it is told that it is to hold more.
        self.settings = {"MCM_LIMIT_SOCKETS": str(max(Limits.sockets, phones + rooms + 50))}
        self.people: list[Person] = []
        for number in range(-(-phones // MEMBERS_MAX)):
            with write() as db:
                size = min(MEMBERS_MAX, phones - len(self.people))
                self._add_cohort(db, number, size, watched=number < rooms)

    def stored(self) -> dict[str, Answers]:
        """What the database holds for every phone, by its token."""
        found = {}
        for token, round_id in self._round_of.items():
            with read() as db:
                mine = readings.mine(db, signed_in(db, token, at=_now()), round_id)
            reading = next(iter(mine.values()), None)
            found[token] = (reading.current, reading.desired) if reading else (None, None)
        return found

    def _add_cohort(self, db: Session, number: int, size: int, *, watched: bool) -> None:
        facilitator, cohort = a_facilitated_cohort(db, number)
        round_ = an_open_round(db, facilitator, cohort, card=a_card(themes=[connections().themes[0].key]), at=_now())
        for token in joined(db, facilitator, cohort, size):
            choose_focus(db, signed_in(db, token, at=_now()), connections(), at=_now())
            self._round_of[token] = round_.id
            self.people.append(Person(token, number))
        if watched:
            self.rooms.append(visitors.admit(db, facilitator_id=facilitator.facilitator_id, at=_now()))


class Yardstick:
    """A small app that plays the same load: who is in it, and what its only table holds."""

    name: str
    raw = False
    settings: ClassVar[dict[str, str]] = {}

    def __init__(self, folder: Path, phones: int, rooms: int = 1) -> None:
        self._file = folder / f"{self.name}.sqlite3"
        self.rooms = [f"{cohort}-room" for cohort in range(rooms)]
        numbers = [(phone // MEMBERS_MAX, phone) for phone in range(phones)]
        self.people = [Person(f"{cohort}-{phone}", cohort, raw=self.raw) for cohort, phone in numbers]

    def stored(self) -> dict[str, Answers]:
        """What the database holds for every phone, by its token."""
        with closing(sqlite3.connect(self._file)) as database:
            rows = database.execute("SELECT member, current, desired FROM vote").fetchall()
        found: dict[str, Answers] = {person.token: (None, None) for person in self.people}
        return found | {member: (current, desired) for member, current, desired in rows}


class Minimal(Yardstick):
    """The least that Streamlit could do."""

    name = "minimal"
    command = (sys.executable, "-c", UVICORN.replace("{app!r}", "'tests.load.minimal:app'"))


class Raw(Yardstick):
    """The least that anybody could do."""

    name = "raw"
    command = (sys.executable, "-c", UVICORN.replace("{app!r}", "'tests.load.raw:app'"))
    raw = True


Stage = Ours | Minimal | Raw


def use(folder: Path) -> None:
    """Have the services of this process work on a fresh database in a folder."""
    os.environ["MCM_LOCAL"] = str(folder)
    os.environ.pop("MCM_DATABASE_URL", None)
    passwords.COST = 4  # for the facilitators made here: nobody signs in with their password
    start.prepare()


def a_facilitated_cohort(db: Session, number: int) -> tuple[Visitor, Cohort]:
    """A facilitator and their cohort, beginning next week."""
    facilitator = a_facilitator(db, f"fay{number}", at=_now())
    first = _now().date() + timedelta(days=7)
    cohort = cohorts.create(
        db,
        facilitator,
        name=f"Cohort {number + 1}",
        time_zone="Europe/London",
        first=first,
        weekday=first.weekday(),
        at_time=time(14),
        at=_now(),
    )
    return facilitator, cohort


def joined(db: Session, facilitator: Visitor, cohort: Cohort, size: int) -> list[str]:
    """Add members who come in by their links; their tokens."""
    added = members.add(db, facilitator, cohort.id, "\n".join(f"Member {n + 1}" for n in range(size)), at=_now())
    links = members.link_tokens(db, facilitator, cohort.id, at=_now())
    tokens = [members.join_by_link(db, links[one.id], browser_token=None, at=_now()).token for one in added]
    for token in tokens:
        read_document(db, signed_in(db, token, at=_now()), at=_now())
    return tokens


def _now() -> datetime:
    return datetime.now(UTC)
