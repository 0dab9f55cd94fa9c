"""What must be true before anybody is served: a migrated database, and content without mistakes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from mcm_core.services import audit, facilitators, instruments, members, provider, retention, second_step
from mcm_core.services import backups as daily_backup
from mcm_core.store import backups, ballast, secret, texts
from mcm_core.store.engine import database_folder, database_url, write
from mcm_core.store.migrate import migrate, queue
from mcm_core.store.notice import notice
from mcm_core.store.replacing import serving
from mcm_core.web import limits, logs, metrics, names
from mcm_core.web.privacy import who_runs_it
from mcm_core.web.way_out import way_out

HOUR = 60 * 60
OTHER_SECRET = (
    "This server has another secret than the one that used this database last: printed links, second steps and the log "
    "of deeds do not fit any more. If several servers share the database, give all of them the same MCM_SECRET now."
)
log = logging.getLogger(__name__)


def prepare() -> None:
    """Check the secret, the settings and the words, bring the database up to date, store the instruments' wording, and
    erase again whoever was erased, in case this is an older copy.

    Raises McmError with what to do. Harmless when repeated.
    """
    secret.secret()
    provider.settings()
    texts.country()
    way_out()
    texts.help_()
    texts.privacy()
    texts.passwords()
    limits.from_environment()
    logs.wanted()
    metrics.is_wanted()
    names.configured()
    instruments.offered()  # a broken file is refused before the database is touched
    notice()
    migrate(before=backups.before_upgrade)
    ballast.keep(database_folder(database_url()))
    with write() as db:
        queue(db.connection())
        instruments.register(db)
        members.replay(db)
        if second_step.required():
            second_step.insist(db)
        if not audit.is_ours(db):
            log.warning(OTHER_SECRET)


@asynccontextmanager
async def housekeeping() -> AsyncIterator[None]:
    """While this lasts, warn of deletions, delete what is over and make a backup every day; and keep `mcm restore` from
    replacing the database under our feet."""
    with serving():
        task = asyncio.create_task(_every_hour())
        try:
            yield
        finally:
            task.cancel()


async def _every_hour() -> None:
    while True:
        for chore, name in ((retention.keep_house, "Housekeeping"), (daily_backup.daily, "The daily backup")):
            try:
                await asyncio.to_thread(chore, at=datetime.now(UTC))
            except Exception:  # the next hour is another one, and nobody's session may end for this
                log.exception("%s did not work; it is tried again in an hour. See: mcm doctor", name)
        await asyncio.sleep(HOUR)


def unnamed() -> str:
    """A sentence for the console while the page /privacy cannot say who runs this server or how to reach them."""
    missing = [f"MCM_{name.upper()}" for name, words in who_runs_it().items() if not words]
    if not missing:
        return ""
    are = "is" if len(missing) == 1 else "are"
    return f"{' and '.join(missing)} {are} not set: the page /privacy cannot say who runs this, or how to reach them."


def set_up_link() -> str | None:
    """The path of a one-time link for the first facilitator, or None when there is one already."""
    with write() as db:
        token = facilitators.first_invitation(db, at=datetime.now(UTC))
    return f"/welcome/{token}" if token else None
