"""Two facilitators press at the same moment, and twenty devices save the same note: at length.

Two facilitators: tests/services/test_at_once.py at length, on SQLite and on PostgreSQL, with its own negative control.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from mcm_core.services import notes
from mcm_core.store.engine import read, write
from tests.faults.rooms import Room, a_room
from tests.faults.row import row
from tests.services.note_world import a_note, later

ROOT = Path(__file__).resolve().parents[2]
RACES = int(os.environ.get("MCM_RACES", "200"))  # of each kind; a round alone has five moves
DEVICES, EDITS = 20, 20
CHOICES = {"kind": "experience", "audience": "cohort", "attribution": "role only"}


def edited(room: Room) -> tuple[int, int, int]:
    """Every device saves texts of its own, all at once each time: changes, texts put aside, and texts lost."""
    with write() as db:
        note = a_note(db, room.members[0], room.cohort)
    gate, kept = Barrier(DEVICES), []

    def device(place: int) -> None:
        for turn in range(EDITS):
            with read() as db:
                seen = notes.wall(db, room.members[0], room.cohort.id)[0].version
            gate.wait(60)
            sent = {**CHOICES, "body": f"text {place}.{turn}.", "version": seen, "at": later(5)}
            with write() as db:
                kept.append(notes.edit(db, room.members[0], note.id, **sent).kept)

    with ThreadPoolExecutor(DEVICES) as pool:
        list(pool.map(device, range(DEVICES)))
    with read() as db:
        now = notes.wall(db, room.members[0], room.cohort.id)[0]
    changes, here = kept.count(False), {now.body, *now.kept_texts}
    replaced = changes - 1  # each by somebody who had it before their eyes
    return changes, len(now.kept_texts), DEVICES * EDITS - replaced - len(here)


def raced() -> tuple[bool, str]:
    """Whether every race of two facilitators had one winner, and how many there were."""
    command = [sys.executable, "-m", "pytest", "tests/services/test_at_once.py"]
    said = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "MCM_RACES": str(RACES)}, capture_output=True, text=True, check=False
    )
    passed = re.search(r"(\d+) passed", said.stdout)
    return said.returncode == 0, f"{passed[1] if passed else 0} kinds on two databases, {RACES} races and more of each"


def run() -> bool:
    """Both."""
    met, said = raced()
    played = "tests/services/test_at_once.py at length"
    row("two facilitators at once", played, said, "one winner each, the other told who and what", met)
    with a_room(1) as room:
        won, aside, lost = edited(room)
    measured = f"{won} changed the note, {aside} put aside for the author, {lost} lost"
    played = f"{DEVICES} devices × {EDITS} edits of one note"
    return row("a note edited at once", played, measured, "0 lost", lost == 0) and met
