"""Who was erased, for backups that still hold them: `session_data/local/erasures.log`, beside the backups.

A line is a random member id and whether the notes were kept without a name; nothing else. It is written before the
commit: to erase once more somebody who asked for it does no harm, to bring them back would.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from mcm_core.store.engine import local_folder
from mcm_core.store.folders import private

NAME = "erasures.log"
KEPT, DELETED = "kept", "deleted"


def remember(member_id: str, *, keep_notes: bool) -> None:
    """Add a line, and have it on the disk before this returns."""
    path = local_folder() / NAME
    private(path.parent)
    line = f"{member_id} {KEPT if keep_notes else DELETED}\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def remember_also(others: Mapping[str, bool]) -> None:
    """Add what somebody else remembered, an older copy or the log, where we know less."""
    known = remembered()
    for member_id, keep_notes in others.items():
        if member_id not in known or (known[member_id] and not keep_notes):
            remember(member_id, keep_notes=keep_notes)


def remembered() -> Mapping[str, bool]:
    """Member id → whether their notes were kept. Of two lines about somebody the one that deletes more holds."""
    try:
        lines = (local_folder() / NAME).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found: dict[str, bool] = {}
    for line in lines:
        member_id, _, notes = line.partition(" ")
        found[member_id] = found.get(member_id, True) and notes == KEPT
    return found
