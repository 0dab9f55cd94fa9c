"""Phones in processes of their own, a hundred in each, and what all of them say."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from tests.load.phones import Done, Person, drive

PER_PROCESS = 100
LOADING = 240.0  # seconds that all phones together may take to open
VOTING = 120.0


@contextmanager
def crowd(address: str, people: list[Person], within: float) -> Iterator[list[Connection]]:
    """Processes of phones with their page open; gone when the block ends."""
    spawn = multiprocessing.get_context("spawn")
    processes, pipes = [], []
    for seed, first in enumerate(range(0, len(people), PER_PROCESS)):
        ours, theirs = spawn.Pipe()
        mine = people[first : first + PER_PROCESS]
        processes.append(spawn.Process(target=drive, args=(theirs, address, mine, within, seed), daemon=True))
        processes[-1].start()
        theirs.close()
        pipes.append(ours)
    try:
        for pipe in pipes:
            receive(pipe, LOADING)
        yield pipes
    finally:
        for process in processes:
            process.join(timeout=10)
            if process.is_alive():
                process.terminate()


def receive(pipe: Connection, within: float = VOTING) -> Done:
    """What a process of phones says next. Raises what it raised, and TimeoutError."""
    if not pipe.poll(within):
        raise TimeoutError(f"The phones said nothing for {within:.0f} s")
    said = pipe.recv()
    if isinstance(said, Exception):
        raise said
    return said  # type: ignore[no-any-return]
