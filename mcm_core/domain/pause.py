"""A pause: one tap, and every phone and the room show a calm screen (domain.md §5, row 27)."""

from __future__ import annotations

from datetime import datetime, timedelta

#: Longer than any session. A pause that nobody ended must not meet people a week later.
LASTS_AT_MOST = timedelta(hours=6)


def is_on(since: datetime | None, at: datetime) -> bool:
    """Whether a pause that began then still holds."""
    return since is not None and at - since < LASTS_AT_MOST
