"""What must be true before anybody is served: a migrated database, and content without mistakes."""

from __future__ import annotations

from datetime import UTC, datetime

from mcm_core.services import facilitators, instruments, provider, second_step
from mcm_core.store import secret
from mcm_core.store.engine import write
from mcm_core.store.migrate import migrate


def prepare() -> None:
    """Check the secret, bring the database up to date and store the instruments' wording.

    Raises McmError with what to do. Harmless when repeated.
    """
    secret.secret()
    provider.settings()
    instruments.offered()  # a broken file is refused before the database is touched
    migrate()
    with write() as db:
        instruments.register(db)
        if second_step.required():
            second_step.insist(db)


def set_up_link() -> str | None:
    """The path of a one-time link for the first facilitator, or None when there is one already."""
    with write() as db:
        token = facilitators.first_invitation(db, at=datetime.now(UTC))
    return f"/welcome/{token}" if token else None
