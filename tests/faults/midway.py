"""kill -9 of a process in the middle of its transactions: each deed is done whole or not at all."""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import event, func, select

from mcm_core.domain.mode import Mode
from mcm_core.domain.round import Round, RoundState
from mcm_core.services import audit, bags, readings, rounds
from mcm_core.services.readings import Reading
from mcm_core.store import engine as store
from mcm_core.store.engine import database_url, engine, read, write
from mcm_core.store.tables import BagRow, ReleaseRow, RoundRow
from tests.faults.life import forked
from tests.faults.rooms import THEME, Room, a_room, is_sound
from tests.faults.row import row
from tests.services.people import NOW
from tests.services.stories import a_card

KILLS = int(os.environ.get("MCM_KILLS", "1000"))
MEMBERS, LONGEST, PATIENCE = 6, 0.3, 60.0
BAR = "0 half done, 0 damaged"


@dataclass
class Found:
    """`inside`: kills that met an open transaction (its journal lay there); `broken`: what should not be."""

    kills: int = 0
    inside: int = 0
    deeds: int = 0
    broken: list[str] = field(default_factory=list)
    opened: float = 0.0  # the longest that the next reader took, who undoes what was half done

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.inside} inside a transaction, {self.deeds} rounds revealed, "
            f"{len(self.broken)} times half done or damaged, open again within {1000 * self.opened:.0f} ms"
        )


def work(room: Room, settings: dict[str, str], without: str) -> None:
    """Run rounds of both kinds, one after the other, for ever; begins with whatever is under way."""
    os.environ.update(settings)
    if without:  # every statement is its own transaction
        event.remove(engine(database_url()), "begin", store._begin)
    mode = count(random.randrange(2))
    (room.folder / "begun").touch()
    while True:
        under_way = _under_way(room)
        if under_way is None:
            kind = Mode.ANONYMOUS if next(mode) % 2 else Mode.CONFIDENTIAL
            card = a_card(themes=[THEME], mode=kind)
            with write() as db:
                drafted = rounds.draft(db, room.fay, room.cohort.session(1).id, card, at=NOW)
            with write() as db:
                under_way = rounds.open_(db, room.fay, drafted.id, version=1, at=NOW)
        _finish(room, under_way)


def _under_way(room: Room) -> Round | None:
    at_work = select(RoundRow.id).where(RoundRow.state.in_([RoundState.OPEN, RoundState.CLOSED]))
    with read() as db:
        found = db.scalars(at_work).first()
        return rounds.get(db, room.fay, found) if found else None


def _finish(room: Room, round_: Round) -> None:
    if round_.state is RoundState.OPEN:
        for member in room.members:
            with write() as db:
                if round_.card.mode is not Mode.ANONYMOUS:
                    readings.cast(db, member, round_.id, THEME, Reading(2, 3), at=NOW)
                elif not bags.sent(db, member, round_.id):
                    bags.drop(db, member, round_.id, {THEME: Reading(2, 3)})
        with write() as db:
            round_ = rounds.close(db, room.fay, round_.id, version=round_.version, at=NOW)
    with write() as db:
        rounds.reveal(db, room.fay, round_.id, version=round_.version, at=NOW)


def broken() -> list[str]:
    """What is not as every deed leaves it."""
    wrong = [] if is_sound() else ["the file is damaged"]
    with read() as db:
        under_way = 0
        for one in db.scalars(select(RoundRow)).all():
            pictures = db.scalars(select(func.count()).where(ReleaseRow.round_id == one.id)).one()
            sealed = one.mode == Mode.ANONYMOUS and one.state == RoundState.CLOSED  # frozen, and not to be seen yet
            if pictures != (sealed or one.state == RoundState.REVEALED):
                wrong.append(f"a round that is {one.state} has {pictures} pictures")
            bag = db.get(BagRow, one.id)
            if one.mode == Mode.ANONYMOUS and one.state == RoundState.OPEN:
                wrong += _in_bag(bag)
            under_way += one.state in (RoundState.OPEN, RoundState.CLOSED)
        if under_way > 1:
            wrong.append(f"{under_way} rounds under way")
        if said := audit.verified(db).wrong:
            wrong.append(f"the log: {said}")
    return wrong


def _in_bag(bag: BagRow | None) -> list[str]:
    if bag is None:
        return ["a bag is gone"]
    answers = sum(bag.counts[THEME]["current"])
    return [] if answers == len(bag.answered) else [f"{answers} answers of {len(bag.answered)} people"]


def play(kills: int, *, without: str = "", enough: bool = False) -> Found:
    """Kill it at random moments. `enough`: one thing that is broken is enough."""
    chance, found = random.Random(0), Found()
    with a_room(MEMBERS) as room:
        with write() as db:  # the room's own round would be in the way
            for one in db.scalars(select(RoundRow)):
                db.delete(one)
        journal = room.folder / "mcm.sqlite3-journal"
        while found.kills < kills and not (enough and found.broken):
            desk = forked(work, room, room.settings, without)
            until = time.monotonic() + PATIENCE
            while not (room.folder / "begun").exists():
                assert desk.is_alive(), "it ended by itself"
                assert time.monotonic() < until, "it does not begin"
                time.sleep(0.005)
            time.sleep(chance.uniform(0, LONGEST))
            (room.folder / "begun").unlink()
            desk.kill()
            desk.join()
            found.inside += journal.exists() and journal.stat().st_size > 0
            began = time.monotonic()
            found.broken += broken()
            found.opened = max(found.opened, time.monotonic() - began)
            found.kills += 1
        with read() as db:
            found.deeds = db.scalars(select(func.count()).select_from(ReleaseRow)).one()
    return found


def run() -> bool:
    """A thousand kills."""
    found = play(KILLS)
    met = not found.broken and found.inside > 0
    played = "a process that runs rounds of both kinds by the services, killed 0–300 ms into it"
    return row("kill -9 in mid-transaction", played, str(found), BAR, met)
