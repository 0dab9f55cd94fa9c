"""The demo: three circles whose story (`session_data/demo/story.yaml`) is lived through by calling the services."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ValidationError

from mcm_core import start
from mcm_core.demo_group import an_account, links
from mcm_core.demo_story import load
from mcm_core.demo_telling import tell
from mcm_core.domain.errors import Refused
from mcm_core.domain.round import ON_STAGE
from mcm_core.services import visitors
from mcm_core.store.engine import ROOT, database_url, engine, local_folder, write

FOLDER = ROOT / "session_data" / "local" / "demo"
STORY = ROOT / "session_data" / "demo" / "story.yaml"
KEPT = "sign-in.json"
DATABASE = "mcm.sqlite3"
FRESH = ON_STAGE  # later on, the open round has left every screen and nobody is in the middle of session 3
LONG_AGO = timedelta(days=99)

Line = tuple[str, str]
"""Something to print: a label with words, or with the path of an address, which begins with a slash."""


class Kept(BaseModel):
    """What is printed at every start, and the cookies of the members' browsers. Kept where only its owner can read."""

    made_at: datetime
    lines: list[Line]
    browsers: list[str]


def ensure(at: datetime | None = None) -> list[Line]:
    """Make the demo, or leave it as it is when a fresh one is there. Returns what to print."""
    moment = at or datetime.now(UTC)
    if local_folder() != FOLDER or os.environ.get("MCM_DATABASE_URL"):
        raise Refused(f"The demo lives in {FOLDER} only, so that it can never touch your own data. Use `make demo`.")
    kept = _kept()
    if kept is None or moment - kept.made_at > FRESH or not (FOLDER / DATABASE).exists():
        return _made_anew(moment).lines
    start.prepare()
    _stay_in_the_room(kept.browsers, moment)
    return kept.lines


def _kept() -> Kept | None:
    try:
        return Kept.model_validate_json((FOLDER / KEPT).read_bytes())
    except (OSError, ValidationError):
        return None


def _made_anew(at: datetime) -> Kept:
    """Clear the old demo away and tell the story in one transaction: it is there as a whole, or not at all."""
    story = load(STORY)
    _clear_away()
    start.prepare()
    username, password = "demo", "-".join(secrets.token_hex(2) for _ in range(5))
    kept = Kept(made_at=at, lines=[("Facilitator", username), ("Password", password)], browsers=[])
    with write() as db:
        lead = an_account(db, username=username, name=story.facilitator, password=password, at=at - LONG_AGO)
        for circle in story.cohorts:
            group = tell(db, circle, story.card, lead, at)
            kept.lines.extend(links(group))
            kept.browsers.extend(group.cookies.values() if circle.today else [])
    _keep(kept)
    return kept


def _clear_away() -> None:
    engine(database_url()).dispose()
    for name in (KEPT, *(DATABASE + tail for tail in ("", "-journal", "-wal", "-shm"))):
        (FOLDER / name).unlink(missing_ok=True)


def _keep(kept: Kept) -> None:
    with os.fdopen(os.open(FOLDER / KEPT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(kept.model_dump_json(indent=1))


def _stay_in_the_room(cookies: list[str], at: datetime) -> None:
    """Let the members' browsers be seen, so that the room counts them as present."""
    with write() as db:
        for cookie in cookies:
            browser = visitors.recognise(db, cookie, at=at)
            if browser and browser.touch_is_due(at):
                visitors.touch(db, browser, at=at)
