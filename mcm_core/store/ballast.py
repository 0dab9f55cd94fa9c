"""Some megabytes that we hold beside the embedded database, to give back when the disk is full in mid-session.

SQLite cannot even delete on a full disk. Without the ballast nothing more is saved until somebody frees space; with it
the second try succeeds, and there is room for thousands of answers until then.
"""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

SIZE = 8 * 1024 * 1024
PLENTY = 200 * 1024 * 1024  # of free space; with less we take none away, and say so
_NAME = "ballast"
log = logging.getLogger(__name__)


def keep(folder: Path | None) -> bool:
    """Hold the ballast in this folder; whether it is there. It is not where the disk is nearly full.

    Called at every start, and again wherever somebody is told that it is missing: then it comes back by itself.
    """
    if folder is None:
        return False
    with suppress(OSError), open(folder / _NAME, "ab", opener=_private) as file:
        if os.fstat(file.fileno()).st_size >= SIZE:
            return True
        if shutil.disk_usage(folder).free >= PLENTY:
            file.truncate(0)
            file.write(bytes(SIZE))
            file.flush()
            os.fsync(file.fileno())  # only then the space is taken
            return True
    return False


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def release(folder: Path | None) -> None:
    """Give the ballast back to the disk."""
    with suppress(OSError):
        if folder is not None and (folder / _NAME).stat().st_size:
            os.truncate(folder / _NAME, 0)
            log.error("The disk is full. Some megabytes were held back for this; free some space soon")


def is_released(folder: Path | None) -> bool:
    """Whether there was need of it, or no room for it at the start, and there still is none."""
    with suppress(OSError):
        return folder is not None and (folder / _NAME).stat().st_size == 0 and not keep(folder)
    return False
