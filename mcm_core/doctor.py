"""`mcm doctor`: everything that a quiet session depends on, looked at one by one. Nothing is changed, nobody is asked.

The list is security-and-reliability.md §D5.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from mcm_core.doctor_database import clock, database, shape
from mcm_core.domain.backup import TOO_OLD
from mcm_core.domain.errors import McmError
from mcm_core.domain.health import Line
from mcm_core.services import instruments, programmes, provider, second_step, smtp
from mcm_core.store import archive, backups, forms, message_texts, prepare_texts, secret, texts
from mcm_core.store.engine import database_folder, database_url, local_folder
from mcm_core.store.notice import notice
from mcm_core.web import limits, names
from mcm_core.web.way_out import way_out

DISK_MIN = 200_000_000
FSYNC_MAX = 0.2


def examine(*, at: datetime) -> list[Line]:
    """Look at everything. What cannot even be looked at is broken, and the rest is looked at all the same."""
    return [line for about, look in CHECKS.items() for line in _looked(about, look, at)]


def _looked(about: str, look: Callable[[datetime], Iterator[Line]], at: datetime) -> list[Line]:
    try:
        return list(look(at))
    except McmError as error:
        return [Line(about, "broken", str(error))]
    except (OSError, SQLAlchemyError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        do = "If the database is damaged, go back to a backup: mcm restore."
        return [Line(about, "broken", f"This cannot be looked at: {reason}.", do)]


def _secret(_at: datetime) -> Iterator[Line]:
    if not os.environ.get("MCM_SECRET") and not (local_folder() / "secret").exists():
        yield Line("secret", "look", "There is none yet.", "The first start makes one; keep a copy of it elsewhere.")
        return
    secret.secret()
    where = "in MCM_SECRET" if os.environ.get("MCM_SECRET") else f"in {local_folder() / 'secret'}, for its owner alone"
    yield Line("secret", "ok", f"There is one {where}, long and not a known one.")


def _disk(_at: datetime) -> Iterator[Line]:
    folder = _nearest(local_folder())
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:.1f} GB are free" if free >= 1e9 else f"{free / 1e6:.0f} MB are free"
    enough = free >= DISK_MIN
    yield Line(
        "disk", "ok" if enough else "look", f"{said}.", "" if enough else "Free some: answers need 200 MB or more."
    )
    took = _time_to_keep(folder)
    slow = "" if took < FSYNC_MAX else "A vote waits for it. Use a faster disk, not a memory card or a network drive."
    yield Line("disk", "look" if slow else "ok", f"It takes {took * 1000:.0f} ms until a write is kept.", slow)


def _nearest(folder: Path) -> Path:
    return next(one for one in (folder, *folder.resolve().parents) if one.exists())


def _time_to_keep(folder: Path) -> float:
    path = folder / f".doctor-{os.getpid()}"
    began = time.monotonic()
    try:
        with path.open("wb") as file:
            file.write(b"0" * 4096)
            file.flush()
            os.fsync(file.fileno())
        return time.monotonic() - began
    finally:
        path.unlink(missing_ok=True)


def _addresses(_at: datetime) -> Iterator[Line]:
    origins, trusted = names.configured(), os.environ.get("FORWARDED_ALLOW_IPS", "").strip()
    limits.from_environment()
    way_out()
    provider.settings()
    if "*" in trusted:
        do = "List your proxies' own addresses in FORWARDED_ALLOW_IPS."
        yield Line("proxy", "broken", "Anybody is believed about where a request comes from.", do)
    elif any(origin.startswith("https://") for origin in origins) and not trusted:
        do = "If the proxy runs on another computer or in a container, put its address into FORWARDED_ALLOW_IPS."
        yield Line("proxy", "look", "Only a proxy on this computer is believed about https.", do)
    else:
        yield Line("proxy", "ok", f"Believed about https: {trusted or 'this computer alone'}.")
    yield Line("address", "ok", f"People come by {', '.join(sorted(origins)) or 'the address in their browser'}.")
    if os.environ.get("MCM_INSECURE_LAN") == "1":
        do = "Unset MCM_INSECURE_LAN, unless you trust everybody on the network."
        yield Line("address", "look", "Facilitators may sign in without encryption.", do)
    if not second_step.required() and not provider.is_used():
        yield Line("sign-in", "look", "The password alone lets facilitators in.", "Unset MCM_SECOND_FACTOR.")


def _backup(at: datetime) -> Iterator[Line]:
    if failed := backups.failure():
        said = f"The last try, on {failed.at:%d %B at %H:%M} UTC, did not work: {failed.why}"
        yield Line("backup", "broken", said, "Then run mcm backup; a server that runs tries again every hour.")
    newest = next((one for one in backups.kept() if not one.aside), None)
    if newest is None:
        yield Line("backup", "look", "There is none yet.", "Run mcm backup; a server that runs makes one every day.")
        return
    with archive.opened(backups.folder() / newest.name):
        pass
    hours = (at - newest.at) / timedelta(hours=1)
    said = f"The newest is {hours:.0f} hours old and whole: {newest.name}"
    if at - newest.at > TOO_OLD:
        yield Line("backup", "broken", f"{said}.", "Run mcm backup and read what it says; look into the server's log.")
    else:
        yield Line("backup", "ok", f"{said}.")


def _content(_at: datetime) -> Iterator[Line]:
    found = instruments.offered()
    programmes.offered()
    texts.help_()
    texts.privacy()
    prepare_texts.participation()
    prepare_texts.skills()
    prepare_texts.own_plan()
    texts.passwords()
    message_texts.templates()
    texts.between()
    forms.evaluation()
    forms.agreement()
    notice()
    yield Line("content", "ok", f"{len(found)} instruments and all texts can be read.")


def _mail(_at: datetime) -> Iterator[Line]:
    post = smtp.settings()
    if post is None:
        yield Line("mail", "ok", "No mail server is named: facilitators copy messages and send them themselves.")
        return
    try:
        smtp.answers(post)
    except smtp.NotSent as error:
        said = f"The mail server {post.host}:{post.port} does not let us send. {error}"
        yield Line("mail", "broken", said, "Check MCM_SMTP_URL; messages wait meanwhile, up to a day each.")
    else:
        yield Line("mail", "ok", f"The mail server {post.host}:{post.port} answers and lets us in.")


def _erasures(_at: datetime) -> Iterator[Line]:
    path = local_folder() / "erasures.log"
    if path.exists() and path.stat().st_mode & 0o077:
        yield Line("erasures", "look", "Others on this computer can read who was erased.", f"Run: chmod 600 {path}")


def _private(_at: datetime) -> Iterator[Line]:
    folders = {local_folder(), database_folder(database_url()) or local_folder()}
    for folder in sorted({one.resolve() for one in folders if one.exists()}):
        if not _is_open(folder):
            yield Line("private", "ok", f"Only its owner can look into {folder}.")
            continue
        names = sorted(one.name for one in folder.iterdir() if _is_open(one))
        read = f", and at {', '.join(names)} in it" if names else ""
        said = f"Others who sign in to this computer can look into {folder}{read}."
        yield Line("private", "look", said, f"Run: chmod -R go= {shlex.quote(str(folder))}")


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o077)


CHECKS: dict[str, Callable[[datetime], Iterator[Line]]] = {
    "secret": _secret,
    "private": _private,
    "database": database,
    "shape": shape,
    "disk": _disk,
    "clock": clock,
    "addresses": _addresses,
    "backup": _backup,
    "content": _content,
    "mail": _mail,
    "erasures": _erasures,
}
