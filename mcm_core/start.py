"""What must be true before anybody is served: a migrated database, and content without mistakes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from mcm_core.services import (
    audit,
    facilitators,
    instruments,
    meeting_news,
    members,
    outbox,
    programmes,
    provider,
    pulses,
    retention,
    second_step,
    smtp,
)
from mcm_core.services import backups as daily_backup
from mcm_core.store import backups, ballast, forms, message_texts, opening_texts, prepare_texts, secret, texts
from mcm_core.store.engine import database_folder, database_url, write
from mcm_core.store.migrate import migrate, queue
from mcm_core.store.notice import notice
from mcm_core.store.replacing import serving
from mcm_core.web import limits, logs, metrics, names
from mcm_core.web.privacy import who_runs_it
from mcm_core.web.way_out import way_out

HOUR, MINUTE = 60 * 60, 60
POST = 20  # seconds between two looks at the messages that wait
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
    prepare_texts.participation()
    prepare_texts.skills()
    prepare_texts.own_plan()
    texts.passwords()
    message_texts.templates()
    opening_texts.page()
    opening_texts.form()
    texts.between()
    forms.evaluation()
    forms.agreement()
    limits.from_environment()
    logs.wanted()
    metrics.is_wanted()
    names.configured()
    smtp.settings()
    instruments.offered()  # a broken file is refused before the database is touched
    programmes.offered()
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
    """While this lasts, warn of deletions, delete what is over, make a backup every day, open and close what does so by
    itself; and keep `mcm restore` from replacing the database under our feet."""
    with serving():
        tasks = [asyncio.create_task(one()) for one in (_every_hour, _every_minute, _post)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def _post() -> None:
    """Send what waits, beside everything else: a mail server may be slow, and nobody waits for it."""
    while smtp.is_configured():
        try:
            while await asyncio.to_thread(outbox.deliver, at=datetime.now(UTC)):
                pass
        except Exception:  # what waits still waits, and is tried again
            log.exception("Messages could not be looked at; they wait. See: mcm doctor")
        await asyncio.sleep(POST)


async def _every_hour() -> None:
    while True:
        for chore, name in (
            (retention.keep_house, "Housekeeping"),
            (meeting_news.remind, "Reminding of sessions"),
            (outbox.tidy, "Deleting old messages"),
            (daily_backup.daily, "The daily backup"),
        ):
            await _do(chore, name, again="an hour")
        await asyncio.sleep(HOUR)


async def _every_minute() -> None:
    while True:
        await _do(pulses.keep_house, "Opening and closing News and views", again="a minute")
        await asyncio.sleep(MINUTE)


async def _do(chore: Callable[..., object], name: str, *, again: str) -> None:
    try:
        await asyncio.to_thread(chore, at=datetime.now(UTC))
    except Exception:  # the next time is another one, and nobody's session may end for this
        log.exception("%s did not work; it is tried again in %s. See: mcm doctor", name, again)


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
