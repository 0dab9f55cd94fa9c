"""A cohort in the middle of a vote, in a database of its own, seen from outside the server that serves it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from mcm_core import start
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Visitor
from mcm_core.services import passwords, visitors
from mcm_core.store import secret
from mcm_core.store.engine import database_url, engine, read, write
from mcm_core.store.tables import ReadingRow, SignInRow
from tests.services.people import a_cohort, a_facilitator, a_member
from tests.services.stories import a_card, an_open_round, choose_focus, connections

Pair = tuple[int | None, int | None]
SECRET = "a secret for tests that is long enough"
THEME = "tools"


@dataclass(frozen=True)
class Room:
    """Fay, her cohort, its open round of one theme, and the tokens of its members' phones."""

    folder: Path
    fay: Visitor
    fays_token: str
    cohort: Cohort
    round: Round
    members: tuple[Visitor, ...]
    tokens: tuple[str, ...]

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a server on this room's database."""
        return {"MCM_LOCAL": str(self.folder), "MCM_DATABASE_URL": database_url(), "MCM_SECRET": SECRET}

    def stored(self) -> dict[str, Pair]:
        """What the database holds for every phone that has answered, by its token."""
        rows = (
            select(SignInRow.token_hash, ReadingRow.current, ReadingRow.desired)
            .join(ReadingRow, ReadingRow.member_id == SignInRow.member_id)
            .where(ReadingRow.round_id == self.round.id)
        )
        with read() as db:
            found = {row.token_hash: (row.current, row.desired) for row in db.execute(rows)}
        hashes = {token: secret.digest(token) for token in self.tokens}
        return {token: found[hash_] for token, hash_ in hashes.items() if hash_ in found}


@contextmanager
def a_room(phones: int = 8, *, url: str = "", folder: Path | None = None) -> Iterator[Room]:
    """Make the room on SQLite, or in the empty database at `url`; this process works on it meanwhile."""
    made = folder or Path(tempfile.mkdtemp(prefix="mcm-faults-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MCM_LOCAL", str(made))
        patch.setenv("MCM_SECRET", SECRET)
        patch.setenv("MCM_DATABASE_URL", url or f"sqlite:///{made / 'mcm.sqlite3'}")
        patch.setattr(passwords, "COST", 4)
        try:
            start.prepare()
            yield _peopled(made, phones)
        finally:
            engine(database_url()).dispose()
            if folder is None:
                shutil.rmtree(made, ignore_errors=True)


def _peopled(folder: Path, phones: int) -> Room:
    at = datetime.now(UTC)
    with write() as db:
        fay = a_facilitator(db, "fay", at=at)
        cohort = a_cohort(db, fay, at=at)
        people = tuple(a_member(db, fay, cohort, f"Member {n + 1}", at=at) for n in range(phones))
        for one in people:
            choose_focus(db, one, connections(), at=at)
        round_ = an_open_round(db, fay, cohort, card=a_card(themes=[THEME]), at=at)
        tokens = tuple(visitors.admit(db, member_id=one.member_id, cohort_id=one.cohort_id, at=at) for one in people)
        fays = visitors.admit(db, facilitator_id=fay.facilitator_id, at=at)
    return Room(folder, fay, fays, cohort, round_, people, tokens)


def is_sound() -> bool:
    """Whether the database is whole and its links hold (SQLite looks; PostgreSQL does so by itself)."""
    if not database_url().startswith("sqlite"):
        return True
    with read() as db:
        whole = db.scalar(text("PRAGMA integrity_check")) == "ok"
        return whole and not db.execute(text("PRAGMA foreign_key_check")).all()


def environment(settings: dict[str, str]) -> None:
    """Have this process work with these settings from now on."""
    os.environ.update(settings)
