"""Forty writers, in one process and in four, read and then write the same row, a hundred times each (T6)."""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

from sqlalchemy import select

from mcm_core.domain.errors import McmError
from mcm_core.store.engine import read, write
from mcm_core.store.tables import CohortRow
from tests.faults.life import forked
from tests.faults.rooms import Room, a_room
from tests.faults.row import row

WRITERS, TIMES = 40, 100
SLOWEST = 0.8


def work(settings: dict[str, str], cohort_id: str, told: str, threads: int) -> None:
    """One process: every thread adds one to the cohort's phase, again and again; writes how long each took."""
    os.environ.update(settings)

    def writer(_number: int) -> list[str]:
        took = []
        for _ in range(TIMES):
            began = time.monotonic()
            try:
                with write() as db:
                    cohort = db.get_one(CohortRow, cohort_id)
                    cohort.phase = cohort.phase + 1
                took.append(f"{time.monotonic() - began}")
            except McmError:
                took.append("error")
        return took

    with ThreadPoolExecutor(threads) as pool:
        lines = [line for lines in pool.map(writer, range(threads)) for line in lines]
    Path(told).write_text("\n".join(lines), encoding="ascii")


def counted(room: Room, processes: int) -> tuple[int, int, float]:
    """Errors, lost updates, and the 99th percentile in seconds."""
    with read() as db:
        before = db.scalars(select(CohortRow.phase)).one()
    with tempfile.TemporaryDirectory(prefix="mcm-faults-") as folder:
        files = [f"{folder}/{number}" for number in range(processes)]
        writers = [forked(work, room.settings, room.cohort.id, file, WRITERS // processes) for file in files]
        for one in writers:
            one.join(600)
        took = [line for file in files for line in Path(file).read_text(encoding="ascii").splitlines()]
    seconds = [float(line) for line in took if line != "error"]
    with read() as db:
        added = db.scalars(select(CohortRow.phase)).one() - before
    return took.count("error"), len(seconds) - added, quantiles(seconds, n=100)[98]


def run() -> bool:
    """Both."""
    met = True
    for processes in (1, 4):
        with a_room(1) as room:
            errors, lost, p99 = counted(room, processes)
        good = not errors and not lost and p99 <= SLOWEST
        measured = f"{errors} errors, {lost} lost, p99 {1000 * p99:.0f} ms"
        played = f"{WRITERS} threads in {processes} processes, {TIMES} times each read and write one row, SQLite"
        met &= row("many writers", played, measured, f"0 errors, 0 lost, p99 ≤ {1000 * SLOWEST:.0f} ms", good)
    return met
