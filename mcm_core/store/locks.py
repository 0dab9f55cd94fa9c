"""Locks between processes of one machine. The system takes them away when a process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mcm_core.store.folders import private


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold the lock that goes by this file. Yields whether it was to be had; it does not wait."""
    handle = _opened(path)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            got = True
        except BlockingIOError:
            got = False
        yield got
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:  # the folder is not there yet
        private(path.parent)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
