"""GET /my-data.zip: everything about the signed-in member in one archive that opens without this program."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from enum import Enum
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.domain.errors import NotAllowed
from mcm_core.services import my_data
from mcm_core.services.my_answers import Answer
from mcm_core.services.my_data import Everything
from mcm_core.store import prepare_texts
from mcm_core.store.engine import write
from mcm_core.web.browser import now, visitor_of
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import text_of
from mcm_core.web.report_csv import written

NAME = "my-data.zip"
NOTE_COLUMNS = ("session", "about", "type", "who may read it", "how I am named", "written", "changed", "words")


def take(request: Request, _sent: Sent) -> Response:
    """The archive, made in memory for this answer and kept nowhere."""
    at = now()
    with write() as db:
        visitor = visitor_of(request, db)
        if visitor is None:
            raise NotAllowed("You are not signed in any more. Open your link and try again.")
        mine = my_data.take(db, visitor, at=at)
    disposition = {"Content-Disposition": f'attachment; filename="{NAME}"'}
    return Response(archive(mine, at), media_type="application/zip", headers=disposition)


def archive(mine: Everything, at: datetime) -> bytes:
    """The files as a zip. The names say nothing about anybody."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, words in _files(mine, at).items():
            zipped.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), words.encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _files(mine: Everything, at: datetime) -> Mapping[str, str]:
    return {
        "index.html": text_of("my_data.html", mine=mine, at=at, asked=prepare_texts.skills()),
        "answers.csv": written(
            tuple(field.name.replace("_", " ") for field in fields(Answer)),
            (tuple(_plain(value) for value in asdict(answer).values()) for answer in mine.answers),
        ),
        "notes.csv": written(
            NOTE_COLUMNS,
            (
                (note.session_number, note.theme_label or "", note.kind.value, note.audience.value,
                 note.attribution.value, _plain(note.created_at), _plain(note.changed_at), note.body)
                for note in mine.notes
            ),
        ),
        "everything.json": json.dumps(asdict(mine), default=_plain, ensure_ascii=False, indent=1),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value.isoformat()
    return value.value if isinstance(value, Enum) else value


routes: list[Route] = [Route(f"/{NAME}", careful(take), methods=["GET"])]
