"""What happened on this server, in numbers alone: for whoever watches over it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session

from mcm_core.store.engine import afterwards

VOTES = "votes"
_listeners: list[Callable[[str, int], None]] = []


def count(db: Session, what: str, by: int = 1) -> None:
    """Add to a figure once this transaction has committed, and not if it fails."""
    afterwards(db, partial(_tell, what, by))


def on_count(tell: Callable[[str, int], None]) -> None:
    """Have `tell` called with every figure that goes up, and by how much."""
    if tell not in _listeners:
        _listeners.append(tell)


def _tell(what: str, by: int) -> None:
    for tell in _listeners:
        tell(what, by)
