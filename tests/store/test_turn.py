"""Who wants to write waits for those who came before, and for nobody who came after."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from mcm_core.store.turn import Turn, Waited


def waits(turn: Turn, many: int) -> None:
    while len(turn._queue) < many:
        time.sleep(0.001)


def test_they_come_in_their_order() -> None:
    turn, came = Turn(10), []

    def come(number: int) -> None:
        with turn:
            came.append(number)

    with ThreadPoolExecutor(8) as pool, turn:
        for number in range(8):
            pool.submit(come, number)
            waits(turn, number + 1)

    assert came == list(range(8))


def greedy_turns(turn: AbstractContextManager[object]) -> int:
    """How often one who goes on working has a turn before another one who asked for it."""
    had: list[str] = []
    began = threading.Event()

    def greedy() -> None:
        for _ in range(50):
            with turn:
                had.append("greedy")
                began.set()
                time.sleep(0.002)
            if had[-1] == "patient":
                return

    def patient() -> None:
        began.wait()
        had.append("asks")
        with turn:
            had.append("patient")

    with ThreadPoolExecutor(2) as pool:
        for one in (pool.submit(greedy), pool.submit(patient)):
            one.result()
    return had[had.index("asks") : had.index("patient")].count("greedy")


def test_whoever_has_had_a_turn_waits_for_those_who_waited() -> None:
    assert greedy_turns(Turn(10)) <= 2


def test_a_plain_lock_is_taken_again_by_whoever_had_it() -> None:
    """The negative control."""
    assert max(greedy_turns(threading.RLock()) for _ in range(50)) > 2


def test_a_thread_may_come_in_again_while_it_is_in() -> None:
    turn = Turn(0.01)
    with turn, turn:
        pass
    with ThreadPoolExecutor(1) as pool:
        pool.submit(turn.__enter__).result()


def test_who_waits_too_long_is_told_and_not_waited_for() -> None:
    turn = Turn(0.01)
    with ThreadPoolExecutor(1) as pool:
        with turn, pytest.raises(Waited):
            pool.submit(turn.__enter__).result()
        with turn:
            assert not turn._queue


def test_an_error_ends_a_turn() -> None:
    turn = Turn(0.01)
    with pytest.raises(ValueError, match="x"), turn:
        raise ValueError("x")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(turn.__enter__).result()


def test_of_several_processes_one_writes_and_the_others_wait(tmp_path: Path) -> None:
    here, there = (Turn(0.05, among=tmp_path / "turn") for _ in range(2))

    with here.writing():
        with pytest.raises(Waited), there.writing():
            pass
        with here.writing(), there:  # in its own it may again, and whoever reads need not wait
            pass

    with there.writing(), pytest.raises(Waited), here.writing():
        pass


def test_without_the_file_they_do_not_know_each_other() -> None:
    """The negative control."""
    here, there = (Turn(0.05) for _ in range(2))

    with here.writing(), there.writing():
        pass


def test_who_waited_too_long_and_who_had_an_error_leave_the_turn_to_others(tmp_path: Path) -> None:
    here, there = (Turn(0.05, among=tmp_path / "turn") for _ in range(2))
    with here.writing(), pytest.raises(Waited), there.writing():
        pass
    with pytest.raises(ValueError, match="x"), here.writing():
        raise ValueError("x")

    with there.writing(), ThreadPoolExecutor(1) as pool, pytest.raises(Waited):
        pool.submit(here.writing().__enter__).result()
    with here.writing(), ThreadPoolExecutor(1) as pool, pytest.raises(Waited):
        pool.submit(there.writing().__enter__).result()


def test_where_no_file_can_be_made_the_database_waits_by_itself(tmp_path: Path) -> None:
    (tmp_path / "no folder").touch()
    turn = Turn(0.05, among=tmp_path / "no folder" / "turn")

    with turn.writing():
        pass
